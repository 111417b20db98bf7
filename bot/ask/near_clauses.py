"""Finds the clauses that come nearest to a question on which the school has not ruled.

Two searches are joined: by meaning, with the sentence encoder, and by words. Without the encoder, the words alone.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock

from bot.ask.encoder import Floats
from bot.ask.rules.clause_search import ClauseIndex
from bot.school.rules.documents import Clause

MAX_CLAUSES = 3
NEAR = 0.2  # cosine of the nearest clause; below it nothing is quoted (docs/decisions/16-own-policy.md)
SURELY_NEAR = 0.36  # the same where Staffroom has an answer of its own, to lunch or leave
WITHIN = 0.12  # of the nearest one's: what is further off is not quoted beside it
WORDS_BONUS = 0.05  # for the best by words; half of it for the second, and so on

Encode = Callable[[Sequence[str]], Floats | None]


class NearClauses:
    """The clauses of one school, by what they mean. Their vectors are computed when they are first asked for."""

    def __init__(self, clauses: Sequence[Clause], encode: Encode, index: ClauseIndex) -> None:
        self._clauses = tuple(clauses)
        self._encode = encode
        self._index = index
        self._lock = Lock()

    @cached_property
    def _vectors(self) -> Floats | None:
        return self._encode([_as_read(clause) for clause in self._clauses]) if self._clauses else None

    def __call__(self, question: str, about: str, *, surely: bool) -> tuple[str, ...]:
        """Ids of at most three clauses, the nearest first; none if nothing is near enough."""
        by_words = [clause.id for clause in self._index.search(question).clauses] if question else []
        with self._lock:
            vectors = self._vectors
        asked = self._encode([question or about, about]) if vectors is not None else None
        if vectors is None or asked is None:
            return () if surely else tuple(by_words[:MAX_CLAUSES])
        likeness = [float(value) for value in (vectors @ asked.T).mean(axis=1)]
        if max(likeness) < (SURELY_NEAR if surely else NEAR):
            return ()
        place = {id: number for number, id in enumerate(by_words)}
        score = {
            clause.id: value + (WORDS_BONUS / (1 + place[clause.id]) if clause.id in place else 0.0)
            for clause, value in zip(self._clauses, likeness, strict=True)
        }
        best_first = sorted(score, key=lambda id: -score[id])[:MAX_CLAUSES]
        return tuple(id for id in best_first if score[id] >= score[best_first[0]] - WITHIN)


def _as_read(clause: Clause) -> str:
    return f"{clause.heading} {clause.text}".strip()
