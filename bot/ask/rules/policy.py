"""One school's policy as a whole: documents, situations, rulings and contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ask.rules.rulings import Ruling, Situation
from bot.campaigns.rules.agreement import Agreement, Retention
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.errors import PolicyFileError
from bot.people.rules.directory import Sources
from bot.recordings.rules.notices import Promise
from bot.recordings.rules.timetable import TenantAccess
from bot.school.rules.calendar import Calendar
from bot.school.rules.documents import Clause, Document


@dataclass(frozen=True, slots=True)
class Absent:
    """A policy that ours mentions and Staffroom does not hold, with the clauses that mention it."""

    name: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom the safeguarding hand-off names, in the school's own words."""

    safeguarding: str
    phone: str
    headteacher: str
    chair: str

    @property
    def is_complete(self) -> bool:
        """Whether nothing has been left for the school to fill in."""
        return all((self.safeguarding, self.phone, self.headteacher, self.chair))


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the desk answers from. Mappings are keyed by id."""

    school: str
    name: str
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    situations: Mapping[str, Situation]
    rulings: Mapping[str, Ruling]
    absent: tuple[Absent, ...]
    contacts: Contacts
    agreement: Agreement | None = None
    retention: Retention = field(default_factory=Retention)
    calendar: Calendar = field(default_factory=Calendar)
    promise: Promise | None = None
    watch: TenantAccess = field(default_factory=TenantAccess)
    classes: frozenset[str] = frozenset()  # ids of teams and chats in which children are
    rhythm: ReminderSettings = field(default_factory=ReminderSettings)
    sources: Sources = field(default_factory=Sources)

    def clause(self, ref: str) -> Clause:
        """A clause by id; raises PolicyFileError where there is none."""
        try:
            return self.clauses[ref]
        except KeyError:
            raise PolicyFileError(f"rulings.toml: there is no clause {ref!r}.") from None

    def ruling(self, situation: str) -> Ruling:
        """The ruling on a situation; raises PolicyFileError where the school has none."""
        try:
            return self.rulings[situation]
        except KeyError:
            raise PolicyFileError(f"There is no ruling on {situation!r} yet.") from None

    def absent_behind(self, ruling: Ruling) -> tuple[str, ...]:
        """Names of policies that a ruling's governing clauses point to and that are not held here."""
        return tuple(paper.name for paper in self.absent if set(paper.clauses) & set(ruling.clauses))

    def group(self, situation: str) -> tuple[str, ...]:
        """The situations an entry stands for: those it offers when it is too wide, else itself."""
        return self.situations[situation].offers or (situation,)
