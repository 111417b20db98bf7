"""Rehearses a September with the demo people: they read, ask for time, sign on paper, forget, and are reminded.

Everything goes through the desk, as if people had pressed; only the clock is moved by somebody else's hand.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk.desk import Desk
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.evidence.records import Records
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.school.rules.calendar import LONDON

UNDER_WAY = "A campaign is open already; close it first, then a September can be rehearsed."
NOON, EVENING = time(12, 30), time(17, 30)
LAST_DAY = timedelta(days=21)
CLOSES = timedelta(days=58)
# Which school day after the start somebody acknowledges on, by their place in the list; those beyond never do.
READS = (0, 12, 1, 4, 0, 17, 6, 2, 1, 3, 0, 5, 0, 9, 22, 7)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A September from Send to the last summary. `move` moves the clock to an instant and does what is due."""

    desk: Desk
    records: Records
    move: Callable[[datetime], Awaitable[None]]

    async def run(self) -> None:
        """Rehearses it; raises BadInput where a campaign is open."""
        register = await self.records.register()
        if register.open_campaigns():
            raise BadInput(UNDER_WAY)
        head = self._who(Role.HEAD)
        await self._until(first_monday(self.records.today), time(9))
        begins = self.records.today
        if register.current(self.records.about.document) is None:
            await self._press(head, "publish", weight="material")
        await self._press(head, "preview")
        due = begins + LAST_DAY
        await self._press(head, "open", due=due.isoformat(), audience="staff,volunteer,governor", anyway="true")
        campaign = await self.records.campaign("")
        shown = await self._press(head, "preview")
        await self._press(head, "release", campaign=campaign.id, digest=str(shown.values["digest"]))
        for day in range((CLOSES).days):
            await self._a_day(begins, begins + timedelta(days=day))
        await self._press(head, "close", campaign=campaign.id)
        await self._until(begins + CLOSES + timedelta(days=1), time(9))

    async def _a_day(self, begins: date, day: date) -> None:
        await self._until(day, NOON)
        for person, reads in zip(self._readers(), READS, strict=False):
            if day == self._day_of(begins, reads):
                await self._acknowledge(person)
        if day == self._day_of(begins, 8):
            await self._sign()
        await self._until(day, EVENING)

    def _day_of(self, begins: date, number: int) -> date:
        return self.records.calendar.school_days_after(begins, number) if number else begins

    def _readers(self) -> list[Person]:
        return [one for one in self.desk.roster.people() if one.account]

    async def _acknowledge(self, person: Person) -> None:
        card = await self.desk(self._from(person, text="agreement"))
        if card.card == "agreement":
            inputs = {name: str(card.values[name]) for name in ("campaign", "version", "to")}
            await self._press(person, "acknowledge", **inputs, agree="true")

    async def _sign(self) -> None:
        """The office records the sheet of the first person without an account."""
        office = self._who(Role.OFFICE)
        known = await self.records.store.enrol(self.desk.roster.people())
        for person in self.desk.roster.people():
            if not person.account:
                sheet = {"person": known[person.id], "witness": known[office.id]}
                await self._press(office, "record_paper", **sheet, signed=self.records.today.isoformat())

    async def _until(self, day: date, at: time) -> None:
        await self.move(datetime.combine(day, at, LONDON))

    async def _press(self, person: Person, verb: str, /, **inputs: str) -> Outgoing:
        return await self.desk(self._from(person, verb=verb, inputs=inputs))

    def _from(
        self, person: Person, text: str = "", verb: str = "", inputs: Mapping[str, str] | None = None
    ) -> Incoming:
        caller = Caller(self.records.policy.school, "web", "", person.account, Proof.DEMO)
        return Incoming(caller, person.account, text=text, verb=verb, inputs=inputs or {})

    def _who(self, role: Role) -> Person:
        found = [one for one in self.desk.roster.people() if role in one.roles and one.account]
        if not found:
            raise BadInput(f"The staff list has nobody with the role {role.value}.")
        return found[0]


def first_monday(today: date) -> date:
    """The first Monday of the next September, or of this one where it lies ahead.

    >>> first_monday(date(2026, 9, 7)), first_monday(date(2026, 9, 8))
    (datetime.date(2026, 9, 7), datetime.date(2027, 9, 6))
    """
    for year in (today.year, today.year + 1):
        first = date(year, 9, 1)
        monday = first + timedelta(days=-first.weekday() % 7)
        if monday >= today:
            return monday
    raise AssertionError("next year has a September")
