"""Has notices posted in time and changed when they are wrong, and records what the channel took.

A notice is a message in the outbox first, and an event of the ledger once the channel has taken it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.evidence.rules.ledger import EventKind, Fact
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.recordings.book import RecordingBook
from bot.recordings.every_recording import for_every_recording
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import ENDED, Recording, RecordingState
from bot.recordings.rules.recording_events import message_facts
from bot.recordings.rules.sealed_wording import sealed_wording
from bot.school.rules.calendar import LONDON

KEPT_AHEAD = timedelta(days=2)  # how long before its lesson a notice is put into the outbox
NOT_ARRIVED = frozenset({DeliveryState.FAILED, DeliveryState.DOUBT})
COULD_NOT = "I could not post this notice myself ({why}). Please copy it into the lesson's chat, then tell me."
BY_HAND = "Here is the notice for your next lesson. Please copy it into its chat, then tell me."
UNSURE = "nobody knows whether it arrived: please look in the chat first"
NO_MESSAGE = "the chat did not say which message it is"


@dataclass(frozen=True, slots=True)
class NoticePosting:
    """The duty that keeps the notices in lessons' chats true."""

    book: RecordingBook

    async def post_notices(self) -> int:
        """Keeps messages for notices to post or change, and records those that went out; returns how many it kept."""
        projection = await self.book.projection()
        return await for_every_recording(projection.open_recordings(self._now()), self._look_after)

    async def notices_in(self, conversation: str) -> list[tuple[str, Recording]]:
        """The notices in a lesson's chat, by their messages' ids; last those that went out since the last tick."""
        projection = await self.book.projection()
        recordings = projection.announced_in(conversation)
        notices = [(recording.message.id, recording) for recording in recordings if recording.message]
        for recording in projection.open_recordings(self._now()):
            if recording.is_notice_unconfirmed and recording.lesson.conversation == conversation:
                message = await self._sent_notice(recording)
                notices += [(message.sent.id, recording)] if message and message.sent else []
        return notices

    def _now(self) -> datetime:
        return self.book.context.now()

    async def _look_after(self, recording: Recording) -> int:
        if self._is_too_early(recording.lesson) and not recording.moves:
            return 0
        message = await self._sent_unrecorded(recording)
        if message:
            await self._record(recording, message)
            recording = await self.book.again(recording)
        if recording.state is RecordingState.PLANNED:
            return await self._plan_notice(recording)
        if recording.is_notice_wrong:
            return await self._plan_change(recording)
        is_lost = recording.is_notice_unconfirmed and recording.state in ENDED
        return await self._warn_of_doubt(recording) if is_lost else 0

    def _is_too_early(self, lesson: Lesson) -> bool:
        return lesson.is_posted_shortly_before and lesson.starts - self._now() > KEPT_AHEAD

    async def _warn_of_doubt(self, recording: Recording) -> int:
        """Tells the teacher of a lesson that ended before its notice was confirmed, if that may be in the chat."""
        if not any(notice.state is DeliveryState.DOUBT for notice in await self._notices(recording)):
            return 0
        lesson = recording.lesson
        subject = Subject(recording=lesson.id)
        warning = Message(MessageKind.MEND, subject, lesson.teacher, lesson.day, words=UNSURE)
        return await self.book.context.store.keep_messages(warning)

    async def _plan_notice(self, recording: Recording) -> int:
        lesson, now = recording.lesson, self._now()
        if now >= lesson.ends or self._is_too_early(lesson):
            return 0
        if not await self._takes_place(lesson):
            await self.book.write(EventKind.TAKE_BACK, recording, {"off": True}, f"take_back/{lesson.id}")
            return 1
        if lesson.address is None:
            is_time = lesson.is_posted_shortly_before and now >= self._posted_from(lesson)
            return await self._give_to_copy(recording, BY_HAND) if is_time else 0
        notice = self._notice(recording)
        kept = await self.book.context.store.message(notice.key)
        if kept and kept.state in NOT_ARRIVED:
            why = kept.why if kept.state is DeliveryState.FAILED else UNSURE
            return await self._give_to_copy(recording, COULD_NOT.format(why=why))
        return 0 if kept else await self.book.context.store.keep_messages(notice)

    async def _takes_place(self, lesson: Lesson) -> bool:
        """Whether, since it was planned, its teacher has not left and its day has not lost its lessons."""
        context = self.book.context
        if lesson.series and not lesson.source and not context.calendar.are_pupils_in(lesson.day):
            return False
        return (await context.staff()).working_person(lesson.teacher) is not None

    async def _give_to_copy(self, recording: Recording, why: str) -> int:
        """The teacher gets the notice to copy, once, in their working hours."""
        context, lesson = self.book.context, recording.lesson
        teacher = (await context.staff()).person(lesson.teacher)
        if teacher is None or not context.calendar.is_at_work(teacher, context.now()):
            return 0
        subject = Subject(recording=lesson.id)
        return await context.store.keep_messages(
            Message(MessageKind.COPY, subject, lesson.teacher, lesson.day, words=why, expires_at=lesson.ends)
        )

    def _posted_from(self, lesson: Lesson) -> datetime:
        return lesson.starts - self.book.promise.posted_before

    def _notice(self, recording: Recording) -> Message:
        lesson = recording.lesson
        return Message(
            kind=MessageKind.NOTICE,
            subject=Subject(recording=lesson.id, number=recording.moves),
            recipient="",
            on=lesson.day,
            address=lesson.address,
            wording=recording.announces,
            not_before=self._posted_from(lesson) if lesson.is_posted_shortly_before else None,
            expires_at=lesson.ends,
        )

    def _change(self, recording: Recording) -> Message:
        lesson = recording.lesson
        return Message(
            kind=MessageKind.EDIT,
            subject=Subject(recording=lesson.id, number=recording.notices),
            recipient="",
            on=lesson.day,
            address=lesson.address,
            wording=recording.says,
            replaces=recording.message,
        )

    async def _plan_change(self, recording: Recording) -> int:
        """Changes the notice; if that cannot be done any more, the teacher is asked to do it by hand."""
        change, store = self._change(recording), self.book.context.store
        kept = await store.message(change.key)
        if recording.message is None:
            return await self._ask_to_change(recording, change, NO_MESSAGE)
        if kept is None:
            return await store.keep_messages(change)
        return await self._ask_to_change(recording, change, kept.why) if kept.state in NOT_ARRIVED else 0

    async def _ask_to_change(self, recording: Recording, change: Message, why: str) -> int:
        lesson = recording.lesson
        request = Message(MessageKind.MEND, change.subject, lesson.teacher, lesson.day, words=why)
        facts: dict[str, Fact] = {"says": sealed_wording(recording.shown), "text": "", "by_hand": True, "again": False}
        await self.book.write(
            EventKind.ANNOUNCE,
            recording,
            {**facts, **message_facts(recording.message)},
            f"mend/{change.key}",
            messages=[request],
        )
        return 1

    async def _sent_unrecorded(self, recording: Recording) -> Message | None:
        """A notice or change that the channel took and the ledger does not know yet."""
        if recording.is_notice_unconfirmed:
            return await self._sent_notice(recording)
        if recording.shown is None or recording.is_by_hand:
            return None
        number = recording.notices
        changes = await self._kept_as(self._change(recording), recording)
        return _first_sent([change for change in changes if change.subject.number == number])

    async def _sent_notice(self, recording: Recording) -> Message | None:
        """The notice that the channel took, also one from before the lesson moved."""
        return _first_sent(await self._notices(recording))

    async def _notices(self, recording: Recording) -> Sequence[Message]:
        """What was to be posted for a lesson, once for each time it was to be."""
        return await self._kept_as(self._notice(recording), recording)

    async def _kept_as(self, message: Message, recording: Recording) -> Sequence[Message]:
        """This message as the outbox has it; for a lesson that moved, all of its kind, as they have other keys."""
        store = self.book.context.store
        if recording.moves:
            return await store.messages(message.kind, recording=recording.lesson.id)
        kept = await store.message(message.key)
        return [kept] if kept else []

    async def _record(self, recording: Recording, message: Message) -> None:
        """Writes down what is in the chat from now on: what was sent, not what should be."""
        wording = message.wording or recording.says
        day = (message.sent_at or self._now()).astimezone(LONDON).date()
        facts: dict[str, Fact] = {
            "says": sealed_wording(wording),
            "text": self.book.promise.notice_text(wording, recording.lesson, day),
            "by_hand": False,
            "again": message.tries > 0,
        }
        once = f"announce/{message.key}"
        await self.book.write(EventKind.ANNOUNCE, recording, {**facts, **message_facts(message.sent)}, once)


def _first_sent(messages: Sequence[Message]) -> Message | None:
    return next((message for message in messages if message.state is DeliveryState.SENT), None)
