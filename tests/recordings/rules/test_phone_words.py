"""Days and hours as people type them on a phone, in a hurry."""

from datetime import date, datetime, time

import pytest

from bot.recordings.rules.spoken_dates import parse_lesson
from bot.school.rules.calendar import LONDON

NOW = datetime(2026, 9, 7, 9, tzinfo=LONDON)  # a Monday
TUESDAY, WEDNESDAY = date(2026, 9, 8), date(2026, 9, 9)


@pytest.mark.parametrize(
    ("text", "day", "begins"),
    [
        ("Maths tmrw 10am", TUESDAY, time(10)),
        ("Maths 2moro 11am", TUESDAY, time(11)),
        ("Maths tomorow half 9", TUESDAY, time(9, 30)),
        ("Maths tommorow quarter to two", TUESDAY, time(13, 45)),
        ("Maths tmrw 930", TUESDAY, time(9, 30)),
        ("Maths weds 915am", WEDNESDAY, time(9, 15)),
        ("Maths weds 1015am", WEDNESDAY, time(10, 15)),
        ("Maths weds 115pm", WEDNESDAY, time(13, 15)),
        ("Maths weds at 230", WEDNESDAY, time(14, 30)),
        ("Maths 930 tues week", date(2026, 9, 15), time(9, 30)),
        ("Room 930 weds 10am", WEDNESDAY, time(10)),
        ("Maths weds 930-1030", WEDNESDAY, time(9, 30)),
    ],
)
def test_what_is_plain_is_understood(text: str, day: date, begins: time):
    parsed = parse_lesson(text, NOW)

    assert (parsed.day, parsed.begins, parsed.unread) == (day, begins, ())


@pytest.mark.parametrize(
    "text", ["Maths weds 120", "Maths weds 230", "Maths weds 900", "Page 666 weds", "Maths weds 315"]
)
def test_a_number_that_may_count_pupils_or_pages_is_no_hour(text: str):
    parsed = parse_lesson(text, NOW)

    assert (parsed.day, parsed.begins) == (WEDNESDAY, None)  # so the form asks for the hour


def test_a_date_that_is_written_many_times_is_read_once():
    from bot.school.rules.spoken_days import _read_by_dateparser

    _read_by_dateparser.cache_clear()
    parse_lesson("Maths " + "3 October 2026 " * 39, NOW)

    assert _read_by_dateparser.cache_info().misses == 1
