"""Reads a question's words: tidies them, and finds the canonical words that staff mean by their phrases."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from bot.errors import BadInput
from bot.outside import is_blank

MAX_QUESTION_CHARS = 2_000  # read of a question; a page of A4 has about 3,000
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_APOSTROPHES = str.maketrans("’‘`´", "''''")


def tidy(text: str) -> str:
    """A question as one line of plain characters; raises BadInput if nothing is left of it.

    Removes control and invisible characters, makes runs of white space one space, and normalises to NFKC.

    >>> tidy("  can I\\u200b use my\\tphone? ")
    'can I use my phone?'
    """
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    visible = "".join(" " if char.isspace() else char for char in plain if char.isspace() or _is_visible(char))
    line = " ".join(visible.split())
    if is_blank(line):
        raise BadInput("I did not see a question there. What would you like to know?")
    return line


def _is_visible(char: str) -> bool:
    return not unicodedata.category(char).startswith("C")


def words(text: str) -> list[str]:
    """The words of a tidied question in lower case, in order.

    >>> words("Can't I use my PHONE, at lunch?")
    ["can't", 'i', 'use', 'my', 'phone', 'at', 'lunch']
    """
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases staff use, and the canonical words they mean.

    `meanings` maps a phrase, as words, to its canonical words; `max_words` is the length of the longest phrase.
    """

    meanings: Mapping[tuple[str, ...], tuple[str, ...]]
    max_words: int

    @classmethod
    def of(cls, phrases: Mapping[str, Iterable[str]]) -> Self:
        """A lexicon from a mapping of canonical word -> phrases."""
        meanings: dict[tuple[str, ...], tuple[str, ...]] = {}
        for canonical, phrases_for_it in phrases.items():
            for phrase in phrases_for_it:
                key = tuple(words(phrase))
                if key:
                    meanings[key] = (*meanings.get(key, ()), canonical)
        return cls(meanings, max(map(len, meanings), default=0))

    def read(self, question: Sequence[str]) -> list[str]:
        """The canonical words that a question, given as words, means: each once, in alphabetical order.

        >>> Lexicon.of({"site": ["insta", "face book"], "own": ["my mobile"]}).read(words("insta on my mobile"))
        ['own', 'site']
        """
        canonical: set[str] = set()
        for start in range(len(question)):
            for end in range(start + 1, min(start + self.max_words, len(question)) + 1):
                canonical.update(self.meanings.get(tuple(question[start:end]), ()))
        return sorted(canonical)


def one_slip_apart(word: str) -> set[str]:
    """Every spelling one typing slip away from `word`: a letter left out, added, mistyped, or swapped with the next.

    >>> "lunch" in one_slip_apart("lunhc"), "phone" in one_slip_apart("phon")
    (True, True)
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    halves = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    left_out = {a + b[1:] for a, b in halves if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    mistyped = {a + c + b[1:] for a, b in halves if b for c in letters}
    added = {a + c + b for a, b in halves for c in letters}
    return left_out | swapped | mistyped | added
