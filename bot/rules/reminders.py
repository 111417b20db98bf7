"""When reminders come: some school days before somebody's last day, then weekly, at most so many; then no more.

    the card ... 14 ... 7 ... 3 ... 1 | last day | + 1 week | + 2 weeks, the last one | then the headteacher is told

Each falls on a day the person works, and one digest a day holds whatever is due in all campaigns. What is due is a
pure function of the ledger, the roster, the calendar, what was sent before, and the time; it may be computed at any
time and as often as one likes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.rules.campaigns import Campaign
from bot.rules.dates import LONGEST_LOOK, Calendar
from bot.rules.people import Person
from bot.rules.register import Register
from bot.rules.slots import Slot, Sort
from bot.rules.standing import School, Signatory, Standing, signatories

WAITING = frozenset({Standing.PENDING, Standing.OVERDUE})


@dataclass(frozen=True, slots=True)
class Rhythm:
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
class History:
    """What went to people before: the day of their last card, and the days of their reminders, by text and person."""

    cards: Mapping[tuple[str, str], date]
    reminded: Mapping[tuple[str, str], Sequence[date]]

    @classmethod
    def of(cls, slots: Iterable[Slot]) -> "History":
        """The history in an outbox; a card still to come counts as one, for nobody is reminded before it."""
        cards: dict[tuple[str, str], date] = {}
        reminded: dict[tuple[str, str], list[date]] = defaultdict(list)
        for one in sorted(slots, key=lambda one: one.on):
            if one.sort is Sort.AGREEMENT:
                cards[one.subject, one.recipient] = one.on
            for subject in one.about if one.sort is Sort.NUDGE else ():
                reminded[subject, one.recipient].append(one.on)
        return cls(cards, reminded)

    def of_one(self, campaign: Campaign, pseudonym: str) -> tuple[date | None, Sequence[date]]:
        """The day of somebody's last card in a campaign, if they had one, and the days of their reminders."""
        key = (campaign.subject, pseudonym)
        return self.cards.get(key), self.reminded.get(key, ())


def coming(
    one: Signatory, since: date | None, had: Sequence[date], calendar: Calendar, rhythm: Rhythm, today: date
) -> tuple[Reminder, ...]:
    """Somebody's reminders still to come, today's included where it was not made yet; none while they are left alone.

    `since` is the day of their last card, None where they had none; `had` the days of their reminders so far. Left
    alone is whoever has acknowledged, left, is paused, cannot be reached, waits for an answer, or has no card yet.
    """
    if one.standing not in WAITING or one.is_asking or one.person is None or since is None:
        return ()
    after = max((since, *had, today - timedelta(days=1)))
    left = max(rhythm.most - len(had), 0)
    days = [day for day in _days(_Pattern.of(one.person), since, one.due, calendar, rhythm) if day > after][:left]
    return tuple(Reminder(day, number, is_last=number == rhythm.most) for number, day in enumerate(days, len(had) + 1))


def digests(register: Register, school: School, slots: Sequence[Slot], rhythm: Rhythm, now: datetime) -> list[Slot]:
    """The reminders of this day for everybody whose hours are not over, one for each person, as slots to keep."""
    today, history = now.date(), History.of(slots)
    due: dict[str, list[str]] = defaultdict(list)
    people: dict[str, Person] = {}
    for campaign in register.open_campaigns():
        for one in signatories(campaign, register, school):
            if not register.is_released(campaign, one.pseudonym):
                continue
            since, had = history.of_one(campaign, one.pseudonym)
            first = next(iter(coming(one, since, had, school.calendar, rhythm, today)), None)
            if first and first.on == today and one.person:
                due[one.pseudonym].append(campaign.subject)
                people[one.pseudonym] = one.person
    made = []
    for pseudonym, about in due.items():
        begin, end = school.calendar.working_hours(people[pseudonym], today)
        if now < end:
            slot = Slot(Sort.NUDGE, "digest", pseudonym, today, about=tuple(about), not_before=begin, expires_at=end)
            made.append(slot)
    return made


def told_after(had: Sequence[date], rhythm: Rhythm) -> date | None:
    """After which day the headteacher is told that somebody's is still open; None before their last reminder."""
    return had[-1] + timedelta(days=rhythm.every) if len(had) >= rhythm.most else None


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
def _days(pattern: _Pattern, since: date, due: date, calendar: Calendar, rhythm: Rhythm) -> tuple[date, ...]:
    """Every day on which a reminder may fall, each later than the one before and than the card."""
    found: list[date] = []
    rested = since + timedelta(days=rhythm.rest)
    for day in _all_days(pattern.anybody, rested, due, calendar, rhythm):
        if day > (found[-1] if found else rested):
            found.append(day)
    return tuple(found)


def _all_days(person: Person, since: date, due: date, calendar: Calendar, rhythm: Rhythm) -> Iterator[date]:
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
