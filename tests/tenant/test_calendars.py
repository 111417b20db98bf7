"""A school's own calendar file: terms, closing days and INSET days, and plain sentences for what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.rules.dates import Calendar, Period
from bot.tenant.calendars import read_ics

TODAY = date(2026, 11, 23)


def event(name: str, *lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{name}", f"SUMMARY:{name}", *lines, "END:VEVENT"])


def ics(folder: Path, *events: str) -> Path:
    file = folder / "calendar.ics"
    file.write_text("\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *events, "END:VCALENDAR", ""]))
    return file


def test_terms_half_terms_inset_days_and_the_rest(tmp_path: Path):
    read = read_ics(
        ics(
            tmp_path,
            event("Autumn term", "DTSTART;VALUE=DATE:20260902", "DTEND;VALUE=DATE:20261219"),
            event("Half term", "DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261031"),
            event("INSET day, school closed to pupils", "DTSTART;VALUE=DATE:20260901"),
            event("Nativity", "DTSTART:20261210T140000", "DTEND:20261210T150000"),
        ),
        TODAY,
    )

    assert read.terms == (Period(date(2026, 9, 2), date(2026, 12, 18)),)
    assert sorted(read.closed) == [date(2026, 10, day) for day in range(26, 31)]
    assert read.inset == {date(2026, 9, 1)}
    assert read.left_alone == 1
    calendar = read.over(Calendar(closed=frozenset({date(2026, 11, 27)})))
    assert [day for day in (1, 2, 26, 30) if calendar.is_school_day(date(2026, 10, day))] == [1, 2]
    assert calendar.is_school_day(date(2026, 9, 1)) and not calendar.is_school_day(date(2026, 11, 27))


def test_what_comes_again_is_there_each_time(tmp_path: Path):
    line = event("INSET", "DTSTART;VALUE=DATE:20260907", "RRULE:FREQ=MONTHLY;COUNT=3")

    assert read_ics(ics(tmp_path, line), TODAY).inset == {date(2026, month, 7) for month in (9, 10, 11)}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([event("Term", "DTSTART;VALUE=DATE:20260902"), event("INSET", "DTSTART;VALUE=DATE:20261332")], "line 12: "),
        ([event("Half term")], "line 4: an event without a day"),
        (["nonsense"], "cannot be read as a calendar"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, events: list[str], said: str):
    with pytest.raises(SettingsError, match=said):
        read_ics(ics(tmp_path, *events), TODAY)
