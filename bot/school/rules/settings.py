"""A school's settings: its name, documents, contacts and calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.school.rules.calendar import Calendar
from bot.school.rules.documents import Document


@dataclass(frozen=True, slots=True)
class Contacts:
    """The people that the safeguarding hand-off names, as the school writes them; empty if not filled in."""

    safeguarding: str
    phone: str
    headteacher: str
    chair: str

    @property
    def is_complete(self) -> bool:
        """Whether the school has filled in every contact."""
        return all((self.safeguarding, self.phone, self.headteacher, self.chair))


@dataclass(frozen=True, slots=True)
class SchoolSettings:
    """One school. `id` is the name of its folder under policies/; documents are keyed by id."""

    id: str
    name: str
    contacts: Contacts
    documents: Mapping[str, Document]
    calendar: Calendar = field(default_factory=Calendar)
