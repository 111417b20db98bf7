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


@pytest.mark.parametrize(
    "text",
    [
        # Perhaps then, or not then.
        "Tues 10am maybe", "Tues 10am I think", "I think Tues 10am", "might be Tues 10am", "could be Tues 10am",
        "likely Tues 10am", "ideally Tues 10am", "Tues(?) 10am", "Tues? 10am", "isn't Tues 10am",
        "no longer Tues 10am", "never on Tues 10am", "anything but Tues 10am", "avoid Tues 10am",
        "can't do Tues 10am", "don't record Tues 10am", "was Tues 10am", "should have been Tues 10am",
        "Tues 10am moved", "Tues 10am subject to cover", "Tues 10am pencilled in", "Tues 10am pending cover",
        # Earlier or later than that.
        "Tues 10am an hour later", "Tues 10am a day early", "Tues 10am the day after", "Tues 10am minus 5 min",
        "half an hour earlier than 10am Tues", "no later than 10am Tues", "Tues 10am at the latest",
        "Tues 10am plus an hour", "Tues +7 10am", "tomorrow +1 10am", "Tues 10am brought forward an hour",
        "Tues 10am finish", "Tues up to 10am", "Tues nearer 10am", "Tues five and twenty past nine",
        "for 3 days from tomorrow 10am", "tomorrow 10am-11am for 30 minutes",
        # Which Tuesday it is.
        "Tues of week 3 10am", "Tues wk2 10am", "wk 2 Tues 10am", "Week A Tues 10am", "Tues week B 10am",
        "Tues A 10am", "Tues odd weeks 10am", "termly Tues 10am", "another Tues 10am", "one Tues 10am",
        "any Tues 10am", "Nov Tues 10am", "Tues 10am in 2027", "Tues 2027 10am", "Tues 10am spring term",
        "Tues 10am post half term", "Tues 10am once term starts", "Tues 10.9 10am", "Sept 10/11 10am",
    ],
)  # fmt: skip
def test_a_doubt_a_shift_or_another_week_beside_a_day_makes_the_form_ask(text: str):
    assert problem_with(parse_lesson(f"Year 4 maths {text}", MONDAY), MONDAY.date())


@pytest.mark.parametrize(
    ("text", "name", "starts"),
    [
        ("Week 3 spelling tomorrow 10am", "Week 3 spelling", "2026-09-08T10:00"),
        ("Spring term revision Tues 10am", "Spring term revision", "2026-09-08T10:00"),
        ("Things that were lost Tues 10am", "Things that were lost", "2026-09-08T10:00"),
        ("What might be in space? Tues 10am", "What might be in space?", "2026-09-08T10:00"),
        ("2026 review Tues 10am", "2026 review", "2026-09-08T10:00"),
        ("Year 4 maths 2026-09-10T11:00", "Year 4 maths", "2026-09-10T11:00"),
        ("Year 4 maths tmr 10am", "Year 4 maths", "2026-09-08T10:00"),
    ],
)
def test_the_same_words_within_a_name_leave_no_doubt(text: str, name: str, starts: str):
    parsed = parse_lesson(text, MONDAY)

    assert parsed.day and parsed.begins
    assert parsed.label == name
    assert problem_with(parsed, MONDAY.date()) == ""
    assert f"{datetime.combine(parsed.day, parsed.begins):%Y-%m-%dT%H:%M}" == starts
