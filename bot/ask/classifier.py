"""Finds the situation a question is about: a linear classifier (logistic regression) over several sets of features.

The features are stems and pairs of stems, character n-grams of 3 to 5, canonical words from the lexicon and pairs of
them, and a sentence embedding if the model is installed. scikit-learn learns once from the bank. The result is kept as
plain arrays, never as a pickle, in a file named after the digest of everything it was learnt from.
"""

import hashlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from bot.ask.rules.bank import Example
from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.words import MAX_QUESTION_CHARS, Lexicon, one_slip_apart, words

Floats: TypeAlias = NDArray[np.float32]
Embed: TypeAlias = Callable[[Sequence[str]], Floats]  # one row for each text
ShowShare: TypeAlias = Callable[[float], None]  # called with the share that is done, from 0 to 1

FEATURES_VERSION = 6  # of the features below: increase it when they change, so that nothing out of date is loaded
INVERSE_REGULARISATION = 5.0  # scikit-learn's C: how closely the classifier may follow its examples
FIT_ROUNDS, STEPS_PER_ROUND = 4, 10
EXACT_MATCH_SHARE = np.float32(0.95)  # the share a situation gets if the bank has the question word for word
SECOND_SITUATION_WEIGHT = 0.35  # how much of an example belongs to the second situation it names
MIN_SLIP_LENGTH = 4  # letters; in a shorter unknown word a slip cannot be told from a new word
MAX_SLIP_LENGTH = 20  # letters; a longer unknown word is not a slip of a known one
_WORD_IN_ANY_SCRIPT = re.compile(r"[^\W_]+(?:'[^\W_]+)?")  # `words` reads Latin letters only
_WORD_WITH_NUMBER = re.compile(r"(?:y|yr|year|ks|key|room|p|v|g)?\d{1,6}(?:st|nd|rd|th|am|pm|s|a|b|c|d|m|gb|mb)?")


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


STEMS, NGRAMS, CANON = "stems", "pieces", "canon"  # names in the files of what was learnt
# name -> (how much it weighs, in how many questions a term must be, how many terms at most)
VIEWS = {STEMS: (1.0, 2, 16_000), NGRAMS: (0.6, 3, 22_000), CANON: (1.0, 2, 6_000)}
EMBEDDING_WEIGHT = np.float32(2.0)
_stem = snowballstemmer.stemmer("english")


def _terms(text: str, lexicon: Lexicon) -> dict[str, list[str]]:
    question_words = words(text)
    stems = _stem.stemWords(question_words)
    canonical = lexicon.read(question_words)
    return {
        STEMS: stems + [f"{first} {second}" for first, second in pairwise(stems)],
        NGRAMS: [ngram for word in question_words for ngram in _ngrams(f" {word} ")],
        CANON: canonical + [f"{first}&{second}" for first, second in combinations(canonical, 2)],
    }


def _ngrams(word: str) -> Iterator[str]:
    for size in (3, 4, 5):
        for start in range(len(word) + 1 - size):
            yield word[start : start + size]


@dataclass(frozen=True, slots=True)
class LearntModel:
    """What was learnt. `weights` has a row for each feature and a column for each situation; `bias` one number each.

    `vocabulary` has the bank's words and their stems; `bank_questions` maps a question's plain words to its situation.
    """

    situations: tuple[str, ...]
    views: Mapping[str, FeatureView]
    vocabulary: frozenset[str]
    bank_questions: Mapping[str, str]
    weights: Floats
    bias: Floats
    has_embeddings: bool


def learn(
    examples: Sequence[Example], lexicon: Lexicon, embeddings: Floats | None, show_share: ShowShare
) -> LearntModel:
    """Learns from the bank. `embeddings` has one row for each example; without them, words alone are learnt from."""
    texts = [example.text[:MAX_QUESTION_CHARS] for example in examples]
    terms = [_terms(text, lexicon) for text in texts]
    views = {name: _view(name, [terms_by_view[name] for terms_by_view in terms]) for name in VIEWS}
    blocks = [_matrix(view, [terms_by_view[name] for terms_by_view in terms]) for name, view in views.items()]
    regression = _fit(blocks, embeddings, examples, show_share)
    return LearntModel(
        situations=tuple(str(situation) for situation in regression.classes_),
        views=views,
        vocabulary=frozenset(form for text in texts for word in words(text) for form in (word, _stem.stemWord(word))),
        bank_questions=_bank_questions(examples),
        weights=np.ascontiguousarray(regression.coef_.T, np.float32),
        bias=np.asarray(regression.intercept_, np.float32),
        has_embeddings=embeddings is not None,
    )


def _bank_questions(examples: Iterable[Example]) -> dict[str, str]:
    questions = {_plain(example.text): example.situation for example in examples if not example.also}
    return {question: situation for question, situation in questions.items() if question}


def _fit(blocks: list[Any], embeddings: Floats | None, examples: Sequence[Example], show_share: ShowShare) -> Any:
    # Imported here because only the learning child process needs it: 1 s and 80 MB that answering does not pay for.
    from scipy.sparse import csr_matrix, hstack
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if embeddings is not None:
        blocks = [*blocks, csr_matrix(embeddings * EMBEDDING_WEIGHT)]
    features = hstack(blocks, format="csr", dtype=np.float32)
    # An example of two situations has a row for each of them.
    double = [number for number, example in enumerate(examples) if example.also]
    rows = [*range(len(examples)), *double]
    labels = [example.situation for example in examples] + [examples[number].also for number in double]
    first_weights = [1 - SECOND_SITUATION_WEIGHT if example.also else 1.0 for example in examples]
    row_weights = first_weights + [SECOND_SITUATION_WEIGHT] * len(double)
    regression = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=STEPS_PER_ROUND, tol=1e-3, warm_start=True)
    with warnings.catch_warnings():
        # Stopping before it converges is intended: it prevents over-fitting.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for number in range(FIT_ROUNDS):
            regression.fit(features[rows], labels, sample_weight=row_weights)
            show_share((number + 1) / FIT_ROUNDS)
    return regression


def _view(name: str, questions: Sequence[Sequence[str]]) -> FeatureView:
    weight, min_questions, max_terms = VIEWS[name]
    frequency = Counter(term for terms in questions for term in set(terms))
    frequent = (term for term in frequency if frequency[term] >= min_questions)
    chosen = sorted(frequent, key=lambda term: (-frequency[term], term))[:max_terms]
    total = len(questions)
    idf = np.array([np.log((1 + total) / (1 + frequency[term])) + 1 for term in chosen], np.float32)
    return FeatureView(_numbered(chosen), idf, weight)


def _numbered(terms: Iterable[str]) -> dict[str, int]:
    return {term: column for column, term in enumerate(terms)}


def _matrix(view: FeatureView, questions: Sequence[Sequence[str]]) -> Any:
    from scipy.sparse import csr_matrix

    rows = [view.row(terms) for terms in questions]
    columns = np.concatenate([row_columns for row_columns, _ in rows])
    values = np.concatenate([row_values for _, row_values in rows])
    row_ends = np.cumsum([0, *(len(row_columns) for row_columns, _ in rows)])
    return csr_matrix((values, columns, row_ends), shape=(len(rows), len(view.columns)))


class Classifier:
    """Reads questions. Safe to call from any thread; about 8 ms with the sentence model, under 1 ms without."""

    def __init__(self, model: LearntModel, lexicon: Lexicon, embed: Embed | None) -> None:
        self._model = model
        self._lexicon = lexicon
        self._embed = embed if model.has_embeddings else None
        self._first_columns = np.cumsum([0, *(len(view.columns) for view in model.views.values())])

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation with its share of likelihood, best first, and the words the bank lacks."""
        texts = [text[:MAX_QUESTION_CHARS] for text in texts]
        scores = np.stack([self._score_of_words(text) for text in texts])
        if self._embed is not None:
            scores += (self._embed(texts) * EMBEDDING_WEIGHT) @ self._model.weights[self._first_columns[-1] :]
        return [self._reading(text, score) for text, score in zip(texts, scores, strict=True)]

    def _score_of_words(self, text: str) -> Floats:
        terms = _terms(text, self._lexicon)
        score = self._model.bias.copy()
        for first_column, (name, view) in zip(self._first_columns, self._model.views.items(), strict=False):
            columns, values = view.row(terms[name])
            score += values @ self._model.weights[columns + first_column]
        return score

    def _reading(self, text: str, score: Floats) -> Reading:
        shares = np.exp(score - score.max())
        shares /= shares.sum()
        exact_match = self._model.bank_questions.get(_plain(text))
        if exact_match is not None:  # people who add a wording to the bank can rely on it
            shares *= 1 - EXACT_MATCH_SHARE
            shares[self._model.situations.index(exact_match)] += EXACT_MATCH_SHARE
        order = np.argsort(-shares, kind="stable")
        ranked = tuple((self._model.situations[number], float(shares[number])) for number in order)
        return Reading(ranked, self._unknown_words(text))

    def _unknown_words(self, text: str) -> tuple[str, ...]:
        distinct = dict.fromkeys(_WORD_IN_ANY_SCRIPT.findall(text.lower()))
        return tuple(word for word in distinct if not self._is_known(word))

    def _is_known(self, word: str) -> bool:
        vocabulary = self._model.vocabulary
        if _WORD_WITH_NUMBER.fullmatch(word) or word in vocabulary or _stem.stemWord(word) in vocabulary:
            return True
        if not MIN_SLIP_LENGTH <= len(word) <= MAX_SLIP_LENGTH:
            return False
        return not vocabulary.isdisjoint(one_slip_apart(word))


def _plain(text: str) -> str:
    return " ".join(words(text))


def fingerprint(examples: Sequence[Example], phrases: Mapping[str, Sequence[str]], *, has_embeddings: bool) -> str:
    """The digest of everything that learning depends on, 24 hexadecimal digits: part of the file's name."""
    settings = [
        FEATURES_VERSION,
        VIEWS,
        INVERSE_REGULARISATION,
        FIT_ROUNDS,
        STEPS_PER_ROUND,
        SECOND_SITUATION_WEIGHT,
        float(EMBEDDING_WEIGHT),
        has_embeddings,
    ]
    bank = [[example.text, example.situation, example.also] for example in examples]
    everything = json.dumps([settings, bank, {key: list(value) for key, value in phrases.items()}])
    return hashlib.sha256(everything.encode()).hexdigest()[:24]


def save(model: LearntModel, file: Path) -> None:
    """Keeps what was learnt as plain arrays; the file appears whole or not at all."""
    arrays = {f"{name}.terms": np.array("\n".join(view.columns)) for name, view in model.views.items()}
    arrays |= {f"{name}.rarity": view.idf for name, view in model.views.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        allow_pickle=False,
        situations=np.array("\n".join(model.situations)),
        known=np.array("\n".join(sorted(model.vocabulary))),
        taught=np.array("\n".join(model.bank_questions)),
        taught_as=np.array("\n".join(model.bank_questions.values())),
        weights=model.weights,
        bias=model.bias,
        has_meaning=np.array(model.has_embeddings),
        **arrays,
    )
    part.replace(file)


def load(file: Path) -> LearntModel:
    """What was learnt before; raises OSError, ValueError or KeyError if the file is missing or broken."""
    with np.load(file, allow_pickle=False) as arrays:
        views = {
            name: FeatureView(_numbered(_lines(arrays[f"{name}.terms"])), arrays[f"{name}.rarity"], weight)
            for name, (weight, _, _) in VIEWS.items()
        }
        return LearntModel(
            situations=tuple(_lines(arrays["situations"])),
            views=views,
            vocabulary=frozenset(_lines(arrays["known"])),
            bank_questions=dict(zip(_lines(arrays["taught"]), _lines(arrays["taught_as"]), strict=True)),
            weights=arrays["weights"],
            bias=arrays["bias"],
            has_embeddings=bool(arrays["has_meaning"]),
        )


def _lines(array: NDArray[np.str_]) -> list[str]:
    return str(array).split("\n")
