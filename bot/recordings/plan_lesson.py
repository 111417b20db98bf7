"""Writes down that a lesson is planned."""

from dataclasses import replace

from bot.desk.rules.messages import Incoming
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Person
from bot.recordings.book import RecordingBook
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.projection import RecordingProjection
from bot.recordings.rules.recording import RecordingState
from bot.recordings.rules.recording_events import address_facts


async def plan_lesson(book: RecordingBook, lesson: Lesson, person: Person, incoming: Incoming | None = None) -> None:
    """Records that a lesson is planned; planning it again changes nothing.

    `incoming` is what its teacher pressed, None if the lesson comes from their calendar.
    """
    caller, conversation = (incoming.caller, incoming.conversation) if incoming else (None, "")
    await book.context.write(
        EventKind.LESSON,
        f"lesson/{lesson.id}",
        subject=lesson.teacher,
        actor=lesson.teacher if incoming else "",
        facts={
            "lesson": lesson.id,
            "starts": lesson.starts.isoformat(),
            "ends": lesson.ends.isoformat(),
            "kept": lesson.kept_days,
            **address_facts(lesson.address),
            "series": lesson.series,
            "source": lesson.source,
            "thread": lesson.thread,
        },
        who=details(person, caller, conversation, label=lesson.label),
    )


def with_free_id(lesson: Lesson, projection: RecordingProjection) -> Lesson:
    """The lesson, under another id if the one with its id was taken back or is at another time by now."""
    id, number = lesson.id, 1
    while (known := projection.get(id)) and (
        known.state is RecordingState.TAKEN_BACK or known.lesson.starts != lesson.starts
    ):
        number += 1
        id = f"{lesson.id}-{number}"
    return replace(lesson, id=id)


def has_a_notice_already(lesson: Lesson, projection: RecordingProjection) -> bool:
    """Whether another notice for that time is in that conversation already, or will be soon."""
    if not lesson.conversation:
        return False
    return any(
        recording.lesson.conversation == lesson.conversation
        and recording.lesson.starts == lesson.starts
        and recording.state is not RecordingState.TAKEN_BACK
        for recording in projection.between(lesson.day, lesson.day)
    )
