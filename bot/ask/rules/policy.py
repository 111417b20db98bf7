"""One school's policy as a whole: documents, situations, rulings and contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ask.rules.rulings import Ruling, Situation
from bot.errors import PolicyFileError
from bot.school.rules.documents import Clause, Document
from bot.school.rules.settings import Contacts


@dataclass(frozen=True, slots=True)
class Absent:
    """A policy that ours mentions and Staffroom does not have, with the ids of the clauses that mention it."""

    name: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that questions are answered from. Mappings are keyed by id.

    `commands` are what people may ask the bot to do, each with words that complete "you want me to".
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

    def absent_behind(self, ruling: Ruling) -> tuple[str, ...]:
        """Names of policies that a ruling's clauses mention and that Staffroom does not have."""
        return tuple(absent.name for absent in self.absent if set(absent.clauses) & set(ruling.clauses))

    def group(self, situation: str) -> tuple[str, ...]:
        """The situations to offer in place of a situation: its own offers if it is too wide, otherwise itself."""
        return self.situations[situation].offers or (situation,)
