"""When reminders come: some school days before somebody's last day, then weekly, at most so many; then no more.

    the card ... 14 ... 7 ... 3 ... 1 | last day | + 1 week | + 2 weeks, the last one | then the headteacher is told

Each falls on a day the person works, and one digest a day holds whatever is due in all campaigns. Where the days that
are known end before the last one, the one before is the last. What is due is a
pure function of the ledger, the roster, the calendar, what was sent before, and the time; it may be computed at any
time and as often as one likes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, Staff, Standing, signatories
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person
from bot.school.rules.calendar import LONGEST_LOOK, Calendar

PAST = (MessageKind.AGREEMENT, MessageKind.NUDGE, MessageKind.STILL_OPEN)  # what `History` is made of
WAITING = frozenset({Standing.PENDING, Standing.OVERDUE})


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
    is_last: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody had of one text: the day of their last card, the days of their reminders.

    `is_told` says that the headteacher was told that theirs is still open.
    """

    card: date | None = None
    reminded: Sequence[date] = ()
    is_told: bool = False

    @property
    def last(self) -> date | None:
        """The last day on which they were written to."""
        return max(self.card, *self.reminded) if self.card and self.reminded else self.card


@dataclass(frozen=True, slots=True)
class History:
    """What went to people before, by text and person."""

    cards: Mapping[tuple[str, str], date]
    reminded: Mapping[tuple[str, str], Sequence[date]]
    told: AbstractSet[tuple[str, str]]

    @classmethod
    def of(cls, slots: Iterable[Message]) -> "History":
        """The history in an outbox; a card still to come counts as one, for nobody is reminded before it."""
        cards: dict[tuple[str, str], date] = {}
        reminded: dict[tuple[str, str], list[date]] = defaultdict(list)
        told: set[tuple[str, str]] = set()
        for one in sorted(slots, key=lambda one: one.on):
            match one.sort:
                case MessageKind.AGREEMENT:
                    cards[one.subject, one.recipient] = one.on
                case MessageKind.NUDGE:
                    for subject in one.about:
                        reminded[subject, one.recipient].append(one.on)
                case MessageKind.STILL_OPEN:
                    told |= {(one.subject, about) for about in one.about}
        return cls(cards, reminded, told)

    def of_one(self, campaign: Campaign, pseudonym: str) -> Past:
        """What somebody had in a campaign."""
        key = (campaign.subject, pseudonym)
        return Past(self.cards.get(key), self.reminded.get(key, ()), key in self.told)


def coming(
    one: Signatory, past: Past, calendar: Calendar, rhythm: ReminderSettings, today: date
) -> tuple[Reminder, ...]:
    """Somebody's reminders still to come, today's included where it was not made yet; none while they are left alone.

    Left alone is whoever has acknowledged, left, is paused, cannot be reached, waits for an answer, or has no card yet,
    and whoever the headteacher was told about.
    """
    if one.standing not in WAITING or one.is_asking or past.is_told:
        return ()
    ahead = _ahead(one, past, calendar, rhythm, today)
    days = ahead[: max(rhythm.most - len(past.reminded), 0)]
    return tuple(
        Reminder(day, number, is_last=number == rhythm.most or day == ahead[-1])
        for number, day in enumerate(days, len(past.reminded) + 1)
    )


def digests(
    register: CampaignProjection, school: Staff, slots: Sequence[Message], rhythm: ReminderSettings, now: datetime
) -> list[Message]:
    """The reminders of this day for everybody whose hours are not over, one for each person, as slots to keep."""
    today, history = now.date(), History.of(slots)
    due: dict[str, list[str]] = defaultdict(list)
    people: dict[str, Person] = {}
    for campaign in register.open_campaigns():
        for one in signatories(campaign, register, school):
            if not register.is_released(campaign, one.pseudonym):
                continue
            past = history.of_one(campaign, one.pseudonym)
            first = next(iter(coming(one, past, school.calendar, rhythm, today)), None)
            if first and first.on == today and one.person:
                due[one.pseudonym].append(campaign.subject)
                people[one.pseudonym] = one.person
    made = []
    for pseudonym, about in due.items():
        begin, end = school.calendar.working_hours(people[pseudonym], today)
        if now < end:
            slot = Message(
                MessageKind.NUDGE, "digest", pseudonym, today, about=tuple(about), not_before=begin, expires_at=end
            )
            made.append(slot)
    return made


def told_after(one: Signatory, past: Past, calendar: Calendar, rhythm: ReminderSettings, today: date) -> date | None:
    """After which day the headteacher is told that somebody's is still open; None before their last reminder.

    Never before their own last day is over, and of nobody who will have left by then. Where no day is known for any
    more reminders, the last one has been; whoever could not be given one has until their last day.
    """
    if one.person is None or past.card is None or past.last is None:
        return None
    if len(past.reminded) < rhythm.most and _ahead(one, past, calendar, rhythm, today):
        return None
    after = max(one.due, past.last + timedelta(days=rhythm.every)) if past.reminded else max(one.due, past.last)
    return None if one.person.ends and one.person.ends <= after else after


def _ahead(one: Signatory, past: Past, calendar: Calendar, rhythm: ReminderSettings, today: date) -> list[date]:
    """The days from today on that are left for reminders, however many there were."""
    if one.person is None or past.card is None or past.last is None:
        return []
    after = max(past.last, today - timedelta(days=1))
    return [day for day in _days(_Pattern.of(one.person), past.card, one.due, calendar, rhythm) if day > after]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """All of a person that their days hang on: many people share one."""

    days: frozenset[int]
    starts: date | None
    ends: date | None

    @classmethod
    def of(cls, person: Person) -> "_Pattern":
        return cls(person.days, person.starts, person.ends)

    @property
    def anybody(self) -> Person:
        return Person("", "", "", "", frozenset(), days=self.days, starts=self.starts, ends=self.ends)


@lru_cache(maxsize=4096)
def _days(pattern: _Pattern, since: date, due: date, calendar: Calendar, rhythm: ReminderSettings) -> tuple[date, ...]:
    """Every day on which a reminder may fall, each later than the one before and than the card."""
    found: list[date] = []
    rested = since + timedelta(days=rhythm.rest)
    for day in _all_days(pattern.anybody, rested, due, calendar, rhythm):
        if day > (found[-1] if found else rested):
            found.append(day)
    return tuple(found)


def _all_days(person: Person, since: date, due: date, calendar: Calendar, rhythm: ReminderSettings) -> Iterator[date]:
    for number in sorted(rhythm.before, reverse=True):
        anchor = calendar.school_days_before(due, number)
        near = (anchor - timedelta(days=back) for back in range((anchor - since).days))
        yield from (day for day in [_first(near, person, calendar)] if day)
    for days in range(rhythm.every, LONGEST_LOOK, rhythm.every):
        anchor = due + timedelta(days=days)
        ahead = (anchor + timedelta(days=more) for more in range(rhythm.every))
        yield from (day for day in [_first(ahead, person, calendar)] if day)


def _first(days: Iterable[date], person: Person, calendar: Calendar) -> date | None:
    return next((day for day in days if calendar.may_be_written_to(person, day)), None)
