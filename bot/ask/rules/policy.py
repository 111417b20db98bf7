"""One school's policy as a whole: documents, situations, rulings and contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.school.rules.documents import Clause, Document
from bot.school.rules.settings import Contacts

NOTICE_COMMANDS = frozenset(
    (
        "notice",
        "lesson-off",
        "lesson-moved",
        "lesson-status",
        "lesson-gone",
        "lesson-still-there",
        "lessons",
        "expiry",
    )
)


@dataclass(frozen=True, slots=True)
class Absent:
    """A policy that ours mentions and Staffroom does not have, with the ids of the clauses that mention it."""

    name: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that questions are answered from. Mappings are keyed by id.

    `commands` are what people may ask the bot to do, each with words that complete "you want me to". `own_wordings` are
    questions on the situations that only this school has. `has_notices` says whether lessons may be recorded at all.
    """

    school: str
    name: str
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    situations: Mapping[str, Situation]
    rulings: Mapping[str, Ruling]
    absent: tuple[Absent, ...]
    contacts: Contacts
    commands: Mapping[str, str] = field(default_factory=dict)
    own_wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_notices: bool = True

    def clause(self, ref: str) -> Clause:
        """A clause by id; raises PolicyFileError if there is none."""
        try:
            return self.clauses[ref]
        except KeyError:
            raise PolicyFileError(f"rulings.toml: there is no clause {ref!r}.") from None

    def ruling(self, situation: str) -> Ruling:
        """The ruling on a situation; raises PolicyFileError if the school has none."""
        try:
            return self.rulings[situation]
        except KeyError:
            raise PolicyFileError(f"There is no ruling on {situation!r} yet.") from None

    def offers(self, command: str) -> bool:
        """Whether a command is offered: those about recorded lessons only if the policy speaks of them."""
        return self.has_notices or command not in NOTICE_COMMANDS

    def absent_behind(self, ruling: Ruling) -> tuple[str, ...]:
        """Names of policies that a ruling's clauses mention and that Staffroom does not have."""
        return tuple(absent.name for absent in self.absent if set(absent.clauses) & set(ruling.clauses))

    def group(self, situation: str) -> tuple[str, ...]:
        """The situations to offer in place of a situation: its own offers if it is too wide, otherwise itself.

        Those on which nothing is decided are left out: a button to them would lead nowhere.
        """
        offers = self.situations[situation].offers or (situation,)
        return tuple(id for id in offers if self.is_decided(id) or self.situations[id].offers)

    def is_decided(self, situation: str) -> bool:
        """Whether there is a ruling on a situation; for one that is too wide, on any of those it offers."""
        offers = self.situations[situation].offers if situation in self.situations else ()
        if offers:
            return any(self.is_decided(id) for id in offers)
        return situation in self.rulings and self.rulings[situation].is_decision

    def verdict_on(self, situation: str) -> Verdict:
        """What counts when situations are weighed; information if nothing is decided or a permission is a guess."""
        if not self.is_decided(situation):
            return Verdict.INFO
        ruling = self.ruling(situation)
        return Verdict.INFO if ruling.verdict.is_permission and not ruling.may_permit else ruling.verdict
