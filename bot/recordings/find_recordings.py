"""Finds a lesson's recording in the tenant, as far as the school lets us look."""

from dataclasses import dataclass

from bot.recordings.book import RecordingBook
from bot.recordings.ports import LessonTenant
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.next_step import Visibility
from bot.recordings.rules.recording import FileState, RecordingFile, RecordingState
from bot.recordings.rules.timetable import EARLY, LATE, SeenRecording, recordings_of_lesson


@dataclass(frozen=True, slots=True)
class RecordingSearch:
    """Looks for recordings where the school's settings let it: a RecordingFinder."""

    book: RecordingBook
    tenant: LessonTenant

    @property
    def visibility(self) -> Visibility:
        """What may be seen."""
        access = self.book.settings.access
        may_search = access.recordings or access.files or bool(access.pupils_messages)
        return Visibility(may_search=may_search, may_look=access.files)

    async def recordings_of(self, lesson: Lesson) -> tuple[RecordingFile, ...] | None:
        """The files of a lesson's recording: empty if it is only known that there is one, None if there is none."""
        same_day = (await self.book.projection()).between(lesson.day, lesson.day)
        others = [other.lesson for other in same_day if other.state is not RecordingState.TAKEN_BACK]
        recordings = recordings_of_lesson(await self._seen_around(lesson), lesson, others)
        files = [recording.file or await self._file_of(recording) for recording in recordings]
        taken = {file for other in same_day if other.lesson.id != lesson.id for file in other.files}
        own = [file for file in files if file and file not in taken]
        return tuple(own) if own or None in files else None

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a recording's file is there; raises GraphError if that could not be found out."""
        return await self.tenant.look(file)

    async def _seen_around(self, lesson: Lesson) -> list[SeenRecording]:
        access, thread, since = self.book.settings.access, lesson.recorded_in, lesson.starts - EARLY
        conversation = await self.book.context.store.conversation(self.tenant.channel, thread)
        group = conversation.group if conversation else ""
        is_meeting = self.tenant.is_meeting_chat(thread)
        recordings: list[SeenRecording] = []
        if access.files and group:
            recordings += await self.tenant.in_channel(group, thread, since)
        if access.pupils_messages and (group or is_meeting):
            recordings += await self.tenant.reported_in(thread, since, team=group)
        if access.recordings and is_meeting:
            organiser = await self._account_of(lesson.teacher)
            recordings += await self.tenant.recorded(organiser, since, lesson.ends + LATE) if organiser else ()
        return recordings

    async def _account_of(self, pseudonym: str) -> str:
        person = await self.book.context.person(pseudonym)
        accounts = await self.book.accounts([person], self.tenant.channel) if person else {}
        return next(iter(accounts.values()), "")

    async def _file_of(self, recording: SeenRecording) -> RecordingFile | None:
        may_ask = recording.link and self.book.settings.access.files
        return await self.tenant.file_of(recording.link) if may_ask else None
