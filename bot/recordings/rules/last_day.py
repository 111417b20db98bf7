"""How long a recording is kept: the number of days, which the policy's clause names, and the last day.

"I will inform children that any online learning will be recorded and available on the chat function for everyone to
access and view, for a period of 21 days" (AUP-professional.8).
"""

import re
from datetime import date, timedelta

from bot.errors import PolicyFileError
from bot.school.rules.documents import Clause

_DAYS = re.compile(r"\b(\d{1,3}) days\b")


def kept_days_in(clause: Clause) -> int:
    """For how many days a recording is there, by the clause's own number; raises PolicyFileError if it names none.

    >>> text = "available on the chat function for everyone to access and view, for a period of 21 days."
    >>> kept_days_in(Clause("C", "", "", "", text, frozenset()))
    21
    """
    number = _DAYS.search(clause.text)
    if number is None or not int(number[1]):
        raise PolicyFileError(f"{clause.id} does not say for how many days a recording is available.")
    return int(number[1])


def last_day_of(day: date, kept_days: int) -> date:
    """The last day on which the recording of a lesson is there, to its end; day 0 is the lesson's own, in London.

    >>> last_day_of(date(2026, 10, 20), 21)  # across the end of summer time
    datetime.date(2026, 11, 10)
    """
    return day + timedelta(days=kept_days)
