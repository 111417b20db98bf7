"""What is kept of questions: counts by week, and the few that somebody chose to send to the school."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.ask.rules.words import tidy
from bot.errors import BadInput

KEPT_FOR = timedelta(days=90)
LONGEST_SENT = 500  # characters


class Outcome(StrEnum):
    """What is counted."""

    ASKED = "asked"  # answered from this situation
    OFFERED = "offered"  # offered among others because the question was unclear
    HELPED = "helped"  # thumbs up
    DID_NOT_HELP = "did_not_help"  # thumbs down


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that happened to one situation in one week; `week` is the Monday it began on, London time."""

    week: date
    situation: str
    what: Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a thing happened."""

    count: Count
    times: int


@dataclass(frozen=True, slots=True)
class SentQuestion:
    """A question somebody sent to the school on purpose: its words and the day, never who."""

    text: str
    on: date


def week_of(day: date) -> date:
    """The Monday of a day's week.

    >>> week_of(date(2021, 9, 8))
    datetime.date(2021, 9, 6)
    """
    return day - timedelta(days=day.weekday())


def sent(text: str, today: date) -> SentQuestion:
    """The question as it is kept; raises BadInput where it is empty or too long."""
    line = tidy(text)
    if len(line) > LONGEST_SENT:
        raise BadInput(f"Please keep it under {LONGEST_SENT} characters. Nothing was sent.")
    return SentQuestion(line, today)


def kept_since(today: date) -> date:
    """The first day whose questions are still kept.

    >>> kept_since(date(2021, 12, 1))
    datetime.date(2021, 9, 2)
    """
    return today - KEPT_FOR
