"""Cards that list lessons: a teacher's own, a week of the whole school, and those the headteacher is told about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.desk.rules.messages import Outgoing
from bot.recordings.rules.recording import Recording
from bot.recordings.rules.week import WEEK, Week, lesson_name, state_in_words
from bot.school.rules.calendar import spoken

MAX_ROWS, MAX_OVERDUE = 15, 8  # with a button each: more would not fit into a message
HELP = "A word with the teacher, or with the IT lead, may help. Staffroom never deletes a recording itself."
SAME_MESSAGE = "If you have had this already, it is the same message."


def own_lessons(recordings: Sequence[Recording], now: datetime) -> Outgoing:
    """Somebody's own lessons, the latest last."""
    heading = "Your lessons"
    rows = [_row(recording, lesson_name(recording), now) for recording in recordings]
    values = {
        "fallback": "Your lessons with a recording notice",
        "heading": heading,
        "sum": f"{len(recordings)} with a recording notice, the latest last.",
        "overdue": [],
        "more_overdue": "",
        "rows": rows,
        "more": "",
        "weeks": {},
        "notes": [],
    }
    text = "\n".join([heading, *(_line(row) for row in rows)])
    return Outgoing("lessons", values, text, is_beside=True)


def week_card(
    week: Week, teachers: Mapping[str, str], now: datetime, remarks: Sequence[str], page: int = 0
) -> Outgoing:
    """A week of lessons, a page at a time; `teachers` are names by pseudonym."""
    whole = week_values(week, teachers, now, remarks)
    first, end = page * MAX_ROWS, (page + 1) * MAX_ROWS
    rows_left = len(whole["rows"]) - end
    overdue_left = len(whole["overdue"]) - MAX_OVERDUE
    values = whole | {
        "rows": whole["rows"][first:end],
        "overdue": whole["overdue"][:MAX_OVERDUE],
        "more_overdue": f'and {overdue_left} more; "python -m bot lessons" lists them all' if overdue_left > 0 else "",
        "more": f"{rows_left} more of this week" if rows_left > 0 else "",
        "next": str(page + 1),
    }
    lines = [_line(row) for row in (*whole["overdue"], *whole["rows"])]
    text = "\n".join([values["heading"], values["sum"], *lines, *remarks])
    return Outgoing("lessons", values, text, is_beside=True)


def week_values(week: Week, teachers: Mapping[str, str], now: datetime, remarks: Sequence[str]) -> dict[str, Any]:
    """What the card and the page of a week show."""
    heading = f"Recorded lessons, week of {spoken(week.begins)}"
    return {
        "fallback": f"{heading}: {week.sum}",
        "heading": heading,
        "sum": week.sum,
        "overdue": [_row(recording, _with_teacher(recording, teachers), now) for recording in week.overdue],
        "rows": [_row(recording, _with_teacher(recording, teachers), now) for recording in week.lessons],
        "week": week.begins.isoformat(),
        "weeks": {"before": (week.begins - WEEK).isoformat(), "after": (week.begins + WEEK).isoformat()},
        "notes": [{"text": remark} for remark in remarks],
    }


def overdue_message(
    recordings: Sequence[Recording], teachers: Mapping[str, str], now: datetime, *, is_again: bool = False
) -> Outgoing:
    """Tells the headteacher about recordings that are not gone after their last day, or went too early."""
    lines = [f"{_with_teacher(recording, teachers)}: {state_in_words(recording, now)}" for recording in recordings]
    subject = "A recording is" if len(lines) == 1 else "Recordings are"
    text = f"{subject} not as promised:"
    help_text = f"{HELP} {SAME_MESSAGE}" if is_again else HELP
    values = {
        "fallback": f"{text} {lines[0]}",
        "heading": "Recorded lessons",
        "says": text,
        "names": [{"text": line} for line in lines],
        "what": help_text,
        "may_preview": False,
        "may_take": False,
    }
    return Outgoing("names", values, "\n".join([text, *lines, help_text]), is_beside=True)


def _row(recording: Recording, name: str, now: datetime) -> dict[str, str]:
    """A line of a list; its button says in short which lesson it opens."""
    lesson = recording.lesson
    short = f"{lesson.label or 'a lesson'}, {lesson.day.day} {lesson.day:%B}"
    return {"name": name, "what": state_in_words(recording, now), "opens": short, "lesson": lesson.id}


def _line(row: Mapping[str, str]) -> str:
    return f"- {row['name']}: {row['what']}"


def _with_teacher(recording: Recording, teachers: Mapping[str, str]) -> str:
    return f"{lesson_name(recording)} ({teachers.get(recording.lesson.teacher, 'somebody who has left')})"
