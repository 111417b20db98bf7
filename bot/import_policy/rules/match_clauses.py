"""Which clause of a new version is which of the old one: by the words first, then by reference and likeness."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Protocol

MAX_CANDIDATES = 6  # clauses of the old version compared word by word with one of the new: no more, however long it is
COMMON_SHARE = 0.2  # a word that more of the clauses have than this says nothing of which clause it is
MIN_COMMON = 10  # clauses; in a short document every word counts
SAME_REF_SCORE = 0.35  # enough of the words, if the reference is the same
OTHER_REF_SCORE = 0.6  # enough of the words, wherever it is now
SAME_REF_BONUS = 0.15
_WORD = re.compile(r"\w+")


class ComparedClause(Protocol):
    """A clause, as far as matching needs it."""

    @property
    def ref(self) -> str:
        """How a reader cites it."""
        ...

    @property
    def heading(self) -> str:
        """What stands above it."""
        ...

    @property
    def text(self) -> str:
        """Its words."""
        ...


def plain(text: str) -> str:
    """A text with every run of spaces as one: how words are compared."""
    return " ".join(text.split())


def matches(old: Sequence[ComparedClause], new: Sequence[ComparedClause]) -> dict[int, int]:
    """For places in `new`, the place in `old` of the same clause; each is used once, and places without one are absent.

    Clauses with the same words are taken first, in order; what is left is matched best first. A clause whose words are
    alike by chance only costs an approval: words that changed are looked at again by people.
    """
    places = _same_words(old, new)
    rest_old = [place for place in range(len(old)) if place not in set(places.values())]
    rest_new = [place for place in range(len(new)) if place not in places]
    scores = _scores({place: old[place] for place in rest_old}, {place: new[place] for place in rest_new})
    taken: set[int] = set()
    for _, new_place, old_place in sorted(scores, key=lambda score: (-score[0], score[1], score[2])):
        if new_place not in places and old_place not in taken:
            places[new_place] = old_place
            taken.add(old_place)
    return places


def _same_words(old: Sequence[ComparedClause], new: Sequence[ComparedClause]) -> dict[int, int]:
    """Clauses with the same words: first where reference and heading are the same too, then less and less of them."""
    keys: tuple[Callable[[ComparedClause], Hashable], ...] = (
        lambda clause: (plain(clause.text), clause.ref, clause.heading),
        lambda clause: (plain(clause.text), clause.ref),
        lambda clause: (plain(clause.text), clause.heading),
        lambda clause: plain(clause.text),
    )
    places: dict[int, int] = {}
    for key in keys:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        taken = set(places.values())
        for place in reversed(range(len(old))):
            if place not in taken:
                waiting[key(old[place])].append(place)
        for place, clause in enumerate(new):
            if place not in places and waiting[key(clause)]:
                places[place] = waiting[key(clause)].pop()
    return places


def _scores(old: Mapping[int, ComparedClause], new: Mapping[int, ComparedClause]) -> list[tuple[float, int, int]]:
    """How alike clauses are: score, place in the new, place in the old. Only pairs that may be one clause."""
    words = {place: _words(clause.text) for place, clause in old.items()}
    holders = _holders(words)
    by_ref: dict[str, list[int]] = defaultdict(list)
    for place, clause in old.items():
        by_ref[clause.ref].append(place)
    scores = []
    for place, clause in new.items():
        mine = _words(clause.text)
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(mine)
        for other in dict.fromkeys([*by_ref[clause.ref][:MAX_CANDIDATES], *_nearest(mine, words, holders)]):
            matcher.set_seq1(words[other])
            is_same_ref = old[other].ref == clause.ref
            ratio = matcher.ratio()
            if ratio >= (SAME_REF_SCORE if is_same_ref else OTHER_REF_SCORE):
                scores.append((ratio + (SAME_REF_BONUS if is_same_ref else 0), place, other))
    return scores


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _holders(words: Mapping[int, Sequence[str]]) -> dict[str, list[int]]:
    """The places that have each word, without the words that most have."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, own in words.items():
        for word in dict.fromkeys(own):
            holders[word].append(place)
    limit = max(MIN_COMMON, COMMON_SHARE * len(words))
    return {word: places for word, places in holders.items() if len(places) <= limit}


def _nearest(
    mine: Sequence[str], words: Mapping[int, Sequence[str]], holders: Mapping[str, Sequence[int]]
) -> list[int]:
    """The places that share the most words with a text, by their share of both lengths."""
    shared = Counter(place for word in set(mine) for place in holders.get(word, ()))
    ranked = sorted(shared, key=lambda place: (-shared[place] / (len(mine) + len(words[place])), place))
    return ranked[:MAX_CANDIDATES]
