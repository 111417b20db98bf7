"""A small school's policy, and questions that are read as the tests need them."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.ask.capability import Ask
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.clause_search import ClauseIndex
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.words import Lexicon
from bot.ask.sent_questions import SentQuestions
from bot.ask.understanding import Understanding
from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.context import Context
from tests.fake_store import FakeStore
from tests.fakes import (
    MONDAY,
    NINE,
    SURE,
    TEACHER,
    FakeClock,
    FakeQuestionReader,
    FakeRoster,
    caller,
    days,
    policy,
    school,
    shown,
)

WEDNESDAY = MONDAY + days(2)
ALLOWED = Ruling(
    "allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1", "P-5"), see_also=("forbidden",)
)
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=("P-2",))
WORRY = Ruling("worry", Verdict.REPORT, "Report it.", clauses=("P-3",))
WIDE = Situation("wide", "many things", "Many", "", offers=("allowed", "forbidden"))
READER = FakeQuestionReader(
    {
        "may i": {"allowed": 0.95, "worry": 0.05},
        "why can't I": {"forbidden": 0.9, "allowed": 0.1},
        "may he": {"forbidden": 0.9, "allowed": 0.1},
        "may i, and may he": {"allowed": 0.5, "forbidden": 0.5},
        "Can I do this": {"allowed": 0.95, "lunch": 0.05},
        "can I do that?": {"forbidden": 0.95, "lunch": 0.05},
        "about allowed, on Sunday?": {"forbidden": 0.9, "allowed": 0.1},
        "may I photograph the bruises": {"allowed": 0.95, "worry": 0.05},
        "somebody is odd": {"worry": 0.4, "lunch": 0.6},
    },
    worries={"somebody is odd": 0.6},
)
POLICY = policy(ALLOWED, FORBIDDEN, WORRY, wide=(WIDE,), worries=("worry",))
UNDERSTANDING = Understanding(
    POLICY,
    READER,
    SURE,
    HarmSigns.of(["bruises"], [], {}, []),
    trusts_drafts=True,
    index=ClauseIndex.of(POLICY.clauses.values(), Lexicon.of({}), str.lower),
)


@dataclass
class AskingSchool:
    """A desk that only answers questions, over a store in memory. `drafts` are names of unpublished documents."""

    store: FakeStore = field(default_factory=FakeStore)
    drafts: frozenset[str] = frozenset()

    @property
    def ask(self) -> Ask:
        async def drafts() -> frozenset[str]:
            return self.drafts

        return Ask(HeldUnderstanding(UNDERSTANDING), self.store, lambda: WEDNESDAY, drafts)

    async def __call__(self, incoming: Incoming) -> Outgoing:
        ask, roster = self.ask, FakeRoster((TEACHER,))
        context = Context(school(), roster, self.store, FakeClock(datetime.combine(WEDNESDAY, NINE.timetz())))
        sent_questions = SentQuestions(context, self.store, HeldUnderstanding(UNDERSTANDING))
        routes = RoutingTable([*ask.commands(), *sent_questions.commands()])
        desk = Desk("school", roster, self.store, routes, ask.answer, ask.welcome, lambda: WEDNESDAY)
        return shown(await desk(incoming))

    async def write(self, text: str, *, last: str = "", is_private: bool = True) -> Outgoing:
        return await self(Incoming(caller(), "talk", text=text, last=last, is_private=is_private))

    async def press(self, verb: str, **inputs: str) -> Outgoing:
        return await self(Incoming(caller(), "talk", verb=verb, inputs=inputs))
