"""The sections of a document, in the paper's own order and numbering."""

import re
from dataclasses import dataclass

from bot.school.rules.documents import Clause, Document

_LEADING_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document that can be opened by itself; `clauses` are never empty.

    `number` is as printed, or "". `name` is short: the heading of a numbered section, otherwise how its clauses are
    cited ("Professional and personal safety").
    """

    id: str
    document: str
    number: str
    name: str
    clauses: tuple[Clause, ...]

    @property
    def heading(self) -> str:
        """The first heading as printed; the name if it has none."""
        return self.clauses[0].heading or self.name


def sections(document: Document) -> tuple[Section, ...]:
    """The sections of a document. Neighbours belong together if their ids share the first part, or if they share a ref.

    >>> from datetime import date
    >>> def clause(id: str, ref: str, heading: str = "") -> Clause:
    ...     return Clause(id, "P", ref, heading, "Be kind.", frozenset())
    >>> clauses = clause("P-title", "front page"), clause("P-4.1", "4.1", "4. TIPS"), clause("P-4.2", "4.2", "4. TIPS")
    >>> [(section.id, section.name) for section in sections(Document("P", "", "", "", date.max, clauses))]
    [('P-title', 'Front page'), ('P-4', '4. TIPS')]
    """
    groups: list[list[Clause]] = []
    for clause in document.clauses:
        if groups and _belong_together(groups[-1][-1], clause):
            groups[-1].append(clause)
        else:
            groups.append([clause])
    return tuple(_section(tuple(group)) for group in groups)


def _belong_together(clause: Clause, following: Clause) -> bool:
    return clause.ref == following.ref or _section_id(clause) == _section_id(following)


def _section_id(clause: Clause) -> str:
    return clause.id.partition(".")[0]


def _section(clauses: tuple[Clause, ...]) -> Section:
    first, last = clauses[0], clauses[-1]
    match = _LEADING_NUMBER.match(first.ref)
    number = match[0] if match else ""
    cited_as = last.ref.partition(",")[0]
    name = (first.heading or f"Section {number}") if number else cited_as[:1].upper() + cited_as[1:]
    return Section(_section_id(first), first.document, number, name, clauses)
