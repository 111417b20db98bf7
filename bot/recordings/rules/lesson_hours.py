"""Finds the hours of a lesson in a line: the plainest time wins, and all that are as plain must agree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from bot.school.rules.moved_lesson import is_from_old_to_new
from bot.school.rules.spoken_days import Match
from bot.school.rules.spoken_times import (
    AT_A_TIME,
    EXPLICIT,
    FROM_TO,
    SO_LONG,
    WEAK,
    Hours,
    bare_span,
    begin_at,
    certainty,
    end_after,
    is_without_half,
    plain_span,
)

_A_DECIMAL_DAY = re.compile(r"(?<![\w.])(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])(?![\w.])")
_A_LESSONS_NUMBER = re.compile(r"\blesson $", re.IGNORECASE)
_OLD_WORD = re.compile(r"(?:instead of|rather than|not|was|in place of) ?(?:at )?$", re.IGNORECASE)
_NOON, _TEA_TIME = time(12), time(16)


@dataclass(frozen=True, slots=True)
class LessonHours:
    """When a lesson begins and ends, and the words that leave it in doubt.

    `may_be_day` is a decimal that is no time, because a plainer one is said, and may be a date. `is_open` tells that
    the hour was said without am or pm.
    """

    begins: time | None = None
    ends: time | None = None
    unread: tuple[str, ...] = ()
    may_be_day: str = ""
    is_open: bool = False

    def in_part_of_day(self, part: str) -> "LessonHours":
        """The hours, if the day was said with a part of it, such as "tomorrow evening"."""
        if self.begins is None or not part:
            return self
        hours = self
        if self.is_open and part in ("evening", "night") and 5 <= self.begins.hour < 12:
            hours = self._moved(12)
        elif self.is_open and part in ("morning", "am") and self.begins.hour == 18:
            hours = self._moved(-12)
        return hours if _fits(hours.begins, part) else replace(self, unread=(*self.unread, part))

    def _moved(self, by: int) -> "LessonHours":
        begins, ends = (at and at.replace(hour=(at.hour + by) % 24) for at in (self.begins, self.ends))
        return replace(self, begins=begins, ends=ends if begins and ends and ends > begins else None)


def _fits(begins: time | None, part: str) -> bool:
    if begins is None:
        return True
    if part in ("morning", "am"):
        return begins <= _NOON
    return begins >= (_NOON if part in ("afternoon", "pm") else _TEA_TIME)


@dataclass(frozen=True, slots=True)
class _Candidate:
    match: Match
    hours: Hours
    certainty: int


def hours_in(text: str) -> tuple[LessonHours, str]:
    """When a lesson begins and ends, and the text in which line breaks stand for what says so."""
    candidates = [c for c in _candidates(text) if c.certainty or c.hours[1]]
    if not candidates:
        return LessonHours(), text
    highest = max(c.certainty for c in candidates)
    plainest = [c for c in candidates if c.certainty == highest]
    current = [c for c in plainest if not _OLD_WORD.search(text[: c.match.start()])] or plainest
    chosen = next((c for c in current if c.hours[1]), current[0])
    agreeing = [c for c in plainest if c.hours[0] == chosen.hours[0] and c.hours[1] in (None, chosen.hours[1])]
    others = tuple(c.match[0].strip() for c in current if c not in agreeing)
    unread = (chosen.match[0].strip(), *others) if others else _lessons_number(chosen, text)
    decimal = _A_DECIMAL_DAY.search(text) if highest == EXPLICIT else None
    is_within = decimal and any(c.match.start() <= decimal.start() < c.match.end() for c in agreeing)
    rest = _without(agreeing, text)
    rest = rest if others else _without_old(current, plainest, rest)
    (begins, ends), rest = _with_length(chosen.hours, rest)
    may_be_day = decimal[0] if decimal and not is_within else ""
    return LessonHours(begins, ends, unread, may_be_day, is_without_half(chosen.match)), rest


def _candidates(text: str) -> list[_Candidate]:
    """Everything that can be a time, in the order of the text, the spans first."""
    spans = []
    for match in FROM_TO.finditer(text):
        hours = plain_span(match) or bare_span(match)
        if hours and hours[1] and is_from_old_to_new(match, text):
            hours = (hours[1], None)
        if hours:
            spans.append(_Candidate(match, hours, certainty(match) or (0 if hours[1] else EXPLICIT)))
    taken = [(c.match.start(), c.match.end()) for c in spans]
    singles = []
    for match in AT_A_TIME.finditer(text):
        is_free = all(match.end() <= start or match.start() >= end for start, end in taken)
        hours = begin_at(match) if is_free else None
        if hours:
            singles.append(_Candidate(match, hours, certainty(match)))
    return [*spans, *singles]


def _lessons_number(chosen: _Candidate, text: str) -> tuple[str, ...]:
    """ "lesson 3.10" may be a number and an hour; "lesson 10.30" is an hour of the school day."""
    is_afternoon = chosen.hours[0] > _NOON
    if chosen.certainty == WEAK and is_afternoon and _A_LESSONS_NUMBER.search(text[: chosen.match.start()]):
        return (chosen.match[0].strip(),)
    return ()


def _without(candidates: Sequence[_Candidate], text: str) -> str:
    for candidate in sorted(candidates, key=lambda c: -c.match.start()):
        text = f"{text[: candidate.match.start()]}\n{text[candidate.match.end() :]}"
    return text


def _without_old(current: Sequence[_Candidate], plainest: Sequence[_Candidate], text: str) -> str:
    """The text without the hour at which a lesson was before, and the words that say so."""
    for candidate in plainest:
        if candidate not in current:
            words = re.escape(candidate.match[0].strip())
            text = re.sub(rf"\b(?:instead of|rather than|not|was|in place of) ?(?:at )?{words}", "\n", text, count=1)
    return text


def _with_length(hours: Hours, text: str) -> tuple[Hours, str]:
    begins, ends = hours
    if ends is not None:
        return hours, text
    for match in SO_LONG.finditer(text):
        if (end := end_after(begins, match)) is not None:
            return (begins, end), f"{text[: match.start()]}\n{text[match.end() :]}"
    return hours, text
