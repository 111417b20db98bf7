"""What is kept of questions: counts by week, and the questions that somebody chose to send to the school."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.ask.rules.words import tidy
from bot.errors import BadInput
from bot.school.rules.calendar import monday_of

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
    """A question that somebody sent to the school on purpose: its words and its week, never who sent it.

    `on` is the Monday of the week, London time; in stores of releases up to 0.6.0 it may be the day.
    """

    text: str
    on: date


def question_to_send(text: str, today: date) -> SentQuestion:
    """The question as it is kept; raises BadInput if it is empty or too long."""
    line = tidy(text)
    if len(line) > MAX_SENT_CHARS:
        raise BadInput(f"Please keep it under {MAX_SENT_CHARS} characters. Nothing was sent.")
    return SentQuestion(line, monday_of(today))


def kept_since(today: date) -> date:
    """The first day whose questions are still kept.

    >>> kept_since(date(2021, 12, 1))
    datetime.date(2021, 9, 2)
    """
    return today - KEPT_FOR


def readable_questions(questions: Iterable[SentQuestion], today: date) -> dict[date, Sequence[str]]:
    """The words of sent questions by the Monday of their week, the newest week first, each week in alphabetical order.

    A week's questions can be read from the next Monday on, all at once: a single fresh one would show who was just in
    the room, and so would the order in which they came.
    """
    weeks: dict[date, list[str]] = {}
    for question in questions:
        weeks.setdefault(monday_of(question.on), []).append(question.text)
    past = sorted((week for week in weeks if week < monday_of(today)), reverse=True)
    return {week: sorted(weeks[week], key=lambda text: (text.casefold(), text)) for week in past}
