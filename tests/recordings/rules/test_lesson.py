"""The promise about a recorded lesson: its days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.errors import PolicyFileError
from bot.recordings.rules.last_day import kept_days_in
from bot.recordings.rules.lesson import head_told_from, lessons_of, weekly
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.school.rules.calendar import LONDON, Calendar
from bot.school.rules.documents import Clause
from tests.recordings.rules.lessons import CALENDAR, PART_TIME, PLACE, TEACHER, TEN, at, lesson

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts", "last_day"),
    [
        (datetime(2026, 9, 8, 10, tzinfo=LONDON), date(2026, 9, 29)),
        (datetime(2026, 10, 20, 10, tzinfo=LONDON), date(2026, 11, 10)),  # the clocks go back in between
        (datetime(2027, 3, 20, 10, tzinfo=LONDON), date(2027, 4, 10)),  # and forward
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), date(2026, 7, 23)),  # already tomorrow in London
        (datetime(2026, 12, 15, 9, tzinfo=LONDON), date(2027, 1, 5)),
        (datetime(2028, 2, 10, 9, tzinfo=LONDON), date(2028, 3, 2)),  # over 29 February
    ],
)
def test_day_0_is_the_lessons_day_in_london_and_day_21_the_last(starts: datetime, last_day: date):
    assert (lesson(starts).last_day, lesson(starts).first_day_gone) == (last_day, last_day + timedelta(days=1))


@pytest.mark.parametrize(
    ("starts", "teacher", "day"),
    [
        (TEN, TEACHER, date(2026, 9, 25)),  # day 17, a Friday: day 18 is a Saturday
        (TEN, PART_TIME, date(2026, 9, 22)),
        (at(date(2026, 10, 12)), TEACHER, date(2026, 10, 23)),  # before half-term, for day 18 falls in it
        (at(date(2026, 12, 18)), TEACHER, date(2027, 1, 5)),  # the first day of the next term is day 18
        (at(date(2026, 12, 17)), PART_TIME, None),  # no working day in between
    ],
)
def test_the_reminder_falls_on_the_teachers_last_working_day_up_to_day_18(starts, teacher, day):
    assert lesson(starts).reminded_on(teacher, CALENDAR) == day


@pytest.mark.parametrize(
    ("starts", "is_holiday"),
    [
        (TEN, False),
        (at(date(2026, 9, 11)), False),  # day 22 is a Saturday
        (at(date(2026, 10, 6)), True),  # day 22 is in half-term
        (at(date(2027, 3, 10)), True),  # beyond the terms that are known
    ],
)
def test_it_is_known_beforehand_whether_day_22_is_in_a_holiday(starts: datetime, is_holiday: bool):
    assert lesson(starts).is_over_in_a_holiday(TEACHER, CALENDAR) is is_holiday


def test_after_a_holiday_the_teacher_is_back_on_the_first_day_of_term():
    assert lesson(at(date(2026, 10, 6))).teacher_is_back_on(TEACHER, CALENDAR) == date(2026, 11, 2)


def test_a_weekly_lesson_leaves_out_half_term_and_ends_with_its_term_unless_a_last_day_is_said():
    to_the_end = weekly(date(2026, 10, 6), None, CALENDAR)
    over_half_term = weekly(date(2026, 10, 6), date(2026, 11, 17), CALENDAR)

    assert [day.isoformat()[5:] for day in to_the_end] == ["10-06", "10-13", "10-20"]
    assert [day.isoformat()[5:] for day in over_half_term] == ["10-06", "10-13", "10-20", "11-03", "11-10", "11-17"]


def test_without_terms_a_weekly_lesson_goes_on_for_six_weeks():
    assert len(weekly(date(2026, 9, 8), None, Calendar())) == 6


def test_the_same_words_of_the_same_teacher_are_the_same_lesson():
    parsed = ParsedLesson("Year 4 maths", TEN.date(), time(10))

    (lesson,) = lessons_of(parsed, "p", PLACE, 21, HOUR, CALENDAR)
    (again,) = lessons_of(parsed, "p", None, 21, HOUR, CALENDAR)
    (of_another,) = lessons_of(parsed, "p2", PLACE, 21, HOUR, CALENDAR)

    assert lesson.id == again.id != of_another.id
    assert (lesson.starts, lesson.ends) == (TEN, TEN + HOUR)


def test_a_lesson_without_a_name_a_day_or_an_hour_is_none():
    for parsed in (
        ParsedLesson("", TEN.date(), time(10)),
        ParsedLesson("Year 4 maths", None, time(10)),
        ParsedLesson("Year 4 maths", TEN.date()),
    ):
        assert lessons_of(parsed, "p", PLACE, 21, HOUR, CALENDAR) == ()


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28), date(2026, 9, 30)])
def test_48_hours_are_48_hours_over_both_clock_changes(day: date):
    begins = datetime.combine(day, time(), LONDON)

    assert head_told_from(day).timestamp() - begins.timestamp() == 48 * 3600


@pytest.mark.parametrize("text", ["available for some time.", "for a period of 0 days.", "for 1000 days."])
def test_a_clause_that_names_no_number_of_days_is_refused(text: str):
    with pytest.raises(PolicyFileError, match="C does not say for how many days"):
        kept_days_in(Clause("C", "", "", "", text, frozenset()))
