"""Reads a question: what it is about, which command it may be, and whether there is a worry in it.

Three readings are averaged, so that none decides alone: the neighbours in the bank, the layer that was learnt together
with the encoder, and the words. Without what the encoder has learnt, its neighbours and the words read; without the
encoder, the words alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.ask.encoder import Floats, SentenceEncoder, unit
from bot.ask.neighbours import Neighbours
from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.words import MAX_QUESTION_CHARS
from bot.ask.tuning import Tuning
from bot.ask.vocabulary import Vocabulary, plain
from bot.ask.word_classifier import WordClassifier

EXACT_MATCH_SHARE = np.float32(0.95)  # the share a situation gets if the bank has the question word for word


@dataclass(frozen=True, slots=True)
class Meaning:
    """What sentences mean: the encoder, the bank's neighbours in its space, and what it has learnt, if anything."""

    encoder: SentenceEncoder
    neighbours: Neighbours
    tuning: Tuning | None

    def shares(self, means: Floats, labels: Sequence[str]) -> list[Floats]:
        """The readings by meaning, one or two, each with a row for each sentence and a column for each of `labels`."""
        vectors = self.tuning.projected(means) if self.tuning else unit(means)
        votes = self.neighbours.shares(vectors)
        return [votes, _completed(self.tuning, vectors, votes, labels)] if self.tuning else [votes]

    def worries(self, means: Floats) -> Floats:
        """For each sentence how likely it tells of a worry; 0 if that was not learnt."""
        return self.tuning.worries(means) if self.tuning else np.zeros(len(means), np.float32)


def _completed(tuning: Tuning, vectors: Floats, votes: Floats, labels: Sequence[str]) -> Floats:
    """What the layer reads, by today's labels. What is newer than it keeps its share of the neighbours' votes."""
    column = {label: number for number, label in enumerate(labels)}
    known = [(number, column[label]) for number, label in enumerate(tuning.labels) if label in column]
    read = tuning.head_shares(vectors)
    shares = np.zeros((len(vectors), len(labels)), np.float32)
    shares[:, [today for _, today in known]] = read[:, [then for then, _ in known]]
    shares /= shares.sum(axis=1, keepdims=True)
    is_new = np.array([label not in set(tuning.labels) for label in labels])
    newer = votes * is_new
    return np.asarray(shares * (1 - newer.sum(axis=1, keepdims=True)) + newer, np.float32)


class Recogniser:
    """Reads questions. Safe to call from any thread; about 8 ms for a question, and little more for several at once."""

    def __init__(
        self, words: WordClassifier, vocabulary: Vocabulary, meaning: Meaning | None, commands: Collection[str]
    ) -> None:
        self._words = words
        self._vocabulary = vocabulary
        self._meaning = meaning
        self._commands = frozenset(commands)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation and command with its share of likelihood, and how likely it is a worry."""
        texts = [text[:MAX_QUESTION_CHARS] for text in texts]
        readings = [self._words.shares(texts)]
        worries = np.zeros(len(texts), np.float32)
        if self._meaning:
            means = self._meaning.encoder(texts)
            readings += self._meaning.shares(means, self._words.labels)
            worries = self._meaning.worries(means)
        shares = np.mean(readings, axis=0)
        return [
            self._reading(text, text_shares, worry)
            for text, text_shares, worry in zip(texts, shares, worries, strict=True)
        ]

    def _reading(self, text: str, shares: NDArray[np.float32], worry: np.float32) -> Reading:
        labels = self._words.labels
        exact_match = self._vocabulary.questions.get(plain(text))
        if exact_match is not None:  # people who add a wording to the bank can rely on it
            shares = shares * (1 - EXACT_MATCH_SHARE)
            shares[labels.index(exact_match)] += EXACT_MATCH_SHARE
        ranked = [(labels[number], float(shares[number])) for number in np.argsort(-shares, kind="stable")]
        return Reading(
            ranked=tuple((label, share) for label, share in ranked if label not in self._commands),
            unknown=self._vocabulary.unknown_words(text),
            commands=tuple((label, share) for label, share in ranked if label in self._commands),
            worry=float(worry),
        )
