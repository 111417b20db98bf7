"""Days as a school knows them. Instants are UTC or carry a zone; days are London days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count, islice
from zoneinfo import ZoneInfo

import holidays

from bot.people.rules.person import Person

LONDON = ZoneInfo("Europe/London")
LONGEST_LOOK = 1_000  # days ahead; nobody waits longer for a working day
NATIONS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row; the first and the last belong to it."""

    begins: date
    ends: date

    def covers(self, day: date) -> bool:
        """Whether that day belongs to it."""
        return self.begins <= day <= self.ends


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the school works. Days and times are London's; `nation` is that of the bank holidays.

    `terms` are in order, a half-term is what lies between two of them. Without terms, and on days before the first or
    after the last, every weekday counts for reckoning; but nobody is written to on a day no term is known for.
    `closed` are days without school in a term; on `inset` days staff are in and pupils are not. Messages rest during
    `quiet` hours, which begin in the evening, and `hours` are those of whoever names none of their own.
    """

    closed: frozenset[date] = frozenset()
    nation: str = "ENG"
    terms: tuple[Period, ...] = ()
    inset: frozenset[date] = frozenset()
    nudges_on_inset: bool = True
    quiet: tuple[time, time] = (time(18), time(7, 30))
    hours: tuple[time, time] = (time(8, 30), time(16))

    def knows(self, day: date) -> bool:
        """Whether it is known of that day if the school works."""
        return not self.terms or self.terms[0].begins <= day <= self.terms[-1].ends or day in self.inset

    def is_term(self, day: date) -> bool:
        """Whether that day lies in a term, or nothing is known that says otherwise."""
        return not self.knows(day) or not self.terms or any(one.covers(day) for one in self.terms)

    def is_school_day(self, day: date) -> bool:
        """Whether staff are in: a weekday of a term or an INSET day, no bank holiday and none of the closing days."""
        is_free = day.weekday() > 4 or day in self.closed or day in bank_holidays(day.year, self.nation)
        return not is_free and (self.is_term(day) or day in self.inset)

    def are_pupils_in(self, day: date) -> bool:
        """Whether that day has lessons."""
        return self.is_school_day(day) and day not in self.inset

    def term_of(self, day: date) -> Period | None:
        """The term a day lies in; None where none is known."""
        return next((one for one in self.terms if one.covers(day)), None)

    def may_be_written_to(self, person: Person, day: date) -> bool:
        """Whether somebody works on that day, as far as is known, and the school lets reminders go out on it."""
        is_let = self.nudges_on_inset or day not in self.inset
        return self.knows(day) and is_let and self.is_working_day(day, person)

    def working_hours(self, person: Person, day: date) -> tuple[datetime, datetime]:
        """From when until when somebody may be written to on a day: within their hours, outside quiet hours.

        Whoever works in quiet hours only is written to then. Both ends carry London's zone.
        """
        starts, ends = person.hours or self.hours
        evening, morning = self.quiet
        begin, end = max(starts, morning), min(ends, evening)
        if begin >= end:
            begin, end = starts, ends
        return datetime.combine(day, begin, LONDON), datetime.combine(day, end, LONDON)

    def is_at_work(self, person: Person, now: datetime) -> bool:
        """Whether somebody works at that instant, as far as is known: on one of their days, within their hours."""
        here = now.astimezone(LONDON)
        begin, end = self.working_hours(person, here.date())
        return self.is_working_day(here.date(), person) and begin <= here < end

    def first_moment(self, person: Person, now: datetime) -> datetime | None:
        """The first instant from now on at which somebody may be written to; None where no such day is known."""
        for ahead in range(LONGEST_LOOK):
            day = now.date() + timedelta(days=ahead)
            if self.may_be_written_to(person, day):
                begin, end = self.working_hours(person, day)
                if now < end:
                    return max(begin, now)
        return None

    def next_to_write(self, person: Person, after: date) -> datetime | None:
        """When somebody may be written to first after a day."""
        return self.first_moment(person, datetime.combine(after + timedelta(days=1), time(), LONDON))

    def school_days_before(self, day: date, number: int) -> date:
        """The so-and-so-many-th school day before a day.

        >>> Calendar().school_days_before(date(2026, 12, 30), 2)  # Christmas, and the day in lieu of Boxing Day
        datetime.date(2026, 12, 24)
        """
        days = (one for one in _days_before(day) if self.is_school_day(one))
        return next(islice(days, number - 1, None))

    def school_days_after(self, day: date, number: int) -> date:
        """The so-and-so-many-th school day after a day.

        >>> Calendar().school_days_after(date(2026, 12, 23), 3)  # Christmas, and the day in lieu of Boxing Day
        datetime.date(2026, 12, 30)
        """
        days = (one for one in _days_after(day) if self.is_school_day(one))
        return next(islice(days, number - 1, None))

    def is_working_day(self, day: date, person: Person) -> bool:
        """Whether somebody works on that day."""
        return person.works_here(day) and day.weekday() in person.days and self.is_school_day(day)

    def next_working_day(self, person: Person, after: date) -> date | None:
        """Somebody's first working day after a day; None for whoever has none left.

        >>> Calendar().next_working_day(Person("v", "", "", "", frozenset(), days=frozenset({2})), date(2026, 9, 2))
        datetime.date(2026, 9, 9)
        """
        return self.working_days_after(person, after, 1)

    def working_days_after(self, person: Person, day: date, number: int) -> date | None:
        """Somebody's so-and-so-many-th working day after a day; None for whoever has none left."""
        near = islice(_days_after(day), LONGEST_LOOK)
        days = (one for one in near if self.is_working_day(one, person))
        return next(islice(days, number - 1, None), None)


@cache
def bank_holidays(year: int, nation: str) -> frozenset[date]:
    """The bank holidays of a year in one nation of the United Kingdom (https://www.gov.uk/bank-holidays)."""
    return frozenset(holidays.country_holidays("GB", subdiv=nation, years=year))


def _days_before(day: date) -> Iterator[date]:
    return (day - timedelta(days=number) for number in count(1))


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in count(1))


def written(day: date) -> str:
    """A day in words.

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


def london(at: datetime) -> str:
    """An instant in London time, in words, whatever zone it carries.

    >>> from datetime import UTC
    >>> london(datetime(2026, 7, 1, 7, 30, tzinfo=UTC)), london(datetime(2026, 12, 1, 8, 30, tzinfo=UTC))
    ('Wednesday 1 July 2026, 08:30', 'Tuesday 1 December 2026, 08:30')
    """
    here = at.astimezone(LONDON)
    return f"{written(here.date())}, {here:%H:%M}"
