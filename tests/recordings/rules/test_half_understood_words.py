"""Words beside a day or an hour that leave it in doubt make the form ask; the same words in a name do not."""

from datetime import datetime

import pytest

from bot.recordings.notice_form import problem_with
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.school.rules.calendar import LONDON

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)


@pytest.mark.parametrize(
    "text",
    [
        "Tues 10am approx", "Tues c. 10am", "Tues ~10am", "Tues 10am give or take", "sometime Tues 10am",
        "Tues 10am TBD", "Tues 10am (to be confirmed)", "Tues 10am provisionally", "Tues 10am unconfirmed",
        "Tues 10am hopefully", "8th to 10th Sept 10am", "8th & 10th Sept 10am", "Tues for 3 weeks 10am",
        "every Tues for 3 weeks 10am", "biweekly Tues 10am", "bi-weekly Tues 10am", "twice weekly Tues 10am",
        "Tues wk 2 10am", "2 wks today 9am", "Tues 10am GMT", "Tues 10am UTC", "Tues 10am EST", "Tues 10am Paris time",
        "Tues ends 2pm", "Tues finishing at 2pm", "Tues ending by 2pm", "ratio 3:10 Tues", "counting from 1 to 10 Tues",
        "w/c 14 Sept 10am", "wk beg 14 Sept 10am", "w/b 15 Sept Tues 10am", "w/c 14 Sept Tues and Weds 10am",
    ],
)  # fmt: skip
def test_a_word_that_leaves_day_or_hour_in_doubt_makes_the_form_ask(text: str):
    assert problem_with(parse_lesson(f"Year 4 maths {text}", MONDAY), MONDAY.date())


@pytest.mark.parametrize(
    ("text", "name", "starts"),
    [
        ("Phonics Mon wk beg 14th 9.15", "Phonics", "2026-09-14T09:15"),
        ("Phonics Weds w/c 14/9 9.15am", "Phonics", "2026-09-16T09:15"),
        ("Phonics w/b 14 Sept Thurs 1.30", "Phonics", "2026-09-17T13:30"),
        ("Phonics week commencing 14 September Tuesday 10am", "Phonics", "2026-09-15T10:00"),
        ("Phonics Friday of next week 10am", "Phonics", "2026-09-18T10:00"),
        ("Y6 history Mon 5th Oct '26 11am", "Y6 history", "2026-10-05T11:00"),
        ("Ratio 3:10 Tues 11am", "Ratio 3:10", "2026-09-08T11:00"),
        ("Happy ending stories Tues 11am", "Happy ending stories", "2026-09-08T11:00"),
        ("Week 3 phonics Tues 10am", "Week 3 phonics", "2026-09-08T10:00"),
        ("Year 4 maths between 9 and 10 Tues", "Year 4 maths", "2026-09-08T09:00"),
    ],
)
def test_a_week_is_read_with_its_weekday_and_names_stay_whole(text: str, name: str, starts: str):
    parsed = parse_lesson(text, MONDAY)

    assert problem_with(parsed, MONDAY.date()) == ""
    assert parsed.day and parsed.begins
    assert (parsed.label, f"{datetime.combine(parsed.day, parsed.begins):%Y-%m-%dT%H:%M}") == (name, starts)
