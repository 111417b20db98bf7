"""Searches the clauses by words: BM25 over the stems of text and heading, and over what the lexicon says they mean."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self, TypeAlias

from bot.ask.rules.words import Lexicon, words
from bot.school.rules.documents import Clause

Stem: TypeAlias = Callable[[str], str]

SATURATION, LENGTH_WEIGHT = 1.2, 0.5  # BM25's k1 and b
HEADING_WEIGHT, MEANING_WEIGHT = 0.5, 0.4  # of a word in the heading; of a canonical word, which is vaguer than a stem
MIN_BEGINNING, BEGINNING_WEIGHT = 4, 0.7  # "photo" finds "photographs"
MIN_SHARE_OF_BEST = 0.35  # of the best clause's score; what scores less only shares a common word
MAX_FOUND = 15  # clauses: three pages
COMMON_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a about all also an and any anything are as at be been bit but by can could did do does for from has have having
        how i if in into is it its me my of on or our own part say says section should so some something that the their
        them there they this to up us use used using was we were what when where which who will with would you your
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first. If `is_near`, these have only words that mean much the same."""

    clauses: tuple[Clause, ...]
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class ClauseIndex:
    """The words of every clause, ready to be searched."""

    clauses: tuple[Clause, ...]
    terms: tuple[Mapping[str, float], ...]  # of each clause: how often it has each stem and each canonical word
    in_clauses: Mapping[str, int]  # how many clauses have a term
    lexicon: Lexicon
    stem: Stem

    @classmethod
    def of(cls, clauses: Iterable[Clause], lexicon: Lexicon, stem: Stem) -> Self:
        """An index of clauses."""
        listed = tuple(clauses)
        terms = tuple(_terms(clause, lexicon, stem) for clause in listed)
        return cls(listed, terms, Counter(term for counts in terms for term in counts), lexicon, stem)

    def search(self, query: str) -> Found:
        """The clauses that have the words of a query, or words that mean the same.

        >>> clauses = [Clause("P-1", "P", "1", "", "Passwords are secret.", frozenset()),
        ...     Clause("P-2", "P", "2", "", "Be kind.", frozenset())]
        >>> index = ClauseIndex.of(clauses, Lexicon.of({"password": ["passwords", "login"]}), lambda word: word)
        >>> [[clause.id for clause in index.search(query).clauses] for query in ("passwords", "a login", "parking")]
        [['P-1'], ['P-1'], []]
        """
        stems = {self.stem(word) for word in content_words(query)}
        meanings = set(self.lexicon.read(words(query)))
        begun = {
            term for term in self.in_clauses for stem in stems if len(stem) > MIN_BEGINNING and term.startswith(stem)
        }
        weights = {
            **dict.fromkeys(meanings, MEANING_WEIGHT),
            **dict.fromkeys(begun, BEGINNING_WEIGHT),
            **dict.fromkeys(stems, 1.0),
        }
        scores = {
            clause.id: self._score(counts, weights) for clause, counts in zip(self.clauses, self.terms, strict=True)
        }
        ranked = sorted(self.clauses, key=lambda clause: -scores[clause.id])
        best = scores[ranked[0].id] if ranked else 0.0
        enough = [
            clause for clause in ranked if scores[clause.id] > 0 and scores[clause.id] >= best * MIN_SHARE_OF_BEST
        ]
        return Found(tuple(enough[:MAX_FOUND]), is_near=not any(term in self.in_clauses for term in stems | begun))

    def quoted(self, quotation: str) -> tuple[Clause, ...]:
        """The clauses that have these very words, whatever their capitals, in the paper's order."""
        wanted = f" {_plain(quotation)} "
        return tuple(c for c in self.clauses if wanted.strip() and wanted in f" {_plain(f'{c.heading} | {c.text}')} ")

    def term_scores(self) -> list[Mapping[str, float]]:
        """For each clause what each of its terms adds to its score, to compare many texts with every clause."""
        return [{term: self._score(counts, {term: 1.0}) for term in counts} for counts in self.terms]

    def _score(self, counts: Mapping[str, float], weights: Mapping[str, float]) -> float:
        usual = sum(sum(counts.values()) for counts in self.terms) / len(self.terms)
        share_of_usual = sum(counts.values()) / usual
        damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * share_of_usual)
        return sum(
            weight * self._rarity(term) * counts[term] * (SATURATION + 1) / (counts[term] + damping)
            for term, weight in weights.items()
            if term in counts
        )

    def _rarity(self, term: str) -> float:
        having = self.in_clauses[term]
        return math.log(1 + (len(self.clauses) - having + 0.5) / (having + 0.5))


_HYPHENATED = re.compile(r"\b[a-z]+(?:-[a-z]+)+\b")


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about, in order.

    >>> content_words("What does it say about the passwords?")
    ['passwords']
    """
    return [word for word in words(text) if len(word) > 1 and word not in COMMON_WORDS]


def _terms(clause: Clause, lexicon: Lexicon, stem: Stem) -> Mapping[str, float]:
    terms: Counter[str] = Counter()
    for word in content_words(clause.text):
        terms[stem(word)] += 1
    for word in _HYPHENATED.findall(clause.text.lower()):  # people write webcams, chatrooms and the like in one
        terms[stem(word.replace("-", ""))] += 1
    heading = {stem(word) for word in content_words(clause.heading)}
    meanings = lexicon.read(words(clause.text))
    weighted = {**dict.fromkeys(meanings, 1.0), **dict.fromkeys(heading, HEADING_WEIGHT)}
    return {term: terms[term] + weighted.get(term, 0.0) for term in {*terms, *weighted}}


def _plain(text: str) -> str:
    """A text as its words alone, to compare with another."""
    return " ".join(words(text.replace("’", "'").replace("‘", "'")))


EMPTY_INDEX = ClauseIndex.of((), Lexicon.of({}), str.lower)
