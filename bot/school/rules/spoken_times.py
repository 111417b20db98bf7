"""Reads times of the day and lengths of time in words as people type them.

Without am or pm, 1 to 6 is in the afternoon, and 7 to 12 is not. "0915", "1430" and "930" are hours, "1066", "2026"
and "120" are not, unless "at" or "am" says so.
"""

import re
from datetime import time
from itertools import product
from typing import TypeAlias

from bot.school.rules.spoken_days import ENDS, MONTH, NUMBER, NUMBERS, STARTS, Match, pattern

Hours: TypeAlias = tuple[time, time | None]  # when it begins and ends

NOON, MIDNIGHT = 12 * 60, 24 * 60  # minutes of the day
EXPLICIT, WEAK, BARE = 2, 1, 0  # how surely it is a time: "10am", then "3.10" and "1430", then "2-3"
SCHOOL_BEGINS, SCHOOL_ENDS = time(7), time(18)
MAX_LESSON_MINUTES = 5 * 60  # "from 1 to 10" is what children count

_STEPS = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty five": 25, "twenty-five": 25}
_SHIFTS = (
    {"half past": 30, "half": 30}
    | {f"{step} past": minutes for word, minutes in _STEPS.items() for step in (word, minutes)}
    | {f"{word} to": -minutes for word, minutes in _STEPS.items()}  # "10 to 11" is an hour, "ten to eleven" a moment
)
_SPOKEN_MINUTES = {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty five": 45,
    "forty-five": 45,
    "forty": 40,
    "fifty": 50,
}
_HALVES = {"half": 30, "half a": 30, "half an": 30, "a": 60, "an": 60}
_MOMENT = (
    r"(?:(?P<noon>(?:(?:12|twelve) ?)?(?:noon|midday))|(?P<four>(?:[01]\d|2[0-3])[0-5]\d|[1-9][0-5][05])"
    r"(?P<hrs> ?(?:hrs?|hours?|h)\b)?"
    rf"|(?:(?:a )?(?P<shift>{'|'.join(sorted(_SHIFTS, reverse=True)).replace(' ', '[ -]')})[ -])?"
    rf"(?P<hour>\d\d?(?! (?:of )?{MONTH}\b)|{NUMBER})(?:(?P<point>[.:]|(?=\d\d ?[ap]\.?m\b))(?P<minute>[0-5]\d)"
    rf"| (?P<spoken>{'|'.join(_SPOKEN_MINUTES)})(?![ -]five))?(?P<clock> ?o['’]?clock)?"
    r"(?: ?(?P<half>[ap]\.?m\b\.?|in the (?:morning|afternoon|evening)))?)"
)
_NAMELESS = re.sub(r"\?P<\w+>", "?:", _MOMENT)  # a pattern may hold a name only once

_A_MOMENT = pattern(_MOMENT)
AT_A_TIME = pattern(rf"{STARTS}(?P<lead>(?:at|@|from) ?)?(?P<begins>{_NAMELESS}){ENDS}")
FROM_TO = pattern(
    rf"{STARTS}(?:(?P<lead>(?:at|@|from) ?)|(?P<both>between ))?(?P<begins>{_NAMELESS})"
    rf"(?: ?[–—-] ?| (?:to|until|till?|(?(both)and|to)) )(?P<ends>{_NAMELESS}){ENDS}"
)
SO_LONG = pattern(
    rf"\b(?:for|lasting)(?: (?P<hours>half an?|half|an?|{NUMBER}|\d(?:\.\d)?) ?(?:hours?|hrs?)(?P<more> and a half)?)?"
    rf"(?: (?:and )?(?P<minutes>\d{{1,3}}) ?(?:minutes?|mins?))?{ENDS}"
)


def end_after(begins: time, length: Match) -> time | None:
    """When something ends that begins then and takes so long; None on another day."""
    hours = (length["hours"] or "").lower()
    minutes = _HALVES.get(hours) or 60 * float(NUMBERS.get(hours, hours) or 0)
    minutes += int(length["minutes"] or 0) + (30 if length["more"] else 0)
    ends = begins.hour * 60 + begins.minute + int(minutes)
    return _clock(ends) if minutes and ends < MIDNIGHT else None


def plain_span(match: Match) -> Hours | None:
    """When it begins and ends, if that can only be times."""
    if _is_plain(match["begins"]) or _is_plain(match["ends"]):
        return _span(match)
    return _span(match, MAX_LESSON_MINUTES) if match["lead"] or match["both"] else None


def certainty(match: Match) -> int:
    """How surely a match is a time: the plainest one of a line counts."""
    parts = match.groupdict()
    texts = [text for text in (parts["begins"], parts.get("ends")) if text]
    if parts["lead"] or parts.get("both") or any(_is_explicit(text) for text in texts):
        return EXPLICIT
    return WEAK if any(_is_plain(text) for text in texts) else BARE


def is_without_half(match: Match) -> bool:
    """Whether nothing beside the number says if it is in the morning."""
    moment = _moment(match["begins"])
    return bool(moment["hour"]) and not moment["half"]


def bare_span(match: Match) -> Hours | None:
    """When it begins and ends in two bare numbers that may be hours of a school day."""
    hours = _span(match) if match["begins"].isdigit() and match["ends"].isdigit() else None
    return hours if hours and all(at and SCHOOL_BEGINS <= at <= SCHOOL_ENDS for at in hours) else None


def _span(match: Match, max_minutes: int = MIDNIGHT) -> Hours | None:
    """The shortest of the ways to read it: "7-8pm" is in the evening, "11-1pm" begins in the morning."""
    has_from = match["both"] or (match["lead"] or "").lower() == "from "
    if any(_is_year(match[part], match["lead"]) for part in ("begins", "ends")):
        return None
    if match["begins"].lower() in ("five", "ten") and not has_from:
        return None  # "at ten to eleven" is 10:50
    spans = [span for span in product(_minutes(match["begins"]), _minutes(match["ends"])) if span[0] < span[1]]
    begins, ends = min(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    return (_clock(begins), _clock(ends)) if ends and ends - begins <= max_minutes else None


def begin_at(match: Match) -> Hours | None:
    """When it begins, if that can only be a time."""
    is_time = match["lead"] or _is_plain(match["begins"])
    minutes = _minutes(match["begins"]) if is_time and not _is_year(match["begins"], match["lead"]) else []
    return (_clock(minutes[0]), None) if minutes else None


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _moment(text: str) -> Match:
    match = _A_MOMENT.fullmatch(text)
    assert match is not None
    return match


def _is_plain(text: str) -> bool:
    """Whether this can only be a time, even if nothing says so."""
    moment = _moment(text)
    if moment["four"]:
        return not _is_year(text, None)
    return any(moment[name] for name in ("noon", "shift", "minute", "spoken", "clock", "half"))


def _is_explicit(text: str) -> bool:
    moment = _moment(text)
    if moment["four"]:
        return bool(moment["hrs"]) or moment["four"].startswith("0")
    return moment["point"] == ":" or any(moment[name] for name in ("noon", "shift", "spoken", "clock", "half"))


def _is_year(text: str, lead: str | None) -> bool:
    """Whether four digits are a year or a number: lessons begin in the school day, at full five minutes."""
    moment = _moment(text)
    if (
        not moment["four"]
        or moment["hrs"]
        or moment["four"].startswith("0")
        or (lead or "").lower().startswith(("at", "@"))
    ):
        return False
    if len(moment["four"]) == 3:  # pupils, pages and rooms are counted in such numbers too
        return moment["four"][0] not in "89" or moment["four"].endswith("00")
    return not 1000 <= int(moment["four"]) <= 1800 or int(moment["four"]) % 5 != 0


def _minutes(text: str) -> list[int]:
    """The minutes of the day it may mean, the likeliest first; none for "25:00"."""
    moment = _moment(text.lower())
    if moment["noon"]:
        return [NOON]
    if moment["four"]:
        digits = moment["four"]
        hours = _hours_of_day(int(digits[0]), "")[:1] if len(digits) == 3 else (int(digits[:2]),)
        return [hour * 60 + int(digits[-2:]) for hour in hours]
    hour = NUMBERS.get(moment["hour"]) or int(moment["hour"])
    minute = int(moment["minute"] or 0) + _SPOKEN_MINUTES.get(moment["spoken"] or "", 0)
    minute += _SHIFTS.get((moment["shift"] or "").replace("-", " "), 0)
    is_of_24 = moment["hour"].startswith("0") and not moment["half"]  # "01:30" is in the night
    hours = (hour,) if is_of_24 else _hours_of_day(hour, moment["half"] or "")
    candidates = (candidate * 60 + minute for candidate in hours)
    return [minutes for minutes in candidates if 0 <= minutes < MIDNIGHT]


def _hours_of_day(hour: int, half: str) -> tuple[int, ...]:
    """The hours, of 24, that an hour on the clock may mean; `half` is "am", "in the afternoon" or nothing."""
    if half.startswith("a") or half.endswith("morning"):
        return (hour % 12,) if hour <= 12 else ()
    if half or 1 <= hour <= 6:
        return (hour % 12 + 12,) if hour < 24 else ()
    return (hour, hour + 12) if 7 <= hour < 12 else (hour,)
