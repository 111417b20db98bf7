"""The days of a request: up to when, and when something was signed."""

from datetime import date, datetime, timedelta

import pytest

from bot.campaigns.rules.campaign import usual_last_day
from bot.campaigns.rules.requested_days import day_gone_by_in, last_day_in
from bot.school.rules.calendar import LONDON, Calendar, Period

MONDAY = datetime(2026, 11, 30, 9, tzinfo=LONDON)
DUE = date(2026, 12, 11)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("5 January", date(2027, 1, 5)),
        ("the 18th", date(2026, 12, 18)),
        ("Friday", date(2026, 12, 4)),
        ("a week on Friday", date(2026, 12, 11)),
        ("another week", date(2026, 12, 18)),
        ("ten days", date(2026, 12, 21)),
        ("2wks", date(2026, 12, 25)),
        ("a fortnight", date(2026, 12, 25)),
        ("after half term", None),
        ("I say so", None),
        ("", None),
    ],
)
def test_a_length_of_time_counts_from_the_last_day_and_a_day_is_that_day(words: str, day: date | None):
    assert last_day_in(words, MONDAY, DUE) == day


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", date(2026, 11, 30)),
        ("yesterday", date(2026, 11, 29)),
        ("Friday", date(2026, 11, 27)),
        ("the 28th", date(2026, 11, 28)),
        ("3 October", date(2026, 10, 3)),
        ("09/10", date(2026, 10, 9)),
        ("whenever", None),
    ],
)
def test_the_day_on_a_sheet_is_never_to_come(words: str, day: date | None):
    assert day_gone_by_in(words, MONDAY) == day


@pytest.mark.parametrize(
    "words", ["Monday or Tuesday", "last Friday", "yesterday", "1 November", "29/11/2026", "w/c 7 Dec"]
)
def test_a_day_that_is_past_or_left_open_is_not_taken(words: str):
    assert last_day_in(words, MONDAY, DUE) is None


@pytest.mark.parametrize("opened", [date(2026, 8, 1) + timedelta(days=number) for number in range(0, 200, 7)])
def test_the_last_day_that_is_offered_is_a_school_day(opened: date):
    calendar = Calendar(
        terms=(Period(date(2026, 9, 2), date(2026, 10, 22)), Period(date(2026, 11, 2), date(2026, 12, 18)))
    )

    for number in range(7):
        assert calendar.is_school_day(usual_last_day(opened + timedelta(days=number), calendar))
