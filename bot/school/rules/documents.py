"""A school's documents, clause by clause, word for word."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Modality(StrEnum):
    """What kind of sentence a clause is."""

    MUST = "must"  # requires it
    MUST_NOT = "must_not"  # forbids it
    SHOULD = "should"  # recommends it
    SHOULD_NOT = "should_not"  # discourages it
    MAY = "may"  # allows it
    FACT = "fact"  # states or warns


class Bound(StrEnum):
    """Whom a clause binds."""

    STAFF = "staff"
    VOLUNTEERS = "volunteers"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Clause:
    """One citable piece of a policy: `text` is verbatim, white space aside; `ref` is how the paper counts it."""

    id: str
    document: str
    ref: str
    heading: str
    text: str
    modality: Modality
    binds: frozenset[Bound]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document and the facts printed on its front page. Dates are local calendar days."""

    id: str
    title: str
    short: str
    version: str
    approved: str
    adopted_by: str
    adopted_on: date
    review_due: date
    additions_pending: str
    clauses: tuple[Clause, ...]

    def is_overdue(self, today: date) -> bool:
        """Whether the day it should have been reviewed by has passed.

        >>> paper = Document("X", "", "", "", "", "", date(2020, 1, 1), date(2021, 11, 30), "", ())
        >>> paper.is_overdue(date(2021, 11, 30)), paper.is_overdue(date(2021, 12, 1))
        (False, True)
        """
        return today > self.review_due


def source_line(clause: Clause, document: Document, today: date) -> str:
    """Where a quotation comes from: document, reference, version, and a warning when its review is overdue."""
    overdue = f"; review was due {_month(document.review_due)}" if document.is_overdue(today) else ""
    return f"{document.short}, {clause.ref} ({clause.id}), version {document.version}{overdue}"


def _month(day: date) -> str:
    return f"{day:%B %Y}"
