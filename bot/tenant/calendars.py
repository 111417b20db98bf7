"""A school's own calendar file, calendar.ics in the data folder: terms, closing days and INSET days by their names.

What a name says is decided in this order: "INSET" or "training day" is an INSET day; "half term", "holiday", "closed"
or "break" is a time without school; "term" over more than ten days is a term. Everything else is left alone, and
counted.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events

from bot.errors import SettingsError
from bot.rules.dates import Calendar, Period

INSET = re.compile(r"\binset\b|\b(?:staff )?training day\b", re.IGNORECASE)
CLOSED = re.compile(r"\bhalf[- ]?term\b|\bholidays?\b|\bclosed\b|\bclosure\b|\bbreak\b", re.IGNORECASE)
TERM = re.compile(r"\bterm\b", re.IGNORECASE)
SHORTEST_TERM = timedelta(days=10)
BEFORE, AFTER = timedelta(days=400), timedelta(days=1200)  # how far around today is looked
LARGEST = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """What a calendar file says; `left_alone` is how many of its entries say nothing of school days."""

    terms: tuple[Period, ...] = ()
    closed: frozenset[date] = frozenset()
    inset: frozenset[date] = frozenset()
    left_alone: int = 0

    def over(self, calendar: Calendar) -> Calendar:
        """A calendar with this on top: its terms in the place of the others, its days added to them."""
        return replace(
            calendar,
            terms=self.terms or calendar.terms,
            closed=calendar.closed | self.closed,
            inset=calendar.inset | self.inset,
        )


def read_ics(file: Path, today: date) -> Imported:
    """What a calendar file says, from a year ago to three years on.

    Raises SettingsError, naming the line of each bad date.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise SettingsError(f"{file.name} is larger than a school's calendar.")
        text = file.read_text(encoding="utf-8-sig")
        calendar = icalendar.Calendar.from_ical(text)
    except (OSError, UnicodeDecodeError, ValueError) as seen:
        raise SettingsError(f"{file.name} cannot be read as a calendar: {seen}.") from seen
    _refuse_bad_dates(calendar, text, file.name)
    try:
        events = list(recurring_ical_events.of(calendar).between(today - BEFORE, today + AFTER))
    except (ValueError, TypeError) as seen:
        raise SettingsError(f"{file.name} has an event whose days are not understood: {seen}.") from seen
    return _sorted_out((str(one.get("SUMMARY", "")), _period(one)) for one in events)


def _sorted_out(events: Iterable[tuple[str, Period]]) -> Imported:
    terms, closed, inset, left_alone = set(), set(), set(), 0
    for name, period in events:
        if INSET.search(name):
            inset |= set(_days(period))
        elif CLOSED.search(name):
            closed |= set(_days(period))
        elif TERM.search(name) and period.ends - period.begins > SHORTEST_TERM:
            terms.add(period)
        else:
            left_alone += 1
    ordered = tuple(sorted(terms, key=lambda one: one.begins))
    return Imported(ordered, frozenset(closed - inset), frozenset(inset), left_alone)


def _period(event: Any) -> Period:
    """The days of an event; the end of one that takes whole days is the day after (RFC 5545, 3.6.1)."""
    begins, ends = event.start, event.end
    if not isinstance(ends, datetime) and ends > begins:
        ends -= timedelta(days=1)
    return Period(_as_day(begins), max(_as_day(ends), _as_day(begins)))


def _as_day(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def _days(period: Period) -> Iterator[date]:
    return (period.begins + timedelta(days=number) for number in range((period.ends - period.begins).days + 1))


def _refuse_bad_dates(calendar: Any, text: str, name: str) -> None:
    """The library takes a broken date without a word and tells of it on request."""
    wrong = []
    for number, event in enumerate(calendar.walk("VEVENT")):
        wrong += [f"line {_line(text, number, field)}: {said}" for field, said in event.errors]
        if "DTSTART" not in event:
            wrong.append(f"line {_line(text, number, 'BEGIN')}: an event without a day")
    if wrong:
        raise SettingsError(f"{name}, {'; '.join(wrong[:10])}.")


def _line(text: str, event: int, field: str) -> int:
    """The line on which an event has a field; the event's first where it has none."""
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines, 1) if line.strip().upper() == "BEGIN:VEVENT"][event]
    ahead = (number for number in range(begins, len(lines) + 1) if lines[number - 1].upper().startswith(field))
    return next(ahead, begins)
