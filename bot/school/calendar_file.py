"""Reads a school's own calendar file, calendar.ics in the data folder: terms, closing days and INSET days.

The name of an event decides, in this order: "INSET" or "training day" is an INSET day; "half term", "holiday",
"closed", "closure" or a named break ("Christmas break") is a time without school, unless it is longer than `MAX_LENGTH`
allows; "term" is a term if it is longer than ten days. Every other event is ignored, and counted.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events

from bot.errors import SettingsError
from bot.school.rules.calendar import LONDON, Calendar, Period

INSET = re.compile(r"\binset\b|\b(?:staff )?training day\b", re.IGNORECASE)
HALF_TERM = re.compile(r"\bhalf[- ]?term\b", re.IGNORECASE)
CLOSED = re.compile(
    r"\bholidays?\b|\bclosed\b|\bclosure\b|^\s*break\s*$|"
    r"\b(?:school|mid[- ]?term|autumn|october|christmas|winter|february|spring|easter|may|whitsun|summer) break\b",
    re.IGNORECASE,
)
TERM = re.compile(r"\b(?:half)?term\b", re.IGNORECASE)
# Some schools call the seven weeks before a half-term "Autumn half term 1". Two weeks off are 16 days with their
# weekends; summer holidays take six to nine weeks.
MAX_LENGTH = ((HALF_TERM, timedelta(days=16)), (CLOSED, timedelta(days=70)))
MIN_TERM = timedelta(days=10)
ONE_DAY = timedelta(days=1)
READ_BEFORE, READ_AFTER = timedelta(days=400), timedelta(days=1200)  # around today
MAX_FILE_BYTES = 2_000_000
MAX_REPORTED = 10  # bad dates


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a calendar file says. `ignored` is how many of its events say nothing about school days."""

    terms: tuple[Period, ...] = ()
    closed: frozenset[date] = frozenset()
    inset: frozenset[date] = frozenset()
    ignored: int = 0

    def added_to(self, calendar: Calendar) -> Calendar:
        """The calendar with the file's terms in place of its own, if the file has any, and the file's days added."""
        return replace(
            calendar,
            terms=self.terms or calendar.terms,
            closed=calendar.closed | self.closed,
            inset=calendar.inset | self.inset,
        )


def read_ics(file: Path, today: date) -> CalendarFile:
    """What a calendar file says about the time from 400 days before `today` to 1,200 days after it.

    Raises SettingsError if it cannot be read; the sentence names the line of each bad date.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise SettingsError(f"{file.name} is larger than a school's calendar.")
        text = file.read_text(encoding="utf-8-sig")
        calendar = icalendar.Calendar.from_ical(text)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SettingsError(f"{file.name} cannot be read as a calendar: {error}.") from error
    _refuse_bad_dates(calendar, text, file.name)
    try:
        events = list(recurring_ical_events.of(calendar).between(today - READ_BEFORE, today + READ_AFTER))
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{file.name} has an event whose days cannot be read: {error}.") from error
    return _classified((str(event.get("SUMMARY", "")), _period(event)) for event in events)


def _classified(events: Iterable[tuple[str, Period]]) -> CalendarFile:
    terms, closed, inset, ignored = set(), set(), set(), 0
    for name, period in events:
        if INSET.search(name):
            inset |= set(_days(period))
        elif _is_closure(name, period):
            closed |= set(_days(period))
        elif TERM.search(name) and period.ends - period.begins > MIN_TERM:
            terms.add(period)
        else:
            ignored += 1
    return CalendarFile(_merged(terms), frozenset(closed - inset), frozenset(inset), ignored)


def _is_closure(name: str, period: Period) -> bool:
    """Whether an event is a time without school: its name says so, and it is not too long for that name."""
    max_lengths = (length for pattern, length in MAX_LENGTH if pattern.search(name))
    return period.ends - period.begins + ONE_DAY <= next(max_lengths, timedelta())


def _merged(terms: Iterable[Period]) -> tuple[Period, ...]:
    """Terms in order. Terms that overlap or touch become one, so that the last term in the list also ends last."""
    merged: list[Period] = []
    for term in sorted(terms, key=lambda term: term.begins):
        if merged and term.begins <= merged[-1].ends + ONE_DAY:
            earlier = merged.pop()
            term = Period(earlier.begins, max(earlier.ends, term.ends))
        merged.append(term)
    return tuple(merged)


def _period(event: Any) -> Period:
    """The days of an event in London. An event that ends at midnight ends on the day before (RFC 5545, 3.6.1)."""
    begins, ends = _in_london(event.start), _in_london(event.end)
    if ends > begins and ends.time() == time():
        ends -= ONE_DAY
    return Period(begins.date(), max(ends.date(), begins.date()))


def _in_london(moment: date | datetime) -> datetime:
    """A moment in London time. A day becomes its midnight; a time without a zone is read as London time."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), LONDON)
    return moment.astimezone(LONDON) if moment.tzinfo else moment.replace(tzinfo=LONDON)


def _days(period: Period) -> Iterator[date]:
    return (period.begins + timedelta(days=number) for number in range((period.ends - period.begins).days + 1))


def _refuse_bad_dates(calendar: Any, text: str, name: str) -> None:
    # The library accepts a broken date silently, and only lists it in `errors`.
    problems = []
    for number, event in enumerate(calendar.walk("VEVENT")):
        problems += [f"line {_line(text, number, field)}: {error}" for field, error in event.errors]
        if "DTSTART" not in event:
            problems.append(f"line {_line(text, number, 'BEGIN')}: an event without a day")
    if problems:
        raise SettingsError(f"{name}, {'; '.join(problems[:MAX_REPORTED])}.")


def _line(text: str, event_number: int, field: str) -> int:
    """The line, from 1, on which an event (numbered from 0) has a field; the event's first line if it has none."""
    lines = text.splitlines()
    first_lines = [number for number, line in enumerate(lines, 1) if line.strip().upper() == "BEGIN:VEVENT"]
    first_line = first_lines[event_number]
    with_field = (number for number in range(first_line, len(lines) + 1) if lines[number - 1].upper().startswith(field))
    return next(with_field, first_line)
