"""What became of each clause in a document's new version, and the id it has from now on."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from bot.import_policy.rules.clauses import DraftClause
from bot.import_policy.rules.match_clauses import matches, plain
from bot.import_policy.rules.names import clause_ids

LEAD_IN = (":", "–", "-")  # how a sentence ends whose list follows
_NUMBER = re.compile(r"^(?:(?:section|part)\s+)?\d{1,3}(?:\.\d{1,3})*[.):]?\s+", re.I)
_PIECE = re.compile(r"\S+")


class ClauseChange(StrEnum):
    """What became of a clause. The value is how a page says it."""

    SAME = "same"  # word for word, at the same place
    RENUMBERED = "renumbered"  # word for word, cited differently
    CHANGED = "words changed"  # its words, or words that it cannot be read without
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class HeldClause:
    """A clause as the school's folder has it, with what a person noted: `modality`, `binds` and `topics`."""

    id: str
    ref: str
    heading: str
    text: str
    modality: str = ""
    binds: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """A few words of a changed text: in both, or only in one of them."""

    kind: str  # "same", "gone" or "new"
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clause before and now; None where it was not, or is not any more.

    `around` says what changed if the clause's own words did not: the heading above it, for example.
    """

    change: ClauseChange
    before: HeldClause | None
    now: HeldClause | None
    around: str = ""

    @property
    def id(self) -> str:
        """The clause's id, which never changes."""
        clause = self.now or self.before
        return clause.id if clause else ""

    @property
    def runs(self) -> tuple[ChangedWords, ...]:
        """The words of a changed clause, old and new."""
        return word_runs(self.before.text if self.before else "", self.now.text if self.now else "")


def word_runs(before: str, now: str) -> tuple[ChangedWords, ...]:
    """Two texts as one, word by word.

    >>> [(run.kind, run.text) for run in word_runs("Phones are off at lunch.", "Phones are away at lunch.")]
    [('same', 'Phones are'), ('gone', 'off'), ('new', 'away'), ('same', 'at lunch.')]
    """
    old, new = _PIECE.findall(before), _PIECE.findall(now)
    runs = []
    for kind, begin, end, new_begin, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(ChangedWords("same", " ".join(old[begin:end])))
            continue
        runs += [ChangedWords("gone", " ".join(old[begin:end]))] if begin < end else []
        runs += [ChangedWords("new", " ".join(new[new_begin:new_end]))] if new_begin < new_end else []
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a document binds, as it says of itself, before and now."""

    before: tuple[str, ...] = ()
    now: tuple[str, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether it binds others now."""
        return bool(self.before) and set(self.before) != set(self.now)


def compare(
    document: str, held: Sequence[HeldClause], draft: Sequence[DraftClause], taken: Collection[str], scope: Scope
) -> tuple[Comparison, ...]:
    """Every clause of the new version in its order, then those that are gone.

    Ids of matched clauses stay. `taken` are ids of older versions: none is ever given to another clause.
    """
    places = matches(held, draft)
    ids = _ids(document, [clause.id for clause in held], draft, places, taken)
    now = [_as_drafted(clause, id) for clause, id in zip(draft, ids, strict=True)]
    old_lead_ins, new_lead_ins = lead_ins(held), lead_ins(now)
    compared = []
    for place, clause in enumerate(now):
        old_place = places.get(place)
        if old_place is None:
            compared.append(Comparison(ClauseChange.NEW, None, clause))
        else:
            lead_in = (old_lead_ins[old_place], new_lead_ins[place])
            compared.append(_compared(held[old_place], clause, lead_in, scope))
    used = set(places.values())
    gone = [clause for place, clause in enumerate(held) if place not in used]
    return (*compared, *(Comparison(ClauseChange.GONE, clause, None) for clause in gone))


def _as_drafted(clause: DraftClause, id: str) -> HeldClause:
    return HeldClause(id, clause.ref, clause.heading, clause.text, clause.modality, clause.binds, clause.head)


def lead_ins(clauses: Sequence[HeldClause]) -> list[str]:
    """For each clause, the words of the last sentence under its heading that a list follows; empty if there is none.

    An item of a list cannot be read without it: "Staff may:" and "Staff must never:" make two rules of one item.
    """
    heading, lead_in, found = "", "", []
    for clause in clauses:
        if clause.heading != heading:
            heading, lead_in = clause.heading, ""
        found.append(lead_in)
        if clause.text.rstrip().endswith(LEAD_IN):
            lead_in = plain(clause.text)
    return found


def _ids(
    document: str, held: Sequence[str], draft: Sequence[DraftClause], places: Mapping[int, int], taken: Collection[str]
) -> list[str]:
    used = {id.lower() for id in (*held, *taken)}
    ids = []
    for place, clause in enumerate(draft):
        if place in places:
            ids.append(held[places[place]])
            continue
        (base,) = clause_ids(document, [clause.ref])
        id, number = base, 1
        while id.lower() in used:
            number += 1
            id = f"{base}-{number}"
        used.add(id.lower())
        ids.append(id)
    return ids


def _compared(before: HeldClause, now: HeldClause, lead_in: tuple[str, str], scope: Scope) -> Comparison:
    """What a person noted of a clause stays while nothing of it changed."""
    if plain(before.text) != plain(now.text):
        return Comparison(ClauseChange.CHANGED, before, now)
    around = _changed_around(before, now, lead_in, scope)
    if around:
        return Comparison(ClauseChange.CHANGED, before, now, around)
    kept = replace(
        now,
        text=before.text,
        modality=before.modality or now.modality,
        binds=before.binds or now.binds,
        topics=before.topics,
    )
    return Comparison(ClauseChange.SAME if before.ref == now.ref else ClauseChange.RENUMBERED, before, kept)


def _changed_around(before: HeldClause, now: HeldClause, lead_in: tuple[str, str], scope: Scope) -> str:
    """What changed of the words that a clause cannot be read without; empty if nothing did."""
    if without_number(before.heading) != without_number(now.heading):
        return f"The heading above it was “{before.heading}” and is now “{now.heading}”."
    if lead_in[0] != lead_in[1]:
        return f"The sentence above its list was “{lead_in[0]}” and is now “{lead_in[1]}”."
    if before.head != now.head:
        return "The heads of its table changed."
    if scope.is_changed and set(before.binds) == set(scope.before):
        return (
            f"The document bound {', '.join(scope.before)} and now binds {', '.join(scope.now) or 'nobody it names'}."
        )
    return ""


def without_number(heading: str) -> str:
    """A heading without its number, which moves when a section is put in above it.

    >>> without_number("4. Phones"), without_number("Section 12: Phones"), without_number("Phones")
    ('Phones', 'Phones', 'Phones')
    """
    return plain(_NUMBER.sub("", heading))
