"""The clauses of a school's documents as proposals read them: in their lists and tables, with whom they bind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.school.rules.documents import text_under_head

FORBIDS, ALLOWS = frozenset({"must_not", "should_not"}), frozenset({"may"})
OTHERS = frozenset({"pupils", "parents", "carers", "visitors", "contractors", "school"})
LEADERS = frozenset({"headteacher", "leaders", "governors", "trustees"})  # what they may do, not all staff may
_ONLY_SOME = re.compile(
    r"^only (?:the|a|an|our|those|people|staff who|members?)\b.{2,120}?\b(?:may|can)\b", re.IGNORECASE
)
_SIGNATURE_LINE = re.compile(
    r"^(?:(?:signed|signature|sign|print(?:ed)? name|full name|name|date|job title|position|role|witness)\b"
    r"[^.,;:_…]{0,30}(?:[:.]?\s*(?:[._…]\s?){4,}|:\s*))+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ImportedClause:
    """A clause of an imported document, with what its words do and whom they bind, as the import guessed.

    `lead_in` is the clause that begins the list it is an item of, `lead_in_id` its id; a table's cell may have the
    head of its column instead.
    """

    id: str
    document: str
    ref: str
    heading: str
    text: str
    modality: str
    binds: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    lead_in: str = ""
    lead_in_id: str = ""

    @property
    def whole_text(self) -> str:
        """The clause as it reads in its list: behind its lead-in."""
        text = " ".join(self.text.split())
        return f"{' '.join(self.lead_in.split())} {text}" if self.lead_in else text

    @property
    def quoted_text(self) -> str:
        """The clause's words, a cell of a do-and-don't table behind the head of its column."""
        return text_under_head(" ".join(self.text.split()), self.head)

    @property
    def is_signature_line(self) -> bool:
        """Whether it is a line to sign on, and no rule."""
        return bool(_SIGNATURE_LINE.match(" ".join(self.text.split())))

    @property
    def allows_only_some(self) -> bool:
        """Whether it allows something to those it names: to everybody else it forbids it."""
        return self.modality in ALLOWS | FORBIDS and bool(_ONLY_SOME.match(self.text.lstrip()))

    @property
    def forbids(self) -> bool:
        """Whether it forbids something to most staff."""
        return (self.modality in FORBIDS or self.allows_only_some) and self.binds_staff

    @property
    def allows_staff(self) -> bool:
        """Whether it allows something to staff, and not only to those who lead them."""
        is_for_leaders = bool(self.binds) and set(self.binds) <= LEADERS
        return self.modality in ALLOWS and self.binds_staff and not self.allows_only_some and not is_for_leaders

    @property
    def binds_staff(self) -> bool:
        """Whether it may bind staff: it names nobody, or staff among others."""
        return not self.binds or not set(self.binds) <= OTHERS

    @property
    def binds_others(self) -> bool:
        """Whether it binds pupils, parents or other people who are no staff, alone or among them."""
        return bool(OTHERS & set(self.binds))


def in_lists(clauses: Sequence[ImportedClause]) -> list[ImportedClause]:
    """The same clauses, each item of a list with its lead-in."""
    return [_with_lead_in(clause, clauses[:number]) for number, clause in enumerate(clauses)]


def _with_lead_in(clause: ImportedClause, before: Sequence[ImportedClause]) -> ImportedClause:
    if len(clause.head) == 1:  # a column "Staff should not"
        return replace(clause, lead_in=clause.head[0])
    is_fragment = clause.text.lstrip()[:1].islower()
    for earlier in reversed(before):
        if earlier.document != clause.document:
            break
        is_above = clause.ref != earlier.ref and clause.ref.startswith(earlier.ref)
        if _begins_a_list(earlier) and (is_above or (is_fragment and earlier.heading == clause.heading)):
            return replace(clause, lead_in=earlier.text, lead_in_id=earlier.id)
        if not earlier.text.lstrip()[:1].islower() and not _is_sibling(clause, earlier):
            break
    return clause


def _begins_a_list(clause: ImportedClause) -> bool:
    return clause.text.rstrip().endswith((":", "–", ":-"))


def _is_sibling(clause: ImportedClause, earlier: ImportedClause) -> bool:
    """Whether two references differ in their last part only: "3.4(a)" and "3.4(b)"."""
    return bool(clause.ref) and clause.ref[:-3] == earlier.ref[:-3]
