"""Hand-written fakes that keep the promises of each `ports.py`, and a small school to try things on.

The store is in tests/fake_store.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.ask.rules.choose_situation import Reading, Thresholds
from bot.ask.rules.policy import Absent, Policy
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.cards import Cards
from bot.desk.rules.messages import Outgoing
from bot.errors import Unreachable
from bot.people.rules.conversations import Address, SentMessage
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.school.rules.calendar import LONDON, Calendar
from bot.school.rules.documents import Bound, Clause, Document
from bot.school.rules.settings import Contacts, SchoolSettings
from bot.settings import ROOT

MONDAY = date(2021, 9, 6)
NINE = datetime(2021, 9, 6, 9, tzinfo=LONDON)  # on that Monday


def days(number: int) -> timedelta:
    return timedelta(days=number)


@dataclass
class FakeClock:
    """The time is what the test says it is."""

    time: datetime = NINE

    def __call__(self) -> datetime:
        return self.time

    def go_on(self, how_long: timedelta) -> None:
        self.time += how_long


@dataclass
class FakeQuestionReader:
    """Reads questions as the test says: question -> situations by likelihood; anything else is about lunch.

    `commands` are question -> commands by likelihood, `worries` question -> how likely it tells of harm.
    """

    readings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    worries: Mapping[str, float] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [self._read(text) for text in texts]

    def with_own(self, own: Mapping[str, Sequence[str]]) -> "FakeQuestionReader":
        """Also reads these wordings, each as what it is a wording of."""
        wordings = {wording: {id: 1.0} for id, texts in own.items() for wording in texts}
        return replace(self, readings={**self.readings, **wordings})

    def _read(self, text: str) -> Reading:
        shares = self.readings.get(text, {"lunch": 1.0})
        commands = _best_first(self.commands.get(text, {}))
        return Reading(_best_first(shares), self.unknown.get(text, ()), commands, self.worries.get(text, 0.0))


def _best_first(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(shares.items(), key=lambda pair: -pair[1]))


@dataclass
class FakeRoster:
    """A staff list that a test may change."""

    everybody: tuple[Person, ...]

    def people(self) -> tuple[Person, ...]:
        return self.everybody


@dataclass
class FakeMessenger:
    """A channel on which everybody is reached, unless the test says otherwise.

    `away` are accounts and conversations that it does not reach; `waits` is raised, one at a time, when it should be
    ready, and `errors` when it should send or replace.
    """

    channel: str = "test"
    away: set[str] = field(default_factory=set)
    waits: list[Exception] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    sent: list[tuple[Address, Outgoing]] = field(default_factory=list)
    replaced: list[tuple[SentMessage, Outgoing]] = field(default_factory=list)

    async def ready(self, address: Address) -> None:
        if self.waits:
            raise self.waits.pop(0)

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        if not await self.reaches(address):
            raise Unreachable("has removed it")
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((address, outgoing))
        conversation = address.conversation or f"chat of {address.account}"
        return SentMessage(self.channel, conversation, f"m{len(self.sent)}")

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.replaced.append((sent, outgoing))

    async def reaches(self, address: Address) -> bool:
        return not self.away & {address.account, address.conversation}

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What was sent, as pairs of account or conversation and text."""
        return [(address.account or address.conversation, outgoing.text) for address, outgoing in self.sent]


_CARDS = Cards(ROOT / "cards")


def shown(outgoing: Outgoing) -> Outgoing:
    """What was going to be shown, once its card was filled: a value that a card needs and does not get is an error."""
    _CARDS.fill(outgoing.card, {**outgoing.values, "is_demo": False})
    return outgoing


SURE = Thresholds(answer=0.5, permit=0.5, silent=0.5, doubt=0.2, part=0.5, near=0.1, command=0.6, lead=0.5, quiet=0.2)
TEACHER = Person("t1", "A teacher", "", "teacher", frozenset({Role.STAFF}))
CONTACTS = Contacts("the lead", "01234", "the head", "the chair")


def caller(account: str = "teacher", school: str = "school") -> Caller:
    return Caller(school, "test", "", account, Proof.DEMO)


def clause(id: str, text: str = "Do not do that.") -> Clause:
    return Clause(id, "P", "1", "", text, frozenset({Bound.STAFF}))


def school(calendar: Calendar | None = None, *documents: Document, contacts: Contacts = CONTACTS) -> SchoolSettings:
    """A small school: one document with clauses P-1 to P-9, unless the test has documents of its own."""
    clauses = tuple(clause(f"P-{number}", f"Clause {number} says so.") for number in range(1, 10))
    papers = documents or (Document("P", "Paper", "Paper", "1", MONDAY + days(30), clauses),)
    return SchoolSettings("school", "School", contacts, {paper.id: paper for paper in papers}, calendar or Calendar())


def policy(
    *rulings: Ruling, wide: tuple[Situation, ...] = (), worries: tuple[str, ...] = (), chats: tuple[str, ...] = ()
) -> Policy:
    """The policy of that school: a ruling on lunch, and those given.

    `worries` are situations with a hand-off, `chats` are talk with the bot itself.
    """
    settings = school()
    lunch = Ruling("lunch", Verdict.NOT_COVERED, "It does not cover food.", pointer="Ask the kitchen.")
    by_situation = {ruling.situation: ruling for ruling in (*rulings, lunch)}
    situations = {
        id: Situation(id, f"about {id}", id, "", hand_off=id in worries, chat=id in chats) for id in by_situation
    }
    return Policy(
        school=settings.id,
        name=settings.name,
        documents=settings.documents,
        clauses={clause.id: clause for clause in settings.documents["P"].clauses},
        situations=situations | {situation.id: situation for situation in wide},
        rulings=by_situation,
        absent=(Absent("Far Policy", ("P-9",)),),
        contacts=settings.contacts,
    )
