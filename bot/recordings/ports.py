"""What recorded lessons need of the world, beside the context they share with other capabilities."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.people.rules.conversations import Conversation
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.recordings.rules.recording import FileState, RecordingFile
from bot.recordings.rules.timetable import Calendar, SeenRecording

# A lesson out of words a teacher typed, at a time in London.
ParseLesson: TypeAlias = Callable[[str, datetime], ParsedLesson]
# Whether an account is in a conversation of ours as well: (conversation, channel of the account, account).
IsMember: TypeAlias = Callable[[Conversation, str, str], Awaitable[bool]]


class RecordingFinder(Protocol):
    """What the school's tenant knows of recordings."""

    async def recordings_of(self, lesson: Lesson) -> tuple[RecordingFile, ...] | None:
        """The files of a lesson's recording: empty if it is only known that there is one, None if there is none.

        Raises GraphError.
        """
        ...

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a recording's file is there; raises GraphError if that could not be found out."""
        ...


class LessonTenant(Protocol):
    """What may be seen of lessons in the school's Microsoft 365; methods raise GraphError unless they say more."""

    @property
    def channel(self) -> str:
        """The channel on which the chats of its meetings are."""
        ...

    def is_meeting_chat(self, thread: str) -> bool:
        """Whether a conversation is the chat of a meeting, by its id."""
        ...

    async def lessons(self, account: str, since: datetime, until: datetime) -> Calendar:
        """Everything in somebody's calendar between two instants, lesson or not."""
        ...

    async def join_chat(self, thread: str) -> Conversation:
        """A meeting's chat, with the bot in it; raises ChannelError."""
        ...

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        """The recordings of somebody's meetings, without their files."""
        ...

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        """The recordings in the folder of a team's channel."""
        ...

    async def reported_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        """The recordings that the messages of a chat or channel report."""
        ...

    async def file_of(self, link: str) -> RecordingFile:
        """The file behind a link."""
        ...

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a file is there."""
        ...
