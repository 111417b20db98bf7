"""The shelf of recorded lessons: what the ledger says of each, entry by entry, nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.evidence.rules.ledger import Entry, Event, EventKind
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import MAY_BECOME, FileState, Recording, RecordingFile, RecordingState
from bot.school.rules.calendar import LONDON

NOTHING = "nothing"  # what a look for a recording may find
GONE, RECORDED = "gone", "recorded"  # what a teacher is asked about
TEACHER, TENANT = "teacher", "tenant"  # who found or said something


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """What a teacher said about a lesson or series of their calendar: whether its notices are wanted, and where."""

    is_wanted: bool
    place: str = ""


@dataclass(slots=True)
class RecordingProjection:
    """Recordings by id; those with something left to do stand in `open` as well."""

    recordings: dict[str, Recording] = field(default_factory=dict)
    open: dict[str, Recording] = field(default_factory=dict)
    by_source: dict[tuple[str, str], str] = field(default_factory=dict)  # ids by teacher and calendar entry
    by_teacher: dict[str, list[str]] = field(default_factory=dict)  # ids, which stay the same teacher's and place's
    by_place: dict[str, list[str]] = field(default_factory=dict)
    wishes: dict[tuple[str, str], NoticeChoice] = field(default_factory=dict)  # by teacher and calendar entry or series
    expiry_set_on: date | None = None  # when the IT lead said that the tenant itself takes recordings away in time
    first_on: date | None = None  # when the first lesson was planned
    number: int = 0  # of the last entry taken in

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "RecordingProjection":
        """The shelf of a ledger."""
        shelf = cls()
        for entry in entries:
            shelf.add(entry)
        return shelf

    def add(self, entry: Entry) -> None:
        """Takes in the next entry; one that is in already changes nothing."""
        if entry.number <= self.number:
            return
        self.number = entry.number
        event = entry.event
        if event.kind in _WITHOUT_A_LESSON:
            _WITHOUT_A_LESSON[event.kind](self, event)
        if event.kind is EventKind.TELL:
            self._tell(event)
        before = self.recordings.get(str(event.facts.get("lesson", "")))
        if event.kind is EventKind.LESSON:
            self.first_on = self.first_on or _day(event)
            self._plan(_planned(event))
        elif event.kind in _CHANGES and before:
            self._put(_CHANGES[event.kind](before, event))

    @property
    def places(self) -> frozenset[str]:
        """The conversations in which a notice was ever planned."""
        return frozenset(self.by_place) - {""}

    def get(self, id: str) -> Recording | None:
        """A recording by its lesson's id."""
        return self.recordings.get(id)

    def of_teacher(self, pseudonym: str) -> tuple[Recording, ...]:
        """Somebody's recordings, by when the lesson was."""
        mine = [self.recordings[id] for id in self.by_teacher.get(pseudonym, ())]
        return tuple(sorted(mine, key=lambda one: one.lesson.starts))

    def between(self, first: date, last: date) -> tuple[Recording, ...]:
        """The recordings of lessons on these days, both included, by when the lesson was."""
        held = [one for one in self.recordings.values() if first <= one.lesson.day <= last]
        return tuple(sorted(held, key=lambda one: (one.lesson.starts, one.lesson.label)))

    def in_place(self, place: str) -> tuple[Recording, ...]:
        """The recordings whose notices stand in a conversation, by when the lesson was."""
        held = [one for id in self.by_place.get(place, ()) if (one := self.recordings[id]).message]
        return tuple(sorted(held, key=lambda one: one.lesson.starts))

    def in_series(self, series: str) -> tuple[Recording, ...]:
        """The lessons of a series, in order."""
        held = [one for one in self.recordings.values() if series and one.lesson.series == series]
        return tuple(sorted(held, key=lambda one: one.lesson.starts))

    def forget(self, pseudonym: str) -> None:
        """Takes the names of somebody's lessons away, as the ledger does when their details are erased."""
        for one in self.of_teacher(pseudonym):
            files = tuple(replace(each, address="") for each in one.files)
            self._put(replace(one, lesson=replace(one.lesson, label=""), files=files))

    def _plan(self, one: Recording) -> None:
        lesson = one.lesson
        if lesson.id not in self.recordings:
            self.by_teacher.setdefault(lesson.teacher, []).append(lesson.id)
            self.by_place.setdefault(lesson.place, []).append(lesson.id)
            if lesson.source:  # the one planned last, whatever becomes of those before it
                self.by_source[lesson.teacher, lesson.source] = lesson.id
        self._put(one)

    def _put(self, one: Recording) -> None:
        id = one.lesson.id
        self.recordings[id] = one
        if one.is_settled:
            self.open.pop(id, None)
        else:
            self.open[id] = one

    def _wish(self, event: Event) -> None:
        facts: Any = event.facts
        self.wishes[event.subject, facts["source"]] = NoticeChoice(facts["wanted"], facts["place"])

    def _tell(self, event: Event) -> None:
        facts: Any = event.facts
        for id in facts["lessons"]:
            if id in self.recordings:
                self._put(_told(self.recordings[id], event))

    def _expiry(self, event: Event) -> None:
        self.expiry_set_on = _day(event) if event.facts["done"] else None

    def _erase(self, event: Event) -> None:
        self.forget(event.subject)


def _planned(event: Event) -> Recording:
    facts: Any = event.facts
    lesson = Lesson(
        id=facts["lesson"],
        teacher=event.subject,
        label=event.who.get("label", ""),
        starts=datetime.fromisoformat(facts["starts"]),
        ends=datetime.fromisoformat(facts["ends"]),
        kept=facts["kept"],
        place=facts["place"],
        series=facts["series"],
        source=facts["source"],
        thread=facts.get("thread", ""),
    )
    return Recording(lesson)


def _moved(one: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    starts, ends = datetime.fromisoformat(facts["starts"]), datetime.fromisoformat(facts["ends"])
    moved = replace(one.lesson, starts=starts, ends=ends)
    by_hand = one.is_moved_by_hand or bool(event.actor)
    return replace(one, lesson=moved, moves=one.moves + 1, is_moved_by_hand=by_hand, asked_recorded=False)


def _announced(one: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    by_hand = facts["by_hand"]
    made = replace(
        one,
        shown=facts["says"],
        message=facts["message"],
        notices=one.notices + 1,
        is_by_hand=one.is_by_hand or by_hand,
    )
    return made.become(RecordingState.ANNOUNCED)


def _taken_back(one: Recording, event: Event) -> Recording:
    return replace(one, is_off=bool(event.facts["off"])).become(RecordingState.TAKEN_BACK)


def _asked(one: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    if facts["about"] == RECORDED:
        return replace(one, asked_recorded=True)
    return replace(one, asked_gone=(*one.asked_gone, date.fromisoformat(facts["on"])))


def _recorded(one: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    if not facts["recorded"]:
        return replace(one, is_answered=True).become(RecordingState.NOT_RECORDED)
    new = RecordingFile(facts["drive"], facts["item"], event.who.get("address", "")) if facts["item"] else None
    is_new = new is not None and all((each.drive, each.item) != (new.drive, new.item) for each in one.files)
    files = (*one.files, new) if is_new and new else one.files
    sought = _day(event) if facts["by"] == TENANT else one.sought_on
    return replace(one, is_answered=True, files=files, sought_on=sought).become(RecordingState.RECORDED)


def _reminded(one: Recording, event: Event) -> Recording:
    return one.become(RecordingState.REMINDED)


def _looked(one: Recording, event: Event) -> Recording:
    facts: Any = event.facts
    if facts["found"] == NOTHING:
        return replace(one, sought_on=_day(event))
    found, is_word = FileState(facts["found"]), facts["by"] == TEACHER
    made = replace(one, found=found)
    if is_word and found is FileState.THERE:
        return replace(made, not_yet_on=_day(event))
    if not is_word:
        made = replace(made, looked_on=_day(event))
        made = replace(made, seen_on=made.seen_on or _day(event)) if made.is_seen else made
    if found is FileState.GONE and is_word and one.looked_on and _day(event) > one.lesson.last:  # looked at once more
        return replace(made, looked_on=None)
    if found is FileState.GONE:
        return _without(made, event, RecordingState.REMOVED if is_word else RecordingState.GONE)
    if _day(event) <= one.lesson.last:
        return made
    return made.become(_SEEN.get(found, RecordingState.STILL_THERE if one.told_on else made.state))


_SEEN = {FileState.LOCKED: RecordingState.LOCKED, FileState.FORBIDDEN: RecordingState.UNCHECKED}


def _without(one: Recording, event: Event, usual: RecordingState) -> Recording:
    """A recording that is gone: before its last day, as promised, or after somebody had to be told."""
    if _day(event) < one.lesson.last:
        return one.become(RecordingState.GONE_EARLY)
    return one.become(usual if usual in MAY_BECOME[one.state] else RecordingState.REMOVED)


def _told(one: Recording, event: Event) -> Recording:
    made = replace(one, told_on=_day(event))
    return made.become(RecordingState.STILL_THERE if one.is_there else RecordingState.UNCHECKED)


def _day(event: Event) -> date:
    return event.at.astimezone(LONDON).date()


_CHANGES: Mapping[EventKind, Callable[[Recording, Event], Recording]] = {
    EventKind.MOVE: _moved,
    EventKind.ANNOUNCE: _announced,
    EventKind.TAKE_BACK: _taken_back,
    EventKind.ASK: _asked,
    EventKind.RECORD: _recorded,
    EventKind.REMIND: _reminded,
    EventKind.LOOK: _looked,
}
_WITHOUT_A_LESSON: Mapping[EventKind, Callable[[RecordingProjection, Event], None]] = {
    EventKind.WISH: RecordingProjection._wish,
    EventKind.EXPIRY: RecordingProjection._expiry,
    EventKind.ERASE: RecordingProjection._erase,
    EventKind.REMOVE: RecordingProjection._erase,
}
