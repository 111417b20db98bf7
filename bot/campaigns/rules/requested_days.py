"""Reads the days that people name when they ask for a pause, a longer time, or say when a sheet was signed."""

import re
from datetime import date, datetime, timedelta

from bot.school.rules.spoken_days import NUMBERS, ONE_WEEK, day_in

LOOKED_BACK = (timedelta(), ONE_WEEK, timedelta(days=31), timedelta(days=365))
_LENGTH = re.compile(
    rf"\b(?P<number>\d{{1,2}}|an?|another|{'|'.join(NUMBERS)}) ?(?:more |extra )?"
    r"(?P<unit>days?|weeks?|wks?|fortnights?)\b",
    re.IGNORECASE,
)
_UNITS = {"d": timedelta(days=1), "w": ONE_WEEK, "f": 2 * ONE_WEEK}


def last_day_in(words: str, now: datetime, since: date) -> date | None:
    """The day up to which something lasts; a length of time counts from `since`. None if it cannot be read.

    >>> from zoneinfo import ZoneInfo
    >>> monday = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Europe/London"))
    >>> [str(last_day_in(words, monday, monday.date())) for words in ("another week", "5 jan", "half term")]
    ['2026-09-14', '2027-01-05', 'None']
    """
    day = day_in(words, now)
    length = _LENGTH.search(words)
    if day or not length:
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
        return now.date() - timedelta(days=1)
    days = (day_in(words, now - back) for back in LOOKED_BACK)
    return next((day for day in days if day and day <= now.date()), None)
