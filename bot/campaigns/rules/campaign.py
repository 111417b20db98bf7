"""A campaign: one policy to be acknowledged by an audience by a date; and what it asks of one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from bot.outbox.rules.message import Subject
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import Calendar

TIME_TO_ACKNOWLEDGE = timedelta(days=21)  # usually, for everybody and again for each new starter
EVERYBODY = frozenset({Role.STAFF, Role.VOLUNTEER, Role.GOVERNOR})


def usual_last_day(today: date, calendar: Calendar) -> date:
    """The last day that is offered: a school day, so never at a weekend, on a bank holiday or in a holiday.

    >>> usual_last_day(date(2026, 11, 15), Calendar())  # three weeks later is a Sunday
    datetime.date(2026, 12, 7)
    """
    return calendar.school_days_after(today + TIME_TO_ACKNOWLEDGE - timedelta(days=1), 1)


@dataclass(frozen=True, slots=True)
class Publication:
    """A text that became a version: `asked` is the digest of the last material one, which may be itself.

    `statement` is the words acknowledged with it.
    """

    document: str
    digest: str
    label: str
    asked: str
    statement: str
    at: datetime


@dataclass(frozen=True)  # no slots: what its messages are about is worked out once, though asked for each person
class Campaign:
    """One policy to be acknowledged. Days are London days; `people` are pseudonyms, everybody ever asked.

    `version` is the digest of the text in force, `asked` that of its last material change: people who acknowledged any
    text since then have acknowledged.
    """

    id: str
    document: str
    label: str
    version: str
    asked: str
    audience: frozenset[Role]
    opened: date
    due: date
    people: frozenset[str]
    closed: date | None = None

    @cached_property
    def subject(self) -> Subject:
        """What its agreement cards are about: the campaign, and the text that is asked for."""
        return Subject(campaign=self.id, text=self.asked[:12])

    @property
    def key(self) -> str:
        """Campaign and text as one string, as in the idempotency keys of the ledger."""
        return f"{self.id}.{self.asked[:12]}"

    @property
    def first_year(self) -> int:
        """The year in which its school year begins, in September."""
        return self.opened.year if self.opened.month >= 9 else self.opened.year - 1

    @property
    def year(self) -> str:
        """Its school year, which begins in September.

        >>> from dataclasses import replace
        >>> campaign = Campaign("c", "AUP", "1", "", "", frozenset(), date(2026, 9, 1), date(2026, 9, 22), frozenset())
        >>> campaign.year, replace(campaign, opened=date(2026, 8, 31)).year
        ('2026/27', '2025/26')
        """
        return f"{self.first_year}/{(self.first_year + 1) % 100:02d}"


class Method(StrEnum):
    """How somebody acknowledged."""

    PRESSED = "pressed"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledgement as recorded. `number` is its entry in the ledger; `signed` the day on a paper sheet."""

    number: int
    campaign: str
    subject: str
    at: datetime
    version: str
    label: str
    asked: str
    how: Method
    signed: date | None = None

    @property
    def short_digest(self) -> str:
        """Enough of the text's digest to compare by eye."""
        return self.version[:12]


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which somebody is sent nothing, for no stated reason; both days belong to it.

    `number` is its entry in the ledger.
    """

    number: int
    since: date
    until: date

    def covers(self, day: date) -> bool:
        """Whether that day belongs to it."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Question:
    """That somebody asked the headteacher, and when; never what. `number` is its entry in the ledger."""

    number: int
    subject: str
    on: date
    campaign: str = ""


class Ending(StrEnum):
    """How a question came to its end."""

    ANSWERED = "answered"  # somebody wrote an answer here, and the asker got it
    IN_PERSON = "in_person"  # somebody said that they have answered it; entries up to 0.6.0 say no more
    WITHDRAWN = "withdrawn"  # by who had asked


@dataclass(frozen=True, slots=True)
class ClosedQuestion:
    """A question that is not open any more: who ended it (`by`, a pseudonym), when and how."""

    question: Question
    by: str
    at: datetime
    ending: Ending


def audience(people: Iterable[Person], roles: frozenset[Role], today: date) -> tuple[Person, ...]:
    """Who is asked on a day: everybody who works here then and has one of the roles."""
    return tuple(person for person in people if person.works_here(today) and person.roles & roles)
