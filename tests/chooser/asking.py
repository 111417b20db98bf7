"""A chooser that asks the little endpoint, with a clock that tests move, and a school that has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.ask.capability import Ask
from bot.ask.chooser_consent import ChooserConsent
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.model_pick import ModelEndpoint, Option
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from bot.chooser.budget import CircuitBreaker, DailyBudget
from bot.chooser.chooser import ModelChooser
from bot.chooser.endpoint import ChatEndpoint, Proof
from bot.chooser.prompt import read_prompt
from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.context import Context
from bot.people.rules.person import Person, Role
from bot.settings import ROOT
from tests.fake_store import FakeStore
from tests.fakes import (
    NINE,
    SURE,
    TEACHER,
    FakeClock,
    FakeQuestionReader,
    FakeRoster,
    caller,
    policy,
    school,
    shown,
)
from tests.standins.chooser import MODEL, LittleChooser, little_chooser

OPTIONS = (Option("allowed", "What is allowed."), Option("forbidden", "What is not."), Option("lunch", "Food."))
QUESTION = "is this one alright"
SHORT = 0.15  # seconds; a time limit for endpoints that are slow on purpose
HEAD = Person("h1", "The head", "", "head", frozenset({Role.HEAD}))

ALLOWED = Ruling("allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1",))
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=("P-2",))
WORRY = Ruling("worry", Verdict.REPORT, "Report it.", clauses=("P-3",))
FACT = Ruling("fact", Verdict.INFO, "It is so.", clauses=("P-4",))
READER = FakeQuestionReader(
    {
        # What our own reading makes of each question. Only the last is sure.
        QUESTION: {"forbidden": 0.4, "fact": 0.3, "lunch": 0.25, "allowed": 0.03, "worry": 0.02},
        "may I do it": {"allowed": 0.4, "fact": 0.3, "lunch": 0.28, "forbidden": 0.02},
        "may I do it on duty": {"allowed": 0.45, "forbidden": 0.15, "lunch": 0.4},
        "she does odd things": {"worry": 0.3, "fact": 0.3, "lunch": 0.4},
        "what of lunch": {"lunch": 0.45, "fact": 0.4, "allowed": 0.15},
        "we met somewhere": {"fact": 0.4, "lunch": 0.3, "forbidden": 0.3},
        "somebody may be hurt": {"fact": 0.4, "lunch": 0.3, "forbidden": 0.3},
        "put up a notice perhaps": {"fact": 0.3, "lunch": 0.2, "forbidden": 0.2},
        "surely not": {"forbidden": 0.9, "lunch": 0.1},
        "may I zorble it": {"allowed": 0.4, "fact": 0.3, "lunch": 0.28, "forbidden": 0.02},
    },
    unknown={"may I zorble it": ("zorble",)},
    commands={"put up a notice perhaps": {"notice": 0.31}},
    worries={"somebody may be hurt": 0.3},
)


@dataclass
class Seconds:
    """A monotonic clock that a test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Pauses:
    """Remembers for how long it was asked to wait, and does not wait."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class Asking:
    """The little endpoint, and the chooser that asks it."""

    little: LittleChooser
    chooser: ModelChooser
    clock: FakeClock
    seconds: Seconds
    pauses: Pauses

    async def pick(self, question: str = QUESTION, asker: str = "t1") -> str | None:
        """The id that was picked; empty for none of the list, None for no answer."""
        pick = await self.chooser.pick(question, OPTIONS, asker)
        return pick.situation if pick else None


async def no_key() -> str:
    return ""


@asynccontextmanager
async def asking(*, time_limit: float = 2.0, proof: Proof = no_key) -> AsyncIterator[Asking]:
    clock, seconds, pauses = FakeClock(), Seconds(), Pauses()
    async with little_chooser() as little:
        endpoint = ChatEndpoint(
            ModelEndpoint(little.address, MODEL), read_prompt(ROOT / "policies"), proof, is_direct=True
        )
        chooser = ModelChooser(
            endpoint,
            DailyBudget(lambda: clock().date()),
            CircuitBreaker(seconds),
            time_limit=time_limit,
            pause=pauses,
        )
        chooser.start()
        try:
            yield Asking(little, chooser, clock, seconds, pauses)
        finally:
            await chooser.close()


def ruled_school() -> tuple[Policy, HarmSigns]:
    """The policy of a small school, and its certain signs of harm."""
    ruled = policy(ALLOWED, FORBIDDEN, WORRY, FACT, worries=("worry",))
    return replace(ruled, commands={"notice": "put up a notice"}), HarmSigns.of(["bruises"], [], {}, [])


@dataclass
class ChoosingSchool:
    """A desk that answers questions, with a chooser that asks the little endpoint."""

    at: Asking
    store: FakeStore = field(default_factory=FakeStore)
    time: FakeClock = field(default_factory=lambda: FakeClock(NINE))

    def __post_init__(self) -> None:
        ruled, signs = ruled_school()
        self.understanding = Understanding(ruled, READER, SURE, signs, trusts_drafts=True)
        roster = FakeRoster((TEACHER, HEAD))
        self.context = Context(school(), roster, self.store, self.time)
        self.consent = ChooserConsent(self.context, self.at.chooser, self.at.chooser.endpoint.endpoint)
        ask = Ask(HeldUnderstanding(self.understanding), self.store, lambda: NINE.date(), _no_drafts, "", self.consent)
        routes = RoutingTable([*ask.commands(), *self.consent.commands()])
        self.desk = Desk("school", roster, self.store, routes, ask.answer, ask.welcome, lambda: NINE.date())

    async def write(self, text: str, account: str = "teacher", *, last: str = "", is_private: bool = True) -> Outgoing:
        incoming = Incoming(caller(account), "talk", text=text, last=last, is_private=is_private)
        return shown(await self.desk(incoming))

    async def press(self, verb: str, account: str = "head", **inputs: str) -> Outgoing:
        return shown(await self.desk(Incoming(caller(account), "talk", verb=verb, inputs=inputs)))

    async def acknowledge(self) -> Outgoing:
        """What the head does: looks, and presses the button that was shown."""
        card = await self.write("chooser", "head")
        (button,) = card.values["buttons"]
        return await self.press(button["verb"], name=button["name"])

    def picks(self, situation: str, sure: str = "high") -> None:
        self.at.little.picks, self.at.little.sure = (lambda question, ids: situation), sure


async def _no_drafts() -> frozenset[str]:
    return frozenset()


@asynccontextmanager
async def choosing_school(*, time_limit: float = 2.0, acknowledged: bool = True) -> AsyncIterator[ChoosingSchool]:
    async with asking(time_limit=time_limit) as at:
        opened = ChoosingSchool(at)
        if acknowledged:
            await opened.acknowledge()
        yield opened
