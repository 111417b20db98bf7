"""What somebody meant by a few words about a lesson."""

import re
from dataclasses import dataclass
from datetime import date, time

_MARKUP = re.compile(r"[\[\]<>{}*_`#|~\\]+")


@dataclass(frozen=True, slots=True)
class ParsedLesson:
    """A lesson as somebody meant it: its name and when it is. Days and times are London's; None is what was not said.

    `ends` is never without `begins`, and lies after it. `until` is the last day of a weekly series, where one was said;
    where it was said of a lesson that nobody called weekly, `is_weekly` stays False and whoever asks on decides.

    >>> ParsedLesson("Year 4 maths", date(2026, 9, 8), time(10)).ends is None
    True
    """

    label: str = ""
    day: date | None = None
    begins: time | None = None
    ends: time | None = None
    is_weekly: bool = False
    until: date | None = None


def without_markup(name: str) -> str:
    """A name without anything a card would take for markup, be it typed or out of a calendar.

    >>> without_markup("  **Year 4** [maths](https://example.org)  ")
    'Year 4 maths (https://example.org)'
    """
    return " ".join(_MARKUP.sub(" ", name).split())
