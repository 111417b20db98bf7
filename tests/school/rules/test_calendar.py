"""School days, working days, and London time over both clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.people.rules.person import Person
from bot.school.rules.calendar import Calendar, Period, bank_holidays, london

CALENDAR = Calendar(closed=frozenset({date(2026, 10, 23)}))


def person(*days: int, starts: date | None = None, ends: date | None = None) -> Person:
    return Person("t", "", "", "", frozenset(), days=frozenset(days), starts=starts, ends=ends)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 10, 22), True),  # a Thursday
        (date(2026, 10, 23), False),  # closed by the school
        (date(2026, 10, 24), False),  # a Saturday
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # in lieu of Boxing Day, a Saturday in 2026
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 3, 30), True),
    ],
)
def test_staff_are_in_on_weekdays_that_are_no_holidays(day: date, is_open: bool):
    assert CALENDAR.is_school_day(day) is is_open


def test_bank_holidays_are_those_of_the_nation():
    assert date(2026, 11, 30) in bank_holidays(2026, "SCT")
    assert date(2026, 11, 30) not in bank_holidays(2026, "ENG")


def next_working_day(somebody: Person, day: date) -> date | None:
    return CALENDAR.working_days_after(somebody, day, 1)


def test_somebodys_next_working_day_skips_days_off_closures_and_holidays():
    assert next_working_day(person(4), date(2026, 10, 16)) == date(2026, 10, 30)
    assert next_working_day(person(0, 1), date(2026, 12, 22)) == date(2026, 12, 29)


def test_people_who_have_left_or_work_on_no_day_have_no_next_day():
    assert next_working_day(person(0, ends=date(2026, 10, 18)), date(2026, 10, 16)) is None
    assert next_working_day(person(), date(2026, 10, 16)) is None


def test_somebody_who_has_not_started_begins_on_their_first_day():
    assert next_working_day(person(0, 1, starts=date(2026, 11, 3)), date(2026, 10, 1)) == date(2026, 11, 3)


def test_working_days_are_counted_on_somebodys_own_days_only():
    assert CALENDAR.working_days_after(person(0, 1), date(2026, 9, 7), 3) == date(2026, 9, 15)


def test_nobody_is_written_to_outside_the_days_that_are_known():
    autumn = Calendar(terms=(Period(date(2026, 9, 2), date(2026, 12, 18)),))

    assert autumn.first_moment_after(person(0), date(2026, 12, 14)) is None
    assert autumn.is_school_day(date(2027, 1, 11)) and not autumn.knows(date(2027, 1, 11))


@pytest.mark.parametrize(
    ("hours", "begin", "end"),
    [
        (None, time(8, 30), time(16)),
        ((time(6), time(20)), time(7, 30), time(18)),
        ((time(18, 30), time(21)), time(18, 30), time(21)),
    ],
    ids=["the school's", "partly in quiet hours", "in quiet hours only"],
)
def test_somebody_is_written_to_in_their_hours_and_outside_quiet_ones_unless_they_have_no_others(hours, begin, end):
    first, last = CALENDAR.working_hours(replace(person(0), hours=hours), date(2026, 9, 7))

    assert (first.time(), last.time()) == (begin, end)


def test_inset_days_are_for_staff_only():
    calendar = Calendar(terms=(Period(date(2026, 9, 2), date(2026, 12, 18)),), inset=frozenset({date(2026, 9, 1)}))

    assert calendar.is_school_day(date(2026, 9, 1)) and not calendar.are_pupils_in(date(2026, 9, 1))
    assert calendar.are_pupils_in(date(2026, 9, 2)) and not calendar.are_pupils_in(date(2026, 9, 5))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (date(2026, 10, 23), "2026-10-26T08:30:00+00:00"),  # the clocks went back on Sunday the 25th
        (date(2027, 3, 24), "2027-03-25T08:30:00+00:00"),
        (date(2027, 3, 25), "2027-03-30T08:30:00+01:00"),  # and forward on Easter Sunday, the 28th
    ],
)
def test_somebody_is_written_to_at_the_same_hour_in_london_over_both_clock_changes(before: date, after: str):
    moment = Calendar().first_moment_after(person(0, 1, 2, 3, 4), before)

    assert moment is not None and moment.isoformat() == after


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "Sunday 25 October 2026, 01:59"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "Sunday 25 October 2026, 01:00"),  # the clocks have gone back
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "Sunday 28 March 2027, 00:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Sunday 28 March 2027, 02:00"),  # and forward
    ],
)
def test_an_instant_is_written_in_london_time_over_both_clock_changes(utc: datetime, words: str):
    assert london(utc) == words
