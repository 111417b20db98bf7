"""Tells what a question is about by its words: a linear classifier, light enough to be learnt at set-up.

Its features are stems and pairs of stems, and canonical words from the lexicon and pairs of them. It is surest on plain
questions, where the encoder is not; on wild ones it is the other way round, so it is only one voice of three.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.ask.encoder import Floats
from bot.ask.rules.bank import Example
from bot.ask.rules.words import MAX_QUESTION_CHARS, Lexicon, words
from bot.ask.tuning import softmax
from bot.ask.vocabulary import stems

FEATURES_VERSION = 7  # increase it if the features change, or how they are learnt from: nothing out of date is loaded
STEMS, CANON = "stems", "canon"
# name -> (how much it weighs, in how many questions a term must be, how many terms at most)
VIEWS = {STEMS: (1.0, 2, 16_000), CANON: (1.0, 2, 6_000)}
PASSES = 4  # over the bank
PENALTY = 4e-6  # on large weights (scikit-learn's alpha)


@dataclass(frozen=True, slots=True)
class FeatureView:
    """One set of features: the column of each term, how rare each term is (idf), and how much the set weighs."""

    columns: Mapping[str, int]
    idf: Floats
    weight: float

    def row(self, terms: Iterable[str]) -> tuple[NDArray[np.intp], Floats]:
        """A question's columns and their values: tf-idf, with 1 + log of the count as tf, scaled to length `weight`."""
        counts = Counter(column for term in terms if (column := self.columns.get(term)) is not None)
        columns = np.fromiter(counts, np.intp, len(counts))
        frequencies = np.fromiter(counts.values(), np.float32, len(counts))
        values = (1 + np.log(frequencies)) * self.idf[columns]
        length = np.sqrt((values * values).sum())
        return columns, np.asarray(values * (self.weight / length if length else 0), np.float32)


@dataclass(frozen=True, slots=True)
class WordModel:
    """What was learnt. `weights` has a row for each feature and a column for each of `labels`; `bias` one for each."""

    labels: tuple[str, ...]
    views: Mapping[str, FeatureView]
    weights: Floats
    bias: Floats


def _terms(text: str, lexicon: Lexicon) -> dict[str, list[str]]:
    question_words = words(text[:MAX_QUESTION_CHARS])
    stem_list = stems(question_words)
    canonical = lexicon.read(question_words)
    return {
        STEMS: stem_list + [f"{first} {second}" for first, second in pairwise(stem_list)],
        CANON: canonical + [f"{first}&{second}" for first, second in combinations(canonical, 2)],
    }


def learn_words(examples: Sequence[Example], lexicon: Lexicon) -> WordModel:
    """Learns from the bank, in about 20 s on one processor. The same bank gives the same model."""
    terms = [_terms(example.text, lexicon) for example in examples]
    views = {name: _view(name, [terms_by_view[name] for terms_by_view in terms]) for name in VIEWS}
    blocks = [_matrix(view, [terms_by_view[name] for terms_by_view in terms]) for name, view in views.items()]
    classifier = _fit(blocks, [example.situation for example in examples])
    return WordModel(
        labels=tuple(str(label) for label in classifier.classes_),
        views=views,
        weights=np.ascontiguousarray(classifier.coef_.T, np.float32),
        bias=np.asarray(classifier.intercept_, np.float32),
    )


def _fit(blocks: list[Any], labels: list[str]) -> Any:
    # Imported here because only the learning child process needs it: 1 s and 80 MB that answering does not pay for.
    from scipy.sparse import hstack
    from sklearn.linear_model import SGDClassifier

    features = hstack(blocks, format="csr", dtype=np.float64)
    classifier = SGDClassifier(
        loss="log_loss", alpha=PENALTY, max_iter=PASSES, tol=None, average=True, random_state=1, n_jobs=2
    )
    return classifier.fit(features, labels)


def _view(name: str, questions: Sequence[Sequence[str]]) -> FeatureView:
    weight, min_questions, max_terms = VIEWS[name]
    frequency = Counter(term for terms in questions for term in set(terms))
    frequent = (term for term in frequency if frequency[term] >= min_questions)
    chosen = sorted(frequent, key=lambda term: (-frequency[term], term))[:max_terms]
    total = len(questions)
    idf = np.array([np.log((1 + total) / (1 + frequency[term])) + 1 for term in chosen], np.float32)
    return FeatureView(numbered(chosen), idf, weight)


def numbered(terms: Iterable[str]) -> dict[str, int]:
    """Terms with their places, from 0."""
    return {term: column for column, term in enumerate(terms)}


def _matrix(view: FeatureView, questions: Sequence[Sequence[str]]) -> Any:
    from scipy.sparse import csr_matrix

    rows = [view.row(terms) for terms in questions]
    columns = np.concatenate([row_columns for row_columns, _ in rows])
    values = np.concatenate([row_values for _, row_values in rows])
    row_ends = np.cumsum([0, *(len(row_columns) for row_columns, _ in rows)])
    return csr_matrix((values, columns, row_ends), shape=(len(rows), len(view.columns)))


class WordClassifier:
    """Reads questions by their words, in under 1 ms. Safe to call from any thread."""

    def __init__(self, model: WordModel, lexicon: Lexicon) -> None:
        self.labels = model.labels
        self._model = model
        self._lexicon = lexicon
        self._first_columns = np.cumsum([0, *(len(view.columns) for view in model.views.values())])

    def shares(self, texts: Sequence[str]) -> Floats:
        """For each text every label's share of likelihood; they add up to 1 in each row."""
        return softmax(np.stack([self._score(text) for text in texts]))

    def _score(self, text: str) -> Floats:
        terms = _terms(text, self._lexicon)
        score = self._model.bias.copy()
        for first_column, (name, view) in zip(self._first_columns, self._model.views.items(), strict=False):
            columns, values = view.row(terms[name])
            score += values @ self._model.weights[columns + first_column]
        return score
