"""Lessons as calendars list them, and recordings as the tenant does: what is a lesson, and whose a recording is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import RecordingFile

EARLY, LATE = timedelta(minutes=15), timedelta(hours=3)  # a lesson may begin early, and its file may come late
ALL_DAY = timedelta(hours=23)  # the shortest day, when the clocks go forward


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One occurrence of something in a teacher's calendar. `starts` and `ends` are London times.

    `id` is that of this one occurrence and stays when it is moved; `series` is what its occurrences have in common.
    `thread` is the id of the conversation of its meeting or channel, empty if the link to join does not say.
    """

    id: str
    series: str
    subject: str
    starts: datetime
    ends: datetime
    categories: tuple[str, ...] = ()
    is_cancelled: bool = False
    is_online: bool = False
    thread: str = ""

    @property
    def series_or_id(self) -> str:
        """What a teacher answers for: the series, or this one occurrence if it belongs to none."""
        return self.series or self.id


@dataclass(frozen=True, slots=True)
class Calendar:
    """A teacher's calendar between two instants: its entries in order, and the ids of those that cannot be read.

    An entry that cannot be read may still be on: nothing is taken back because of it. Its id is empty if even that
    could not be read, and then it may be any of them.
    """

    entries: tuple[CalendarEntry, ...]
    unreadable: frozenset[str] = frozenset()

    def may_have(self, id: str) -> bool:
        """Whether an entry is on, or may be."""
        is_on = any(entry.id == id and not entry.is_cancelled for entry in self.entries)
        return is_on or bool(self.unreadable & {id, ""})


@dataclass(frozen=True, slots=True)
class Timetable:
    """The school's rule for lessons: categories in Outlook, and words in the subject. Capitals make no difference."""

    categories: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether the school has said what a lesson is."""
        return bool(self.categories or self.subjects)


@dataclass(frozen=True, slots=True)
class TenantAccess:
    """What the school lets us see of lessons and recordings in its tenant; nothing, unless it says so.

    `chats` lets the notice into meeting chats, `recordings` lists meetings' recordings, `files` looks at their files.
    `pupils_messages` is the reference of the impact assessment that allows reading chats; empty means not allowed.
    """

    timetable: Timetable = field(default_factory=Timetable)
    chats: bool = False
    recordings: bool = False
    files: bool = False
    pupils_messages: str = ""

    @property
    def calendars(self) -> bool:
        """Whether teachers' calendars are read."""
        return self.timetable.is_set

    @property
    def is_on(self) -> bool:
        """Whether anything is looked at."""
        return self.calendars or self.chats or self.recordings or self.files or bool(self.pupils_messages)


NO_ACCESS = TenantAccess()


def is_lesson(entry: CalendarEntry, rule: Timetable) -> bool:
    """Whether the school calls it a lesson: online, not all day, and with a category or a word of its rule.

    >>> at = datetime(2026, 9, 7, 10, tzinfo=UTC)
    >>> maths = CalendarEntry("", "", "Year 4 maths", at, at + timedelta(hours=1), is_online=True)
    >>> is_lesson(maths, Timetable(subjects=("year 4",))), is_lesson(maths, Timetable(subjects=("math",)))
    (True, False)
    """
    if not entry.is_online or entry.ends - entry.starts >= ALL_DAY:
        return False
    categories = {_plain(category) for category in entry.categories}
    subject = _plain(entry.subject)
    has_category = any(_plain(category) in categories for category in rule.categories)
    return has_category or any(_has_word(subject, _plain(word)) for word in rule.subjects)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _has_word(subject: str, word: str) -> bool:
    return bool(word) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", subject) is not None


@dataclass(frozen=True, slots=True)
class SeenRecording:
    """A recording as the tenant lists it: when it was made, in which conversation, and where its file is, if known."""

    at: datetime
    thread: str
    link: str = ""
    file: RecordingFile | None = None

    @property
    def names(self) -> frozenset[str]:
        """Everything it is known by: its file and links, or the instant if there is nothing else."""
        file = self.file
        names = {self.link, file.address, f"{file.drive}/{file.item}"} if file else {self.link}
        return frozenset(names - {""}) or frozenset({self.at.isoformat()})


def recordings_of_lesson(
    recordings: Iterable[SeenRecording], lesson: Lesson, others: Iterable[Lesson] = ()
) -> tuple[SeenRecording, ...]:
    """The recordings of one lesson, in order and without doubles: those of its conversation and its time.

    A series keeps its conversation, so the time tells its lessons apart: from a quarter of an hour before the start to
    three hours after the end. Each of `others` in the same conversation has what began while it was on.
    """
    begins, ends = lesson.starts.astimezone(UTC) - EARLY, lesson.ends.astimezone(UTC) + LATE
    conversation = lesson.recorded_in
    neighbours = (other for other in others if other.id != lesson.id and other.recorded_in == conversation)
    lessons = [lesson, *neighbours]
    near = [
        recording
        for recording in recordings
        if conversation and recording.thread == conversation and begins <= recording.at <= ends
    ]
    return _without_doubles(
        recording for recording in near if _lesson_at(recording.at.astimezone(UTC), lessons) is lesson
    )


def _without_doubles(recordings: Iterable[SeenRecording]) -> tuple[SeenRecording, ...]:
    """Each recording once, in order of time; of two lists of the same one, the one that knows the file counts."""
    kept: list[SeenRecording] = []
    names: set[str] = set()
    for recording in sorted(recordings, key=lambda recording: (recording.file is None, recording.at)):
        if names.isdisjoint(recording.names):
            kept.append(recording)
        names |= recording.names
    return tuple(sorted(kept, key=lambda recording: recording.at))


def _lesson_at(at: datetime, lessons: Iterable[Lesson]) -> Lesson:
    """The lesson that was on; if none was, the one about to begin, else the one that ended last."""

    def distance(lesson: Lesson) -> tuple[int, timedelta]:
        starts, ends = lesson.starts.astimezone(UTC), lesson.ends.astimezone(UTC)
        if starts <= at < ends:
            return 0, at - starts
        return (1, starts - at) if at < starts <= at + EARLY else (2, abs(at - ends))

    return min(lessons, key=distance)
