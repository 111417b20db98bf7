"""The command `when`: what the notice form would read in a teacher's words, for support."""

import argparse
import json
from datetime import datetime

from bot.app import now
from bot.cli.command import AddCommand
from bot.desk.rules.typed_text import typed_text
from bot.errors import BadInput
from bot.recordings.notice_form import problem_with
from bot.recordings.plan_notice import lesson_words
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.school.rules.calendar import LONDON, spoken
from bot.settings import Settings

NO_MOMENT = "Please write --at as a day and an hour, for example 2026-09-07T09:00."
NO_TEXT = 'Please write the words after it: python -m bot when "Year 4 maths tomorrow 10am"'


def add_commands(add: AddCommand) -> None:
    """Adds this command to the others."""
    parser = add("when", "show which lesson the notice form reads in a teacher's words", _when)
    parser.add_argument("text", nargs="*", help="the words, as a teacher types them")
    parser.add_argument("--at", default="", help="when they are typed, in London: 2026-09-07T09:00; now if left out")
    parser.add_argument("--json", action="store_true", help='print {"starts", "name", "asks"}')


def _when(settings: Settings, options: argparse.Namespace) -> int:
    text = typed_text(" ".join(options.text))
    if not text:
        raise BadInput(NO_TEXT)
    at = moment_in(options.at) if options.at else now()
    parsed = parse_lesson(lesson_words(text), at)
    problem = problem_with(parsed, at.date())
    print(json.dumps(_as_json(parsed, problem), ensure_ascii=False) if options.json else _as_text(parsed, problem))
    return 0


def moment_in(text: str) -> datetime:
    """A moment in London from ISO 8601; raises BadInput.

    >>> moment_in("2026-09-07T09:00").isoformat()
    '2026-09-07T09:00:00+01:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.astimezone(LONDON) if moment.tzinfo else moment.replace(tzinfo=LONDON)
    except (ValueError, OverflowError):
        raise BadInput(NO_MOMENT) from None
    if not 2000 <= moment.year < 2100 or "T" not in text.upper():
        raise BadInput(NO_MOMENT)
    return moment


def _starts(parsed: ParsedLesson) -> datetime | None:
    return datetime.combine(parsed.day, parsed.begins) if parsed.day and parsed.begins else None


def _as_json(parsed: ParsedLesson, problem: str) -> dict[str, str | bool | None]:
    starts = _starts(parsed)
    return {"starts": starts.isoformat() if starts else None, "name": parsed.label, "asks": bool(problem)}


def _as_text(parsed: ParsedLesson, problem: str) -> str:
    starts = _starts(parsed)
    when = f"{spoken(starts.date())} {starts:%Y, %H:%M}" if starts else "not known"
    return "\n".join([f"Lesson: {parsed.label or 'no name'}", f"Begins: {when}", problem or "The form asks nothing."])
