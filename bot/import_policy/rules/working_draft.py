"""A document on its way to clauses: a person moves the borders between clauses, and no word changes.

Every clause is a number of places in the source, so its words are the source's whatever is joined or split. What is in
no clause is the rest of the source.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import BadInput
from bot.import_policy.rules.binds import binds_of
from bot.import_policy.rules.clauses import Draft, DraftClause, Modality
from bot.import_policy.rules.modality import modality_of
from bot.import_policy.rules.spans import (
    Span,
    between,
    count,
    has_words,
    lines_in,
    located,
    places_of,
    words_of,
)

NO_SUCH_CLAUSE = "There is no such clause any more. Nothing was changed."
NOT_ALIGNED = "This document cannot be shown beside its clauses. Import it with python -m bot policy import."
LAST_CLAUSE = "This is the last clause, so there is none to join it with. Nothing was changed."
NEXT_IS_LEFT_OUT = "The next clause is left out. Take it in again first. Nothing was changed."
IS_LEFT_OUT = "This clause is left out. Take it in again first. Nothing was changed."
NAME_THE_PLACE = "Please type the first words of the second part, as they are in the clause. Nothing was changed."
NOT_IN_CLAUSE = "“{words}” is not in this clause at the beginning of a word. Nothing was changed."
IN_CLAUSE_TWICE = "“{words}” is in this clause {times} times. Please type some more words. Nothing was changed."
IS_THE_BEGIN = "“{words}” is the beginning of the clause, so there is nothing before it. Nothing was changed."
NO_REFERENCE = "A clause needs a reference, as your paper has it. Nothing was changed."
SAME_REFERENCE = "Another clause has the reference “{ref}”. Nothing was changed."
ALL_LEFT_OUT = "Every clause is left out, so there is nothing to use. Nothing was changed."
UNNAMED = "Introduction"
ENDS_A_SENTENCE = (".", ":", ";", "!", "?")


@dataclass(frozen=True, slots=True)
class PlacedClause:
    """A clause as it will be written, with its places in the source. One that `is_left_out` stays in the draft only."""

    spans: tuple[Span, ...]
    ref: str
    heading: str
    modality: Modality
    binds: tuple[str, ...]
    head: tuple[str, ...] = ()
    is_left_out: bool = False

    @property
    def key(self) -> int:
        """Where it begins: its name within the draft, which other clauses' changes do not move."""
        return self.spans[0].begin


@dataclass(frozen=True, slots=True)
class WorkingDraft:
    """A draft that a person works on: the clauses are in reading order. `id` is what clauses' ids will begin with."""

    source: str
    id: str
    facts: Mapping[str, str | list[str]]
    clauses: tuple[PlacedClause, ...]

    @property
    def title(self) -> str:
        """The document's title; empty if none was found."""
        return str(self.facts.get("title", ""))

    @property
    def kept(self) -> tuple[PlacedClause, ...]:
        """The clauses that will be written."""
        return tuple(clause for clause in self.clauses if not clause.is_left_out)

    @property
    def covered(self) -> int:
        """How many characters are in clauses, white space not counted."""
        return count(self.source, _spans(self.kept))

    @property
    def characters(self) -> int:
        """How many characters the source has, white space not counted."""
        return len("".join(self.source.split()))

    @property
    def rest(self) -> list[Span]:
        """The lines, or ends of lines, of the source that are in no clause and in none that was left out."""
        return list(lines_in(self.source, between(len(self.source), _spans(self.clauses))))

    def text(self, clause: PlacedClause) -> str:
        """A clause's words."""
        return words_of(self.source, clause.spans)

    def at(self, key: int) -> PlacedClause:
        """The clause that begins at a place; raises BadInput."""
        return self.clauses[self._number(key)]

    def _number(self, key: int) -> int:
        number = next((number for number, clause in enumerate(self.clauses) if clause.key == key), None)
        if number is None:
            raise BadInput(NO_SUCH_CLAUSE)
        return number

    def _with(self, number: int, *clauses: PlacedClause, takes: int = 1) -> "WorkingDraft":
        return replace(self, clauses=(*self.clauses[:number], *clauses, *self.clauses[number + takes :]))

    def joined(self, key: int) -> "WorkingDraft":
        """A clause and the next as one. A number or bullet between them becomes part of it, a line of words not."""
        number = self._number(key)
        first = _kept(self.clauses[number], IS_LEFT_OUT)
        if number + 1 == len(self.clauses):
            raise BadInput(LAST_CLAUSE)
        second = _kept(self.clauses[number + 1], NEXT_IS_LEFT_OUT)
        is_silent = first.modality in {Modality.INFORMATION, Modality.DEFINITION}
        joined = replace(
            first,
            spans=self._joined_spans(first, second),
            modality=second.modality if is_silent else first.modality,
            binds=tuple(dict.fromkeys((*first.binds, *second.binds))),
            head=first.head if first.head == second.head else (),
        )
        return self._with(number, joined, takes=2)

    def _joined_spans(self, first: PlacedClause, second: PlacedClause) -> tuple[Span, ...]:
        last, following = first.spans[-1], second.spans[0]
        gap = self.source[last.end : following.begin]
        if not gap.strip() and not self.source[: last.end].endswith(ENDS_A_SENTENCE):  # a sentence cut in two
            return (*first.spans[:-1], Span(last.begin, following.end), *second.spans[1:])
        if gap.strip() and not has_words(gap):
            following = Span(last.end + len(gap) - len(gap.lstrip()), following.end)
        return (*first.spans, following, *second.spans[1:])

    def split(self, key: int, words: str) -> "WorkingDraft":
        """A clause as two, the second of which begins with these words; raises BadInput unless there is one place."""
        number = self._number(key)
        clause = _kept(self.clauses[number], IS_LEFT_OUT)
        place = self._place(clause, words)
        first = [_part(self.source, span.begin, min(span.end, place)) for span in clause.spans if span.begin < place]
        second = [_part(self.source, max(span.begin, place), span.end) for span in clause.spans if span.end > place]
        text = words_of(self.source, second)
        ref = self.free_ref(f"{clause.ref}, part")
        rest = replace(
            clause,
            spans=tuple(second),
            ref=ref,
            modality=modality_of(text, clause.heading),
            binds=binds_of(text, (), "", clause.binds),
        )
        return self._with(number, replace(clause, spans=tuple(first)), rest)

    def _place(self, clause: PlacedClause, words: str) -> int:
        if not words.strip():
            raise BadInput(NAME_THE_PLACE)
        places = places_of(self.source, clause.spans, words)
        if places == [clause.key]:
            raise BadInput(IS_THE_BEGIN.format(words=words))
        inner = [place for place in places if place != clause.key]
        if len(places) > 1:
            raise BadInput(IN_CLAUSE_TWICE.format(words=words, times=len(places)))
        if not inner:
            raise BadInput(NOT_IN_CLAUSE.format(words=words))
        return inner[0]

    def described(self, key: int, ref: str, heading: str, modality: Modality, binds: Sequence[str]) -> "WorkingDraft":
        """A clause with another reference, heading or duty, or with others whom it binds; raises BadInput."""
        number = self._number(key)
        clause = self.clauses[number]
        if not ref:
            raise BadInput(NO_REFERENCE)
        if any(other.ref.casefold() == ref.casefold() for other in self.clauses if other is not clause):
            raise BadInput(SAME_REFERENCE.format(ref=ref))
        binds = tuple(dict.fromkeys(binds)) or ("staff",)
        return self._with(number, replace(clause, ref=ref, heading=heading, modality=modality, binds=binds))

    def left_out(self, key: int) -> "WorkingDraft":
        """A clause left out: it stays listed, and can be taken in again."""
        return self._marked(key, is_left_out=True)

    def taken_in(self, key: int) -> "WorkingDraft":
        """A clause that was left out, as a clause again."""
        return self._marked(key, is_left_out=False)

    def _marked(self, key: int, *, is_left_out: bool) -> "WorkingDraft":
        number = self._number(key)
        if self.clauses[number].is_left_out is is_left_out:
            raise BadInput(NO_SUCH_CLAUSE)
        return self._with(number, replace(self.clauses[number], is_left_out=is_left_out))

    def made_clause(self, begin: int) -> "WorkingDraft":
        """A line that was in no clause as a clause of its own, or as part of the clause that goes on after it."""
        span = next((line for line in self.rest if line.begin == begin), None)
        if span is None or not has_words(self.source[span.begin : span.end]):
            raise BadInput(NO_SUCH_CLAUSE)
        number = sum(clause.key < begin for clause in self.clauses)
        around = self.clauses[number - 1] if number else None
        if around and begin < around.spans[-1].begin:  # joined over this line before
            kept = _kept(around, IS_LEFT_OUT)
            return self._with(number - 1, replace(kept, spans=tuple(sorted((*kept.spans, span)))))
        heading = around.heading if around else ""
        text = words_of(self.source, [span])
        ref = self.free_ref(f"{heading or UNNAMED}, line")
        clause = PlacedClause((span,), ref, heading, modality_of(text, heading), binds_of(text, (), heading))
        return self._with(number, clause, takes=0)

    def free_ref(self, base: str) -> str:
        """The base with the first number that makes it a reference of no other clause."""
        taken = {clause.ref.casefold() for clause in self.clauses}
        candidates = (f"{base} {number}" for number in range(2, len(self.clauses) + 3))
        return next(ref for ref in candidates if ref.casefold() not in taken)

    def draft(self) -> Draft:
        """What will be written; raises BadInput if no clause is kept."""
        if not self.kept:
            raise BadInput(ALL_LEFT_OUT)
        clauses = tuple(
            DraftClause(clause.ref, clause.heading, self.text(clause), clause.modality, clause.binds, clause.head)
            for clause in self.kept
        )
        gaps = lines_in(self.source, between(len(self.source), _spans(self.kept)))
        left_out = [words_of(self.source, [gap]) for gap in gaps]
        return Draft(self.title, dict(self.facts), clauses, tuple(filter(has_words, left_out)), self.source)


def placed(draft: Draft, id: str) -> WorkingDraft:
    """An imported draft with every clause at its place; raises BadInput if one is not in the source."""
    spans = located(draft.source, [clause.text for clause in draft.clauses])
    clauses = [
        PlacedClause((span,), clause.ref, clause.heading, clause.modality, clause.binds, clause.head)
        for clause, span in zip(draft.clauses, spans, strict=True)
        if span is not None
    ]
    if len(clauses) < len(spans):
        raise BadInput(NOT_ALIGNED)
    return WorkingDraft(draft.source, id, draft.facts, tuple(sorted(clauses, key=lambda clause: clause.key)))


def sentence_starts(text: str) -> list[str]:
    """The first words of each sentence or line of a clause but the first: where it may well be split.

    >>> sentence_starts("Knock first. Then wait for an answer before you go in.")
    ['Then wait for an answer']
    """
    parts = re.split(r"(?<=[.;:!?])\s+|\n", text)
    return [" ".join(part.split()[:5]) for part in parts[1:] if part.strip()]


def _spans(clauses: Iterable[PlacedClause]) -> list[Span]:
    return [span for clause in clauses for span in clause.spans]


def _part(source: str, begin: int, end: int) -> Span:
    words = source[begin:end]
    return Span(begin + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip()))


def _kept(clause: PlacedClause, says: str) -> PlacedClause:
    if clause.is_left_out:
        raise BadInput(says)
    return clause
