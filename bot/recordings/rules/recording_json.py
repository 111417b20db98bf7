"""A recording as a row of JSON values and back, exactly. The order of the values is that of the fields."""

from datetime import date, datetime
from typing import Any

from bot.people.rules.conversations import Address, SentMessage
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import FileState, Recording, RecordingFile, RecordingState
from bot.recordings.rules.sealed_wording import opened_wording, sealed_wording


def recording_to_json(recording: Recording) -> list[Any]:
    """A recording as a row of JSON values."""
    message, finding = recording.message, recording.finding
    return [
        _lesson_to_json(recording.lesson),
        recording.state.value,
        sealed_wording(recording.shown),
        [message.channel, message.conversation, message.id] if message else None,
        recording.notices,
        recording.moves,
        recording.is_moved_by_hand,
        recording.is_by_hand,
        recording.is_off,
        recording.is_asked_recorded,
        recording.is_answered,
        [[file.drive, file.item, file.address] for file in recording.files],
        day_to_json(recording.searched_on),
        day_to_json(recording.looked_on),
        day_to_json(recording.first_seen_on),
        finding.value if finding else None,
        [day.isoformat() for day in recording.asked_gone_on],
        day_to_json(recording.not_yet_on),
        day_to_json(recording.head_told_on),
    ]


def recording_from_json(row: list[Any]) -> Recording:
    """The recording; raises TypeError or ValueError for anything that is not one."""
    lesson, state, shown, message, notices, moves, *marks, files, searched, looked, first_seen, finding = row[:-3]
    asked_gone, not_yet, head_told = row[-3:]
    is_moved_by_hand, is_by_hand, is_off, is_asked_recorded, is_answered = marks
    if not isinstance(shown, str):
        raise TypeError("A wording is saved as text.")
    return Recording(
        lesson=_lesson_from_json(lesson),
        state=RecordingState(state),
        shown=opened_wording(shown),
        message=SentMessage(*message) if message else None,
        notices=notices,
        moves=moves,
        is_moved_by_hand=is_moved_by_hand,
        is_by_hand=is_by_hand,
        is_off=is_off,
        is_asked_recorded=is_asked_recorded,
        is_answered=is_answered,
        files=tuple([RecordingFile(*file) for file in files]),
        searched_on=day_from_json(searched),
        looked_on=day_from_json(looked),
        first_seen_on=day_from_json(first_seen),
        finding=FileState(finding) if finding else None,
        asked_gone_on=tuple([date.fromisoformat(day) for day in asked_gone]),
        not_yet_on=day_from_json(not_yet),
        head_told_on=day_from_json(head_told),
    )


def day_to_json(day: date | None) -> str | None:
    """A day as text."""
    return day.isoformat() if day else None


def day_from_json(text: str | None) -> date | None:
    """The day of a text; raises TypeError or ValueError."""
    return date.fromisoformat(text) if text is not None else None


def address_to_json(address: Address | None) -> list[str] | None:
    """An address as JSON values."""
    return [address.channel, address.account, address.conversation] if address else None


def address_from_json(values: list[str] | None) -> Address | None:
    """The address; raises TypeError."""
    return Address(*values) if values else None


def _lesson_to_json(lesson: Lesson) -> list[Any]:
    return [
        lesson.id,
        lesson.teacher,
        lesson.label,
        lesson.starts.isoformat(),
        lesson.ends.isoformat(),
        lesson.kept_days,
        address_to_json(lesson.address),
        lesson.series,
        lesson.source,
        lesson.thread,
    ]


def _lesson_from_json(row: list[Any]) -> Lesson:
    id, teacher, label, starts, ends, kept_days, address, series, source, thread = row
    begin, end = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    return Lesson(id, teacher, label, begin, end, kept_days, address_from_json(address), series, source, thread)
