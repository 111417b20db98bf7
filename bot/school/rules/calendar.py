"""School days, terms and working hours. Every datetime carries a time zone; every date is a day in London."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count, islice
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
MAX_DAYS_AHEAD = 1_000  # to search for a working day
NATIONS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}


class Worker(Protocol):
    """Somebody with working days and hours."""

    @property
    def days(self) -> frozenset[int]:
        """The weekdays on which they work; 0 is Monday."""
        ...

    @property
    def hours(self) -> tuple[time, time] | None:
        """When their working day starts and ends, London time; None for the school's own hours."""
        ...

    def works_here(self, day: date) -> bool:
        """Whether `day` is between their first and last day at the school."""
        ...


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, including the first and the last."""

    begins: date
    ends: date

    def covers(self, day: date) -> bool:
        """Whether `day` is one of them."""
        return self.begins <= day <= self.ends

    @property
    def length(self) -> timedelta:
        """How many days they are."""
        return self.ends - self.begins + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the school works. Days and times are London's; `nation` decides the bank holidays.

    `terms` are in order; a half-term is the time between two of them. Without terms, and on days before the first or
    after the last, every weekday counts as a school day. But if there are terms, nobody is written to before the first
    or after the last. `closed` are days without school in a term; on `inset` days staff are in and pupils are not.
    No messages are sent during the `quiet` hours, from an evening time to a morning time. `hours` apply to people
    without hours of their own.
    """

    closed: frozenset[date] = frozenset()
    nation: str = "ENG"
    terms: tuple[Period, ...] = ()
    inset: frozenset[date] = frozenset()
    nudges_on_inset: bool = True
    quiet: tuple[time, time] = (time(18), time(7, 30))
    hours: tuple[time, time] = (time(8, 30), time(16))

    def knows(self, day: date) -> bool:
        """Whether the calendar says for that day if the school works."""
        return not self.terms or self.terms[0].begins <= day <= self.terms[-1].ends or day in self.inset

    def is_term(self, day: date) -> bool:
        """Whether that day is in a term; True if the calendar does not say."""
        return not self.knows(day) or not self.terms or any(term.covers(day) for term in self.terms)

    def is_school_day(self, day: date) -> bool:
        """Whether staff are in: on a weekday of a term and on INSET days, but not on bank holidays and closing days."""
        is_day_off = day.weekday() > 4 or day in self.closed or day in bank_holidays(day.year, self.nation)
        return not is_day_off and (self.is_term(day) or day in self.inset)

    def are_pupils_in(self, day: date) -> bool:
        """Whether that day has lessons."""
        return self.is_school_day(day) and day not in self.inset

    def term_of(self, day: date) -> Period | None:
        """The term a day is in; None if none is known."""
        return next((term for term in self.terms if term.covers(day)), None)

    def may_be_written_to(self, person: Worker, day: date) -> bool:
        """Whether somebody certainly works on that day, and the school lets reminders go out on it."""
        is_allowed = self.nudges_on_inset or day not in self.inset
        return self.knows(day) and is_allowed and self.is_working_day(day, person)

    def working_hours(self, person: Worker, day: date) -> tuple[datetime, datetime]:
        """The first and the last moment at which somebody may be written to on a day, in London time.

        Both are in the person's hours and outside the quiet hours; quiet hours do not count for people who work in them
        only.
        """
        work_start, work_end = person.hours or self.hours
        quiet_start, quiet_end = self.quiet
        start, end = max(work_start, quiet_end), min(work_end, quiet_start)
        if start >= end:
            start, end = work_start, work_end
        return datetime.combine(day, start, LONDON), datetime.combine(day, end, LONDON)

    def is_at_work(self, person: Worker, now: datetime) -> bool:
        """Whether somebody works at this moment: on one of their working days, during their hours."""
        local = now.astimezone(LONDON)
        start, end = self.working_hours(person, local.date())
        return self.is_working_day(local.date(), person) and start <= local < end

    def first_moment(self, person: Worker, now: datetime) -> datetime | None:
        """The first moment from `now` on at which somebody may be written to; None if no such day is known.

        `now` and the result are London time.
        """
        for ahead in range(MAX_DAYS_AHEAD):
            day = now.date() + timedelta(days=ahead)
            if self.may_be_written_to(person, day):
                start, end = self.working_hours(person, day)
                if now < end:
                    return max(start, now)
        return None

    def first_moment_after(self, person: Worker, day: date) -> datetime | None:
        """The first moment after `day` at which somebody may be written to, in London time; None if none is known."""
        return self.first_moment(person, datetime.combine(day + timedelta(days=1), time(), LONDON))

    def school_days_before(self, day: date, number: int) -> date:
        """The nth school day before `day`.

        >>> Calendar().school_days_before(date(2026, 12, 30), 2)  # Christmas, and the day in lieu of Boxing Day
        datetime.date(2026, 12, 24)
        """
        days = (earlier for earlier in _days_before(day) if self.is_school_day(earlier))
        return next(islice(days, number - 1, None))

    def school_days_after(self, day: date, number: int) -> date:
        """The nth school day after `day`.

        >>> Calendar().school_days_after(date(2026, 12, 23), 3)  # Christmas, and the day in lieu of Boxing Day
        datetime.date(2026, 12, 30)
        """
        days = (later for later in _days_after(day) if self.is_school_day(later))
        return next(islice(days, number - 1, None))

    def is_working_day(self, day: date, person: Worker) -> bool:
        """Whether somebody works on that day: a school day, one of their weekdays, while they work here."""
        return person.works_here(day) and day.weekday() in person.days and self.is_school_day(day)

    def working_days_after(self, person: Worker, day: date, number: int) -> date | None:
        """Somebody's nth working day after `day`; None if they have fewer."""
        ahead = islice(_days_after(day), MAX_DAYS_AHEAD)
        days = (later for later in ahead if self.is_working_day(later, person))
        return next(islice(days, number - 1, None), None)


@cache
def bank_holidays(year: int, nation: str) -> frozenset[date]:
    """The bank holidays of a year in a nation, a key of NATIONS (https://www.gov.uk/bank-holidays)."""
    return frozenset(holidays.country_holidays("GB", subdiv=nation, years=year))


def monday_of(day: date) -> date:
    """The Monday of the week that `day` is in.

    >>> monday_of(date(2021, 9, 8))
    datetime.date(2021, 9, 6)
    """
    return day - timedelta(days=day.weekday())


def _days_before(day: date) -> Iterator[date]:
    return (day - timedelta(days=number) for number in count(1))


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in count(1))


def short(day: date) -> str:
    """A day as tables and charts write it.

    >>> short(date(2026, 9, 7))
    'Mon 7 Sep'
    """
    return f"{day:%a} {day.day} {day:%b}"


def written(day: date) -> str:
    """A day in words, with its year.

    >>> written(date(2021, 11, 3))
    'Wednesday 3 November 2021'
    """
    return f"{day:%A} {day.day} {day:%B %Y}"


def spoken(day: date) -> str:
    """A day in words, without its year.

    >>> spoken(date(2026, 9, 29))
    'Tuesday 29 September'
    """
    return f"{day:%A} {day.day} {day:%B}"


def london(moment: datetime) -> str:
    """A moment in words, in London time; `moment` may carry any zone.

    >>> from datetime import UTC
    >>> london(datetime(2026, 7, 1, 7, 30, tzinfo=UTC)), london(datetime(2026, 12, 1, 8, 30, tzinfo=UTC))
    ('Wednesday 1 July 2026, 08:30', 'Tuesday 1 December 2026, 08:30')
    """
    local = moment.astimezone(LONDON)
    return f"{written(local.date())}, {local:%H:%M}"
