"""Finds what a lesson is called, and when it is, in words as a teacher types them.

What is understood is cut out and leaves a line break; what remains in the end is what the lesson is called.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import TypeVar

from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.school.rules.spoken_days import (
    A_DAY,
    A_WEEKDAY,
    DAY,
    ENDS,
    WEEKDAY,
    Match,
    first,
    longest_first,
    meant_day,
    pattern,
    weekday_number,
)
from bot.school.rules.spoken_times import AT_A_TIME, FROM_TO, SO_LONG, Hours, bare_span, begin_at, end_after, plain_span

T = TypeVar("T")

_A_NUMBERED_NAME = pattern(
    r"\b(?:(?:years?|yrs?|y|ages?|aged|units?|chapters?|pages?|lessons|groups) ?\d{1,3}[a-z]?"
    r"(?:(?:[/–-]| to )\d\d?(?!\w))*|(?:class|room|period|group|set) ?\d\d?[a-z]?(?:/\d\d?[a-z]?|(?= [–-] )))"
    r"(?!\w|[.:]\d)"
)
_A_LAST_DAY = pattern(rf"\b(?:until|till?|up to|ending|(?P<to>to)) (?:on )?{DAY}")
_EVERY_WEEK = pattern(
    rf"\b(?:(?:weekly|(?:every|each) week)(?: on)?(?: {WEEKDAY}s?)?|(?:every|each) {WEEKDAY}"
    rf"|(?:mon|tues|wednes|thurs|fri|satur|sun)days|{WEEKDAY} (?:morning|afternoon)s)"
    rf"(?: (?:morning|afternoon))?{ENDS}"
)
_DANGLES = pattern(
    "(?:on|at|from|for|in|the|this|next|and|by|of|every|each|between|until|till|starting|please|pls|thanks)?"
)
_HIDDEN = {ord("0") + digit: 0xE000 + digit for digit in range(10)}  # the digits of "Year 4" are no day and no time
_SHOWN = {hidden: digit for digit, hidden in _HIDDEN.items()}


def parse_lesson(text: str, now: datetime) -> ParsedLesson:
    """What a lesson is called and when it is. Never raises; what is not understood stays in the label, as typed.

    `now` carries London's zone. Days are read the British way: 5/10 is 5 October, and a date without a year is to
    come. "next Friday" is the one of the next calendar week, "a week on Friday" the one after the coming Friday. A
    weekday that is today's is today, unless its time has passed. Without am or pm, 1 to 6 is in the afternoon, and 7 to
    12 is not.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> parsed = parse_lesson("Year 4 maths next Friday 10-11am", monday)
    >>> parsed.label, f"{parsed.day} {parsed.begins}-{parsed.ends}"
    ('Year 4 maths', '2026-09-18 10:00:00-11:00:00')
    """
    rest = _A_NUMBERED_NAME.sub(lambda match: match[0].translate(_HIDDEN), " ".join(text.split()))
    (is_weekly, weekday), rest = _cut_series(rest)
    (begins, ends), rest = _cut_hours(rest)
    until, rest = _cut_last_day(rest, now, is_weekly=is_weekly)
    has_passed = begins is not None and begins <= now.time()
    candidates = longest_first(A_DAY, rest)
    day, rest = _cut(candidates, lambda match: meant_day(match, now, weekday, has_passed=has_passed), rest)
    if weekday is not None:
        day = first(weekday, day or now.date())
    return ParsedLesson(_label(rest).translate(_SHOWN), day, begins, ends, is_weekly, until)


def _cut(matches: Iterable[Match], read: Callable[[Match], T | None], text: str) -> tuple[T | None, str]:
    """The meaning of the first match that can be read, and the text without it."""
    for match in matches:
        if (meaning := read(match)) is not None:
            return meaning, f"{text[: match.start()]}\n{text[match.end() :]}"
    return None, text


def _label(rest: str) -> str:
    """What remains, without the little words that belonged to what was cut out."""
    words = [word for piece in rest.split("\n") for word in _without_tail(piece.strip(" ,;").split())]
    words = _without_tail(words[::-1])[::-1]
    return " ".join(words).strip(" ,.;:–—-")


def _without_tail(words: list[str]) -> list[str]:
    last = len(words)
    while last and _DANGLES.fullmatch(words[last - 1].strip(",.;:–—-@()!")):
        last -= 1
    return words[:last]


def _cut_series(text: str) -> tuple[tuple[bool, int | None], str]:
    """Whether it is every week, and on which weekday."""
    match, rest = _cut(_EVERY_WEEK.finditer(text), lambda match: match, text)
    weekday = A_WEEKDAY.search(match[0]) if match else None
    return (match is not None, weekday_number(weekday[0]) if weekday else None), rest


def _cut_last_day(text: str, now: datetime, *, is_weekly: bool) -> tuple[date | None, str]:
    matches = (match for match in longest_first(_A_LAST_DAY, text) if is_weekly or not match["to"])
    return _cut(matches, lambda match: meant_day(match, now), text)


def _cut_hours(text: str) -> tuple[tuple[time | None, time | None], str]:
    """When it begins and ends; two bare numbers count as hours only if nothing plainer was said."""
    for regex, read in ((FROM_TO, plain_span), (AT_A_TIME, begin_at), (FROM_TO, bare_span)):
        hours, rest = _cut(regex.finditer(text), read, text)
        if hours is not None:
            return _with_length(hours, rest)
    return (None, None), text


def _with_length(hours: Hours, text: str) -> tuple[Hours, str]:
    begins, ends = hours
    if ends is None:
        ends, text = _cut(SO_LONG.finditer(text), lambda match: end_after(begins, match), text)
    return (begins, ends), text
