"""Reads the days that people name when they ask for a pause, a longer time, or say when a sheet was signed."""

import re
from datetime import date, datetime, timedelta

from bot.school.rules.spoken_days import (
    A_DAY,
    FAR_AHEAD,
    MAX_CANDIDATES,
    NUMBERS,
    ONE_DAY,
    ONE_WEEK,
    longest_first,
    meant_day,
)
from bot.school.rules.unread_words import unread_words

LOOKED_BACK = (timedelta(), ONE_WEEK, timedelta(days=31), timedelta(days=365))
_LENGTH = re.compile(
    rf"\b(?P<number>\d{{1,2}}|an?|another|{'|'.join(NUMBERS)}) ?(?:more |extra )?"
    r"(?P<unit>days?|weeks?|wks?|fortnights?)\b",
    re.IGNORECASE,
)
_UNITS = {"d": timedelta(days=1), "w": ONE_WEEK, "f": 2 * ONE_WEEK}


def day_in(words: str, now: datetime) -> date | None:
    """The day that words say; None if they say none that can be read, or leave more than one open.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> [str(day_in(words, monday)) for words in ("the 5th of January", "Monday or Tuesday", "last Friday")]
    ['2027-01-05', 'None', 'None']
    """
    day, rest = _day_and_rest(words, now)
    return None if unread_words(rest) else day


def _day_and_rest(words: str, now: datetime) -> tuple[date | None, str]:
    """The day that all days in the words agree on, and the words with a line break instead of each."""
    text = " ".join(words.split())
    matches = sorted(longest_first(A_DAY, text), key=lambda match: -match.start())[:MAX_CANDIDATES]
    days = {meaning.day if (meaning := meant_day(match, now)) else None for match in matches}
    for match in matches:
        text = f"{text[: match.start()]}\n{text[match.end() :]}"
    return (days.pop() if len(days) == 1 else None), text


def is_past(words: str, now: datetime) -> bool:
    """Whether words name a day that is over: "yesterday", or a date of this year up to three months ago.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> [is_past(words, monday) for words in ("yesterday", "1 September", "6/9/2026", "Friday", "5 January")]
    [True, True, True, False, False]
    """
    if re.search(r"\b(?:yesterday|last (?:week|month|year|mon|tue|wed|thu|fri|sat|sun))", words, re.IGNORECASE):
        return True
    day, _ = _day_and_rest(words, now)
    gone = day_gone_by_in(words, now)
    if day is None:
        return False
    return day < now.date() or (day - now.date() > FAR_AHEAD and gone is not None and gone < now.date())


def last_day_in(words: str, now: datetime, since: date) -> date | None:
    """The day up to which something lasts; a length of time counts from `since`. None if it cannot be read.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> [str(last_day_in(words, monday, monday.date())) for words in ("another week", "5 jan", "half term")]
    ['2026-09-14', '2027-01-05', 'None']
    """
    if is_past(words, now):
        return None
    day = day_in(words, now)
    length = _LENGTH.search(words)
    if day or not length or A_DAY.search(words):
        return day
    number = length["number"].lower()
    times = int(number) if number.isdigit() else NUMBERS.get(number, 1)
    return since + times * _UNITS[length["unit"][0].lower()]


def day_gone_by_in(words: str, now: datetime) -> date | None:
    """The latest such day that is not to come; None if it cannot be read.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> [str(day_gone_by_in(words, monday)) for words in ("yesterday", "Friday", "the 28th", "3 September")]
    ['2026-09-06', '2026-09-04', '2026-08-28', '2026-09-03']
    """
    if "yesterday" in words.lower():
        return now.date() - ONE_DAY
    days = (_day_and_rest(words, now - back)[0] for back in LOOKED_BACK)
    return next((day for day in days if day and day <= now.date()), None)
