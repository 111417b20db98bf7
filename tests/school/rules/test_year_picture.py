"""The school year as a picture in the terminal, and what is missing in it."""

from datetime import date

from bot.school.rules.calendar import Calendar, Period
from bot.school.rules.year_picture import warnings, year_picture

CALENDAR = Calendar(
    terms=(Period(date(2026, 9, 2), date(2026, 10, 23)), Period(date(2026, 11, 2), date(2026, 12, 18))),
    inset=frozenset({date(2026, 9, 1)}),
    closed=frozenset({date(2026, 11, 27)}),
)


def test_every_day_has_its_sign_and_a_line_its_month():
    lines = year_picture(CALENDAR, date(2026, 9, 1)).splitlines()

    assert lines[1] == "Sep 2026   i###  #####  #####  #####  ###"
    assert lines[2] == "Oct 2026   ##  #####  #####  #####  ....."
    assert lines[3] == "Nov 2026    #####  #####  #####  ####.  #"
    assert lines[4] == "Dec 2026   ####  #####  #####  ????b  b???"
    assert lines[5].startswith("Jan 2027   b")
    assert len(lines) == 1 + 12 + 2


def test_it_says_when_terms_are_missing_run_out_or_have_run_out():
    assert "No terms are known" in warnings(Calendar(), date(2026, 9, 1))[0]
    assert warnings(CALENDAR, date(2026, 9, 1)) == []
    assert "ends on Friday 18 December 2026" in warnings(CALENDAR, date(2026, 11, 1))[0]
    assert "ended on Friday 18 December 2026. Nobody is reminded" in warnings(CALENDAR, date(2027, 1, 1))[0]
