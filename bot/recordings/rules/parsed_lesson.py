"""What a teacher's few words about a lesson mean."""

import re
from dataclasses import dataclass
from datetime import date, time

_MARKUP = re.compile(r"[\[\]<>{}*_`#|~\\]+")


@dataclass(frozen=True, slots=True)
class ParsedLesson:
    """A lesson as somebody described it: its name and when it is. Days and times are London's; None was not said.

    `ends` is never without `begins`, and is later. `until` is the last day of a weekly series. It may be set although
    nobody called the lesson weekly: then `is_weekly` is False, and the form asks. `unread` are words that may change
    the day or the hour and were not understood, or on which people differ: the form asks about them.

    >>> ParsedLesson("Year 4 maths", date(2026, 9, 8), time(10)).ends is None
    True
    """

    label: str = ""
    day: date | None = None
    begins: time | None = None
    ends: time | None = None
    is_weekly: bool = False
    until: date | None = None
    unread: tuple[str, ...] = ()


def without_markup(name: str) -> str:
    """A name without anything that a card would take for markup, whether it was typed or came from a calendar.

    >>> without_markup("  **Year 4** [maths](https://example.org)  ")
    'Year 4 maths (https://example.org)'
    """
    return " ".join(_MARKUP.sub(" ", name).split())
