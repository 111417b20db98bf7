"""A tenant in memory: what a LessonTenant promises, with trouble when a test asks for it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import GraphError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.rules.recording import FileState, RecordingFile
from bot.recordings.rules.timetable import Calendar, CalendarEntry, SeenRecording
from tests.recordings.little_school import CHANNEL, CLASS, HOUR, TEN


@dataclass
class FakeTenant:
    """Calendars by account, recordings, and what a look at a file finds or meets; a file that is not listed is gone."""

    calendars: dict[str, list[CalendarEntry]] = field(default_factory=dict)
    recordings: list[SeenRecording] = field(default_factory=list)  # in channels' folders
    meetings: dict[str, list[SeenRecording]] = field(default_factory=dict)  # recordings of meetings, by organiser
    files: dict[str, FileState | GraphError] = field(default_factory=dict)
    reported: list[SeenRecording] = field(default_factory=list)  # by the messages of chats
    chats: set[str] = field(default_factory=set)  # meetings' chats that can be joined
    trouble: GraphError | None = None
    channel: str = CHANNEL

    def _try(self) -> None:
        if self.trouble:
            raise self.trouble

    def record(self, id: str, at: datetime) -> None:
        """A recording that is in the channel's folder from now on."""
        self.recordings.append(SeenRecording(at, CLASS, file=RecordingFile("d", id)))
        self.files[id] = FileState.THERE

    unreadable: frozenset[str] = frozenset()  # ids of entries of every calendar

    def is_meeting_chat(self, thread: str) -> bool:
        return thread.startswith("19:meeting_")

    async def lessons(self, account: str, since: datetime, until: datetime) -> Calendar:
        self._try()
        entries = self.calendars.get(account, ())
        shown = tuple(entry for entry in entries if entry.starts < until and entry.ends > since)
        return Calendar(shown, self.unreadable)

    async def join_chat(self, thread: str) -> Conversation:
        if thread not in self.chats:
            raise Unreachable("no such chat")
        return Conversation(CHANNEL, thread, ConversationKind.MEETING, "", "")

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        recordings = (recording for recording in self.meetings.get(organiser, ()) if since <= recording.at <= until)
        return tuple(recordings)

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        self._try()
        recordings = (recording for recording in self.recordings if recording.thread == channel)
        return tuple(recording for recording in recordings if recording.at >= since)

    async def reported_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        return tuple(recording for recording in self.reported if recording.thread == thread)

    async def file_of(self, link: str) -> RecordingFile:
        return RecordingFile("d", link)

    async def look(self, file: RecordingFile) -> FileState:
        self._try()
        finding = self.files.get(file.item, FileState.GONE)
        if isinstance(finding, GraphError):
            raise finding
        return finding


def lesson(
    starts: datetime = TEN, id: str = "u1", series: str = "s1", subject: str = "Year 4 maths", thread: str = CLASS
) -> CalendarEntry:
    """A lesson in a calendar, held in the class's channel."""
    return CalendarEntry(id, series, subject, starts, starts + HOUR, ("Lesson",), is_online=True, thread=thread)
