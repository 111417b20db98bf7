"""Finds days in words as people type them, and reads them the British way.

A small grammar reads weekdays as schools mean them; dateparser, which only this module uses, reads dates.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import TypeAlias

import dateparser

Match: TypeAlias = re.Match[str]

NOON = time(12)
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
MAX_CANDIDATES = 8  # for a day: nobody writes more, and a hostile text must not take long
MAX_YEARS_AHEAD = 8  # until a 29 February comes again
FAR_AHEAD = timedelta(days=270)  # who names no year and means a day of next year names one nearer than that

NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
NUMBERS = {word: number for number, word in enumerate(NUMBER.split("|"), 1)}
_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNITS = {"day": ONE_DAY, "week": ONE_WEEK, "fortnight": 2 * ONE_WEEK}

TOMORROW = "tmrw|tmr|tmw|tmoz|2moro|2mrw|tomoz|tomorow|tommorow|tommorrow"  # as people type it on a phone
STARTS, ENDS = r"(?<![\w£])(?<!\d[./:–-])", r"(?!\w|[/.:–-]\d)"
WEEKDAY = "(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|saturday|sunday)"
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH, _DD, _MM = "(?:st|nd|rd|th)", r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE = (
    rf"(?:the )?{_DD}{_NTH}? ?(?:of )?{MONTH}\b\.?(?:,? (?:20|['’])?2\d\b(?![.:]\d))?|{MONTH}\.? (?:the )?{_DD}{_NTH}?"
    rf"(?:,? 20\d\d)?|20\d\d-{_MM}-{_DD}|{_DD}[./-]{_MM}[./-](?:20)?\d\d|{_DD}/{_MM}"
)
_AMOUNT = rf"(?:\d\d?|an?|another|{NUMBER})"
_UNIT = "(?:day|week|fortnight)s?"
_LEAD = (
    rf"(?P<weeks>{_AMOUNT} weeks?|a fortnight|fortnight)(?: on| from)?|next week(?: on)?"
    "|(?:on )?(?:this )?coming|this|next but one|next|the following|following"
)
_TAIL = (
    " week on week| week| fortnight|(?: of)? next week| this week| next but one| after next| next"
    "|,? (?:in )?(?:the )?week after next"
)
DAY = (
    rf"{STARTS}(?:the )?(?:(?P<lead>{_LEAD}) )?"
    rf"(?:(?:(?P<named>{WEEKDAY}|sat|sun)\.?,? )?"
    rf"(?:(?P<date>{_DATE})|(?:the )?(?P<number>{_DD}){_NTH}(?:(?P<month> (?:of )?(?:the |this |next )month)"
    rf"|(?(named)|(?= ?(?:[\n,.;)]|$|at\b|@)))))"
    rf"|(?P<nth>{'|'.join(_ORDINALS)}) (?P<nth_day>{WEEKDAY}) (?:in|of) "
    rf"(?P<nth_month>{MONTH})\b(?: (?P<nth_year>20\d\d))?"
    rf"|(?P<weekday>{WEEKDAY})|(?P<near>today|tonight|this (?:morning|afternoon|evening)"
    rf"|(?:the day after |day after )?(?:tomorrow|{TOMORROW})"
    rf"|in (?P<in>{_AMOUNT} {_UNIT})(?:(?:['’]|['’]s)? time| from (?:now|today))?"
    rf"|(?P<time>{_AMOUNT} {_UNIT})(?:(?:['’]|['’]s)? time| from (?:now|today))))"
    rf"(?:['’]s)?(?P<tail>{_TAIL})?(?: (?:in the )?(?P<part>morning|afternoon|evening|night|am|pm))?{ENDS}"
)


@dataclass(frozen=True, slots=True)
class MeantDay:
    """A day that was said. `is_doubtful`: people mean different days by these words, or the day has passed.

    `weekday` is set if only a weekday was said: then another day on the same weekday says the same more exactly.
    """

    day: date
    is_doubtful: bool = False
    weekday: int | None = None


def pattern(text: str) -> re.Pattern[str]:
    """A pattern in which capitals make no difference."""
    return re.compile(text, re.ASCII | re.IGNORECASE)


A_DAY = pattern(DAY)
A_WEEKDAY = pattern(WEEKDAY)
A_SHORT_TOMORROW = pattern(TOMORROW)


def longest_first(regex: re.Pattern[str], text: str) -> Iterable[Match]:
    """The matches in a text, a limited number of them."""
    return islice(sorted(regex.finditer(text), key=lambda match: -len(match[0])), MAX_CANDIDATES)


def meant_day(match: Match, now: datetime, *, has_passed: bool = False) -> MeantDay | None:
    """The day that was said, None if there is no such day; `has_passed` tells that its time has passed today.

    `now` carries London's zone. "next Friday" is the one of the next calendar week. People differ about it while this
    week's Friday is still to come, so then it is doubtful.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> [str(meant_day(A_DAY.search(text), monday).day) for text in ("Monday next", "Friday fortnight", "next Friday")]
    ['2026-09-14', '2026-09-25', '2026-09-18']
    """
    lead, tail = (match["lead"] or "").lower(), (match["tail"] or "").lower()
    later = _later(match, lead, tail)
    if match["weekday"]:
        return _weekday(weekday_number(match["weekday"]), lead, tail, later, now.date(), has_passed=has_passed)
    day = _dated(match, now)
    if day is None:
        return None
    is_far = bool(match["date"]) and not re.search(r"20\d\d|\d[./-]\d\d?[./-]\d|[a-z.,] ['’]?2\d$", match["date"])
    is_doubtful = day < now.date() or (is_far and day - now.date() > FAR_AHEAD) or bool(tail and not later)
    return MeantDay(day + later, is_doubtful)


def _later(match: Match, lead: str, tail: str) -> timedelta:
    """What "a week on", "fortnight" and the like add to a day."""
    if match["weeks"]:
        amount = match["weeks"].lower()
        return 2 * ONE_WEEK if "fortnight" in amount else ONE_WEEK * _amount(amount.partition(" ")[0])
    return {" week": ONE_WEEK, " week on week": ONE_WEEK, " fortnight": 2 * ONE_WEEK}.get(tail, timedelta())


def _weekday(number: int, lead: str, tail: str, later: timedelta, today: date, *, has_passed: bool) -> MeantDay:
    said = f"{lead}{tail}"
    coming = first(number, today + ONE_DAY)
    of_next_week = today + timedelta(7 - today.weekday() + number)
    if "week after next" in said:
        return MeantDay(of_next_week + ONE_WEEK)
    if "next week" in said:
        return MeantDay(of_next_week)
    if "next but one" in said:
        return MeantDay(coming + ONE_WEEK, is_doubtful=coming < of_next_week)
    if "next" in said:
        day = of_next_week + ONE_WEEK if "after" in said else of_next_week
        return MeantDay(day, is_doubtful=coming < of_next_week)
    if tail == " this week":
        day = today + timedelta(number - today.weekday())
        return MeantDay(day, is_doubtful=day < today)
    if "coming" in lead or "following" in lead:
        return MeantDay(coming, is_doubtful="following" in lead)
    is_gone = lead == "this" and number < today.weekday() < 5  # on a Thursday, "this Tuesday" may be two days ago
    since = today + ONE_DAY if has_passed and not later else today
    is_plain = not said
    return MeantDay(first(number, since) + later, is_gone, weekday=number if is_plain else None)


def _dated(match: Match, now: datetime) -> date | None:
    """A day that is not a plain weekday; None if there is no such day, or it is not the weekday it is called."""
    if match["near"]:
        return _near(match, now.date())
    if match["nth"]:
        return _nth_weekday(match, now.date())
    if match["month"]:
        day = _day_of_month(int(match["number"]), now.date(), is_next="next" in match["month"].lower())
    elif match["date"]:
        day = _read_by_dateparser(
            match["date"].lower(), now.date() - ONE_DAY
        )  # for yesterday, today's date is a coming one
    else:
        coming_days = (now.date() + timedelta(number) for number in count())
        day = next(day for day in coming_days if day.day == int(match["number"]))
    is_misnamed = day and match["named"] and day.weekday() != weekday_number(match["named"])
    return None if is_misnamed else day


def _near(match: Match, today: date) -> date:
    length = match["in"] or match["time"]
    if length:
        amount, unit = length.lower().split()
        return today + _amount(amount) * _UNITS[unit.rstrip("s")]
    words = match["near"].lower()
    if "tomorrow" in words or A_SHORT_TOMORROW.search(words):
        return today + ONE_DAY * (2 if "after" in words else 1)
    return today


def _amount(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.get(word, 1)


def _day_of_month(number: int, today: date, *, is_next: bool) -> date | None:
    months = today.year * 12 + today.month - 1 + is_next
    return _date_or_none(months // 12, months % 12 + 1, number)


def _nth_weekday(match: Match, today: date) -> date | None:
    """ "first Monday in October": the coming one if no year is named; None if there is none in that month."""
    month = _MONTHS.index(match["nth_month"][:3].lower()) + 1
    index, weekday = _ORDINALS[match["nth"].lower()], weekday_number(match["nth_day"])
    years = [int(match["nth_year"])] if match["nth_year"] else range(today.year, today.year + MAX_YEARS_AHEAD)
    for year in years:
        days = (_date_or_none(year, month, number) for number in range(1, 32))
        fitting = [day for day in days if day and day.weekday() == weekday]
        if fitting[index] >= today or match["nth_year"]:
            return fitting[index]
    return None


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=256)  # a line is read several times over, and dateparser takes some milliseconds for each date
def _read_by_dateparser(words: str, since: date) -> date | None:
    """The first such date after a day; None if there is none."""
    settings = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": datetime.combine(since, NOON),
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["absolute-time"],
    }
    moment: datetime | None = dateparser.parse(re.sub("['’]", "", words), languages=["en"], settings=settings)
    return moment.date() if moment else None


def weekday_number(name: str) -> int:
    """The number of a weekday from 0, Monday, by its name or the beginning of it."""
    return _WEEKDAYS.index(name[:3].lower())


def first(weekday: int, since: date) -> date:
    """The first such weekday, from that day on."""
    return since + timedelta((weekday - since.weekday()) % 7)
