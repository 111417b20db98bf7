"""A school's own calendar file, calendar.ics in the data folder: terms, closing days and INSET days by their names.

What a name says is decided in this order: "INSET" or "training day" is an INSET day; "half term", "holiday", "closed",
"closure" or a break by name ("Christmas break") is a time without school, unless it is longer than any such is; "term"
over more than ten days is a term. Everything else is left alone, and counted.
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
LONGEST = ((HALF_TERM, timedelta(days=16)), (CLOSED, timedelta(days=70)))
SHORTEST_TERM = timedelta(days=10)
A_DAY = timedelta(days=1)
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
        elif _is_closure(name, period):
            closed |= set(_days(period))
        elif TERM.search(name) and period.ends - period.begins > SHORTEST_TERM:
            terms.add(period)
        else:
            left_alone += 1
    return Imported(_merged(terms), frozenset(closed - inset), frozenset(inset), left_alone)


def _is_closure(name: str, period: Period) -> bool:
    """Whether a name says that school is out; the first word of the table that it has says for how long at most."""
    longest = (longest for word, longest in LONGEST if word.search(name))
    return period.ends - period.begins + A_DAY <= next(longest, timedelta())


def _merged(terms: Iterable[Period]) -> tuple[Period, ...]:
    """Terms in order; those that overlap or touch are one, so that the last of them ends last."""
    found: list[Period] = []
    for one in sorted(terms, key=lambda one: one.begins):
        if found and one.begins <= found[-1].ends + A_DAY:
            one = Period(found[-1].begins, max(found.pop().ends, one.ends))
        found.append(one)
    return tuple(found)


def _period(event: Any) -> Period:
    """The days of an event in London; one that ends at midnight has ended the day before (RFC 5545, 3.6.1)."""
    begins, ends = _in_london(event.start), _in_london(event.end)
    if ends > begins and ends.time() == time():
        ends -= A_DAY
    return Period(begins.date(), max(ends.date(), begins.date()))


def _in_london(at: date | datetime) -> datetime:
    """An instant in London; a day is its midnight, and a time without a zone is London's."""
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), LONDON)
    return at.astimezone(LONDON) if at.tzinfo else at.replace(tzinfo=LONDON)


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
