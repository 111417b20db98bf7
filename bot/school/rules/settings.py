"""A school's settings: its name, documents, contacts and calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.school.rules.calendar import Calendar
from bot.school.rules.documents import Document

PHONE_NUMBER_CHARS = frozenset("0123456789 +")


def is_phone_number(text: str) -> bool:
    """Whether a text is digits and spaces, with a + before them or not: what a `tel:` link may hold.

    >>> [is_phone_number(text) for text in ("01524 822222", "+44 1524 822222", "the office", "1+1")]
    [True, True, False, False]
    """
    return set(text) <= PHONE_NUMBER_CHARS and "+" not in text[1:] and any(char.isdigit() for char in text)


@dataclass(frozen=True, slots=True)
class Contacts:
    """The people that the safeguarding hand-off names, as the school writes them; empty if not filled in.

    `deputies` are told if the safeguarding lead is not there; `out_of_hours` is a phone number. Both are optional.
    """

    safeguarding: str
    phone: str
    headteacher: str
    chair: str
    deputies: tuple[str, ...] = ()
    out_of_hours: str = ""

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
