"""Finds which lessons somebody means by a few words of their name."""

import re
from collections.abc import Iterable

from bot.recordings.rules.recording import Recording

_YEAR = re.compile(r"\b(?:year|yr) ?(\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
WORDS_OF_ANY_LESSON = frozenset(
    (
        "lesson",
        "lessons",
        "the",
        "with",
        "and",
        "for",
        "class",
        "recording",
        "recorded",
        "video",
        "one",
        "my",
        "live",
        "has",
    )
)
MIN_WORD_CHARS = 2


def lessons_meant(words: str, recordings: Iterable[Recording]) -> tuple[Recording, ...]:
    """The recordings whose lesson shares most words with these; empty if none shares any.

    >>> from datetime import datetime
    >>> from bot.recordings.rules.lesson import Lesson
    >>> at = datetime(2026, 9, 8, 10)
    >>> lessons = [Recording(Lesson("", "", name, at, at, 21)) for name in ("Year 4 maths", "Year 4 English")]
    >>> [recording.lesson.label for recording in lessons_meant("is the y4 english one gone?", lessons)]
    ['Year 4 English']
    """
    wanted = _words(words)
    shared = [(len(wanted & _words(recording.lesson.label)), recording) for recording in recordings]
    most = max((number for number, _ in shared), default=0)
    return tuple(recording for number, recording in shared if number == most) if most else ()


def _words(text: str) -> set[str]:
    words = _WORD.findall(_YEAR.sub(r"y\1", text.lower()))
    return {re.sub(r"['’]s$", "", word) for word in words if len(word) >= MIN_WORD_CHARS} - WORDS_OF_ANY_LESSON
