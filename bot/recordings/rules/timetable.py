"""Lessons as calendars know them, and recordings as the tenant tells of them: what is a lesson, and what is whose."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import RecordingFile

EARLY, LATE = timedelta(minutes=15), timedelta(hours=3)  # a lesson begins early, its file arrives late
ALL_DAY = timedelta(hours=23)  # the shortest day, when the clocks go forward
TEAMS = frozenset({"teams.microsoft.com", "teams.cloud.microsoft"})
_JOINED = re.compile(r"/l/meetup-join/(19:[\w.-]+@thread\.(?:v2|tacv2))(?:/.*)?")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One time at which something stands in a teacher's calendar. `starts` and `ends` are London times.

    `id` is that of this one occurrence and stays when it is moved; `series` is what occurrences have in common.
    `organiser` is the account whose meeting it is, `thread` the conversation of the meeting or of its channel; both
    come from the link to join, and are empty where it says neither.
    """

    id: str
    series: str
    subject: str
    starts: datetime
    ends: datetime
    categories: tuple[str, ...] = ()
    is_cancelled: bool = False
    is_online: bool = False
    organiser: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The school's rule for lessons: categories in Outlook, and words in the subject. Upper case is as lower case."""

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
    """Whether the school calls it a lesson: online, no all-day thing, of a category or with a word of its rule.

    >>> at = datetime(2026, 9, 7, 10, tzinfo=UTC)
    >>> maths = CalendarEntry("", "", "Year 4 maths", at, at + timedelta(hours=1), is_online=True)
    >>> is_lesson(maths, Timetable(subjects=("year 4",))), is_lesson(maths, Timetable(subjects=("math",)))
    (True, False)
    """
    if not entry.is_online or entry.ends - entry.starts >= ALL_DAY:
        return False
    categories = {_plain(one) for one in entry.categories}
    subject = _plain(entry.subject)
    return any(_plain(one) in categories for one in rule.categories) or any(
        _stands_in(_plain(word), subject) for word in rule.subjects
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _stands_in(word: str, subject: str) -> bool:
    return bool(word) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", subject) is not None


@dataclass(frozen=True, slots=True)
class SeenRecording:
    """A recording as the tenant tells of it: when it was made, in which conversation, and where it lies, if known."""

    at: datetime
    thread: str
    link: str = ""
    file: RecordingFile | None = None

    @property
    def names(self) -> frozenset[str]:
        """By what it is known: its file and links; by its instant where nothing else is told."""
        file = self.file
        known = {self.link, file.address, f"{file.drive}/{file.item}"} if file else {self.link}
        return frozenset(known - {""}) or frozenset({self.at.isoformat()})


def of_lesson(
    seen: Iterable[SeenRecording], lesson: Lesson, others: Iterable[Lesson] = ()
) -> tuple[SeenRecording, ...]:
    """The recordings of one lesson, in order and each once: of its conversation, and of its time.

    A series keeps its conversation, so the time tells its lessons apart: from a quarter of an hour before the start to
    three hours after the end. Of `others` held there as well, each has what began while it was on.
    """
    begins, ends = lesson.starts.astimezone(UTC) - EARLY, lesson.ends.astimezone(UTC) + LATE
    place = _conversation(lesson)
    here = [lesson, *(one for one in others if one.id != lesson.id and _conversation(one) == place)]
    near = [one for one in seen if place and _without_message(one.thread) == place and begins <= one.at <= ends]
    near = [one for one in near if _held_at(one.at.astimezone(UTC), here) is lesson]
    kept: list[SeenRecording] = []
    known: set[str] = set()
    for one in sorted(near, key=lambda one: (one.file is None, one.at)):  # whoever knows the file is believed first
        if known.isdisjoint(one.names):
            kept.append(one)
        known |= one.names
    return tuple(sorted(kept, key=lambda one: one.at))


def _conversation(lesson: Lesson) -> str:
    return _without_message(lesson.thread or lesson.place)


def _held_at(at: datetime, lessons: Iterable[Lesson]) -> Lesson:
    """The lesson that was on; where none was, the one about to begin, else the one that ended last."""

    def nearness(one: Lesson) -> tuple[int, timedelta]:
        starts, ends = one.starts.astimezone(UTC), one.ends.astimezone(UTC)
        if starts <= at < ends:
            return 0, at - starts
        return (1, starts - at) if at < starts <= at + EARLY else (2, abs(at - ends))

    return min(lessons, key=nearness)


def _without_message(conversation: str) -> str:
    """A channel's id, where Teams gives that of a thread in it."""
    return conversation.partition(";")[0]


def thread_of(join_url: str) -> tuple[str, str]:
    """The conversation and the organiser's account in a link to join a Teams meeting; ("", "") for anything else.

    https://learn.microsoft.com/graph/api/resources/onlinemeetinginfo

    >>> begin = "https://teams.microsoft.com/l/meetup-join/"
    >>> thread_of(begin + "19%3ameeting_NTA1%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%2c%22Oid%22%3a%22A1%22%7d")
    ('19:meeting_NTA1@thread.v2', 'a1')
    >>> thread_of(begin + "19%3aMaths%40thread.tacv2/1611234567890?context=%7b%22Oid%22%3a%22A1%22%7d")
    ('19:Maths@thread.tacv2', 'a1')
    >>> thread_of("https://teams.microsoft.com/meet/25512345?p=abc"), thread_of("https://zoom.example/j/1")
    (('', ''), ('', ''))
    """
    try:
        link = urlsplit(join_url)
    except ValueError:
        return "", ""
    found = _JOINED.fullmatch(unquote(link.path))
    if link.scheme != "https" or link.hostname not in TEAMS or found is None:
        return "", ""
    return found[1], _organiser(parse_qs(link.query).get("context", [""])[0])


def _organiser(context: str) -> str:
    try:
        said = json.loads(context)
    except (ValueError, RecursionError):
        return ""
    oid = said.get("Oid") if isinstance(said, dict) else None
    return oid.lower() if isinstance(oid, str) else ""
