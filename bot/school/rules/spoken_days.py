"""Finds days in words as people type them, and reads them the British way.

A small grammar reads weekdays as schools mean them; dateparser, which only this module uses, reads dates.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count, islice
from typing import TypeAlias

import dateparser

Match: TypeAlias = re.Match[str]

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
MAX_CANDIDATES = 8  # for a day: nobody writes more, and a hostile text must not take long

NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
NUMBERS = {word: number for number, word in enumerate(NUMBER.split("|"), 1)}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

STARTS, ENDS = r"(?<![\w£])(?<!\d[./:–-])", r"(?!\w|[/.:–-]\d)"
WEEKDAY = "(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|saturday|sunday)"
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH, _DD, _MM = "(?:st|nd|rd|th)", r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE = (
    rf"(?:the )?{_DD}{_NTH}? ?(?:of )?{MONTH}\b\.?(?:,? (?:20)?2\d\b)?|{MONTH}\.? (?:the )?{_DD}{_NTH}?(?:,? 20\d\d)?"
    rf"|20\d\d-{_MM}-{_DD}|{_DD}[./-]{_MM}[./-](?:20)?\d\d|{_DD}/{_MM}"
)
DAY = (
    rf"{STARTS}(?:(?P<lead>a week(?: on)?|next week(?: on)?|(?:this )?coming|this|next) )?"
    rf"(?:(?:(?P<named>{WEEKDAY}|sat|sun)\.?,? )?"
    rf"(?:(?P<date>{_DATE})|(?:the )?(?P<number>{_DD}){_NTH}(?(named)|(?= ?(?:[\n,.;)]|$))))"
    rf"|(?P<weekday>{WEEKDAY})|(?P<near>today|this (?:morning|afternoon)|(?:the day after |day after )?tomorrow"
    rf"|in (?:\d\d?|a|{NUMBER}) (?:day|week|fortnight)s?)(?:(?:['’]|['’]s)? time)?)"
    rf"(?:['’]s)?(?P<tail> week| next week| this week)?(?: (?:morning|afternoon|am|pm))?{ENDS}"
)


def pattern(text: str) -> re.Pattern[str]:
    """A pattern in which capitals make no difference."""
    return re.compile(text, re.ASCII | re.IGNORECASE)


A_DAY = pattern(DAY)
A_WEEKDAY = pattern(WEEKDAY)


def day_in(text: str, now: datetime) -> date | None:
    """The day that a text says, the longest first; None if it says none that can be read. `now` carries London's zone.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> str(day_in("the 5th of January", monday)), day_in("after the half term", monday)
    ('2027-01-05', None)
    """
    days = (meant_day(match, now) for match in longest_first(A_DAY, " ".join(text.split())))
    return next((day for day in days if day), None)


def longest_first(regex: re.Pattern[str], text: str) -> Iterable[Match]:
    """The matches in a text, a limited number of them."""
    return islice(sorted(regex.finditer(text), key=lambda match: -len(match[0])), MAX_CANDIDATES)


def meant_day(match: Match, now: datetime, series: int | None = None, *, has_passed: bool = False) -> date | None:
    """The day that was said; `has_passed` tells that the time that was said has passed today.

    Another weekday than that of the `series` is left alone: one notice is for one weekday.
    """
    lead, tail = (match["lead"] or "").lower(), (match["tail"] or "").lower()
    later = ONE_WEEK if lead.startswith("a week") or tail == " week" else timedelta()
    if not match["weekday"]:
        day = _dated(match, now)
        return day + later if day else None
    today, weekday = now.date(), weekday_number(match["weekday"])
    if series not in (None, weekday):
        return None
    if "next" in lead + tail:
        return today + timedelta(7 - today.weekday() + weekday)
    return first(weekday, today + ONE_DAY if has_passed and not later else today) + later


def _dated(match: Match, now: datetime) -> date | None:
    """A day that is not a plain weekday; None if there is no such day, or it is not the weekday it is called."""
    if match["near"]:
        return _read_by_dateparser(match["near"], now)
    if match["date"]:
        day = _read_by_dateparser(match["date"], now - ONE_DAY)  # for yesterday, today's date is a coming one
    else:
        coming_days = (now.date() + timedelta(number) for number in count())
        day = next(day for day in coming_days if day.day == int(match["number"]))
    is_misnamed = day and match["named"] and day.weekday() != weekday_number(match["named"])
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


def weekday_number(name: str) -> int:
    """The number of a weekday from 0, Monday, by its name or the beginning of it."""
    return _WEEKDAYS.index(name[:3].lower())


def first(weekday: int, since: date) -> date:
    """The first such weekday, from that day on."""
    return since + timedelta((weekday - since.weekday()) % 7)
