"""A campaign: documents to be acknowledged by an audience by a date; and what it asks of one person."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class CampaignItem:
    """One document that a campaign asks for: the text in force, and the digest of its last material change."""

    document: str
    label: str
    version: str
    asked: str


@dataclass(frozen=True)  # no slots: what its messages are about is worked out once, though asked for each person
class Campaign:
    """What is to be acknowledged. Days are London days; `people` are pseudonyms, everybody ever asked.

    `version` is the digest of the text in force, `asked` that of its last material change: people who acknowledged any
    text since then have acknowledged. These are the first document's; `others` are asked for on the same card.
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
    others: tuple[CampaignItem, ...] = ()

    @classmethod
    def asking_for(
        cls,
        items: Sequence[CampaignItem],
        *,
        id: str,
        audience: frozenset[Role],
        opened: date,
        due: date,
        people: frozenset[str] = frozenset(),
    ) -> "Campaign":
        """A campaign for these documents, one or more."""
        first, *others = items
        return cls(
            id=id,
            document=first.document,
            label=first.label,
            version=first.version,
            asked=first.asked,
            audience=audience,
            opened=opened,
            due=due,
            people=people,
            others=tuple(others),
        )

    @property
    def items(self) -> tuple[CampaignItem, ...]:
        """Everything it asks for, in the order in which it is shown."""
        return (CampaignItem(self.document, self.label, self.version, self.asked), *self.others)

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents it asks for."""
        return tuple(item.document for item in self.items)

    @property
    def what(self) -> str:
        """What is asked for, in a sentence: a version, or how many documents."""
        return f"{len(self.items)} documents" if self.others else f"version {self.label}"

    @cached_property
    def subject(self) -> Subject:
        """What its agreement cards are about: the campaign, and the texts that are asked for."""
        return Subject(campaign=self.id, text=self._asked_texts)

    @property
    def key(self) -> str:
        """Campaign and texts as one string, as in the idempotency keys of the ledger."""
        return f"{self.id}.{self._asked_texts}"

    @property
    def _asked_texts(self) -> str:
        """The beginning of the text's digest, or of the digest of several; another once one of them is asked again."""
        digests = [item.asked for item in self.items]
        together = hashlib.sha256("/".join(digests).encode()).hexdigest() if self.others else self.asked
        return together[:12]

    def item_key(self, item: CampaignItem) -> str:
        """Campaign and one of its texts as one string."""
        return f"{self.id}.{item.asked[:12]}"

    def with_text(self, text: Publication) -> "Campaign":
        """The campaign, once another text of one of its documents is in force."""
        item = CampaignItem(text.document, text.label, text.digest, text.asked)
        others = tuple(item if item.document == other.document else other for other in self.others)
        if item.document != self.document:
            return replace(self, others=others)
        return replace(self, label=item.label, version=item.version, asked=item.asked)

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
    document: str = ""

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
