"""Published policy texts: frozen word for word, compared clause by clause."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import rfc8785

from bot.school.rules.documents import Document


class Weight(StrEnum):
    """What a change means for people who acknowledged the text before."""

    MATERIAL = "material"  # they are asked again
    MINOR = "minor"  # they are not


@dataclass(frozen=True, slots=True)
class Passage:
    """One clause as it was published."""

    id: str
    ref: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One exact text of a policy document. `label` is the version as printed on the paper."""

    document: str
    title: str
    label: str
    review_due: date | None
    passages: tuple[Passage, ...]

    @property
    def canonical(self) -> bytes:
        """The text in RFC 8785 canonical JSON."""
        text: dict[str, Any] = {
            "document": self.document,
            "title": self.title,
            "version": self.label,
            "clauses": [[clause.id, clause.ref, clause.heading, clause.text] for clause in self.passages],
        }
        return rfc8785.dumps(text)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical text, 64 hexadecimal digits: the version's identity."""
        return _digest(self)

    @property
    def sections(self) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
        """The text heading by heading, in order."""
        sections: list[tuple[str, list[Passage]]] = []
        for passage in self.passages:
            if not sections or sections[-1][0] != passage.heading:
                sections.append((passage.heading, []))
            sections[-1][1].append(passage)
        return tuple((heading, tuple(passages)) for heading, passages in sections)

    def is_overdue(self, today: date) -> bool:
        """Whether the last day for its review has passed; never if it names none."""
        return self.review_due is not None and today > self.review_due


@lru_cache(maxsize=32)
def _digest(version: Version) -> str:
    return hashlib.sha256(version.canonical).hexdigest()


@lru_cache(maxsize=32)
def frozen(document: Document) -> Version:
    """A document's text as it is in its file now."""
    passages = tuple(Passage(clause.id, clause.ref, clause.heading, clause.text) for clause in document.clauses)
    return Version(document.id, document.title, document.version, document.review_due, passages)


class Change(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause that is not as it was: its words before and now, empty if it did not or does not exist."""

    change: Change
    ref: str
    before: str
    now: str


def differences(before: Version, now: Version) -> tuple[Difference, ...]:
    """What changed between two texts, clause by clause, in the order of the new text, removed ones last."""
    old = {passage.id: passage for passage in before.passages}
    new = {passage.id for passage in now.passages}
    changed = [_difference(old.get(passage.id), passage) for passage in now.passages]
    gone = [passage for passage in before.passages if passage.id not in new]
    removed = [Difference(Change.REMOVED, passage.ref, passage.text, "") for passage in gone]
    return (*(difference for difference in changed if difference), *removed)


def _difference(before: Passage | None, now: Passage) -> Difference | None:
    if before is None:
        return Difference(Change.ADDED, now.ref, "", now.text)
    if (before.text, before.heading) == (now.text, now.heading):
        return None
    return Difference(Change.CHANGED, now.ref, before.text, now.text)
