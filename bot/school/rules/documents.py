"""A school's documents, clause by clause, word for word."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MIN_JOINS = 2  # between the words of an id, without its first letters
_JOINS = re.compile(r"[-.](?=[a-z]{3,}|\d+$)")


class Bound(StrEnum):
    """Groups of people that rules speak of by name. A clause may bind others too: governors, visitors, pupils."""

    STAFF = "staff"
    VOLUNTEERS = "volunteers"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Clause:
    """One citable piece of a policy. `text` is word for word; `ref` is its number in the printed document.

    `modality` says what it does ("must", "must_not", "should", "should_not", "may", "information", "definition", or
    "fact"), as a person wrote it or the import guessed it; `head` are the heads above a table's row.
    """

    id: str
    document: str
    ref: str
    heading: str
    text: str
    binds: frozenset[str]
    modality: str = ""
    head: tuple[str, ...] = ()

    @property
    def quoted_text(self) -> str:
        """The clause as it is quoted: a cell of a do-and-don't table behind the head of its column."""
        return text_under_head(self.text, self.head)


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document. `short` is its name in citations; `version` is as printed, "" if nothing is.

    `review_due` is a day in London; None if the document names none.
    """

    id: str
    title: str
    short: str
    version: str
    review_due: date | None
    clauses: tuple[Clause, ...]

    def is_overdue(self, today: date) -> bool:
        """Whether the last day for its review has passed.

        >>> document = Document("X", "", "", "", date(2021, 11, 30), ())
        >>> document.is_overdue(date(2021, 11, 30)), document.is_overdue(date(2021, 12, 1))
        (False, True)
        """
        return self.review_due is not None and today > self.review_due


def text_under_head(text: str, head: Sequence[str]) -> str:
    """A cell behind the one head of its column, both in the policy's own words; a row with several heads as it is.

    >>> text_under_head("Lend a badge", ["Visitors should not"])
    'Visitors should not: Lend a badge'
    """
    return f"{head[0].rstrip(' :')}: {text}" if len(head) == 1 and head[0].strip() else text


def cited_as(ref: str, id: str) -> str:
    """How a clause is cited wherever it is shown: as the paper numbers it, and by its id.

    An id that was made of the reference's own words says nothing more, so it is left out.

    >>> cited_as("4.1(iv)", "SM-4.1.iv"), cited_as("Group chats at work, bullet 6", "SM-group-chats-at-work.bullet-6")
    ('4.1(iv) (SM-4.1.iv)', 'Group chats at work, bullet 6')
    """
    return ref if repeats(ref, id) else f"{ref} ({id})"


def repeats(ref: str, id: str) -> bool:
    """Whether an id only repeats the words of a clause's reference."""
    own = id.partition("-")[2]
    return len(_JOINS.findall(own)) >= MIN_JOINS and _letters(ref).startswith(_letters(own))


def _letters(text: str) -> str:
    """A text's plain letters and figures, as ids are made of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def source_line(clause: Clause, document: Document, today: date) -> str:
    """The source of a quotation: document, reference, version, and a warning if the review is overdue."""
    version = f", version {document.version}" if document.version else ""
    is_overdue = document.review_due is not None and document.is_overdue(today)
    overdue = f"; review was due {document.review_due:%B %Y}" if is_overdue else ""
    return f"{document.short}, {cited_as(clause.ref, clause.id)}{version}{overdue}"


def listed(titles: Sequence[str]) -> str:
    """Titles as a sentence names them.

    >>> listed(["Code of Conduct"]), listed(["Code of Conduct", "Phones", "Gifts"])
    ('Code of Conduct', 'Code of Conduct, Phones and Gifts')
    """
    *first, last = titles
    return f"{', '.join(first)} and {last}" if first else last


def short_title(title: str) -> str:
    """A document's title as cards show it: the part before " / ".

    >>> short_title("Acceptable Use Policy / Agreement")
    'Acceptable Use Policy'
    """
    return title.split(" / ")[0]
