"""How likely each clause of a policy is to rule on each situation, by what was learnt from the bank of questions.

A clause is compared with a situation in five ways: read as if it were a question, by the bank's questions on the
situation, by the situation's description in the published and in the taught encoder, and by their words.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from bot.ask.encoder import Floats, SentenceEncoder, unit
from bot.ask.neighbours import Neighbours
from bot.ask.recogniser import Meaning
from bot.ask.rules.clause_search import ClauseIndex, Stem, content_words
from bot.ask.rules.imported_clauses import ImportedClause
from bot.ask.rules.rulings import Situation
from bot.ask.rules.words import Lexicon, words
from bot.ask.training import Learnt, TrainingData, open_encoder
from bot.ask.tuning import from_bytes
from bot.ask.word_classifier import WordClassifier
from bot.errors import WeightsError
from bot.school.rules.documents import Clause

NEAREST_QUESTIONS = 8  # of a situation's, whose similarity counts
MIN_SHARE = 1e-4  # of likelihood; below it there is nothing to tell apart
MEANING_WEIGHT = 0.4  # of a canonical word beside a stem, as in the search of clauses
TO_READER = "Proposals need the sentence model and what it has learnt: run `make setup`."
# Learnt from Slyne-with-Hest's own rulings (docs/decisions/16-own-policy.md). `best` compares
# a clause with the best clause for the situation, `likeliest` with the likeliest situation for the clause.
WEIGHTS: Mapping[str, float] = {
    "read": -0.536,
    "questions": 1.607,
    "description": 0.312,
    "words": 2.412,
    "taught description": 0.702,
    "read, likeliest": 0.906,
    "questions, likeliest": -0.751,
    "description, best": 8.344,
    "words, best": -0.675,
    "taught description, best": 4.123,
}
BIAS = -2.714
_SENTENCES = re.compile(r"(?<=[.;])\s+")
_NOT_HERE = re.compile(r"\bNot:.*", re.DOTALL)


class ClauseSimilarity:
    """Compares clauses with situations. Loading takes two seconds, a hundred clauses ten."""

    def __init__(self, data: TrainingData, learnt: Learnt, stem: Stem) -> None:
        if data.weights is None or data.tuned is None:
            raise WeightsError(TO_READER)
        self._lexicon, self._stem, self._tuned = Lexicon.of(data.phrases), stem, data.tuned
        self._published = SentenceEncoder(data.weights)
        self._taught = open_encoder(data.weights, data.tuned)
        self._words = WordClassifier(learnt.words, self._lexicon)
        self._questions, self._about = from_bytes(learnt.vectors), learnt.about[:, 0]
        self._column = {label: number for number, label in enumerate(learnt.words.labels)}
        neighbours = Neighbours(self._questions, learnt.about, len(learnt.words.labels))
        self._meaning = Meaning(self._taught, neighbours, data.tuned, learnt.words.labels)

    def scores(self, clauses: Sequence[ImportedClause], situations: Sequence[Situation], beside: int = 0) -> Floats:
        """The scores from 0 to 1: a row for each clause and a column for each situation.

        The last `beside` situations are compared with all; the others as if those were not there.
        """
        comparisons = self.comparisons(clauses, situations, beside)
        total = sum(WEIGHTS[name] * comparisons[name] for name in WEIGHTS) + BIAS
        return np.asarray(1 / (1 + np.exp(-total)), np.float32)

    def names(self, headings: Sequence[str], situations: Sequence[Situation]) -> Floats:
        """How near each heading comes to each situation's name, from -1 to 1: a row for each heading."""
        named = [situation.label for situation in situations]
        asked = [situation.asks for situation in situations]
        vectors = self._projected(list(headings))
        return np.asarray(np.mean([vectors @ self._projected(texts).T for texts in (named, asked)], axis=0), np.float32)

    def _projected(self, texts: Sequence[str]) -> Floats:
        return self._tuned.projected(self._taught.vectors(texts))

    def knows(self, situation: str) -> bool:
        """Whether the bank has questions on a situation."""
        return situation in self._column

    def comparisons(
        self, clauses: Sequence[ImportedClause], situations: Sequence[Situation], beside: int = 0
    ) -> dict[str, Floats]:
        """Every comparison by its name, in rows and columns as the scores."""
        wordings = [_wordings(clause) for clause in clauses]
        texts = [text for of_clause in wordings for text in of_clause]
        first_rows = np.cumsum([0, *(len(of_clause) for of_clause in wordings[:-1])])
        means = self._taught.vectors(texts)
        described = [f"{situation.asks}. {_NOT_HERE.sub('', situation.about)}" for situation in situations]
        whole = [of_clause[0] for of_clause in wordings]
        taught = self._tuned.projected(means) @ self._tuned.projected(self._taught.vectors(described)).T
        found = {
            "read": np.maximum.reduceat(self._read(texts, means, situations), first_rows),
            "questions": np.maximum.reduceat(self._near_questions(means, situations), first_rows),
            "description": unit(self._published.vectors(whole)) @ unit(self._published.vectors(described)).T,
            "words": self._shared_words(clauses, whole, described),
            "taught description": np.maximum.reduceat(taught, first_rows),
        }
        best = {f"{name}, best": shares - shares.max(axis=0, keepdims=True) for name, shares in found.items()}
        likeliest = {f"{name}, likeliest": _below_likeliest(shares, beside) for name, shares in found.items()}
        return {**found, **best, **likeliest}

    def _read(self, texts: Sequence[str], means: Floats, situations: Sequence[Situation]) -> Floats:
        """The logarithm of what the recogniser would give each situation if a text were a question."""
        shares = np.mean([self._words.shares(texts), *self._meaning.shares(means)], axis=0)
        return np.asarray(np.log(shares[:, [self._column[s.id] for s in situations]] + MIN_SHARE), np.float32)

    def _near_questions(self, means: Floats, situations: Sequence[Situation]) -> Floats:
        similar = self._tuned.projected(means) @ self._questions.T
        return np.stack([_nearest(similar[:, self._about == self._column[s.id]]) for s in situations], axis=1)

    def _shared_words(
        self, clauses: Sequence[ImportedClause], texts: Sequence[str], described: Sequence[str]
    ) -> Floats:
        """How well the words of each text match each description; 1 for the best of a description."""
        searched = (
            Clause(str(number), "", clause.ref, clause.heading, text, frozenset())
            for number, (clause, text) in enumerate(zip(clauses, texts, strict=True))
        )
        index = ClauseIndex.of(searched, self._lexicon, self._stem)
        term_scores = index.term_scores()
        columns = [_word_scores(term_scores, self._weights(description)) for description in described]
        return np.array(columns, np.float32).T

    def _weights(self, description: str) -> dict[str, float]:
        meanings = dict.fromkeys(self._lexicon.read(words(description)), MEANING_WEIGHT)
        return {**meanings, **{self._stem(word): 1.0 for word in content_words(description)}}


def _wordings(clause: ImportedClause) -> list[str]:
    """The ways a clause is read, the first of them whole: with its heading, without its list, and each sentence."""
    whole, text = clause.whole_text, " ".join(clause.text.split())
    sentences = [sentence for sentence in _SENTENCES.split(text) if len(sentence.split()) > 3]
    return list(dict.fromkeys([whole, f"{clause.heading}: {whole}", text, *sentences]))


def _below_likeliest(shares: Floats, beside: int) -> Floats:
    """How far each share is below its row's greatest; for all but the last columns, the greatest without those."""
    own = shares.shape[1] - beside
    first = shares[:, :own] - shares[:, :own].max(axis=1, keepdims=True)
    return np.concatenate([first, shares[:, own:] - shares.max(axis=1, keepdims=True)], axis=1)


def _nearest(similar: Floats) -> Floats:
    """For each row the mean of its greatest similarities."""
    count = min(NEAREST_QUESTIONS, similar.shape[1])
    return np.asarray(np.partition(similar, -count, axis=1)[:, -count:].mean(axis=1), np.float32)


def _word_scores(term_scores: Sequence[Mapping[str, float]], weights: Mapping[str, float]) -> list[float]:
    scores = [sum(weight * of_clause.get(term, 0.0) for term, weight in weights.items()) for of_clause in term_scores]
    best = max(scores, default=0.0)
    return [score / best if best else 0.0 for score in scores]
