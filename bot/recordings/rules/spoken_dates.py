"""Finds what a lesson is called, and when it is, in words as a teacher types them.

What is understood is cut out and leaves a line break; what remains in the end is what the lesson is called. Every word
that can change the day or the hour is either used by the reading or given back as unread: then the form asks.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from bot.recordings.rules.lesson_hours import hours_in
from bot.recordings.rules.numbered_names import hide_numbers_of_names, show_numbers
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.school.rules.spoken_days import (
    A_DAY,
    A_WEEKDAY,
    DAY,
    ENDS,
    MAX_CANDIDATES,
    WEEKDAY,
    Match,
    MeantDay,
    first,
    longest_first,
    meant_day,
    pattern,
    weekday_number,
)
from bot.school.rules.unread_words import other_weekdays, rough_times, unread_words

T = TypeVar("T")

EARLIEST = time(6)
MAX_READ_CHARS = 600  # of a line that is longer the rest goes into the name, unread
_A_LAST_DAY = pattern(rf"\b(?:until|till?|up to|ending|(?P<to>to)) (?:on )?{DAY}")
_EVERY_WEEK = pattern(
    rf"\b(?:(?:weekly|(?:every|each) week)(?: on)?(?: {WEEKDAY}s?)?|(?:every|each) {WEEKDAY}"
    rf"|(?:mon|tues|wednes|thurs|fri|satur|sun)days|{WEEKDAY} (?:morning|afternoon)s)"
    rf"(?: (?:morning|afternoon))?{ENDS}"
)
_WEEK_OF = pattern(
    r"\b(?:w/?[cb]\b\.?|(?:weeks?|wks?) ?/?(?:commencing|comm?\b|beginning|beg\b|starting|of\b)\.?)(?: on| the)*"
    rf"[ :]*{DAY}"
)
_OLD_DAY = pattern(
    rf"(?:\b(?:is |has |was |been |now )*(?:moved|moving|shifted|changed|swapped|switched|rescheduled)\b ?)?"
    rf"\b(?:from|instead of|rather than|not|was|in place of)(?: (?:on|the|this))* {DAY}[ ,]*(?:but|to|now)?(?: on\b)?"
)
_MOVED = pattern(r"\b(?:mov|shift|chang|swap|switch|reschedul)\w*")
_ISO_TIME = re.compile(r"(?<=\d{4}-\d\d-\d\d)T(?=\d\d:\d\d)")  # as computers write a moment: 2026-09-10T11:00
_DANGLES = pattern(
    "(?:on|at|from|for|in|the|this|next|and|by|of|every|each|between|until|till|starting|please|pls|thanks|to|moved|moving|rescheduled)?"
)


@dataclass(frozen=True, slots=True)
class _Day:
    """The day of a line, and the words of it that leave it in doubt."""

    day: date | None = None
    unread: tuple[str, ...] = ()
    part: str = ""
    is_weekday: bool = False  # nothing but a weekday says it


def parse_lesson(text: str, now: datetime) -> ParsedLesson:
    """What a lesson is called and when it is. Never raises; what is not understood stays in the label, as typed.

    `now` carries London's zone. Days are read the British way: 5/10 is 5 October, and a date without a year is to
    come. "next Friday" is the one of the next calendar week, "a week on Friday" the one after the coming Friday. A
    weekday that is today's is today, unless its time has passed. Without am or pm, 1 to 6 is in the afternoon, and 7 to
    12 is not. All days of a line must be the same day, and all plain times the same time.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> parsed = parse_lesson("White Rose 3.10 next Monday 10-11am", monday)
    >>> parsed.label, f"{parsed.day} {parsed.begins}-{parsed.ends}", parsed.unread
    ('White Rose 3.10', '2026-09-14 10:00:00-11:00:00', ())
    >>> parse_lesson("Year 4 maths Tuesday or Thursday 10am", monday).unread
    ('Thursday', 'Tuesday', 'or')
    """
    line = _ISO_TIME.sub(" ", " ".join(text.split()))
    rest = hide_numbers_of_names(line[:MAX_READ_CHARS])
    (is_weekly, weekday), rest = _cut_series(rest)
    rest = _without_old_day(rest, now, is_weekly=is_weekly)
    hours, rest = hours_in(rest)
    last, rest = _cut_last_day(rest, now, is_weekly=is_weekly)
    has_passed = hours.begins is not None and hours.begins <= now.time()
    of_week, rest = _cut_day_of_week(rest, now) if weekday is None else (None, rest)
    said, rest = (of_week, rest) if of_week else _cut_days(rest, now, weekday, has_passed=has_passed)
    day = said.day
    if weekday is not None:
        day = first(weekday, day or now.date())
    elif day is None and hours.may_be_day:
        day, rest = _decimal_day(hours.may_be_day, rest, now)
    hours = hours.in_part_of_day(said.part)
    doubts = (*unread_words(rest), *rough_times(rest, hours.begins))
    doubts += other_weekdays(rest) if said.is_weekday or weekday is not None else ()
    unread = (*said.unread, *last.unread, *hours.unread, *doubts, *_hour_of_the_night(hours.begins))
    label = show_numbers(_label(rest)) + line[MAX_READ_CHARS:]
    shown = tuple(dict.fromkeys(show_numbers(" ".join(words.split())) for words in unread))
    return ParsedLesson(label, day, hours.begins, hours.ends, is_weekly, last.day, shown)


def _cut(matches: Iterable[Match], read: Callable[[Match], T | None], text: str) -> tuple[T | None, str]:
    """The meaning of the first match that can be read, and the text without it."""
    for match in matches:
        if (meaning := read(match)) is not None:
            return meaning, f"{text[: match.start()]}\n{text[match.end() :]}"
    return None, text


def _cut_days(text: str, now: datetime, weekday: int | None, *, has_passed: bool) -> tuple[_Day, str]:
    """The day that all days in the text agree on, and the text without them; of several the longest is taken.

    Another weekday than that of a series is left alone: one notice is for one weekday.
    """
    matches = [m for m in A_DAY.finditer(text) if not _is_of_another_series(m, weekday)][:MAX_CANDIDATES]
    meanings = [(match, meant_day(match, now, has_passed=has_passed)) for match in matches]
    read = [(match, meaning) for match, meaning in meanings if meaning]
    no_days = tuple(match[0] for match, meaning in meanings if not meaning)
    if not read:
        return _Day(unread=no_days), text
    chosen, meant = max(read, key=lambda pair: (pair[1].weekday is None, len(pair[0][0])))
    agreeing = [match for match, meaning in read if _agree(meaning, meant)]
    others = tuple(match[0] for match, meaning in read if not _agree(meaning, meant))
    doubtful = (chosen[0],) if meant.is_doubtful else ()
    unread = (*((chosen[0], *others) if others else doubtful), *no_days)
    part = " ".join(_part(match) for match in agreeing)
    return _Day(meant.day, tuple(dict.fromkeys(unread)), part.strip(), meant.weekday is not None), _without(
        agreeing, text
    )


def _cut_day_of_week(text: str, now: datetime) -> tuple[_Day | None, str]:
    """The day in "Tuesday, week beginning 14 September"; None unless one weekday and one Monday are said."""
    weeks = list(_WEEK_OF.finditer(text))
    meaning = meant_day(weeks[0], now) if len(weeks) == 1 else None
    if meaning is None or meaning.is_doubtful or meaning.day.weekday() != 0:
        return None, text
    rest = _without(weeks, text)
    days = list(A_DAY.finditer(rest))
    if len(days) != 1 or not days[0]["weekday"] or days[0]["lead"] or days[0]["tail"]:
        return None, text
    number = weekday_number(days[0]["weekday"])
    return _Day(meaning.day + timedelta(days=number), part=_part(days[0])), _without(days, rest)


def _is_of_another_series(match: Match, weekday: int | None) -> bool:
    return weekday is not None and bool(match["weekday"]) and weekday_number(match["weekday"]) != weekday


def _agree(day: MeantDay, other: MeantDay) -> bool:
    """Whether two days of a line are the same; a plain weekday agrees with every day on that weekday."""
    if day.weekday is not None and other.day.weekday() == day.weekday:
        return True
    return day.day == other.day


def _part(match: Match) -> str:
    near = (match["near"] or "").lower()
    of_near = next((part for part in ("morning", "afternoon", "evening") if part in near), "")
    return (match["part"] or of_near or ("evening" if near == "tonight" else "")).lower()


def _without(matches: Sequence[Match], text: str) -> str:
    for match in sorted(matches, key=lambda match: -match.start()):
        text = f"{text[: match.start()]}\n{text[match.end() :]}"
    return text


def _without_old_day(text: str, now: datetime, *, is_weekly: bool) -> str:
    """The text without the day on which a lesson was before it moved, if another day is said as well."""
    if is_weekly or len(list(A_DAY.finditer(text))) != 2:
        return text
    for match in _OLD_DAY.finditer(text):
        says_from = "from" in match[0].lower().split()
        if meant_day(match, now) and (not says_from or _MOVED.search(text)):
            return f"{text[: match.start()]}\n{text[match.end() :]}"
    return text


def _decimal_day(decimal: str, text: str, now: datetime) -> tuple[date | None, str]:
    """The day that "12.10" is beside a plain time and no other day."""
    match = A_DAY.fullmatch(decimal.replace(".", "/"))
    meaning = meant_day(match, now) if match else None
    return (meaning.day, text.replace(decimal, "\n", 1)) if meaning else (None, text)


def _hour_of_the_night(begins: time | None) -> tuple[str, ...]:
    """An hour at which no lesson begins; at night the clocks change, so that an hour may be missing or come twice."""
    if begins is not None and begins < EARLIEST:
        return (f"{begins:%H:%M}",)
    return ()


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


def _cut_last_day(text: str, now: datetime, *, is_weekly: bool) -> tuple[_Day, str]:
    """The last day of a series."""
    matches = (match for match in longest_first(_A_LAST_DAY, text) if is_weekly or not match["to"])
    meanings = ((match, meant_day(match, now)) for match in matches)
    for match, meaning in meanings:
        if meaning:
            unread = (match[0],) if meaning.is_doubtful or not is_weekly else ()
            return _Day(meaning.day, unread), f"{text[: match.start()]}\n{text[match.end() :]}"
    return _Day(), text
