"""How each event of the ledger changes what is known of a recording.

Sealed entries are read for ever: those of form 1 (release 0.5.0) name no channel, and facts keep the names they had.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.evidence.rules.ledger import Event, EventKind
from bot.people.rules.conversations import Address, SentMessage
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import MAY_BECOME, FileState, Recording, RecordingFile, RecordingState
from bot.recordings.rules.sealed_wording import opened_wording
from bot.school.rules.calendar import LONDON

NOTHING = "nothing"  # the fact "found" of a search that found no recording
GONE, RECORDED = "gone", "recorded"  # the fact "about": what a teacher is asked
TEACHER, TENANT = "teacher", "tenant"  # the fact "by": who found or said something


def planned_recording(event: Event) -> Recording:
    """The recording of a lesson that was just planned."""
    facts: Any = event.facts
    lesson = Lesson(
        id=facts["lesson"],
        teacher=event.subject,
        label=event.who.get("label", ""),
        starts=datetime.fromisoformat(facts["starts"]),
        ends=datetime.fromisoformat(facts["ends"]),
        kept_days=facts["kept"],
        address=address_in(event),
        series=facts["series"],
        source=facts["source"],
        thread=facts.get("thread", ""),
    )
    return Recording(lesson)


def address_in(event: Event) -> Address | None:
    """Where a notice goes, by an event's facts; None if somebody copies it by hand."""
    facts: Any = event.facts
    conversation = facts["place"]
    channel = facts["channel"] if event.form > 1 else ""
    return Address(channel, conversation=conversation) if conversation else None


def address_facts(address: Address | None) -> dict[str, str]:
    """The facts that say where a notice goes."""
    return {
        "place": address.conversation if address else "",
        "channel": address.channel if address else "",
    }


def message_facts(message: SentMessage | None) -> dict[str, str]:
    """The facts that say which message a notice is; empty texts if somebody copied it."""
    return {
        "message": message.id if message else "",
        "channel": message.channel if message else "",
        "conversation": message.conversation if message else "",
    }


def day_of(event: Event) -> date:
    """The London day on which an event happened."""
    return event.at.astimezone(LONDON).date()


def told_head(recording: Recording, event: Event) -> Recording:
    """The recording once the headteacher was told about it."""
    after = replace(recording, head_told_on=day_of(event))
    return after.become(RecordingState.STILL_THERE if recording.is_there else RecordingState.UNCHECKED)


def _moved(recording: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    starts, ends = datetime.fromisoformat(facts["starts"]), datetime.fromisoformat(facts["ends"])
    return replace(
        recording,
        lesson=replace(recording.lesson, starts=starts, ends=ends),
        moves=recording.moves + 1,
        is_moved_by_hand=recording.is_moved_by_hand or bool(event.actor),
        is_asked_recorded=False,
    )


def _announced(recording: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    after = replace(
        recording,
        shown=opened_wording(facts["says"]),
        message=_message_in(event, recording.lesson),
        notices=recording.notices + 1,
        is_by_hand=recording.is_by_hand or facts["by_hand"],
    )
    return after.become(RecordingState.ANNOUNCED)


def _message_in(event: Event, lesson: Lesson) -> SentMessage | None:
    """The notice in the chat; entries of form 1 name its id only, so channel and conversation are the lesson's."""
    facts: Any = event.facts
    if not facts["message"]:
        return None
    if event.form > 1:
        return SentMessage(facts["channel"], facts["conversation"], facts["message"])
    address = lesson.address or Address("")
    return SentMessage(address.channel, address.conversation, facts["message"])


def _taken_back(recording: Recording, event: Event) -> Recording:
    return replace(recording, is_off=bool(event.facts["off"])).become(RecordingState.TAKEN_BACK)


def _asked(recording: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    if facts["about"] == RECORDED:
        return replace(recording, is_asked_recorded=True)
    return replace(recording, asked_gone_on=(*recording.asked_gone_on, date.fromisoformat(facts["on"])))


def _recorded(recording: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    if not facts["recorded"]:
        return replace(recording, is_answered=True).become(RecordingState.NOT_RECORDED)
    file = RecordingFile(facts["drive"], facts["item"], event.who.get("address", ""))
    known = {(known_file.drive, known_file.item) for known_file in recording.files}
    is_new = bool(file.item) and (file.drive, file.item) not in known
    after = replace(
        recording,
        is_answered=True,
        files=(*recording.files, file) if is_new else recording.files,
        searched_on=day_of(event) if facts["by"] == TENANT else recording.searched_on,
    )
    return after.become(RecordingState.RECORDED)


def _reminded(recording: Recording, event: Event) -> Recording:
    return recording.become(RecordingState.REMINDED)


def _looked(recording: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    if facts["found"] == NOTHING:
        return replace(recording, searched_on=day_of(event))
    finding = FileState(facts["found"])
    if facts["by"] == TEACHER:
        return _teacher_looked(recording, event, finding)
    after = replace(recording, finding=finding, looked_on=day_of(event))
    if after.is_looked_at:
        after = replace(after, first_seen_on=after.first_seen_on or day_of(event))
    if finding is FileState.GONE:
        return _gone(after, event, RecordingState.GONE)
    return _still_there(after, event)


def _teacher_looked(recording: Recording, event: Event, finding: FileState) -> Recording:
    """What somebody says who looked. Their word that it is gone leads to one more look, if we may look ourselves."""
    after = replace(recording, finding=finding)
    if finding is FileState.THERE:
        return replace(after, not_yet_on=day_of(event))
    if finding is FileState.GONE and recording.looked_on and day_of(event) > recording.lesson.last_day:
        return replace(after, looked_on=None)
    if finding is FileState.GONE:
        return _gone(after, event, RecordingState.REMOVED)
    return _still_there(after, event)


def _gone(recording: Recording, event: Event, usual: RecordingState) -> Recording:
    """A recording that is gone: before its last day, as promised, or after the headteacher had to be told."""
    if day_of(event) < recording.lesson.last_day:
        return recording.become(RecordingState.GONE_EARLY)
    return recording.become(usual if usual in MAY_BECOME[recording.state] else RecordingState.REMOVED)


def _still_there(recording: Recording, event: Event) -> Recording:
    """A recording that is not known to be gone; before its last day has passed, that is as it should be."""
    if day_of(event) <= recording.lesson.last_day:
        return recording
    match recording.finding:
        case FileState.LOCKED:
            return recording.become(RecordingState.LOCKED)
        case FileState.FORBIDDEN:
            return recording.become(RecordingState.UNCHECKED)
    return recording.become(RecordingState.STILL_THERE) if recording.head_told_on else recording


CHANGES: Mapping[EventKind, Callable[[Recording, Event], Recording]] = {
    EventKind.MOVE: _moved,
    EventKind.ANNOUNCE: _announced,
    EventKind.TAKE_BACK: _taken_back,
    EventKind.ASK: _asked,
    EventKind.RECORD: _recorded,
    EventKind.REMIND: _reminded,
    EventKind.LOOK: _looked,
}
