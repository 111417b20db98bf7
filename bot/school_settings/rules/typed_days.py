"""Days and times as an office types them into a form, with the year, so that nothing has to be guessed."""

import re
from datetime import date, datetime, time

from bot.errors import BadInput

FORMATS = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YEARS = range(2000, 2101)
MAX_SHOWN_CHARS = 60  # of what was typed, in a sentence about it
NOT_A_DAY = "“{typed}” is not a day. Write the day, the month and the year, like 27 November 2026."
NOT_THAT_WEEKDAY = "{day} is a {weekday}. Write the day again, like 27 November 2026."
NOT_A_PERIOD = "“{typed}” is not a term. Write its first and its last day, like 2 September 2026 to 23 October 2026."
WRONG_ORDER = "The term “{typed}” ends before it begins. Write its first day, then its last."
NOT_A_TIME = "“{typed}” is not a time. Write it like 08:30."

_WEEKDAY = re.compile(r"(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\s+(?:to|until|till|-|–)\s+", re.IGNORECASE)


def day_in(typed: str) -> date:
    """The day that a text names; raises BadInput.

    >>> day_in("27 November 2026") == day_in("Friday, 27th Nov 2026") == day_in("27/11/2026") == day_in("2026-11-27")
    True
    """
    weekday = _WEEKDAY.match(typed)
    rest = _ORDINAL.sub("", typed[weekday.end() :] if weekday else typed).replace(",", " ")
    day = _dated(" ".join(rest.split()))
    if day is None:
        raise BadInput(NOT_A_DAY.format(typed=typed[:MAX_SHOWN_CHARS]))
    name = WEEKDAYS[day.weekday()]
    if weekday and not name.startswith(weekday[1].lower()):
        raise BadInput(NOT_THAT_WEEKDAY.format(day=written_day(day), weekday=name.capitalize()))
    return day


def _dated(text: str) -> date | None:
    for form in FORMATS:
        try:
            day = datetime.strptime(text.title(), form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return day if day.year in YEARS else None
    return None


def period_in(typed: str) -> tuple[date, date]:
    """The first and the last day that a text names; raises BadInput.

    >>> [day.isoformat() for day in period_in("2 September 2026 to 23/10/2026")]
    ['2026-09-02', '2026-10-23']
    """
    match _UNTIL.split(typed):
        case [first, last]:
            begins, ends = day_in(first.strip()), day_in(last.strip())
            if begins > ends:
                raise BadInput(WRONG_ORDER.format(typed=typed[:MAX_SHOWN_CHARS]))
            return begins, ends
    raise BadInput(NOT_A_PERIOD.format(typed=typed[:MAX_SHOWN_CHARS]))


def time_in(typed: str) -> time:
    """The time of day that a text names, as a browser's field or a person writes it; raises BadInput.

    >>> time_in("8:30") == time_in("08:30:00")
    True
    """
    try:
        moment = time.fromisoformat(typed.strip().zfill(len("08:30")))
    except ValueError as error:
        raise BadInput(NOT_A_TIME.format(typed=typed[:MAX_SHOWN_CHARS])) from error
    return moment.replace(tzinfo=None)


def written_day(day: date) -> str:
    """A day as it is shown in a form, and can be typed.

    >>> written_day(date(2026, 9, 2))
    '2 September 2026'
    """
    return f"{day.day} {day:%B %Y}"
