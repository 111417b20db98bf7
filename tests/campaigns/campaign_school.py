"""A small school that runs campaigns, over a store in memory: everything is pressed and written as people do."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.campaigns.book import CampaignBook
from bot.campaigns.capability import Campaigns
from bot.campaigns.ports import CardLimits, PolicyTexts, PreparedPack
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.campaigns.rules.versions import Version
from bot.campaigns.settings import CampaignSettings
from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Attachment, Incoming, Outgoing, note
from bot.evidence.context import Context
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Entry, Event, EventKind
from bot.evidence.rules.pack import Pack
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import Calendar
from bot.school.rules.documents import Bound, Clause, Document
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, NINE, FakeClock, FakeRoster, caller, days, school, shown

STATEMENT = "I have read this and agree."
STAFF = frozenset({Role.STAFF})


def clause(id: str, heading: str, text: str) -> Clause:
    return Clause(id, "AUP", id.rpartition("-")[2], heading, text, frozenset({Bound.STAFF}))


POLICY = Document(
    id="AUP",
    title="Acceptable Use Policy / Agreement",
    short="Acceptable Use Policy",
    version="1",
    review_due=MONDAY + days(300),
    clauses=(
        clause("AUP-1", "", "Be kind."),
        clause("AUP-2", "Safety", "Lock your screen."),
        clause("AUP-3", "Safety", "Tell nobody your password."),
        clause("AUP-9", "Declaration", STATEMENT),
    ),
)
HEAD = Person("he", "The headteacher", "he@school.example", "head", frozenset({Role.HEAD, Role.STAFF}))
CHAIR = Person("ch", "The chair", "", "chair", frozenset({Role.CHAIR, Role.GOVERNOR}))
OFFICE = Person("of", "The office", "", "office", frozenset({Role.OFFICE}))
IT = Person("it", "The IT lead", "", "it", frozenset({Role.IT}))
ANNA = Person("an", "Anna", "anna@school.example", "anna", STAFF)
BEN = Person("be", "Ben", "", "ben", STAFF)
VERA = Person("ve", "Vera", "", "", frozenset({Role.VOLUNTEER}))  # a volunteer without an account
EVERYBODY = (HEAD, CHAIR, OFFICE, IT, ANNA, BEN, VERA)
DUE = MONDAY + days(21)


@dataclass
class FakeAdviser:
    """Knows one answer, and hears a worry in every text with the word "scared"."""

    async def advice(self, question: str, *, is_private: bool) -> tuple[str, bool]:
        worry = await self.hand_off(question, is_private=is_private)
        return (worry, True) if worry else ("The policy says so.", False)

    async def hand_off(self, text: str, *, is_private: bool) -> str:
        return "Tell the safeguarding lead now." if "scared" in text else ""


def fingerprint(outgoing: Outgoing, channel: str) -> str:
    return hashlib.sha256(f"{outgoing.card} {sorted(outgoing.values.items())}".encode()).hexdigest()


def build(pack: Pack) -> PreparedPack:
    def sealed(seal: Entry) -> Attachment:
        return Attachment("evidence.zip", f"{seal.number}:{seal.hash}".encode(), "evidence.zip, not encrypted.")

    return PreparedPack({}, sealed)


@dataclass
class BusyTexts:
    """Texts in a store that takes its time: while it keeps or looks for one, something else happens, once."""

    store: FakeStore
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def keep_version(self, version: Version) -> None:
        await self._let_it_happen()
        await self.store.keep_version(version)

    async def version(self, digest: str) -> Version | None:
        await self._let_it_happen()
        return await self.store.version(digest)

    async def _let_it_happen(self) -> None:
        happen, self.meanwhile = self.meanwhile, None
        if happen:
            await happen()


@dataclass
class CampaignSchool:
    """Everybody has an account but Vera. The school has 21 days to acknowledge version 1, from MONDAY at nine."""

    clock: FakeClock = field(default_factory=FakeClock)
    people: Sequence[Person] = EVERYBODY
    document: Document = POLICY
    others: Sequence[Document] = ()  # beside the policy
    agreement: Agreement | None = field(default_factory=lambda: Agreement("AUP", "AUP-9", STATEMENT))
    reminders: ReminderSettings = field(default_factory=ReminderSettings)
    calendar: Calendar = field(default_factory=Calendar)
    fits: Callable[[Outgoing], bool] = lambda outgoing: True
    remarks: Sequence[str] = ()
    is_demo: bool = False
    store: FakeStore = field(default_factory=FakeStore)
    texts: PolicyTexts | None = None

    def __post_init__(self) -> None:
        self.roster = FakeRoster(tuple(self.people))
        settings = school(self.calendar, self.document, *self.others)
        self.context = Context(settings, self.roster, self.store, self.clock, self.is_demo)
        projection = CampaignProjection()
        self.book = CampaignBook(
            self.context,
            CampaignSettings(self.agreement, self.reminders),
            self.texts or self.store,
            CardLimits(
                lambda outgoing: self.fits(outgoing), fingerprint, {"Teams": lambda outgoing: self.fits(outgoing)}
            ),
            LedgerFeed(self.store, projection),
            projection,
        )

        async def remarks() -> Sequence[str]:
            return self.remarks

        self.campaigns = Campaigns(self.book, FakeAdviser(), lambda progress, total: b"PNG", build, remarks)

    def at_version(self, version: str, *clauses: Clause) -> "CampaignSchool":
        """The same school, once the policy's file says something else."""
        return replace(self, document=replace(self.document, version=version, clauses=clauses or self.document.clauses))

    async def send(self, incoming: Incoming) -> Outgoing:
        """The reply of the desk."""
        return shown(await self.desk(incoming))

    @property
    def desk(self) -> Desk:
        """The desk, at which nothing but campaigns is known."""

        async def answer(incoming: Incoming, person: Person) -> Outgoing:
            return note("(a question)")

        routes = RoutingTable(self.campaigns.commands())
        return Desk("school", self.roster, self.store, routes, answer, lambda: note("Hello."), lambda: self.today)

    async def press(self, person: Person, verb: str, /, **inputs: str) -> Outgoing:
        return await self.send(Incoming(caller(person.account), "talk", verb=verb, inputs=inputs))

    async def write(self, person: Person, text: str) -> Outgoing:
        return await self.send(Incoming(caller(person.account), "talk", text=text))

    @property
    def today(self) -> date:
        return self.clock().date()

    def go_to(self, day: date, hour: int = 9) -> None:
        self.clock.time = datetime.combine(day, NINE.time().replace(hour=hour), NINE.tzinfo)

    async def publish(self, weight: str = "material") -> Outgoing:
        return await self.press(HEAD, "publish", weight=weight)

    async def open(self, due: date = DUE, audience: str = "staff,volunteer,governor") -> Campaign:
        """The running campaign, published and opened if need be."""
        if not (await self.projection()).publications:
            await self.publish()
        await self.press(HEAD, "open", due=due.isoformat(), audience=audience, anyway="true")
        return await self.campaign()

    async def release(self) -> Outgoing:
        """What Send replies to the headteacher who has just seen the preview."""
        preview = await self.press(HEAD, "preview")
        return await self.press(HEAD, "release", **{name: preview.values[name] for name in ("campaign", "digest")})

    async def acknowledge(self, person: Person, **changes: str) -> Outgoing:
        """What pressing Acknowledge on somebody's own card replies."""
        card = await self.press(person, "agreement")
        own = {name: card.values[name] for name in ("campaign", "version", "to")}
        return await self.press(person, "acknowledge", **{**own, "agree": "true", **changes})

    async def campaign(self) -> Campaign:
        return await self.book.last_campaign()

    async def projection(self) -> CampaignProjection:
        return await self.book.projection()

    async def pseudonym(self, person: Person) -> str:
        return await self.context.pseudonym(person)

    async def events(self, *kinds: EventKind) -> list[Event]:
        """Everything of these kinds that the ledger says, in order."""
        events = [entry.event for entry in await self.store.entries()]
        return [event for event in events if event.kind in kinds or not kinds]

    async def messages(self, *kinds: MessageKind) -> tuple[Message, ...]:
        return await self.store.messages(*(kinds or MessageKind))

    async def recipients(self, *kinds: MessageKind) -> list[str]:
        """Names of the people for whom there are messages of these kinds, in alphabetical order."""
        known = await self.store.everybody_known()
        return sorted(known[message.recipient].name for message in await self.messages(*kinds))

    async def say(self, message: Message) -> Outgoing | None:
        """What a message says if it goes out now."""
        outgoing = await (await self.campaigns.renderers())[message.kind](message)
        return shown(outgoing) if outgoing else None
