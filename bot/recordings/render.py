"""What messages about lessons say, made at the moment they go out; nothing if nobody needs them any more."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.rules.messages import Outgoing
from bot.outbox.render import Renderer
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person
from bot.recordings import cards, list_cards
from bot.recordings.book import RecordingBook
from bot.recordings.rules.recording import AVAILABLE, OVERDUE, UPCOMING, Recording, RecordingState

MAY_BE_ASKED_GONE = AVAILABLE | OVERDUE - {RecordingState.LOCKED}


@dataclass(frozen=True, slots=True)
class LessonMessages:
    """The renderers of messages about lessons."""

    book: RecordingBook

    def renderers(self) -> Mapping[MessageKind, Renderer]:
        """By kind of message."""
        return {
            MessageKind.NOTICE: self._notice,
            MessageKind.EDIT: self._change,
            MessageKind.COPY: self._copy,
            MessageKind.MEND: self._request_to_change,
            MessageKind.WAS_RECORDED: self._recorded_question,
            MessageKind.DUE_SOON: self._last_day_reminder,
            MessageKind.IS_GONE: self._gone_question,
            MessageKind.NOT_GONE: self._overdue,
            MessageKind.EXPIRY: self._expiry,
        }

    async def _notice(self, message: Message) -> Outgoing | None:
        """A notice, if it is still wanted, and for the time it was planned for."""
        recording = await self._recording(message)
        if recording is None or recording.state is not RecordingState.PLANNED:
            return None
        return self._public(message, recording) if message.subject.number == recording.moves else None

    async def _change(self, message: Message) -> Outgoing | None:
        """A change of a notice; also for a lesson whose teacher's details were erased."""
        recording = (await self.book.projection()).get(message.subject.recording)
        if recording is None or not recording.is_notice_wrong:
            return None
        return self._public(message, recording) if message.wording == recording.says else None

    def _public(self, message: Message, recording: Recording) -> Outgoing:
        return cards.notice(recording, self.book.promise, self.book.context.today, is_again=message.tries > 0)

    async def _copy(self, message: Message) -> Outgoing | None:
        recording, teacher = await self._recording(message), await self._teacher(message)
        if recording is None or teacher is None or recording.state is not RecordingState.PLANNED:
            return None
        return cards.notice_to_copy(recording, self.book.promise, self.book.context.today, message.words)

    async def _request_to_change(self, message: Message) -> Outgoing | None:
        recording, teacher = await self._recording(message), await self._teacher(message)
        if recording is None or teacher is None:
            return None
        return cards.notice_to_change(recording, self.book.promise, self.book.context.today, message.words)

    async def _recorded_question(self, message: Message) -> Outgoing | None:
        recording, teacher = await self._recording(message), await self._teacher(message)
        if recording is None or teacher is None or recording.state not in UPCOMING or recording.is_answered:
            return None
        return cards.recorded_question(recording, teacher, self.book.context.calendar)

    async def _last_day_reminder(self, message: Message) -> Outgoing | None:
        recording, teacher = await self._recording(message), await self._teacher(message)
        if recording is None or teacher is None or recording.state is not RecordingState.REMINDED:
            return None
        is_in_time = self.book.context.today <= recording.lesson.last_day
        return cards.last_day_reminder(recording, teacher, self.book.context.calendar) if is_in_time else None

    async def _gone_question(self, message: Message) -> Outgoing | None:
        recording, teacher = await self._recording(message), await self._teacher(message)
        if recording is None or teacher is None or recording.state not in MAY_BE_ASKED_GONE:
            return None
        return cards.gone_question(recording, self.book.context.headteacher)

    async def _overdue(self, message: Message) -> Outgoing | None:
        """Recordings the headteacher was told about, as far as they are still not as promised."""
        projection, context = await self.book.projection(), self.book.context
        known = (projection.get(id) for id in message.recordings)
        recordings = [
            recording
            for recording in known
            if recording and recording.head_told_on and recording.state in OVERDUE | {RecordingState.GONE_EARLY}
        ]
        if not recordings:
            return None
        teachers = await context.names([recording.lesson.teacher for recording in recordings])
        return list_cards.overdue_message(recordings, teachers, context.now(), is_again=message.tries > 0)

    async def _expiry(self, message: Message) -> Outgoing | None:
        is_set = (await self.book.projection()).expiry_set_on
        return None if is_set else cards.expiry(self.book.promise.kept_days)

    async def _recording(self, message: Message) -> Recording | None:
        """The recording a message is about; None if it is not known, or its teacher's details were erased."""
        recording = (await self.book.projection()).get(message.subject.recording)
        return recording if recording and recording.lesson.label else None

    async def _teacher(self, message: Message) -> Person | None:
        return await self.book.context.person(message.recipient)
