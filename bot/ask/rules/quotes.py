"""Clauses as they are quoted: word for word, with their source."""

from dataclasses import dataclass
from datetime import date

from bot.school.rules.documents import Clause, Document, source_line


@dataclass(frozen=True, slots=True)
class Quote:
    """A clause word for word. `source` is the line below it: document, reference and version."""

    id: str
    document: str
    text: str
    source: str


def quoted(clause: Clause, document: Document, today: date) -> Quote:
    """A clause of a document, as it is quoted today."""
    return Quote(
        clause.id, document.short, clause.quoted_text, f"{_below(clause)}{source_line(clause, document, today)}"
    )


def _below(clause: Clause) -> str:
    """How to read the words above: a row's heads, that a head is the policy's too, or that they define a word."""
    if len(clause.head) > 1:
        return f"Columns: {' | '.join(clause.head)}. "
    if clause.head:
        return "The head of the column and the cell, as the policy has them. "
    return "A definition. " if clause.modality == "definition" else ""
