"""When a reminder (nudge) goes out: some school days before somebody's last day, then weekly, and then no more.

    the card ... 14 ... 7 ... 3 ... 1 | last day | + 1 week | + 2 weeks, the last one | then the headteacher is told

Each falls on a day the person works, and one digest a day holds everything due in all campaigns. If the days that are
known end before the last reminder, the one before is the last. What is due is a pure function of the ledger, the staff
list, the calendar, what was sent before, and the time; it may be computed at any time, as often as you like.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, signatories
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind, Subject
from bot.people.rules.person import Person
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import MAX_DAYS_AHEAD, Calendar

HISTORY_KINDS = (MessageKind.AGREEMENT, MessageKind.NUDGE, MessageKind.STILL_OPEN)  # what a `History` is made of


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """How often a school reminds: school days before the last day, days between reminders after it, and how many.

    Nobody is reminded for `rest` days after a card came.
    """

    before: tuple[int, ...] = (14, 7, 3, 1)
    every: int = 7
    most: int = 6
    rest: int = 3


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder to come. `number` counts from 1, over those sent before."""

    on: date
    number: int


@dataclass(frozen=True, slots=True)
class PersonalHistory:
    """What somebody had of one text: the day of their last card, the days of their reminders.

    `is_reported` says that the headteacher was told that theirs is still open.
    """

    card: date | None = None
    reminders: Sequence[date] = ()
    is_reported: bool = False

    @property
    def last(self) -> date | None:
        """The last day on which they were written to."""
        return max(self.card, *self.reminders) if self.card and self.reminders else self.card


@dataclass(frozen=True, slots=True)
class History:
    """What went to people before, by text and person."""

    cards: Mapping[tuple[Subject, str], date]
    reminders: Mapping[tuple[Subject, str], Sequence[date]]
    reported: AbstractSet[tuple[Subject, str]]

    @classmethod
    def of(cls, messages: Iterable[Message]) -> "History":
        """The history in an outbox; a card still to come counts as one, for nobody is reminded before it."""
        cards: dict[tuple[Subject, str], date] = {}
        reminders: dict[tuple[Subject, str], list[date]] = defaultdict(list)
        reported: set[tuple[Subject, str]] = set()
        for message in sorted(messages, key=lambda message: message.on):
            match message.kind:
                case MessageKind.AGREEMENT:
                    cards[message.subject, message.recipient] = message.on
                case MessageKind.NUDGE:
                    for subject in message.campaigns:
                        reminders[subject, message.recipient].append(message.on)
                case MessageKind.STILL_OPEN:
                    reported |= {(message.subject, pseudonym) for pseudonym in message.people}
        return cls(cards, reminders, reported)

    def of_person(self, campaign: Campaign, pseudonym: str) -> PersonalHistory:
        """What somebody had in a campaign."""
        key = (campaign.subject, pseudonym)
        return PersonalHistory(self.cards.get(key), self.reminders.get(key, ()), key in self.reported)


def reminders_to_come(
    signatory: Signatory, history: PersonalHistory, calendar: Calendar, settings: ReminderSettings, today: date
) -> tuple[Reminder, ...]:
    """Somebody's reminders still to come, today's included if it was not planned yet; none if they are not reminded.

    Not reminded are people who have acknowledged, left, are paused, cannot be reached, wait for an answer or have no
    card yet, and people about whom the headteacher was told.
    """
    if not signatory.is_waiting or history.is_reported:
        return ()
    days = _days_ahead(signatory, history, calendar, settings, today)
    days = days[: max(settings.most - len(history.reminders), 0)]
    return tuple(Reminder(day, number) for number, day in enumerate(days, len(history.reminders) + 1))


def digests(
    projection: CampaignProjection,
    staff: Staff,
    messages: Sequence[Message],
    settings: ReminderSettings,
    now: datetime,
) -> list[Message]:
    """The reminders of this day for everybody whose hours are not over, one for each person, as messages to keep."""
    today, history = now.date(), History.of(messages)
    due: dict[str, list[Subject]] = defaultdict(list)
    people: dict[str, Person] = {}
    for campaign in projection.open_campaigns():
        for signatory in signatories(campaign, projection, staff):
            if not projection.is_released(campaign, signatory.pseudonym):
                continue
            past = history.of_person(campaign, signatory.pseudonym)
            reminders = reminders_to_come(signatory, past, staff.calendar, settings, today)
            if reminders and reminders[0].on == today and signatory.person:
                due[signatory.pseudonym].append(campaign.subject)
                people[signatory.pseudonym] = signatory.person
    planned = []
    for pseudonym, campaigns in due.items():
        begin, end = staff.calendar.working_hours(people[pseudonym], today)
        if now < end:
            planned.append(
                Message(
                    MessageKind.NUDGE,
                    NO_SUBJECT,
                    pseudonym,
                    today,
                    campaigns=tuple(campaigns),
                    not_before=begin,
                    expires_at=end,
                )
            )
    return planned


def reported_after(
    signatory: Signatory, history: PersonalHistory, calendar: Calendar, settings: ReminderSettings, today: date
) -> date | None:
    """After which day the headteacher is told that somebody's is still open; None before their last reminder.

    Never before their own last day is over, and not about people who will have left by then. If no day is known for any
    more reminders, the last one has been; people who could not be given one have until their last day.
    """
    if signatory.person is None or history.card is None or history.last is None:
        return None
    if len(history.reminders) < settings.most and _days_ahead(signatory, history, calendar, settings, today):
        return None
    last_week = history.last + timedelta(days=settings.every) if history.reminders else history.last
    after = max(signatory.due, last_week)
    return None if signatory.person.ends and signatory.person.ends <= after else after


def _days_ahead(
    signatory: Signatory, history: PersonalHistory, calendar: Calendar, settings: ReminderSettings, today: date
) -> list[date]:
    """The days from today on that are left for reminders, however many there were."""
    if signatory.person is None or history.card is None or history.last is None:
        return []
    after = max(history.last, today - timedelta(days=1))
    days = _reminder_days(_WorkPattern.of(signatory.person), history.card, signatory.due, calendar, settings)
    return [day for day in days if day > after]


@dataclass(frozen=True, slots=True)
class _WorkPattern:
    """All of a person that their reminder days depend on: many people share one."""

    days: frozenset[int]
    starts: date | None
    ends: date | None

    @classmethod
    def of(cls, person: Person) -> "_WorkPattern":
        return cls(person.days, person.starts, person.ends)

    @property
    def anybody(self) -> Person:
        return Person("", "", "", "", frozenset(), days=self.days, starts=self.starts, ends=self.ends)


@lru_cache(maxsize=4096)
def _reminder_days(
    pattern: _WorkPattern, since: date, due: date, calendar: Calendar, settings: ReminderSettings
) -> tuple[date, ...]:
    """Every day on which a reminder may fall, each later than the one before and than the card."""
    days: list[date] = []
    rested = since + timedelta(days=settings.rest)
    for day in _candidate_days(pattern.anybody, rested, due, calendar, settings):
        if day > (days[-1] if days else rested):
            days.append(day)
    return tuple(days)


def _candidate_days(
    person: Person, since: date, due: date, calendar: Calendar, settings: ReminderSettings
) -> Iterator[date]:
    for number in sorted(settings.before, reverse=True):
        anchor = calendar.school_days_before(due, number)
        earlier = (anchor - timedelta(days=back) for back in range((anchor - since).days))
        yield from (day for day in [_first_working_day(earlier, person, calendar)] if day)
    for days in range(settings.every, MAX_DAYS_AHEAD, settings.every):
        anchor = due + timedelta(days=days)
        later = (anchor + timedelta(days=more) for more in range(settings.every))
        yield from (day for day in [_first_working_day(later, person, calendar)] if day)


def _first_working_day(days: Iterable[date], person: Person, calendar: Calendar) -> date | None:
    return next((day for day in days if calendar.may_be_written_to(person, day)), None)
