"""What campaigns are decided from: the ledger read into a register, who is who, and the clock."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.ask.rules.policy import Policy
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, Staff, signatories
from bot.campaigns.rules.versions import Version, frozen
from bot.desk.rules.messages import Outgoing
from bot.errors import BadInput
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import Caller, Person, Role
from bot.ports import Roster, Store
from bot.recordings.rules.notices import Promise
from bot.recordings.rules.projection import RecordingProjection
from bot.school.rules.calendar import Calendar


@dataclass(slots=True)
class Records:
    """The school's records, fresh at every look.

    `fingerprint` is the SHA-256 of a card as it would be shown; `fits` says whether a message can hold it.
    """

    policy: Policy
    roster: Roster
    store: Store
    calendar: Calendar
    now: Callable[[], datetime]
    fingerprint: Callable[[Outgoing], str]
    fits: Callable[[Outgoing], bool] = lambda outgoing: True
    is_demo: bool = False
    _register: CampaignProjection = field(default_factory=CampaignProjection)
    _shelf: RecordingProjection = field(default_factory=RecordingProjection)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def today(self) -> date:
        """The day in London."""
        return self.now().date()

    @property
    def about(self) -> Agreement:
        """How the school asks for its agreement; raises BadInput where it has none."""
        if self.policy.agreement is None:
            raise BadInput("This school has no agreement to acknowledge; school.toml says so under [agreement].")
        return self.policy.agreement

    async def asked(self, campaign: Campaign) -> Agreement:
        """How a campaign asks: by the statement that was published with its text, whatever the files say by now."""
        return replace(self.about, statement=(await self.register()).statement(campaign.version))

    @property
    def promise(self) -> Promise:
        """What the school tells children about recorded lessons; raises BadInput where it has no such clause."""
        if self.policy.promise is None:
            raise BadInput(
                "This school's policy promises nothing about recorded lessons; see [recordings] in school.toml."
            )
        return self.policy.promise

    @property
    def headteacher(self) -> str:
        """What the headteacher is called in a sentence."""
        return self.policy.contacts.headteacher or "the headteacher"

    async def register(self) -> CampaignProjection:
        """What the ledger says now of campaigns."""
        await self._read()
        return self._register

    async def shelf(self) -> RecordingProjection:
        """What the ledger says now of recorded lessons."""
        await self._read()
        return self._shelf

    async def _read(self) -> None:
        async with self._turn:
            for entry in await self.store.entries(self._register.head.number):
                self._register.add(entry)
                self._shelf.add(entry)

    async def school(self) -> Staff:
        """Who is who now. Unreachable is whoever has no account, and whoever the last card did not get to."""
        people = self.roster.people()
        known = await self.store.known()
        pins = await self.store.pins()
        slots = await self.store.slots(*CARDS)
        roster = {one.id: one for one in people}
        silent = {
            pseudonym for pseudonym, one in known.items() if one.id in roster and not account(roster[one.id], pins)
        }
        return Staff(known, roster, frozenset(silent | failed(slots)), self.calendar, self.today)

    async def person(self, pseudonym: str) -> Person | None:
        """Somebody on the roster, by pseudonym; None for whoever has gone."""
        known = (await self.store.known()).get(pseudonym)
        return next((one for one in self.roster.people() if known and one.id == known.id), None)

    async def pseudonym(self, person: Person) -> str:
        """Somebody's pseudonym, made when it is first needed."""
        return (await self.store.enrol([person]))[person.id]

    async def signatories(self, campaign: Campaign) -> tuple[Signatory, ...]:
        """Everybody in a campaign, by name."""
        return signatories(campaign, await self.register(), await self.school())

    async def drafts(self) -> frozenset[str]:
        """Short names of documents whose files are not the text that was published last."""
        register = await self.register()
        published = {one.document: one.digest for one in register.publications}
        held = self.policy.documents
        return frozenset(
            held[id].short for id, digest in published.items() if id in held and frozen(held[id]).digest != digest
        )

    async def campaign(self, id: str) -> Campaign:
        """A campaign by its id, or the one that runs; raises BadInput where there is none."""
        register = await self.register()
        running = register.open_campaigns()
        if id in register.campaigns:
            return register.campaigns[id]
        if id or not running:
            raise BadInput("There is no campaign just now." if not id else "I do not know that campaign any more.")
        return running[-1]

    async def text(self, digest: str) -> Version:
        """A published text; raises BadInput where it is not kept."""
        held = await self.store.version(digest)
        if held is None:
            raise BadInput("The text of that version is not kept here any more.")
        return held

    async def names(self) -> dict[str, str]:
        """What people are called, by pseudonym."""
        return {pseudonym: one.name for pseudonym, one in (await self.store.known()).items()}

    async def classes(self) -> frozenset[str]:
        """Conversations and teams in which children are: where a notice was ever planned, and those of school.toml."""
        places = (await self.shelf()).places
        teams = {one.team for one in await self.store.places() if one.conversation in places}
        return frozenset((places | teams | self.policy.classes) - {""})

    async def heads(self) -> tuple[Person, ...]:
        """Who answers for the school today: the headteacher and whoever stands in; without either, the chair."""
        here = [one for one in self.roster.people() if one.works_here(self.today)]
        head = [one for one in here if Role.HEAD in one.roles]
        standing_in = [one for one in here if one.is_delegate(self.today)]
        return tuple(head + standing_in) or self.chairs()

    def chairs(self) -> tuple[Person, ...]:
        """Who chairs the governors today."""
        return tuple(one for one in self.roster.people() if Role.CHAIR in one.roles and one.works_here(self.today))

    async def write(  # noqa: PLR0913 - an event has that many parts
        self,
        kind: EventKind,
        *,
        subject: str = "",
        actor: str = "",
        campaign: str = "",
        facts: Mapping[str, Fact] | None = None,
        who: Mapping[str, str] | None = None,
        key: str = "",
        slots: tuple[Message, ...] = (),
    ) -> Entry:
        """Adds an event that happened just now; the earlier entry where that key has one."""
        event = Event(kind, self.now(), subject, actor, campaign, facts or {}, who or {})
        return await self.store.append(event, key, slots)


def who(person: Person, caller: Caller | None = None, conversation: str = "", **more: str) -> dict[str, str]:
    """All that names somebody in an entry, as it is now: details, and how a channel proved who spoke."""
    made = {"name": person.name, "email": person.email, "account": person.account}
    made["roles"] = " ".join(sorted(one.value for one in person.roles))
    if caller:
        made |= {"account": caller.account, "channel": caller.channel, "proof": caller.proof.value}
        made["conversation"] = conversation
    return made | {name: text for name, text in more.items() if text}


def account(person: Person, pins: Mapping[str, str]) -> str:
    """The account somebody is reached by: the one in their row, else the one pinned to it, else nothing."""
    return person.account or next((account for account, id in pins.items() if id == person.id), "")


CARDS = (MessageKind.AGREEMENT, MessageKind.NUDGE)  # which show whether somebody can be reached


def failed(slots: Iterable[Message]) -> set[str]:
    """Pseudonyms whose last agreement card or reminder could not be delivered."""
    last: dict[str, Message] = {}
    for slot in sorted(slots, key=lambda one: one.on):
        if slot.sort in CARDS and slot.state in {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DOUBT}:
            last[slot.recipient] = slot
    return {recipient for recipient, slot in last.items() if slot.state is DeliveryState.FAILED}
