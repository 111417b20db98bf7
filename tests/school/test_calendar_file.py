"""A school's own calendar file: terms, closing days and INSET days, and plain sentences for what is wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.school.calendar_file import read_ics
from bot.school.rules.calendar import Calendar, Period

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
    assert read.ignored == 1
    calendar = read.added_to(Calendar(closed=frozenset({date(2026, 11, 27)})))
    assert [day for day in (1, 2, 26, 30) if calendar.is_school_day(date(2026, 10, day))] == [1, 2]
    assert calendar.is_school_day(date(2026, 9, 1)) and not calendar.is_school_day(date(2026, 11, 27))


def test_a_day_that_is_repeated_is_there_every_time(tmp_path: Path):
    line = event("INSET", "DTSTART;VALUE=DATE:20260907", "RRULE:FREQ=MONTHLY;COUNT=3")

    assert read_ics(ics(tmp_path, line), TODAY).inset == {date(2026, month, 7) for month in (9, 10, 11)}


def october(*days: int) -> set[date]:
    return {date(2026, 10, day) for day in days}


@pytest.mark.parametrize(
    ("begins", "ends", "days"),
    [
        ("DTSTART:20261004T230000Z", "DTEND:20261005T230000Z", {5}),  # a day of summer time, as UTC sees it
        ("DTSTART:20261025T000000Z", "DTEND:20261027T000000Z", {25, 26}),  # the clocks went back on the 25th
        ("DTSTART:20261024T230000Z", "DTEND:20261026T000000Z", {25}),
        ("DTSTART:20261005T000000", "DTEND:20261006T000000", {5}),
        ("DTSTART;TZID=Europe/London:20261005T000000", "DTEND;TZID=Europe/London:20261007T000000", {5, 6}),
        ("DTSTART:20261005T083000", "DTEND:20261005T153000", {5}),
        ("DTSTART;VALUE=DATE:20261005", "DTEND;VALUE=DATE:20261007", {5, 6}),
        ("DTSTART;VALUE=DATE:20261005", "DTEND;VALUE=DATE:20261005", {5}),
    ],
)
def test_days_are_londons_and_midnight_ends_the_day_before(tmp_path: Path, begins: str, ends: str, days: set[int]):
    assert read_ics(ics(tmp_path, event("INSET", begins, ends)), TODAY).inset == october(*days)


def whole_days(name: str, first: date, last: date) -> str:
    ends = last + timedelta(days=1)
    return event(name, f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{ends:%Y%m%d}")


@pytest.mark.parametrize("name", ["Autumn half term 1", "Half-term 1", "Halfterm 1 (autumn)"])
def test_a_half_term_of_seven_weeks_is_a_term(tmp_path: Path, name: str):
    begins, ends = date(2026, 9, 2), date(2026, 10, 23)

    read = read_ics(ics(tmp_path, whole_days(name, begins, ends)), TODAY)

    assert (read.terms, read.closed) == ((Period(begins, ends),), frozenset())


@pytest.mark.parametrize(
    ("name", "number", "closed"),
    [
        ("Half term", 9, 9),
        ("October half term (two weeks)", 16, 16),
        ("Half term", 17, 0),
        ("Summer holidays", 44, 44),
        ("Holiday reading", 90, 0),
        ("Christmas break", 16, 16),
        ("Break", 1, 1),
        ("Half-term break", 9, 9),
        ("Break the rules day", 1, 0),
        ("Wet break rota", 1, 0),
        ("School closed for the election", 1, 1),
    ],
)
def test_school_is_out_by_whole_words_and_never_for_longer_than_is_usual(
    tmp_path: Path, name: str, number: int, closed: int
):
    first = date(2026, 7, 20)
    read = read_ics(ics(tmp_path, whole_days(name, first, first + timedelta(days=number - 1))), TODAY)

    assert len(read.closed) == closed


def test_terms_that_overlap_or_touch_are_one_and_their_last_day_stays_known(tmp_path: Path):
    read = read_ics(
        ics(
            tmp_path,
            whole_days("Autumn term", date(2026, 9, 2), date(2026, 12, 18)),
            whole_days("Autumn half term 1", date(2026, 9, 2), date(2026, 10, 23)),
            whole_days("Autumn half term 2", date(2026, 11, 2), date(2026, 12, 18)),
            whole_days("Spring term 1", date(2027, 1, 4), date(2027, 2, 12)),
            whole_days("Spring term 2", date(2027, 2, 13), date(2027, 3, 25)),
        ),
        TODAY,
    )

    assert read.terms == (
        Period(date(2026, 9, 2), date(2026, 12, 18)),
        Period(date(2027, 1, 4), date(2027, 3, 25)),
    )
    assert read.added_to(Calendar()).knows(date(2026, 12, 18))


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([event("Term", "DTSTART;VALUE=DATE:20260902"), event("INSET", "DTSTART;VALUE=DATE:20261332")], "line 12: "),
        ([event("Half term")], "line 4: an event without a day"),
        (["nonsense"], "cannot be read as a calendar"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, events: list[str], sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        read_ics(ics(tmp_path, *events), TODAY)
