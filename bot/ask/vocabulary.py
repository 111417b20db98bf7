"""Which words the bank knows, and which questions it has word for word."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import snowballstemmer

from bot.ask.rules.bank import Example
from bot.ask.rules.words import MAX_QUESTION_CHARS, one_slip_apart, words

MIN_SLIP_LENGTH = 4  # letters; in a shorter unknown word a slip cannot be told from a new word
MAX_SLIP_LENGTH = 20  # letters; a longer unknown word is not a slip of a known one
_WORD_IN_ANY_SCRIPT = re.compile(r"[^\W_]+(?:'[^\W_]+)?")  # `words` reads Latin letters only
_WORD_WITH_NUMBER = re.compile(r"(?:y|yr|year|ks|key|room|p|v|g)?\d{1,6}(?:st|nd|rd|th|am|pm|s|a|b|c|d|m|gb|mb)?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`forms` are the bank's words and their stems; `questions` maps a question's plain words to what it is about."""

    forms: frozenset[str]
    questions: Mapping[str, str]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Self:
        """The vocabulary of a bank. A question that names a second situation is not certain, so it is left out."""
        texts = [example.text[:MAX_QUESTION_CHARS] for example in examples]
        forms = frozenset(form for text in texts for word in words(text) for form in (word, stem(word)))
        questions = {plain(example.text): example.situation for example in examples if not example.also}
        return cls(forms, {question: about for question, about in questions.items() if question})

    def with_own(self, wordings: Mapping[str, Sequence[str]]) -> Self:
        """The same with the wordings of situations that only one school has."""
        own = {plain(text): id for id, texts in wordings.items() for text in texts}
        forms = frozenset(form for text in own for word in text.split() for form in (word, stem(word)))
        return replace(self, forms=self.forms | forms, questions={**self.questions, **own})

    def unknown_words(self, text: str) -> tuple[str, ...]:
        """The words of a question that the bank lacks; a slip of the pen in one that it has does not count."""
        distinct = dict.fromkeys(_WORD_IN_ANY_SCRIPT.findall(text.lower()))
        return tuple(word for word in distinct if not self._is_known(word))

    def _is_known(self, word: str) -> bool:
        if _WORD_WITH_NUMBER.fullmatch(word) or word in self.forms or stem(word) in self.forms:
            return True
        if not MIN_SLIP_LENGTH <= len(word) <= MAX_SLIP_LENGTH:
            return False
        return not self.forms.isdisjoint(one_slip_apart(word))


@lru_cache(100_000)  # the stemmer is slow, and most words come again
def stem(word: str) -> str:
    """The stem of an English word. Each call has a stemmer of its own, because one cannot be shared by threads."""
    return str(snowballstemmer.stemmer("english").stemWord(word))


def stems(question_words: Iterable[str]) -> list[str]:
    """The stems of words, in order."""
    return [stem(word) for word in question_words]


def plain(text: str) -> str:
    """A question's words without capitals and punctuation, to compare it with the bank's."""
    return " ".join(words(text))
