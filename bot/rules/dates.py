"""Days as a school knows them. Instants are UTC or carry a zone; days are London days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count, islice
from zoneinfo import ZoneInfo

import holidays

from bot.rules.people import Person

LONDON = ZoneInfo("Europe/London")
LONGEST_LOOK = 1_000  # days ahead; nobody waits longer for a working day


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days the school works. `closed` are its own closing days; `nation` is that of the bank holidays."""

    closed: frozenset[date] = frozenset()
    nation: str = "ENG"

    def is_school_day(self, day: date) -> bool:
        """Whether staff are in: a weekday that is neither a bank holiday nor one of the school's closing days."""
        return day.weekday() < 5 and day not in self.closed and day not in bank_holidays(day.year, self.nation)

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


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in count(1))


def written(day: date) -> str:
    """A day in words.

    >>> written(date(2021, 11, 3))
    'Wednesday 3 November 2021'
    """
    return f"{day:%A} {day.day} {day:%B %Y}"


def london(at: datetime) -> str:
    """An instant in London time, in words, whatever zone it carries.

    >>> from datetime import UTC
    >>> london(datetime(2026, 7, 1, 7, 30, tzinfo=UTC)), london(datetime(2026, 12, 1, 8, 30, tzinfo=UTC))
    ('Wednesday 1 July 2026, 08:30', 'Tuesday 1 December 2026, 08:30')
    """
    here = at.astimezone(LONDON)
    return f"{written(here.date())}, {here:%H:%M}"
