"""Reads a question: what it is about, which command it may be, and whether there is a worry in it.

Three readings are averaged, so that none decides alone: the neighbours in the bank, the layer that was learnt together
with the encoder, and the words. Without what the encoder has learnt, its neighbours and the words read; without the
encoder, the words alone. Worries are read by the same encoder with changes of their own.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.ask.encoder import Floats, SentenceEncoder, unit
from bot.ask.neighbours import Neighbours
from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.words import MAX_QUESTION_CHARS
from bot.ask.tuning import Tuning
from bot.ask.vocabulary import Vocabulary, plain
from bot.ask.word_classifier import WordClassifier
from bot.ask.worry_tuning import WorryTuning

EXACT_MATCH_SHARE = np.float32(0.95)  # the share a situation gets if the bank has the question word for word


class Meaning:
    """What sentences mean: the encoder, the bank's neighbours in its space, and what it has learnt, if anything.

    `labels` are the bank's situations and commands, in the order of the readings' columns.
    """

    def __init__(
        self,
        encoder: SentenceEncoder,
        neighbours: Neighbours,
        tuning: Tuning | None,
        labels: Sequence[str],
        worries: WorryTuning | None = None,
    ) -> None:
        self.encoder = encoder
        self._worries = worries
        self._neighbours = neighbours
        self._tuning = tuning
        column = {label: number for number, label in enumerate(labels)}
        learnt = tuning.labels if tuning else ()
        known = [(number, column[label]) for number, label in enumerate(learnt) if label in column]
        self._layer_columns = np.array([then for then, _ in known], np.intp)
        self._columns = np.array([today for _, today in known], np.intp)
        self._is_newer = np.array([label not in learnt for label in labels])

    def vectors(self, means: Floats) -> Floats:
        """Sentence vectors in the space in which neighbours are compared."""
        return unit(means) if self._tuning is None else self._tuning.projected(means)

    def with_own(self, wordings: Mapping[str, Sequence[str]], labels: Sequence[str]) -> "Meaning":
        """The same with a school's own situations; `labels` are the bank's, then theirs."""
        texts = [text for questions in wordings.values() for text in questions]
        about = [labels.index(id) for id, questions in wordings.items() for _ in questions]
        neighbours = self._neighbours.with_own(self.vectors(self.encoder(texts)), about, len(labels))
        return Meaning(self.encoder, neighbours, self._tuning, labels, self._worries)

    def read(self, texts: Sequence[str]) -> tuple[list[Floats], Floats]:
        """The readings by meaning, as `shares` gives them, and for each text how likely it reports a worry.

        That is 0 if worries were not learnt.
        """
        if self._worries is None:
            return self.shares(self.encoder(texts)), np.zeros(len(texts), np.float32)
        means, worry_means = self.encoder.both(texts)
        return self.shares(means), self._worries.likelihoods(means, worry_means)

    def shares(self, means: Floats) -> list[Floats]:
        """The readings by meaning, one or two, each with a row for each sentence and a column for each label."""
        vectors = self.vectors(means)
        votes = self._neighbours.shares(vectors)
        if self._tuning is None:
            return [votes]
        return [votes, self._layer_shares(self._tuning, vectors, votes)]

    def _layer_shares(self, tuning: Tuning, vectors: Floats, votes: Floats) -> Floats:
        """What the layer reads, by today's labels. What is newer than it keeps its share of the neighbours' votes."""
        shares = np.zeros_like(votes)
        shares[:, self._columns] = tuning.head_shares(vectors)[:, self._layer_columns]
        shares /= shares.sum(axis=1, keepdims=True)
        newer = votes * self._is_newer
        return np.asarray(shares * (1 - newer.sum(axis=1, keepdims=True)) + newer, np.float32)


class Recogniser:
    """Reads questions. Safe to call from any thread; 10 ms for a question, little more for several at once."""

    def __init__(
        self,
        words: WordClassifier,
        vocabulary: Vocabulary,
        meaning: Meaning | None,
        commands: Collection[str],
        own: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`own` are wordings of situations that only this school has."""
        own = own or {}
        self._bank = (words, vocabulary, meaning, commands)
        self._words = words
        self._labels = (*words.labels, *own)
        self._own_count = len(own)
        self._vocabulary = vocabulary.with_own(own) if own else vocabulary
        self._meaning = meaning.with_own(own, self._labels) if meaning and own else meaning
        self._commands = frozenset(commands)

    def with_own(self, own: Mapping[str, Sequence[str]]) -> "Recogniser":
        """The same with other situations of the school's own: their wordings are encoded, and nothing is learnt."""
        return Recogniser(*self._bank, own)

    def encode(self, texts: Sequence[str]) -> Floats | None:
        """What texts of any kind mean, a row of length 1 for each; None without the encoder."""
        return unit(self._meaning.encoder.vectors(texts)) if self._meaning else None

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation and command with its share of likelihood, and how likely it is a worry."""
        texts = [text[:MAX_QUESTION_CHARS] for text in texts]
        readings = [self._word_shares(texts)]
        worries = np.zeros(len(texts), np.float32)
        if self._meaning:
            by_meaning, worries = self._meaning.read(texts)
            readings = [self._with_own_share(readings[0], by_meaning[0]), *by_meaning]
        shares = np.mean(readings, axis=0)
        return [
            self._reading(text, text_shares, worry)
            for text, text_shares, worry in zip(texts, shares, worries, strict=True)
        ]

    def _word_shares(self, texts: Sequence[str]) -> Floats:
        """What the words say; they know nothing of the school's own situations."""
        shares = self._words.shares(texts)
        if not self._own_count:
            return shares
        return np.concatenate([shares, np.zeros((len(texts), self._own_count), np.float32)], axis=1)

    def _with_own_share(self, shares: Floats, votes: Floats) -> Floats:
        """The words' reading with the neighbours' share for what the words know nothing of."""
        if not self._own_count:
            return shares
        own = votes[:, -self._own_count :]
        shares = shares * (1 - own.sum(axis=1, keepdims=True))
        shares[:, -self._own_count :] = own
        return shares

    def _reading(self, text: str, shares: NDArray[np.float32], worry: np.float32) -> Reading:
        labels = self._labels
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
