"""Finds the situation a question is about: one linear classifier over three readings of it.

Stemmed words (one and two) with character pieces (3 to 5), canonical words from the lexicon (one and two), and the
meaning of the sentence where the model is installed. scikit-learn learns it once from the bank; what it learnt is kept
as plain arrays under the digest of everything it learnt from, never as a pickle.
"""

import hashlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from bot.ask.rules.bank import Example
from bot.ask.rules.decide import Reading
from bot.ask.rules.words import MAX_QUESTION_CHARS, Lexicon, one_slip_apart, words

Floats: TypeAlias = NDArray[np.float32]
Embed: TypeAlias = Callable[[Sequence[str]], Floats]  # a row a text
Tell: TypeAlias = Callable[[float], None]

VERSION = 6  # of the features below: counted up when they change, so that nothing stale is loaded
STRENGTH = 5.0  # how far the classifier may bend to its examples (scikit-learn's C)
ROUNDS, STEPS = 4, 10
TAUGHT = np.float32(0.95)  # how much a question counts that stands in the bank, word for word
ALSO = 0.35  # how much of an example belongs to the second situation it names
CERTAIN_LENGTH = 4  # a shorter unknown word is too short to tell a slip from a new word
LONGEST_WORD = 20  # a longer unknown word is no slip of anything
_ANY_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")  # of any script, unlike what is learnt from
_NUMBERED = re.compile(r"(?:y|yr|year|ks|key|room|p|v|g)?\d{1,6}(?:st|nd|rd|th|am|pm|s|a|b|c|d|m|gb|mb)?")


@dataclass(frozen=True, slots=True)
class FeatureView:
    """One way to look at a question: the terms it counts, how rare each is, and how much the view weighs."""

    places: Mapping[str, int]
    rarity: Floats
    weight: float

    def row(self, terms: Iterable[str]) -> tuple[NDArray[np.intp], Floats]:
        """Where a question's terms stand and what they count: 1 + log of how often, times rarity, to unit length."""
        counts = Counter(place for term in terms if (place := self.places.get(term)) is not None)
        at = np.fromiter(counts, np.intp, len(counts))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        value = (1 + np.log(often)) * self.rarity[at]
        length = np.sqrt((value * value).sum())
        return at, np.asarray(value * (self.weight / length if length else 0), np.float32)


STEMS, PIECES, CANON = "stems", "pieces", "canon"
# name -> (how much it weighs, in how many questions a term must stand, how many terms at most)
VIEWS = {STEMS: (1.0, 2, 16_000), PIECES: (0.6, 3, 22_000), CANON: (1.0, 2, 6_000)}
MEANING_WEIGHT = np.float32(2.0)
_stem = snowballstemmer.stemmer("english")


def _terms(text: str, lexicon: Lexicon) -> dict[str, list[str]]:
    said = words(text)
    stems = _stem.stemWords(said)
    meant = lexicon.read(said)
    return {
        STEMS: stems + [f"{one} {two}" for one, two in pairwise(stems)],
        PIECES: [
            f" {word} "[at : at + size] for word in said for size in (3, 4, 5) for at in range(len(word) + 3 - size)
        ],
        CANON: meant + [f"{one}&{two}" for one, two in combinations(meant, 2)],
    }


@dataclass(frozen=True, slots=True)
class Learnt:
    """What learning found: situations, views, the words and questions it met, a weight per feature and situation."""

    situations: tuple[str, ...]
    views: Mapping[str, FeatureView]
    known: frozenset[str]
    taught: Mapping[str, str]  # the bank's own questions, as plain words, and what each is about
    weights: Floats
    bias: Floats
    has_meaning: bool


def learn(examples: Sequence[Example], lexicon: Lexicon, meanings: Floats | None, tell: Tell) -> Learnt:
    """Learns from the bank; `meanings` has a row an example. `tell` hears shares of 1 done."""
    texts = [example.text[:MAX_QUESTION_CHARS] for example in examples]
    terms = [_terms(text, lexicon) for text in texts]
    views = {name: _view(name, [one[name] for one in terms]) for name in VIEWS}
    columns = [_matrix(view, [one[name] for one in terms]) for name, view in views.items()]
    model = _fit(columns, meanings, examples, tell)
    return Learnt(
        situations=tuple(str(one) for one in model.classes_),
        views=views,
        known=frozenset(form for text in texts for word in words(text) for form in (word, _stem.stemWord(word))),
        taught={plain: one.situation for one in examples if not one.also and (plain := _plain(one.text))},
        weights=np.ascontiguousarray(model.coef_.T, np.float32),
        bias=np.asarray(model.intercept_, np.float32),
        has_meaning=meanings is not None,
    )


def _fit(columns: list[Any], meanings: Floats | None, examples: Sequence[Example], tell: Tell) -> Any:
    # Loaded here because only the learning child needs it: 1 s and 80 MB that answering does not pay.
    from scipy.sparse import csr_matrix, hstack
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if meanings is not None:
        columns = [*columns, csr_matrix(meanings * MEANING_WEIGHT)]
    table = hstack(columns, format="csr", dtype=np.float32)
    double = [number for number, example in enumerate(examples) if example.also]
    rows = [*range(len(examples)), *double]
    labels = [example.situation for example in examples] + [examples[number].also for number in double]
    heed = [1 - ALSO if example.also else 1.0 for example in examples] + [ALSO] * len(double)
    model = LogisticRegression(C=STRENGTH, max_iter=STEPS, tol=1e-3, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # stopping early is meant: it also keeps it from over-fitting
        for number in range(ROUNDS):
            model.fit(table[rows], labels, sample_weight=heed)
            tell((number + 1) / ROUNDS)
    return model


def _view(name: str, questions: Sequence[Sequence[str]]) -> FeatureView:
    weight, least, most = VIEWS[name]
    spread = Counter(term for terms in questions for term in set(terms))
    chosen = sorted((term for term in spread if spread[term] >= least), key=lambda term: (-spread[term], term))[:most]
    total = len(questions)
    rarity = np.array([np.log((1 + total) / (1 + spread[term])) + 1 for term in chosen], np.float32)
    return FeatureView({term: place for place, term in enumerate(chosen)}, rarity, weight)


def _matrix(view: FeatureView, questions: Sequence[Sequence[str]]) -> Any:
    from scipy.sparse import csr_matrix

    rows = [view.row(terms) for terms in questions]
    ends = np.cumsum([0, *(len(at) for at, _ in rows)])
    return csr_matrix(
        (np.concatenate([value for _, value in rows]), np.concatenate([at for at, _ in rows]), ends),
        shape=(len(rows), len(view.places)),
    )


class Classifier:
    """Reads a question. Safe to call from any thread; about 8 ms with the sentence model, under 1 ms without."""

    def __init__(self, learnt: Learnt, lexicon: Lexicon, embed: Embed | None) -> None:
        self._learnt = learnt
        self._lexicon = lexicon
        self._embed = embed if learnt.has_meaning else None
        self._starts = np.cumsum([0, *(len(view.places) for view in learnt.views.values())])

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation with its share of likelihood, best first, and the words nobody has taught."""
        texts = [text[:MAX_QUESTION_CHARS] for text in texts]
        scores = np.stack([self._by_words(text) for text in texts])
        if self._embed is not None:
            scores += (self._embed(texts) * MEANING_WEIGHT) @ self._learnt.weights[self._starts[-1] :]
        return [self._reading(text, score) for text, score in zip(texts, scores, strict=True)]

    def _by_words(self, text: str) -> Floats:
        terms = _terms(text, self._lexicon)
        score = self._learnt.bias.copy()
        for start, (name, view) in zip(self._starts, self._learnt.views.items(), strict=False):
            at, value = view.row(terms[name])
            score += value @ self._learnt.weights[at + start]
        return score

    def _reading(self, text: str, score: Floats) -> Reading:
        shares = np.exp(score - score.max())
        shares /= shares.sum()
        taught = self._learnt.taught.get(_plain(text))
        if taught is not None:  # whoever adds a wording to the bank may count on it
            shares *= 1 - TAUGHT
            shares[self._learnt.situations.index(taught)] += TAUGHT
        order = np.argsort(-shares, kind="stable")
        ranked = tuple((self._learnt.situations[place], float(shares[place])) for place in order)
        return Reading(ranked, self._unknown(text))

    def _unknown(self, text: str) -> tuple[str, ...]:
        said = dict.fromkeys(_ANY_WORD.findall(text.lower()))
        return tuple(word for word in said if not self._is_known(word))

    def _is_known(self, word: str) -> bool:
        if _NUMBERED.fullmatch(word) or word in self._learnt.known or _stem.stemWord(word) in self._learnt.known:
            return True
        if not CERTAIN_LENGTH <= len(word) <= LONGEST_WORD:
            return False
        return not self._learnt.known.isdisjoint(one_slip_apart(word))


def _plain(text: str) -> str:
    return " ".join(words(text))


def fingerprint(examples: Sequence[Example], phrases: Mapping[str, Sequence[str]], *, has_meaning: bool) -> str:
    """The name under which what was learnt from exactly this is kept."""
    settings = [VERSION, VIEWS, STRENGTH, ROUNDS, STEPS, ALSO, float(MEANING_WEIGHT), has_meaning]
    taught = [[one.text, one.situation, one.also] for one in examples]
    everything = json.dumps([settings, taught, {key: list(value) for key, value in phrases.items()}])
    return hashlib.sha256(everything.encode()).hexdigest()[:24]


def save(learnt: Learnt, file: Path) -> None:
    """Keeps what was learnt as plain arrays; the file appears whole or not at all."""
    arrays = {f"{name}.terms": np.array("\n".join(view.places)) for name, view in learnt.views.items()}
    arrays |= {f"{name}.rarity": view.rarity for name, view in learnt.views.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        allow_pickle=False,
        situations=np.array("\n".join(learnt.situations)),
        known=np.array("\n".join(sorted(learnt.known))),
        taught=np.array("\n".join(learnt.taught)),
        taught_as=np.array("\n".join(learnt.taught.values())),
        weights=learnt.weights,
        bias=learnt.bias,
        has_meaning=np.array(learnt.has_meaning),
        **arrays,
    )
    part.replace(file)


def load(file: Path) -> Learnt:
    """What was learnt before; raises OSError or ValueError where the file is missing or broken."""
    with np.load(file, allow_pickle=False) as held:
        views = {
            name: FeatureView(
                {term: place for place, term in enumerate(_lines(held[f"{name}.terms"]))},
                held[f"{name}.rarity"],
                weight,
            )
            for name, (weight, _, _) in VIEWS.items()
        }
        return Learnt(
            situations=tuple(_lines(held["situations"])),
            views=views,
            known=frozenset(_lines(held["known"])),
            taught=dict(zip(_lines(held["taught"]), _lines(held["taught_as"]), strict=True)),
            weights=held["weights"],
            bias=held["bias"],
            has_meaning=bool(held["has_meaning"]),
        )


def _lines(held: NDArray[np.str_]) -> list[str]:
    return str(held).split("\n")
