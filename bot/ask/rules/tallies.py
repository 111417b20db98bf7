"""What is kept of questions: counts by week, and the questions that somebody chose to send to the school."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.ask.rules.words import tidy
from bot.errors import BadInput

KEPT_FOR = timedelta(days=90)
MAX_SENT_CHARS = 500


class Outcome(StrEnum):
    """What is counted."""

    ASKED = "asked"  # answered from this situation
    OFFERED = "offered"  # offered among others because the question was unclear
    HELPED = "helped"  # thumbs up
    DID_NOT_HELP = "did_not_help"  # thumbs down


@dataclass(frozen=True, slots=True)
class Count:
    """One outcome for one situation in one week; `week` is the Monday it began on, London time."""

    week: date
    situation: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """How many times an outcome was counted."""

    count: Count
    times: int


@dataclass(frozen=True, slots=True)
class SentQuestion:
    """A question that somebody sent to the school on purpose: its words and the day, never who sent it."""

    text: str
    on: date


def question_to_send(text: str, today: date) -> SentQuestion:
    """The question as it is kept; raises BadInput if it is empty or too long."""
    line = tidy(text)
    if len(line) > MAX_SENT_CHARS:
        raise BadInput(f"Please keep it under {MAX_SENT_CHARS} characters. Nothing was sent.")
    return SentQuestion(line, today)


def kept_since(today: date) -> date:
    """The first day whose questions are still kept.

    >>> kept_since(date(2021, 12, 1))
    datetime.date(2021, 9, 2)
    """
    return today - KEPT_FOR
