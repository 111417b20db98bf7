"""Finds what a lesson is called, and when it is, in words as a teacher types them.

A small grammar reads times and weekdays as schools mean them; dateparser, whose only door this is, reads dates. What is
understood is cut out, a line break marks the gap, and what is left in the end is what the lesson is called.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count, islice, product
from typing import TypeAlias, TypeVar

import dateparser

from bot.recordings.rules.parsed_lesson import ParsedLesson

T = TypeVar("T")
Said: TypeAlias = re.Match[str]
Hours: TypeAlias = tuple[time, time | None]

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
NOON, MIDNIGHT = 12 * 60, 24 * 60  # minutes of the day
SCHOOL_BEGINS, SCHOOL_ENDS = time(7), time(18)
MOST_DAYS = 8  # how many candidates are looked at: nobody means more, and a hostile text would take long

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
_NAMELESS = re.sub(r"\?P<\w+>", "?:", _MOMENT)  # a name may stand only once in a pattern


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
_SHOWN = {there: here for here, there in _HIDDEN.items()}


def parse_lesson(text: str, now: datetime) -> ParsedLesson:
    """What a lesson is called and when it is. Never raises; what is not understood stays in the label, as typed.

    `now` carries London's zone. Days are read the British way: 5/10 is 5 October, a date without a year lies ahead,
    "next Friday" is the one of the next calendar week and "a week on Friday" the one after the coming Friday. A weekday
    that is today's is today, unless its time has gone. Without am or pm, 1 to 6 is the afternoon and 7 to 12 is not.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> meant = parse_lesson("Year 4 maths next Friday 10-11am", monday)
    >>> meant.label, f"{meant.day} {meant.begins}-{meant.ends}"
    ('Year 4 maths', '2026-09-18 10:00:00-11:00:00')
    """
    rest = _A_NUMBERED_NAME.sub(lambda said: said[0].translate(_HIDDEN), " ".join(text.split()))
    (is_weekly, weekday), rest = _series(rest)
    (begins, ends), rest = _hours(rest)
    until, rest = _last_day(rest, now, is_weekly=is_weekly)
    has_gone = begins is not None and begins <= now.time()
    day, rest = _taken(_longest(_A_DAY, rest), lambda said: _day(said, now, weekday, has_gone=has_gone), rest)
    if weekday is not None:
        day = _first(weekday, day or now.date())
    return ParsedLesson(_label(rest).translate(_SHOWN), day, begins, ends, is_weekly, until)


def _taken(matches: Iterable[Said], read: Callable[[Said], T | None], text: str) -> tuple[T | None, str]:
    """What the first readable match says, and the text without it."""
    for said in matches:
        if (meant := read(said)) is not None:
            return meant, f"{text[: said.start()]}\n{text[said.end() :]}"
    return None, text


def _longest(pattern: re.Pattern[str], text: str) -> Iterable[Said]:
    return islice(sorted(pattern.finditer(text), key=lambda said: -len(said[0])), MOST_DAYS)


def _label(rest: str) -> str:
    """What is left, without the little words that hung on to what was cut out."""
    words = [word for piece in rest.split("\n") for word in _without_tail(piece.strip(" ,;").split())]
    words = _without_tail(words[::-1])[::-1]
    return " ".join(words).strip(" ,.;:–—-")


def _without_tail(words: list[str]) -> list[str]:
    last = len(words)
    while last and _DANGLES.fullmatch(words[last - 1].strip(",.;:–—-@()!")):
        last -= 1
    return words[:last]


def _series(text: str) -> tuple[tuple[bool, int | None], str]:
    """Whether it is every week, and on which weekday."""
    said, rest = _taken(_EVERY_WEEK.finditer(text), lambda said: said, text)
    named = _A_WEEKDAY.search(said[0]) if said else None
    return (said is not None, _weekday(named[0]) if named else None), rest


def _last_day(text: str, now: datetime, *, is_weekly: bool) -> tuple[date | None, str]:
    matches = (said for said in _longest(_A_LAST_DAY, text) if is_weekly or not said["to"])
    return _taken(matches, lambda said: _day(said, now), text)


def _hours(text: str) -> tuple[tuple[time | None, time | None], str]:
    """When it begins and ends; two bare numbers are hours only where nothing plainer was said."""
    for pattern, read in ((_FROM_TO, _plain_span), (_AT_A_TIME, _at), (_FROM_TO, _bare_span)):
        hours, rest = _taken(pattern.finditer(text), read, text)
        if hours is not None:
            return _with_length(hours, rest)
    return (None, None), text


def _with_length(hours: Hours, text: str) -> tuple[Hours, str]:
    begins, ends = hours
    if ends is None:
        ends, text = _taken(_SO_LONG.finditer(text), lambda said: _after(begins, said), text)
    return (begins, ends), text


def _after(begins: time, length: Said) -> time | None:
    hours = (length["hours"] or "").lower()
    minutes = _HALVES.get(hours) or 60 * float(_NUMBERS.get(hours, hours) or 0)
    minutes += int(length["minutes"] or 0) + (30 if length["more"] else 0)
    ends = begins.hour * 60 + begins.minute + int(minutes)
    return _clock(ends) if minutes and ends < MIDNIGHT else None


def _plain_span(said: Said) -> Hours | None:
    is_led = said["lead"] or said["both"]
    return _span(said) if is_led or _is_plain(said["begins"]) or _is_plain(said["ends"]) else None


def _bare_span(said: Said) -> Hours | None:
    hours = _span(said) if said["begins"].isdigit() and said["ends"].isdigit() else None
    return hours if hours and all(at and SCHOOL_BEGINS <= at <= SCHOOL_ENDS for at in hours) else None


def _span(said: Said) -> Hours | None:
    """The shortest of the ways to read it: "7-8pm" is in the evening, "11-1pm" begins in the morning."""
    if said["begins"].lower() in ("five", "ten") and not (said["both"] or (said["lead"] or "").lower() == "from "):
        return None  # "at ten to eleven" is 10:50
    ways = [way for way in product(_minutes(said["begins"]), _minutes(said["ends"])) if way[0] < way[1]]
    begins, ends = min(ways, key=lambda way: way[1] - way[0], default=(0, 0))
    return (_clock(begins), _clock(ends)) if ends else None


def _at(said: Said) -> Hours | None:
    minutes = _minutes(said["begins"]) if said["lead"] or _is_plain(said["begins"]) else []
    return (_clock(minutes[0]), None) if minutes else None


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _moment(text: str) -> Said:
    found = _A_MOMENT.fullmatch(text)
    assert found is not None
    return found


def _is_plain(text: str) -> bool:
    """Whether this can only be a time, even if nothing says so."""
    found = _moment(text)
    return any(found[name] for name in ("noon", "shift", "minute", "clock", "half"))


def _minutes(text: str) -> list[int]:
    """The minutes of the day that may be meant, the likeliest first; none for "25:00"."""
    found = _moment(text.lower())
    if found["noon"]:
        return [NOON]
    hour = _NUMBERS.get(found["hour"]) or int(found["hour"])
    minute = int(found["minute"] or 0) + _SHIFTS.get(found["shift"] or "", 0)
    times = (one * 60 + minute for one in _ways(hour, found["half"] or ""))
    return [one for one in times if 0 <= one < MIDNIGHT]


def _ways(hour: int, half: str) -> tuple[int, ...]:
    if half.startswith("a") or half.endswith("morning"):
        return (hour % 12,) if hour <= 12 else ()
    if half or 1 <= hour <= 6:
        return (hour % 12 + 12,) if hour < 24 else ()
    return (hour, hour + 12) if 7 <= hour < 12 else (hour,)


def _day(said: Said, now: datetime, series: int | None = None, *, has_gone: bool = False) -> date | None:
    """The day somebody said; `has_gone` tells that the time they said has gone by today.

    Another weekday than that of the `series` is left alone: one notice is for one weekday.
    """
    lead, tail = (said["lead"] or "").lower(), (said["tail"] or "").lower()
    later = ONE_WEEK if lead.startswith("a week") or tail == " week" else timedelta()
    if not said["weekday"]:
        day = _dated(said, now)
        return day + later if day else None
    today, weekday = now.date(), _weekday(said["weekday"])
    if series not in (None, weekday):
        return None
    if "next" in lead + tail:
        return today + timedelta(7 - today.weekday() + weekday)
    return _first(weekday, today + ONE_DAY if has_gone and not later else today) + later


def _dated(said: Said, now: datetime) -> date | None:
    """A day that is not a plain weekday; None where there is no such day, or it is not the weekday it is called."""
    if said["near"]:
        return _asked(said["near"], now)
    if said["date"]:
        day = _asked(said["date"], now - ONE_DAY)  # seen from yesterday, today's date lies ahead
    else:
        ahead = (now.date() + timedelta(number) for number in count())
        day = next(one for one in ahead if one.day == int(said["number"]))
    is_misnamed = day and said["named"] and day.weekday() != _weekday(said["named"])
    return None if is_misnamed else day


def _asked(words: str, now: datetime) -> date | None:
    settings = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["relative-time", "absolute-time"],
    }
    seen: datetime | None = dateparser.parse(words, languages=["en"], settings=settings)
    return seen.date() if seen else None


def _weekday(name: str) -> int:
    return _WEEKDAYS.index(name[:3].lower())


def _first(weekday: int, since: date) -> date:
    """The first such weekday, from that day on."""
    return since + timedelta((weekday - since.weekday()) % 7)
