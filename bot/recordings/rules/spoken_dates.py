"""Finds what a lesson is called, and when it is, in words as a teacher types them.

A small grammar reads times and weekdays as schools mean them; dateparser, which only this module uses, reads dates.
What is understood is cut out and leaves a line break; what remains in the end is what the lesson is called.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count, islice, product
from typing import TypeAlias, TypeVar

import dateparser

from bot.recordings.rules.parsed_lesson import ParsedLesson

T = TypeVar("T")
Match: TypeAlias = re.Match[str]
Hours: TypeAlias = tuple[time, time | None]  # when it begins and ends

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
NOON, MIDNIGHT = 12 * 60, 24 * 60  # minutes of the day
SCHOOL_BEGINS, SCHOOL_ENDS = time(7), time(18)
MAX_CANDIDATES = 8  # for a day: nobody writes more, and a hostile text must not take long

_NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_NUMBERS = {word: number for number, word in enumerate(_NUMBER.split("|"), 1)}
_STEPS = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty five": 25, "twenty-five": 25}
_SHIFTS = (
    {"half past": 30, "half": 30}
    | {f"{step} past": minutes for word, minutes in _STEPS.items() for step in (word, minutes)}
    | {f"{word} to": -minutes for word, minutes in _STEPS.items()}  # "10 to 11" is an hour, "ten to eleven" a moment
)
_HALVES = {"half": 30, "half a": 30, "half an": 30, "a": 60, "an": 60}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_STARTS, _ENDS = r"(?<![\w£])(?<!\d[./:–-])", r"(?!\w|[/.:–-]\d)"
_WEEKDAY = "(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|saturday|sunday)"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH, _DD, _MM = "(?:st|nd|rd|th)", r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE = (
    rf"(?:the )?{_DD}{_NTH}? ?(?:of )?{_MONTH}\b\.?(?:,? (?:20)?2\d\b)?|{_MONTH}\.? (?:the )?{_DD}{_NTH}?(?:,? 20\d\d)?"
    rf"|20\d\d-{_MM}-{_DD}|{_DD}[./-]{_MM}[./-](?:20)?\d\d|{_DD}/{_MM}"
)
_DAY = (
    rf"{_STARTS}(?:(?P<lead>a week(?: on)?|next week(?: on)?|(?:this )?coming|this|next) )?"
    rf"(?:(?:(?P<named>{_WEEKDAY}|sat|sun)\.?,? )?"
    rf"(?:(?P<date>{_DATE})|(?:the )?(?P<number>{_DD}){_NTH}(?(named)|(?= ?(?:[\n,.;)]|$))))"
    rf"|(?P<weekday>{_WEEKDAY})|(?P<near>today|this (?:morning|afternoon)|(?:the day after |day after )?tomorrow"
    rf"|in (?:\d\d?|a|{_NUMBER}) (?:day|week|fortnight)s?)(?:(?:['’]|['’]s)? time)?)"
    rf"(?:['’]s)?(?P<tail> week| next week| this week)?(?: (?:morning|afternoon|am|pm))?{_ENDS}"
)
_MOMENT = (
    rf"(?:(?P<noon>(?:12 ?)?(?:noon|midday))|(?:(?P<shift>{'|'.join(sorted(_SHIFTS, reverse=True))}) )?"
    rf"(?P<hour>\d\d?(?! (?:of )?{_MONTH}\b)|{_NUMBER})(?:[.:](?P<minute>[0-5]\d))?(?P<clock> ?o['’]?clock)?"
    r"(?: ?(?P<half>[ap]\.?m\b\.?|in the (?:morning|afternoon|evening)))?)"
)
_NAMELESS = re.sub(r"\?P<\w+>", "?:", _MOMENT)  # a pattern may hold a name only once


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


_A_NUMBERED_NAME = _pattern(
    r"\b(?:(?:years?|yrs?|y|ages?|aged|units?|chapters?|pages?|lessons|groups) ?\d{1,3}[a-z]?"
    r"(?:(?:[/–-]| to )\d\d?(?!\w))*|(?:class|room|period|group|set) ?\d\d?[a-z]?(?:/\d\d?[a-z]?|(?= [–-] )))"
    r"(?!\w|[.:]\d)"
)
_A_DAY = _pattern(_DAY)
_A_LAST_DAY = _pattern(rf"\b(?:until|till?|up to|ending|(?P<to>to)) (?:on )?{_DAY}")
_A_MOMENT = _pattern(_MOMENT)
_AT_A_TIME = _pattern(rf"{_STARTS}(?P<lead>(?:at|@|from) ?)?(?P<begins>{_NAMELESS}){_ENDS}")
_FROM_TO = _pattern(
    rf"{_STARTS}(?:(?P<lead>(?:at|@|from) ?)|(?P<both>between ))?(?P<begins>{_NAMELESS})"
    rf"(?: ?[–—-] ?| (?:to|until|till?|(?(both)and|to)) )(?P<ends>{_NAMELESS}){_ENDS}"
)
_SO_LONG = _pattern(
    rf"\b(?:for|lasting)(?: (?P<hours>half an?|half|an?|{_NUMBER}|\d(?:\.\d)?) ?(?:hours?|hrs?)(?P<more> and a half)?)?"
    rf"(?: (?:and )?(?P<minutes>\d{{1,3}}) ?(?:minutes?|mins?))?{_ENDS}"
)
_EVERY_WEEK = _pattern(
    rf"\b(?:(?:weekly|(?:every|each) week)(?: on)?(?: {_WEEKDAY}s?)?|(?:every|each) {_WEEKDAY}"
    rf"|(?:mon|tues|wednes|thurs|fri|satur|sun)days|{_WEEKDAY} (?:morning|afternoon)s)"
    rf"(?: (?:morning|afternoon))?{_ENDS}"
)
_A_WEEKDAY = _pattern(_WEEKDAY)
_DANGLES = _pattern(
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
    candidates = _longest_first(_A_DAY, rest)
    day, rest = _cut(candidates, lambda match: _day(match, now, weekday, has_passed=has_passed), rest)
    if weekday is not None:
        day = _first(weekday, day or now.date())
    return ParsedLesson(_label(rest).translate(_SHOWN), day, begins, ends, is_weekly, until)


def _cut(matches: Iterable[Match], read: Callable[[Match], T | None], text: str) -> tuple[T | None, str]:
    """The meaning of the first match that can be read, and the text without it."""
    for match in matches:
        if (meaning := read(match)) is not None:
            return meaning, f"{text[: match.start()]}\n{text[match.end() :]}"
    return None, text


def _longest_first(pattern: re.Pattern[str], text: str) -> Iterable[Match]:
    return islice(sorted(pattern.finditer(text), key=lambda match: -len(match[0])), MAX_CANDIDATES)


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
    weekday = _A_WEEKDAY.search(match[0]) if match else None
    return (match is not None, _weekday(weekday[0]) if weekday else None), rest


def _cut_last_day(text: str, now: datetime, *, is_weekly: bool) -> tuple[date | None, str]:
    matches = (match for match in _longest_first(_A_LAST_DAY, text) if is_weekly or not match["to"])
    return _cut(matches, lambda match: _day(match, now), text)


def _cut_hours(text: str) -> tuple[tuple[time | None, time | None], str]:
    """When it begins and ends; two bare numbers count as hours only if nothing plainer was said."""
    for pattern, read in ((_FROM_TO, _plain_span), (_AT_A_TIME, _at), (_FROM_TO, _bare_span)):
        hours, rest = _cut(pattern.finditer(text), read, text)
        if hours is not None:
            return _with_length(hours, rest)
    return (None, None), text


def _with_length(hours: Hours, text: str) -> tuple[Hours, str]:
    begins, ends = hours
    if ends is None:
        ends, text = _cut(_SO_LONG.finditer(text), lambda match: _end_after(begins, match), text)
    return (begins, ends), text


def _end_after(begins: time, length: Match) -> time | None:
    hours = (length["hours"] or "").lower()
    minutes = _HALVES.get(hours) or 60 * float(_NUMBERS.get(hours, hours) or 0)
    minutes += int(length["minutes"] or 0) + (30 if length["more"] else 0)
    ends = begins.hour * 60 + begins.minute + int(minutes)
    return _clock(ends) if minutes and ends < MIDNIGHT else None


def _plain_span(match: Match) -> Hours | None:
    has_lead = match["lead"] or match["both"]
    return _span(match) if has_lead or _is_plain(match["begins"]) or _is_plain(match["ends"]) else None


def _bare_span(match: Match) -> Hours | None:
    hours = _span(match) if match["begins"].isdigit() and match["ends"].isdigit() else None
    return hours if hours and all(at and SCHOOL_BEGINS <= at <= SCHOOL_ENDS for at in hours) else None


def _span(match: Match) -> Hours | None:
    """The shortest of the ways to read it: "7-8pm" is in the evening, "11-1pm" begins in the morning."""
    has_from = match["both"] or (match["lead"] or "").lower() == "from "
    if match["begins"].lower() in ("five", "ten") and not has_from:
        return None  # "at ten to eleven" is 10:50
    spans = [span for span in product(_minutes(match["begins"]), _minutes(match["ends"])) if span[0] < span[1]]
    begins, ends = min(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    return (_clock(begins), _clock(ends)) if ends else None


def _at(match: Match) -> Hours | None:
    minutes = _minutes(match["begins"]) if match["lead"] or _is_plain(match["begins"]) else []
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
    return any(moment[name] for name in ("noon", "shift", "minute", "clock", "half"))


def _minutes(text: str) -> list[int]:
    """The minutes of the day it may mean, the likeliest first; none for "25:00"."""
    moment = _moment(text.lower())
    if moment["noon"]:
        return [NOON]
    hour = _NUMBERS.get(moment["hour"]) or int(moment["hour"])
    minute = int(moment["minute"] or 0) + _SHIFTS.get(moment["shift"] or "", 0)
    candidates = (candidate * 60 + minute for candidate in _hours_of_day(hour, moment["half"] or ""))
    return [minutes for minutes in candidates if 0 <= minutes < MIDNIGHT]


def _hours_of_day(hour: int, half: str) -> tuple[int, ...]:
    """The hours, of 24, that an hour on the clock may mean; `half` is "am", "in the afternoon" or nothing."""
    if half.startswith("a") or half.endswith("morning"):
        return (hour % 12,) if hour <= 12 else ()
    if half or 1 <= hour <= 6:
        return (hour % 12 + 12,) if hour < 24 else ()
    return (hour, hour + 12) if 7 <= hour < 12 else (hour,)


def _day(match: Match, now: datetime, series: int | None = None, *, has_passed: bool = False) -> date | None:
    """The day that was said; `has_passed` tells that the time that was said has passed today.

    Another weekday than that of the `series` is left alone: one notice is for one weekday.
    """
    lead, tail = (match["lead"] or "").lower(), (match["tail"] or "").lower()
    later = ONE_WEEK if lead.startswith("a week") or tail == " week" else timedelta()
    if not match["weekday"]:
        day = _dated(match, now)
        return day + later if day else None
    today, weekday = now.date(), _weekday(match["weekday"])
    if series not in (None, weekday):
        return None
    if "next" in lead + tail:
        return today + timedelta(7 - today.weekday() + weekday)
    return _first(weekday, today + ONE_DAY if has_passed and not later else today) + later


def _dated(match: Match, now: datetime) -> date | None:
    """A day that is not a plain weekday; None if there is no such day, or it is not the weekday it is called."""
    if match["near"]:
        return _read_by_dateparser(match["near"], now)
    if match["date"]:
        day = _read_by_dateparser(match["date"], now - ONE_DAY)  # for yesterday, today's date is a coming one
    else:
        coming_days = (now.date() + timedelta(number) for number in count())
        day = next(day for day in coming_days if day.day == int(match["number"]))
    is_misnamed = day and match["named"] and day.weekday() != _weekday(match["named"])
    return None if is_misnamed else day


def _read_by_dateparser(words: str, now: datetime) -> date | None:
    settings = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["relative-time", "absolute-time"],
    }
    moment: datetime | None = dateparser.parse(words, languages=["en"], settings=settings)
    return moment.date() if moment else None


def _weekday(name: str) -> int:
    return _WEEKDAYS.index(name[:3].lower())


def _first(weekday: int, since: date) -> date:
    """The first such weekday, from that day on."""
    return since + timedelta((weekday - since.weekday()) % 7)
