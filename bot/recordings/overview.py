"""Oversees recorded lessons: the head's week, and what the IT lead says of the tenant's own expiry."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.ask.answer_card import note
from bot.desk.routing import Verbs, act_on, verb_of
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.records import Records
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.rules.recording import OVERDUE
from bot.recordings.rules.week import Week
from bot.recordings.teacher_reply import WORDS_FOR_ALL
from bot.school.rules.calendar import written

WORDS = dict.fromkeys(WORDS_FOR_ALL, "lessons")
WORDS |= dict.fromkeys(("expiry", "recordings expire", "recording expiry"), "expiry")
TICKED = "Since {day}, the IT lead says, Teams itself takes new recordings away after {days} days."
A_LIFETIME = timedelta(days=36_500)
DONE = "Thank you. I say so to the headteacher, and ask no more."


@dataclass(frozen=True, slots=True)
class Overview:
    """The part of the desk that shows every lesson."""

    records: Records

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        return await act_on(self, verb_of(incoming, WORDS), _VERBS, self.records, incoming, person)

    async def _lessons(self, incoming: Incoming, person: Person) -> Outgoing:
        page = incoming.inputs.get("page", "0")
        day = _day_in(incoming.inputs.get("week", ""), self.records.today)
        return await self.shown(day, int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0)

    async def shown(self, day: date, page: int = 0) -> Outgoing:
        """The week that holds a day, as a card, a page at a time."""
        made = await self.week(day)
        return cards.week(made, await self.records.names(), self.records.now(), await notes(self.records), page)

    async def week(self, day: date) -> Week:
        """The lessons of the week that holds a day."""
        shelf = await self.records.shelf()
        begins = day - timedelta(days=day.weekday())
        held = {one.lesson.id: one for one in shelf.between(begins, begins + timedelta(days=6))}
        return Week.of((held | shelf.open).values(), day)

    async def values(self) -> dict[str, Any]:
        """What the page of this week shows."""
        made = await self.week(self.records.today)
        return cards.week_values(made, await self.records.names(), self.records.now(), await notes(self.records))

    async def _expiry(self, incoming: Incoming, person: Person) -> Outgoing:
        return cards.expiry(self.records.promise.kept)

    async def _expiry_done(self, incoming: Incoming, person: Person) -> Outgoing:
        shelf = await self.records.shelf()
        if shelf.expiry_set_on is None:
            actor = await self.records.pseudonym(person)
            await self.records.write(
                EventKind.EXPIRY, actor=actor, facts={"done": True, "days": self.records.promise.kept}
            )
        return note(DONE)


async def notes(records: Records) -> list[str]:
    """What else is to be known of recordings: whether the tenant itself takes them away in time."""
    if records.policy.promise is None:
        return []
    days, since = records.policy.promise.kept, (await records.shelf()).expiry_set_on
    if since:
        return [TICKED.format(day=written(since), days=days)]
    return [cards.EXPIRY.format(days=days), cards.COMMAND.format(days=days)]


async def for_the_head(records: Records) -> list[str]:
    """What a summary says of recorded lessons: those that are not as promised, and what the tenant should do itself."""
    shelf = await records.shelf()
    late = sum(one.state in OVERDUE for one in shelf.open.values())
    found = [f'Recorded lessons: {late} not gone though their time is over; "lessons" shows which.'] if late else []
    return found + (await notes(records) if shelf.first_on and not shelf.expiry_set_on else [])


def _day_in(text: str, usual: date) -> date:
    """A day within a lifetime of today; today for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return usual
    return day if abs(day - usual) < A_LIFETIME else usual


_VERBS: Verbs[Overview] = {
    "lessons": (Permission.OVERSEE, Overview._lessons),
    "expiry": (Permission.EXPIRY, Overview._expiry),
    "expiry_done": (Permission.EXPIRY, Overview._expiry_done),
}
