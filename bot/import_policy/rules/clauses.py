"""A clause as the import proposes it, and the whole draft of a document."""

from dataclasses import dataclass
from enum import StrEnum


class Modality(StrEnum):
    """What a clause does to whom it binds."""

    MUST = "must"
    MUST_NOT = "must_not"
    SHOULD = "should"
    MAY = "may"
    INFORMATION = "information"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class DraftClause:
    """One citable piece of a document. `ref` is as a reader cites it; `head` are the heads of a table's row."""

    ref: str
    heading: str
    text: str
    modality: Modality = Modality.INFORMATION
    binds: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A document cut into clauses. `source` is all of its text; `left_out` is what of it is no clause.

    `facts` has what the document says of itself: title, dates, owner, whom it binds, policies it names.
    """

    title: str
    facts: dict[str, str | list[str]]
    clauses: tuple[DraftClause, ...]
    left_out: tuple[str, ...]
    source: str
