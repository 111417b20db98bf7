"""What a lesson is called and when it is, in words as teachers type them."""

import random
import string
from datetime import datetime, time

import pytest

from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.school.rules.calendar import LONDON

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)


def on(day: int, month: int, year: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


def in_words(parsed: ParsedLesson) -> str:
    """Day and hours in a few words, as the tables below give them."""
    day = f"{parsed.day:%a} {parsed.day.day} {parsed.day:%b %Y}" if parsed.day else ""
    hours = "-".join(f"{at:%H:%M}" for at in (parsed.begins, parsed.ends) if at)
    return ", ".join(filter(None, (day, hours)))


@pytest.mark.parametrize(
    ("text", "label", "when"),
    [
        ("Year 4 maths tomorrow 10am", "Year 4 maths", "Tue 8 Sep 2026, 10:00"),
        ("tomorrow 10am Year 4 maths", "Year 4 maths", "Tue 8 Sep 2026, 10:00"),
        ("10am tomorrow, Year 4 maths", "Year 4 maths", "Tue 8 Sep 2026, 10:00"),
        ("Year 4 maths tomorrow 10am please", "Year 4 maths", "Tue 8 Sep 2026, 10:00"),
        ("Year 4 maths (tomorrow, 10am)", "Year 4 maths", "Tue 8 Sep 2026, 10:00"),
        ("YEAR 4 MATHS TOMORROW AT 10AM", "YEAR 4 MATHS", "Tue 8 Sep 2026, 10:00"),
        ("the Year 4 maths lesson on Tuesday at 10", "Year 4 maths lesson", "Tue 8 Sep 2026, 10:00"),
        ("Year 4 maths on Tuesday at 10 in Room 2", "Year 4 maths in Room 2", "Tue 8 Sep 2026, 10:00"),
        ("tomorrow's Y4 maths @ 10.30", "Y4 maths", "Tue 8 Sep 2026, 10:30"),
        ("Y4 maths tomorrow morning 9:30am", "Y4 maths", "Tue 8 Sep 2026, 09:30"),
        ("4B french today 2pm", "4B french", "Mon 7 Sep 2026, 14:00"),
        ("Class 3 - 2pm today", "Class 3", "Mon 7 Sep 2026, 14:00"),
        ("P5 RE this afternoon 1.30", "P5 RE", "Mon 7 Sep 2026, 13:30"),
        ("Yr 2 phonics Weds 9.15", "Yr 2 phonics", "Wed 9 Sep 2026, 09:15"),
        ("yr6 sats practice Thurs 1.15pm", "yr6 sats practice", "Thu 10 Sep 2026, 13:15"),
        ("Y5/6 guided reading fri 11:00", "Y5/6 guided reading", "Fri 11 Sep 2026, 11:00"),
        ("Year 3/4 PE Tues 2-3", "Year 3/4 PE", "Tue 8 Sep 2026, 14:00-15:00"),
        ("Years 3 to 6 singing assembly Friday 2pm", "Years 3 to 6 singing assembly", "Fri 11 Sep 2026, 14:00"),
        ("Year 5-6 choir Thurs 12.30-1.15", "Year 5-6 choir", "Thu 10 Sep 2026, 12:30-13:15"),
        ("Year 4 maths tomorrow 10-11am", "Year 4 maths", "Tue 8 Sep 2026, 10:00-11:00"),
        ("Year 4 maths tomorrow 10 to 11", "Year 4 maths", "Tue 8 Sep 2026, 10:00-11:00"),
        ("Year 4 maths tomorrow from 10 to 11.15", "Year 4 maths", "Tue 8 Sep 2026, 10:00-11:15"),
        ("Year 4 maths tomorrow between 10 and 11", "Year 4 maths", "Tue 8 Sep 2026, 10:00-11:00"),
        ("Year 4 maths tomorrow 9.30–10.15", "Year 4 maths", "Tue 8 Sep 2026, 09:30-10:15"),
        ("Year 4 maths tomorrow 10am until 11am", "Year 4 maths", "Tue 8 Sep 2026, 10:00-11:00"),
        ("Year 4 maths tomorrow 11-1pm", "Year 4 maths", "Tue 8 Sep 2026, 11:00-13:00"),
        ("governor training Tuesday 7-8pm", "governor training", "Tue 8 Sep 2026, 19:00-20:00"),
        ("maths lesson 10.30 tomorrow for 45 minutes", "maths lesson", "Tue 8 Sep 2026, 10:30-11:15"),
        ("science tomorrow at 2 for an hour", "science", "Tue 8 Sep 2026, 14:00-15:00"),
        ("art tomorrow at 1 for 1.5 hours", "art", "Tue 8 Sep 2026, 13:00-14:30"),
        ("art tomorrow at 1 for an hour and a half", "art", "Tue 8 Sep 2026, 13:00-14:30"),
        ("story time Friday half past nine", "story time", "Fri 11 Sep 2026, 09:30"),
        ("story time Friday half 9 for half an hour", "story time", "Fri 11 Sep 2026, 09:30-10:00"),
        ("story time Friday quarter to two", "story time", "Fri 11 Sep 2026, 13:45"),
        ("story time Friday at ten to eleven", "story time", "Fri 11 Sep 2026, 10:50"),
        ("story time Friday from ten to eleven", "story time", "Fri 11 Sep 2026, 10:00-11:00"),
        ("story time Friday ten o'clock", "story time", "Fri 11 Sep 2026, 10:00"),
        ("collective worship Friday noon", "collective worship", "Fri 11 Sep 2026, 12:00"),
        ("collective worship midday on Friday", "collective worship", "Fri 11 Sep 2026, 12:00"),
        ("Y1 forest school this Friday 1-3pm", "Y1 forest school", "Fri 11 Sep 2026, 13:00-15:00"),
        ("Y1 forest school next Friday 1pm", "Y1 forest school", "Fri 18 Sep 2026, 13:00"),
        ("Y1 forest school Tuesday next week 1pm", "Y1 forest school", "Tue 15 Sep 2026, 13:00"),
        ("Y1 forest school a week on Tuesday 1pm", "Y1 forest school", "Tue 15 Sep 2026, 13:00"),
        ("Y1 forest school Friday week 1pm", "Y1 forest school", "Fri 18 Sep 2026, 13:00"),
        ("Y1 forest school a week tomorrow", "Y1 forest school", "Tue 15 Sep 2026"),
        ("Y1 forest school the day after tomorrow", "Y1 forest school", "Wed 9 Sep 2026"),
        ("Y1 forest school in two weeks' time", "Y1 forest school", "Mon 21 Sep 2026"),
        ("Y6 Tudors 5/10 at 2", "Y6 Tudors", "Mon 5 Oct 2026, 14:00"),
        ("Y6 Tudors 05/10/2026 14:00", "Y6 Tudors", "Mon 5 Oct 2026, 14:00"),
        ("5.10.26 9.30 Y6 Tudors", "Y6 Tudors", "Mon 5 Oct 2026, 09:30"),
        ("Y6 Tudors 2026-10-05 9.30", "Y6 Tudors", "Mon 5 Oct 2026, 09:30"),
        ("Y6 Tudors, Mon 5th Oct, 9.30-10.30", "Y6 Tudors", "Mon 5 Oct 2026, 09:30-10:30"),
        ("Y6 Tudors on the 5th of October 2026", "Y6 Tudors", "Mon 5 Oct 2026"),
        ("Y6 Tudors on the 18th at 10", "Y6 Tudors", "Fri 18 Sep 2026, 10:00"),
        ("Y6 Tudors weds 9th 10am", "Y6 Tudors", "Wed 9 Sep 2026, 10:00"),
        ("Y6 Tudors 7 September 1pm", "Y6 Tudors", "Mon 7 Sep 2026, 13:00"),
        ("Y6 Tudors 4 Sept", "Y6 Tudors", "Sat 4 Sep 2027"),
        ("fractions 1/2 and 1/4 tomorrow", "fractions 1/2 and 1/4", "Tue 8 Sep 2026"),
        ("Sun safety Friday 10 a.m.", "Sun safety", "Fri 11 Sep 2026, 10:00"),
        ("Y2 maths 🦊 tomorrow 10 am", "Y2 maths 🦊", "Tue 8 Sep 2026, 10:00"),
        ("Year 4 maths at 10", "Year 4 maths", "10:00"),
        ("Tuesday", "", "Tue 8 Sep 2026"),
    ],
)
def test_a_lesson_is_read_from_what_a_teacher_types(text, label, when):
    parsed = parse_lesson(text, MONDAY)

    assert (parsed.label, in_words(parsed)) == (label, when)
    assert (parsed.is_weekly, parsed.until) == (False, None)


@pytest.mark.parametrize(
    ("text", "label", "when"),
    [
        ("Year 4 maths", "Year 4 maths", ""),
        ("Room 2 phonics P5 4B period 2", "Room 2 phonics P5 4B period 2", ""),
        ("Class 3 and 4", "Class 3 and 4", ""),
        ("Year 6 SATs, May ball, the march of time", "Year 6 SATs, May ball, the march of time", ""),
        ("the 2nd group", "2nd group", ""),
        ("maths 4", "maths 4", ""),
        ("Years 3 to 6", "Years 3 to 6", ""),
        ("tomoro 10am Year 4 maths", "tomoro Year 4 maths", "10:00"),
        ("Year 4 maths wensday 10am", "Year 4 maths wensday", "10:00"),
        ("Year 4 maths next week", "Year 4 maths next week", ""),
        ("Year 4 maths after lunch tomorrow", "Year 4 maths after lunch", "Tue 8 Sep 2026"),
        ("Year 4 maths 31/9 10am", "Year 4 maths 31/9", "10:00"),
        ("Year 4 maths Tuesday 31 September", "Year 4 maths Tuesday 31 September", ""),
        ("Year 4 maths Wednesday 8 September", "Year 4 maths Wednesday 8 September", ""),
        ("Year 4 maths 12/25", "Year 4 maths 12/25", ""),
        ("Year 4 residential 16-17 October", "Year 4 residential 16-17 October", ""),
        ("Year 4 maths tomorrow 25:00", "Year 4 maths 25:00", "Tue 8 Sep 2026"),
        ("Year 4 maths tomorrow 2ish", "Year 4 maths 2ish", "Tue 8 Sep 2026"),
        ("Year 4 maths tomorrow and Friday", "Year 4 maths and Friday", "Tue 8 Sep 2026"),
        ("times tables 6-7 tomorrow 10am", "times tables 6-7", "Tue 8 Sep 2026, 10:00"),
        ("Year 4 maths for 45 minutes", "Year 4 maths for 45 minutes", ""),
        ("Year 4 maths tomorrow 11pm for 2 hours", "Year 4 maths for 2 hours", "Tue 8 Sep 2026, 23:00"),
        ("", "", ""),
        (" \n ,. ", "", ""),
    ],
)
def test_what_is_not_understood_stays_in_the_label(text, label, when):
    parsed = parse_lesson(text, MONDAY)

    assert (parsed.label, in_words(parsed)) == (label, when)


@pytest.mark.parametrize(
    ("text", "label", "when", "until"),
    [
        ("Year 4 maths every Tuesday 10am", "Year 4 maths", "Tue 8 Sep 2026, 10:00", None),
        ("Year 4 maths Tuesdays 10-11", "Year 4 maths", "Tue 8 Sep 2026, 10:00-11:00", None),
        ("weekly guided reading Weds 11am", "guided reading", "Wed 9 Sep 2026, 11:00", None),
        ("guided reading each week on Wednesday 11am", "guided reading", "Wed 9 Sep 2026, 11:00", None),
        ("art Tuesday afternoons 1.15", "art", "Tue 8 Sep 2026, 13:15", None),
        ("assembly every Monday 10am", "assembly", "Mon 7 Sep 2026, 10:00", None),
        ("assembly every Monday 8am", "assembly", "Mon 7 Sep 2026, 08:00", None),
        ("choir every Friday 2pm until 18 December", "choir", "Fri 11 Sep 2026, 14:00", "2026-12-18"),
        ("choir Fridays from 18 Sept to 11 Dec, 2pm", "choir", "Fri 18 Sep 2026, 14:00", "2026-12-11"),
        ("choir every Friday from 16 September", "choir", "Fri 18 Sep 2026", None),
        ("choir every Friday 3.15 till 4 until 22/10", "choir", "Fri 11 Sep 2026, 15:15-16:00", "2026-10-22"),
        ("choir every Friday 2pm till half-term", "choir till half-term", "Fri 11 Sep 2026, 14:00", None),
        ("PE every Tuesday and Thursday 2pm", "PE and Thursday", "Tue 8 Sep 2026, 14:00", None),
        ("weekly spellings", "spellings", "", None),
    ],
)
def test_a_weekly_series_begins_on_its_first_weekday(text, label, when, until):
    parsed = parse_lesson(text, MONDAY)

    assert (parsed.label, in_words(parsed), parsed.is_weekly) == (label, when, True)
    assert (parsed.until.isoformat() if parsed.until else None) == until


def test_a_last_day_of_a_lesson_nobody_called_weekly_is_read_too():
    parsed = parse_lesson("Year 4 maths Tuesday 10am until 18 December", MONDAY)

    assert (parsed.label, in_words(parsed), parsed.is_weekly) == ("Year 4 maths", "Tue 8 Sep 2026, 10:00", False)
    assert parsed.until is not None
    assert parsed.until.isoformat() == "2026-12-18"


@pytest.mark.parametrize(
    ("text", "now", "when"),
    [
        ("Monday", MONDAY, "Mon 7 Sep 2026"),
        ("Monday 10am", MONDAY, "Mon 7 Sep 2026, 10:00"),
        ("Monday 8am", MONDAY, "Mon 14 Sep 2026, 08:00"),
        ("Monday 9am", MONDAY, "Mon 14 Sep 2026, 09:00"),
        ("Monday week 8am", MONDAY, "Mon 14 Sep 2026, 08:00"),
        ("next Monday", MONDAY, "Mon 14 Sep 2026"),
        ("today 8am", MONDAY, "Mon 7 Sep 2026, 08:00"),
        ("7/9 8am", MONDAY, "Mon 7 Sep 2026, 08:00"),
        ("next Monday", on(11, 9, 2026), "Mon 14 Sep 2026"),
        ("next Friday", on(12, 9, 2026), "Fri 18 Sep 2026"),
        ("this Friday", on(12, 9, 2026), "Fri 18 Sep 2026"),
    ],
)
def test_a_weekday_that_is_todays_is_today_unless_its_time_has_passed(text, now, when):
    assert in_words(parse_lesson(text, now)) == when


@pytest.mark.parametrize(
    ("text", "now", "when"),
    [
        ("tomorrow 10am", on(28, 3, 2026), "Sun 29 Mar 2026, 10:00"),
        ("tomorrow 10am", on(29, 3, 2026, 0, 30), "Mon 30 Mar 2026, 10:00"),
        ("Sunday 1.30", on(29, 3, 2026, 0, 30), "Sun 29 Mar 2026, 13:30"),
        ("today 10am", on(25, 10, 2026, 1, 30), "Sun 25 Oct 2026, 10:00"),
        ("tomorrow 10am", on(25, 10, 2026, 23, 59), "Mon 26 Oct 2026, 10:00"),
        ("29 February", on(7, 9, 2026), "Tue 29 Feb 2028"),
        ("29/2", on(29, 2, 2028), "Tue 29 Feb 2028"),
        ("tomorrow", on(28, 2, 2028), "Tue 29 Feb 2028"),
        ("tomorrow", on(28, 2, 2027), "Mon 1 Mar 2027"),
        ("tomorrow 9am", on(31, 12, 2026), "Fri 1 Jan 2027, 09:00"),
        ("4 January 9am", on(31, 12, 2026), "Mon 4 Jan 2027, 09:00"),
        ("31 December", on(31, 12, 2026), "Thu 31 Dec 2026"),
        ("31/12", on(1, 1, 2027), "Fri 31 Dec 2027"),
        ("next Monday", on(31, 12, 2026), "Mon 4 Jan 2027"),
        ("the 1st", on(31, 12, 2026), "Fri 1 Jan 2027"),
        ("the 31st", on(1, 9, 2026), "Sat 31 Oct 2026"),
        ("today", on(7, 9, 2026, 23, 59), "Mon 7 Sep 2026"),
        ("tomorrow", on(7, 9, 2026, 23, 59), "Tue 8 Sep 2026"),
        ("today", on(8, 9, 2026, 0, 0), "Tue 8 Sep 2026"),
        ("tomorrow", on(8, 9, 2026, 0, 0), "Wed 9 Sep 2026"),
    ],
)
def test_days_are_londons_around_midnight_new_year_leap_days_and_clock_changes(text, now, when):
    assert in_words(parse_lesson(text, now)) == when


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        *((f"at {hour}", time(hour)) for hour in range(7, 13)),
        *((f"at {hour}", time(hour + 12)) for hour in range(1, 7)),
        *((f"{hour}:00", time(hour)) for hour in range(13, 24)),
        ("12pm", time(12)),
        ("6am", time(6)),
        ("7 in the evening", time(19)),
    ],
)
def test_an_hour_without_am_or_pm_is_in_the_school_day(text, begins):
    assert parse_lesson(text, MONDAY) == ParsedLesson(begins=begins)


def test_a_thousand_random_texts_never_raise():
    chance = random.Random(7)
    words = (
        "Year 4 maths tomorrow 10am 31/9 18th until every Tuesday week at 10-11 half past for an hour 99:99 🦊 ſun ٣ ²"
    )
    pieces = [*words.split(), *string.printable, "\ue004", "\U0010ffff", "\x00"]

    for _ in range(1_000):
        text = chance.choice(["", " "]).join(chance.choices(pieces, k=chance.randrange(30)))
        parsed = parse_lesson(text, MONDAY)

        assert parsed.ends is None or (parsed.begins is not None and parsed.begins < parsed.ends), text


@pytest.mark.parametrize("piece", ["31/9 ", "Year 4 to ", "10 to ", "a week on ", ", ", "x", "1", "🦊", "for 1 hour "])
def test_five_thousand_characters_are_read_like_any_text(piece):
    text = (piece * 5_000)[:5_000]

    assert parse_lesson(f"tomorrow {text}", MONDAY).day == parse_lesson("tomorrow", MONDAY).day
