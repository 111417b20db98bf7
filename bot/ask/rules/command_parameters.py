"""Finds what a line says of the command it asks for: who, until when, which day, time and lesson, which words.

A few patterns for each kind, and nothing is said where none fits. Values are the words as they stand in the line.
The command that uses them reads them, shows what was understood, and waits for a press.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from bot.ask.rules.parameter_patterns import (
    A_LATER_DAY,
    A_ROUGH_DAY,
    A_ROUGH_TIME,
    LESSON,
    NOTICE,
    PERSON,
    QUERY,
    SECTION,
    TITLED,
    UNTIL,
)
from bot.school.rules.moved_lesson import new_time, newest
from bot.school.rules.spoken_days import A_DAY
from bot.school.rules.spoken_times import AT_A_TIME, FROM_TO, bare_span, begin_at, plain_span

ANY_LESSON = frozenset(("lesson", "recording", "video", "film", "notice"))  # none of them says which one
MAX_LINE_CHARS = 600  # what is read of a line

_KEYS: Mapping[str, tuple[str, ...]] = {
    "read-section": ("section",),
    "read-topic": ("query",),
    "pause": ("person", "until"),
    "paper": ("person", "day"),
    "correct": ("person",),
    "extend": ("until",),
    "campaign": ("until",),
    "notice": ("lesson", "day", "time"),
    "lesson-off": ("lesson",),
    "lesson-moved": ("lesson", "day", "time"),
    "lesson-gone": ("lesson",),
    "lesson-status": ("lesson",),
    "lesson-still-there": ("lesson",),
}


def parameters(name: str, line: str) -> dict[str, str]:
    """What a line says of a command, by key; only keys that the command's form can show, and only what was found.

    >>> parameters("pause", "pause Mrs Khan until 5 jan")
    {'person': 'Mrs Khan', 'until': '5 jan'}
    >>> parameters("left", "who hasn't signed yet?")
    {}
    """
    text = " ".join(line[:MAX_LINE_CHARS].split())
    words_by_key = {key: _READ[key](name, text) for key in _KEYS.get(name, ())}
    return {key: words for key, words in words_by_key.items() if words}


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str:
    matches = (match for pattern in patterns if (match := pattern.search(text)))
    return next((match["words"].strip(" ,.;:!?'\"") for match in matches), "")


def _person(name: str, text: str) -> str:
    titled = TITLED.search(text)
    called = titled[0] if titled else _first(PERSON[name], text)
    return re.sub(r"['’]s$", "", called)


def _until(name: str, text: str) -> str:
    """Up to when; if everybody gets longer, any day that is said says it."""
    return _first(UNTIL, text) or (_first(A_LATER_DAY, text) if name == "extend" else "")


def _day(name: str, text: str) -> str:
    """The first day that is said, as long as it goes; of a lesson that moved, the new one.

    A notice is for one day: if several are said, all of them are given, so that the form asks.
    """
    days = _days(text)
    if name == "notice" and len(days) > 1:
        return text[days[0].start() : days[-1].end()].strip()
    day = newest(days, text) if name == "lesson-moved" else next(iter(days), None)
    return day[0].strip() if day else ""


def _days(text: str) -> list[re.Match[str]]:
    """The days that are said, in their order, each as long as it goes."""
    matches = [*A_DAY.finditer(text), *A_ROUGH_DAY.finditer(text)]
    days: list[re.Match[str]] = []
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if not days or match.start() >= days[-1].end():
            days.append(match)
    return days


def _time(name: str, text: str) -> str:
    if name == "lesson-moved" and (moved_to := new_time(text)):
        return moved_to.strip()
    spans = [match[0] for match in FROM_TO.finditer(text) if plain_span(match) or bare_span(match)]
    times = [match["begins"] for match in AT_A_TIME.finditer(text) if begin_at(match)]
    rough = [match[0] for match in A_ROUGH_TIME.finditer(text)]
    return next(iter(spans + times + rough), "").strip()


def _lesson(name: str, text: str) -> str:
    lesson = _first(NOTICE if name == "notice" else LESSON, text)
    return "" if lesson.lower() in ANY_LESSON else lesson


def _section(name: str, text: str) -> str:
    return _first(SECTION, text)


def _query(name: str, text: str) -> str:
    return _first(QUERY, text)


_READ: Mapping[str, Callable[[str, str], str]] = {
    "person": _person,
    "until": _until,
    "day": _day,
    "time": _time,
    "lesson": _lesson,
    "section": _section,
    "query": _query,
}
