"""What the ledger says about recorded lessons, entry by entry, and nothing else (a projection, or read model)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.evidence.rules.ledger import Entry, Event, EventKind, Head
from bot.people.rules.conversations import Address
from bot.recordings.rules.recording import Recording
from bot.recordings.rules.recording_events import CHANGES, address_in, day_of, planned_recording, told_head
from bot.recordings.rules.recording_json import (
    address_from_json,
    address_to_json,
    day_from_json,
    day_to_json,
    recording_from_json,
    recording_to_json,
)


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """What a teacher chose for a lesson or series of their calendar: whether notices go up, and where.

    `address` is None if the teacher copies them by hand.
    """

    is_wanted: bool
    address: Address | None = None


@dataclass(slots=True)
class RecordingProjection:
    """Recordings by their lesson's id. `unsettled` holds those with something left to do, whatever the time is."""

    name: str = field(default="recordings", init=False)
    version: int = field(default=1, init=False)
    head: Head = field(default_factory=Head)  # the last entry taken in
    recordings: dict[str, Recording] = field(default_factory=dict)
    unsettled: dict[str, Recording] = field(default_factory=dict)
    choices: dict[tuple[str, str], NoticeChoice] = field(default_factory=dict)  # by teacher, and entry or series
    expiry_set_on: date | None = None  # when the IT lead said that the tenant itself deletes recordings in time
    first_on: date | None = None  # when the first lesson was planned
    _by_source: dict[tuple[str, str], str] = field(default_factory=dict)  # ids, by teacher and calendar entry
    _by_teacher: dict[str, list[str]] = field(default_factory=dict)
    _by_conversation: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "RecordingProjection":
        """The projection of a ledger."""
        projection = cls()
        for entry in entries:
            projection.add(entry, entry.event)
        return projection

    def add(self, entry: Entry, event: Event) -> None:
        """Takes in the next entry, with its event already parsed; an entry that is in already changes nothing."""
        if entry.number <= self.head.number:
            return
        self.head = Head(entry.number, entry.hash)
        recording = self.recordings.get(str(event.facts.get("lesson", "")))
        if event.kind in _WITHOUT_A_LESSON:
            _WITHOUT_A_LESSON[event.kind](self, event)
        elif event.kind in CHANGES and recording:
            self._put(CHANGES[event.kind](recording, event))

    def dump(self) -> Any:
        """All of it as JSON values."""
        choices = [
            [teacher, source, choice.is_wanted, address_to_json(choice.address)]
            for (teacher, source), choice in self.choices.items()
        ]
        return {
            "head": [self.head.number, self.head.hash],
            "recordings": [recording_to_json(recording) for recording in self.recordings.values()],
            "choices": choices,
            "expiry_set_on": day_to_json(self.expiry_set_on),
            "first_on": day_to_json(self.first_on),
        }

    def load(self, state: Any) -> None:
        """Becomes what `dump` gave; raises KeyError, TypeError or ValueError, unchanged, if that is not its form."""
        number, hash = state["head"]
        recordings = [recording_from_json(values) for values in state["recordings"]]
        choices = {
            (teacher, source): NoticeChoice(is_wanted, address_from_json(address))
            for teacher, source, is_wanted, address in state["choices"]
        }
        expiry_set_on, first_on = day_from_json(state["expiry_set_on"]), day_from_json(state["first_on"])
        self.head, self.choices = Head(number, hash), choices
        self.expiry_set_on, self.first_on = expiry_set_on, first_on
        self.recordings, self.unsettled = {}, {}
        self._by_source, self._by_teacher, self._by_conversation = {}, {}, {}
        for recording in recordings:
            self._put_new(recording)

    def fresh(self) -> "RecordingProjection":
        """An empty projection."""
        return RecordingProjection()

    @property
    def conversations(self) -> frozenset[str]:
        """The ids of the conversations in which a notice was ever planned."""
        return frozenset(self._by_conversation)

    def get(self, id: str) -> Recording | None:
        """A recording by its lesson's id."""
        return self.recordings.get(id)

    def open_recordings(self, now: datetime) -> tuple[Recording, ...]:
        """The recordings with something left to do at an instant."""
        return tuple(recording for recording in self.unsettled.values() if recording.is_open(now))

    def of_teacher(self, pseudonym: str) -> tuple[Recording, ...]:
        """Somebody's recordings, by when the lesson is."""
        return _in_order(self.recordings[id] for id in self._by_teacher.get(pseudonym, ()))

    def between(self, first: date, last: date) -> tuple[Recording, ...]:
        """The recordings of lessons on these days, both included, by when the lesson is."""
        return _in_order(recording for recording in self.recordings.values() if first <= recording.lesson.day <= last)

    def in_series(self, series: str) -> tuple[Recording, ...]:
        """The recordings of a series, by when the lesson is; none if the series is empty."""
        recordings = self.recordings.values() if series else ()
        return _in_order(recording for recording in recordings if recording.lesson.series == series)

    def announced_in(self, conversation: str) -> tuple[Recording, ...]:
        """The recordings whose notices are in a conversation, by when the lesson is."""
        recordings = (self.recordings[id] for id in self._by_conversation.get(conversation, ()))
        return _in_order(recording for recording in recordings if recording.message)

    def from_calendar(self, teacher: str, source: str) -> Recording | None:
        """The recording of a lesson of somebody's calendar: the one that was planned last."""
        return self.recordings.get(self._by_source.get((teacher, source), ""))

    def _put(self, recording: Recording) -> None:
        id = recording.lesson.id
        self.recordings[id] = recording
        if recording.is_settled:
            self.unsettled.pop(id, None)
        else:
            self.unsettled[id] = recording

    def _put_new(self, recording: Recording) -> None:
        """A recording that was not known before; its teacher, conversation and calendar entry stay the same."""
        lesson = recording.lesson
        self._by_teacher.setdefault(lesson.teacher, []).append(lesson.id)
        if lesson.conversation:
            self._by_conversation.setdefault(lesson.conversation, []).append(lesson.id)
        if lesson.source:
            self._by_source[lesson.teacher, lesson.source] = lesson.id
        self._put(recording)

    def _plan(self, event: Event) -> None:
        recording = planned_recording(event)
        self.first_on = self.first_on or day_of(event)
        if recording.lesson.id not in self.recordings:
            self._put_new(recording)

    def _choose(self, event: Event) -> None:
        facts: Any = event.facts
        self.choices[event.subject, facts["source"]] = NoticeChoice(facts["wanted"], address_in(event))

    def _tell(self, event: Event) -> None:
        facts: Any = event.facts
        for id in facts["lessons"]:
            if id in self.recordings:
                self._put(told_head(self.recordings[id], event))

    def _set_expiry(self, event: Event) -> None:
        self.expiry_set_on = day_of(event) if event.facts["done"] else None

    def _erase(self, event: Event) -> None:
        """Takes the names of somebody's lessons away, as the ledger does when their details are erased."""
        for recording in self.of_teacher(event.subject):
            files = tuple(replace(file, address="") for file in recording.files)
            self._put(replace(recording, lesson=replace(recording.lesson, label=""), files=files))


def _in_order(recordings: Iterable[Recording]) -> tuple[Recording, ...]:
    return tuple(sorted(recordings, key=lambda recording: (recording.lesson.starts, recording.lesson.label)))


_WITHOUT_A_LESSON: Mapping[EventKind, Callable[[RecordingProjection, Event], None]] = {
    EventKind.LESSON: RecordingProjection._plan,
    EventKind.TELL: RecordingProjection._tell,
    EventKind.WISH: RecordingProjection._choose,
    EventKind.EXPIRY: RecordingProjection._set_expiry,
    EventKind.ERASE: RecordingProjection._erase,
    EventKind.REMOVE: RecordingProjection._erase,
}
