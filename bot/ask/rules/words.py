"""How a question's words are read: tidied, stemmed, and replaced by the canonical words staff mean."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from bot.errors import BadInput

MAX_QUESTION_CHARS = 2_000  # characters read of a question; a page of A4 is about 3,000
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_APOSTROPHES = str.maketrans("’‘`´", "''''")


def tidy(text: str) -> str:
    """A question as one line of plain characters; raises BadInput when nothing is left of it.

    Control and invisible characters go, white space is folded, compatibility forms are unified.

    >>> tidy("  can I\\u200b use my\\tphone? ")
    'can I use my phone?'
    """
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    kept = "".join(" " if mark.isspace() else mark for mark in plain if mark.isspace() or _is_visible(mark))
    line = " ".join(kept.split())
    if not line:
        raise BadInput("I did not see a question there. What would you like to know?")
    return line


def _is_visible(mark: str) -> bool:
    return not unicodedata.category(mark).startswith("C")


def words(text: str) -> list[str]:
    """The words of a tidied question, small letters, in order.

    >>> words("Can't I use my PHONE, at lunch?")
    ["can't", 'i', 'use', 'my', 'phone', 'at', 'lunch']
    """
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases staff use, and the canonical words they stand for."""

    meanings: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int

    @classmethod
    def of(cls, phrases: Mapping[str, Iterable[str]]) -> Self:
        """A lexicon from canonical word -> phrases."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for meaning, said in phrases.items():
            for phrase in said:
                key = tuple(words(phrase))
                if key:
                    found[key] = (*found.get(key, ()), meaning)
        return cls(found, max(map(len, found), default=0))

    def read(self, said: Sequence[str]) -> list[str]:
        """The canonical words meant, each once, in alphabetical order.

        >>> Lexicon.of({"site": ["insta", "face book"], "own": ["my mobile"]}).read(words("insta on my mobile"))
        ['own', 'site']
        """
        meant: set[str] = set()
        for start in range(len(said)):
            for end in range(start + 1, min(start + self.longest, len(said)) + 1):
                meant.update(self.meanings.get(tuple(said[start:end]), ()))
        return sorted(meant)


def one_slip_apart(word: str) -> set[str]:
    """Every spelling one slip away from `word`: a letter left out, doubled up, swapped or mistyped.

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
