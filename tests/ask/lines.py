"""The small school as lines of all kinds are read there: questions, commands, talk and worries."""

from dataclasses import dataclass, field, replace
from datetime import date

from bot.ask.ask import ask
from bot.ask.policy_file import read_signs
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from bot.settings import ROOT
from tests.ask.small_school import ALLOWED, FORBIDDEN, UNDERSTANDING, WIDE, WORRY
from tests.fakes import MONDAY, FakeQuestionReader, policy

TODAY: date = MONDAY
SIGNS = read_signs(ROOT / "policies")
COMMANDS = {
    "left": "show who has not signed yet",
    "pause": "leave somebody alone for a while",
    "notice": "put up a notice for a recorded lesson",
    "read-topic": "look a topic up in the policies",
}
TALK = tuple(
    Ruling(id, Verdict.NOT_COVERED, f"A kind word about {id}.", headline="Hello")
    for id in ("greeting", "contacts-safeguarding", "contacts-headteacher", "contacts-office")
)
_SCHOOL = policy(ALLOWED, FORBIDDEN, WORRY, *TALK, wide=(WIDE,), worries=("worry",))
_CHAT = {ruling.situation for ruling in TALK}
POLICY = replace(
    _SCHOOL,
    situations={id: replace(situation, chat=id in _CHAT) for id, situation in _SCHOOL.situations.items()},
    commands=COMMANDS,
)


@dataclass
class Lines:
    """What each line is read as. Every situation is at least thinkable, as with the real reader."""

    situations: dict[str, dict[str, float]] = field(default_factory=dict)
    commands: dict[str, dict[str, float]] = field(default_factory=dict)
    worries: dict[str, float] = field(default_factory=dict)

    def reads(self, line: str, harm: float = 0.0, **shares: float) -> "Lines":
        """Adds a line: shares of situations and commands by name, and how likely it tells of harm."""
        named = {name.replace("_", "-"): share for name, share in shares.items()}
        asked = {id: share for id, share in named.items() if id not in COMMANDS}
        self.situations[line] = dict.fromkeys(POLICY.situations, 0.0) | asked
        self.commands[line] = {id: share for id, share in named.items() if id in COMMANDS}
        self.worries[line] = harm
        return self

    @property
    def understanding(self) -> Understanding:
        reader = FakeQuestionReader(self.situations, {}, self.commands, self.worries)
        return replace(UNDERSTANDING, policy=POLICY, reader=reader, signs=SIGNS)

    def ask(self, line: str, last: str = "") -> PolicyReply:
        return ask(line, self.understanding, TODAY, last)
