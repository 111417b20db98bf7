"""Rehearses a September with the demo people: they read, ask for time, sign on paper, forget, and are reminded.

Everything goes through the desk, as if people had pressed; only the clock is moved from outside.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.campaigns.book import CampaignBook
from bot.desk.desk import Desk
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.school.rules.calendar import LONDON

UNDER_WAY = "A campaign is open already; close it first, then a September can be rehearsed."
NOON, EVENING = time(12, 30), time(17, 30)
LAST_DAY = timedelta(days=21)
CLOSES = timedelta(days=58)
# The school day after the start on which each reader acknowledges, by their place in the list; the others never do.
READS_ON = (0, 12, 1, 4, 0, 17, 6, 2, 1, 3, 0, 5, 0, 9, 22, 7)
SIGNS_ON = 8


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A September from Send to the last summary. `move_to` moves the clock to an instant and does what is due."""

    desk: Desk
    book: CampaignBook
    move_to: Callable[[datetime], Awaitable[None]]

    async def run(self) -> None:
        """Rehearses it; raises BadInput if a campaign is open."""
        projection = await self.book.projection()
        if projection.open_campaigns():
            raise BadInput(UNDER_WAY)
        head = self._somebody_with(Role.HEAD)
        await self._until(first_monday(self.book.context.today), time(9))
        begins = self.book.context.today
        for document in self.book.agreement.documents:
            if projection.current(document) is None:
                await self._press(head, "publish", weight="material", document=document)
        await self._press(head, "preview")
        due = begins + LAST_DAY
        await self._press(head, "open", due=due.isoformat(), audience="staff,volunteer,governor", anyway="true")
        campaign = await self.book.campaign("")
        preview = await self._press(head, "preview")
        await self._press(head, "release", campaign=campaign.id, digest=str(preview.values["digest"]))
        for number in range(CLOSES.days):
            await self._live_through(begins, begins + timedelta(days=number))
        await self._press(head, "close", campaign=campaign.id)
        await self._until(begins + CLOSES + timedelta(days=1), time(9))

    async def _live_through(self, begins: date, day: date) -> None:
        await self._until(day, NOON)
        for person, number in zip(self._readers(), READS_ON, strict=False):
            if day == self._school_day(begins, number):
                await self._acknowledge(person)
        if day == self._school_day(begins, SIGNS_ON):
            await self._sign_on_paper()
        await self._until(day, EVENING)

    def _school_day(self, begins: date, number: int) -> date:
        return self.book.context.calendar.school_days_after(begins, number) if number else begins

    def _readers(self) -> list[Person]:
        return [person for person in self.desk.roster.people() if person.account]

    async def _acknowledge(self, person: Person) -> None:
        card = await self.desk(self._from(person, text="agreement"))
        if card.card == "agreement":
            inputs = {name: str(card.values[name]) for name in ("campaign", "version", "to")}
            await self._press(person, "acknowledge", **inputs, agree="true")
        if card.card == "agreements":
            inputs = {name: str(card.values[name]) for name in ("campaign", "to")}
            ticks = {str(document["tick"]): "true" for document in card.values["documents"]}
            await self._press(person, "acknowledge", **inputs, **ticks)

    async def _sign_on_paper(self) -> None:
        """The office records the sheets of people without an account."""
        office = self._somebody_with(Role.OFFICE)
        pseudonyms = await self.book.context.store.enrol(self.desk.roster.people())
        for person in self.desk.roster.people():
            if not person.account:
                sheet = {"person": pseudonyms[person.id], "witness": pseudonyms[office.id]}
                await self._press(office, "record_paper", **sheet, signed=self.book.context.today.isoformat())

    async def _until(self, day: date, at: time) -> None:
        await self.move_to(datetime.combine(day, at, LONDON))

    async def _press(self, person: Person, verb: str, /, **inputs: str) -> Outgoing:
        return await self.desk(self._from(person, verb=verb, inputs=inputs))

    def _from(
        self, person: Person, text: str = "", verb: str = "", inputs: Mapping[str, str] | None = None
    ) -> Incoming:
        caller = Caller(self.book.context.school.id, "web", "", person.account, Proof.DEMO)
        return Incoming(caller, person.account, text=text, verb=verb, inputs=inputs or {})

    def _somebody_with(self, role: Role) -> Person:
        people = [person for person in self.desk.roster.people() if role in person.roles and person.account]
        if not people:
            raise BadInput(f"The staff list has nobody with the role {role.value}.")
        return people[0]


def first_monday(today: date) -> date:
    """The first Monday of this September if it is still to come, else of the next.

    >>> first_monday(date(2026, 9, 7)), first_monday(date(2026, 9, 8))
    (datetime.date(2026, 9, 7), datetime.date(2027, 9, 6))
    """
    for year in (today.year, today.year + 1):
        first = date(year, 9, 1)
        monday = first + timedelta(days=-first.weekday() % 7)
        if monday >= today:
            return monday
    raise AssertionError("next year has a September")
