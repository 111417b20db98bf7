"""What every capability works with: the school, its staff list, the store and the clock."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.evidence.ports import Store
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head
from bot.outbox.rules.message import Message
from bot.people.ports import Roster
from bot.people.rules.person import Caller, KnownPerson, Person, Role
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import Calendar
from bot.school.rules.documents import Document
from bot.school.rules.settings import Contacts, SchoolSettings


@dataclass(slots=True)
class Context:
    """The school as every capability sees it. `now` gives London time."""

    school: SchoolSettings
    roster: Roster
    store: Store
    now: Callable[[], datetime]
    is_demo: bool = False
    _staff: tuple[Mapping[str, KnownPerson], tuple[Person, ...], Staff] | None = field(default=None, repr=False)

    @property
    def today(self) -> date:
        """The day in London."""
        return self.now().date()

    @property
    def calendar(self) -> Calendar:
        """When the school works."""
        return self.school.calendar

    @property
    def headteacher(self) -> str:
        """What the headteacher is called in a sentence."""
        return self.school.contacts.headteacher or "the headteacher"

    def take_over(self, documents: Mapping[str, Document]) -> None:
        """The school's documents as its folder has them now."""
        self.school = replace(self.school, documents=documents)

    def take_over_settings(self, contacts: Contacts, calendar: Calendar) -> None:
        """Contacts and calendar as the school's folder has them now; the rest counts when Staffroom starts again."""
        self.school = replace(self.school, contacts=contacts, calendar=calendar)
        self._staff = None  # who works when was worked out with the calendar before

    async def staff(self) -> Staff:
        """Who is who now."""
        known, people, today = await self.store.everybody_known(), self.roster.people(), self.today
        before = self._staff
        if before and before[0] is known and before[1] is people and before[2].today == today:
            return before[2]
        staff = Staff(known, {person.id: person for person in people}, self.calendar, today)
        self._staff = (known, people, staff)
        return staff

    async def person(self, pseudonym: str) -> Person | None:
        """Somebody on the staff list, by pseudonym; None if they are not on it any more."""
        known = (await self.store.known([pseudonym])).get(pseudonym)
        return next((person for person in self.roster.people() if known and person.id == known.id), None)

    async def pseudonym(self, person: Person) -> str:
        """Somebody's pseudonym, made when it is first needed."""
        return (await self.store.enrol([person]))[person.id]

    async def names(self, pseudonyms: Collection[str]) -> dict[str, str]:
        """What these people are called, by pseudonym; people whose details were erased are left out."""
        return {pseudonym: known.name for pseudonym, known in (await self.store.known(pseudonyms)).items()}

    def heads(self) -> tuple[Person, ...]:
        """Who answers for the school today: the headteacher and deputies acting for them; without either, the chair."""
        working = [person for person in self.roster.people() if person.works_here(self.today)]
        heads = [person for person in working if Role.HEAD in person.roles]
        acting = [person for person in working if person.is_delegate(self.today)]
        return tuple(heads + acting) or self.chairs()

    def chairs(self) -> tuple[Person, ...]:
        """Who chairs the governors today."""
        return self.with_role(Role.CHAIR)

    def it_leads(self) -> tuple[Person, ...]:
        """Who looks after the set-up today."""
        return self.with_role(Role.IT)

    def with_role(self, role: Role) -> tuple[Person, ...]:
        """Everybody who has a role and works here today."""
        return tuple(p for p in self.roster.people() if role in p.roles and p.works_here(self.today))

    async def write(  # noqa: PLR0913 - an event has that many parts
        self,
        kind: EventKind,
        once: str | Head,
        *,
        subject: str = "",
        actor: str = "",
        campaign: str = "",
        facts: Mapping[str, Fact] | None = None,
        who: Mapping[str, str] | None = None,
        messages: Sequence[Message] = (),
    ) -> Entry:
        """Adds an event that happened just now, and the messages that go out because of it.

        `once` is the idempotency key, or the head the event was decided on (see `Ledger.append`).
        """
        event = Event(kind, self.now(), subject, actor, campaign, facts or {}, who or {})
        return await self.store.append(event, once, messages)


def details(person: Person, caller: Caller | None = None, conversation: str = "", **more: str) -> dict[str, str]:
    """All that names somebody in an entry, as it is now, and how a channel proved who spoke."""
    who = {"name": person.name, "email": person.email, "account": person.account}
    who["roles"] = " ".join(sorted(role.value for role in person.roles))
    if caller:
        who |= {"account": caller.account, "channel": caller.channel, "proof": caller.proof.value}
        who["conversation"] = conversation
    return who | {name: text for name, text in more.items() if text}
