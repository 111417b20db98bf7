"""The questions of the bank that lie nearest to a question vote on what it is about.

Nothing is learnt for this: a line added to the bank votes as soon as its vector is there.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.ask.encoder import Floats
from bot.ask.rules.bank import Example

Columns: TypeAlias = NDArray[np.int16]  # a row for each question: the columns of its first and its second situation

VOTERS = 64  # nearest questions that vote
SHARPNESS = np.float32(12.0)  # a vote's weight is exp(SHARPNESS x cosine): the nearest count most
OWN_VOTES = np.float32(12.0)  # of a wording of the school's own: the bank has some ninety for each situation
SECOND_SITUATION_SHARE = 0.35  # of a question's vote, and of what is learnt from it, if it names a second situation


def columns_of(examples: Sequence[Example], labels: Sequence[str]) -> Columns:
    """What each question is about. One that names no second situation among the labels has the first twice."""
    column = {label: number for number, label in enumerate(labels)}
    firsts = [column[example.situation] for example in examples]
    seconds = [column.get(example.also, first) for example, first in zip(examples, firsts, strict=True)]
    return np.array([firsts, seconds], np.int16).T


class Neighbours:
    """The bank's vectors, in rows of length 1, and what each of its questions is about.

    `votes` says how many questions a row counts for, if not one: a school writes only a few on a situation of its own.
    """

    def __init__(self, vectors: Floats, about: Columns, label_count: int, votes: Floats | None = None) -> None:
        self._vectors = vectors
        self._first, self._second = about.T
        self._label_count = label_count
        self._counts = votes

    def with_own(self, vectors: Floats, about: Sequence[int], label_count: int) -> "Neighbours":
        """The same with a school's own wordings; `about` are columns after those of the bank."""
        columns = np.array([about, about], np.int16).T
        counts = np.ones(len(self._vectors), np.float32)
        return Neighbours(
            np.concatenate([self._vectors, vectors]),
            np.concatenate([np.array([self._first, self._second], np.int16).T, columns]),
            label_count,
            np.concatenate([counts, np.full(len(vectors), OWN_VOTES, np.float32)]),
        )

    def shares(self, vectors: Floats) -> Floats:
        """For each vector every label's share of the votes; they add up to 1 in each row."""
        return np.stack([self._votes(similarity) for similarity in vectors @ self._vectors.T])

    def _votes(self, similarity: NDArray[np.float32]) -> Floats:
        voters = min(VOTERS, len(similarity))
        nearest = np.argpartition(-similarity, voters - 1)[:voters]
        weights = np.exp(SHARPNESS * (similarity[nearest] - similarity[nearest].max()))
        if self._counts is not None:
            weights = weights * self._counts[nearest]
        votes = np.bincount(self._first[nearest], weights * (1 - SECOND_SITUATION_SHARE), self._label_count)
        votes += np.bincount(self._second[nearest], weights * SECOND_SITUATION_SHARE, self._label_count)
        return np.asarray(votes / votes.sum(), np.float32)
