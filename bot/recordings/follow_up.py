"""Follows recorded lessons by the clock: questions are asked, files are looked at, the headteacher is told.

A question to a person is an event of the ledger and a message in the outbox, kept together or not at all.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import GraphError
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.people.rules.person import Person
from bot.recordings.book import RecordingBook
from bot.recordings.every_recording import for_every_recording
from bot.recordings.ports import RecordingFinder
from bot.recordings.rules.lesson import GRACE
from bot.recordings.rules.next_step import NOTHING_VISIBLE, Step, Visibility, next_step
from bot.recordings.rules.recording import FileState, Recording, RecordingFile, RecordingState
from bot.recordings.rules.recording_events import GONE, NOTHING, RECORDED, TENANT
from bot.school.rules.calendar import LONDON

LOG = logging.getLogger("staffroom.recordings")
LONGEST_UNASKED = timedelta(days=14)  # after that a question that reaches nobody holds the headteacher's up no longer
MAX_TOLD = 20  # recordings in one message to the headteacher: more would not fit
MAX_LOOKS = 20  # looks and searches in one tick; the others wait for the next
ONLY_THIS_FILE = frozenset({403, 404})  # trouble with one file; any other is the whole of Graph's
GRAPH_RESTS = timedelta(minutes=5)
RETRY_AFTER = timedelta(hours=1)  # trouble with one file
NEVER = datetime.min.replace(tzinfo=UTC)
WORST_FIRST = (FileState.FORBIDDEN, FileState.LOCKED, FileState.THERE, FileState.GONE)


@dataclass(slots=True)
class FollowUp:
    """The duty that takes the next step with each recording.

    `finder` is None if the school lets nothing be looked at; `visibility` says what it may find.
    """

    book: RecordingBook
    finder: RecordingFinder | None = None
    visibility: Visibility = NOTHING_VISIBLE
    _graph_rests_until: datetime = NEVER
    _not_before: dict[str, datetime] = field(default_factory=dict)  # by lesson, after trouble; in memory only
    _looks_left: int = 0  # in this tick

    async def take_steps(self) -> int:
        """Does what is due next for every recording, and returns how many things it did; safe to repeat."""
        now, overdue = self.book.context.now(), list[Recording]()
        self._looks_left = MAX_LOOKS
        recordings = sorted((await self.book.projection()).open_recordings(now), key=self._last_trouble)

        async def take_step(recording: Recording) -> int:
            teacher = (await self.book.context.staff()).working_person(recording.lesson.teacher)
            visibility = self._visibility_of(recording)
            step = next_step(recording, self.book.context.now(), self.book.context.calendar, teacher, visibility)
            if step is Step.TELL_HEAD:
                overdue.extend([recording] if teacher is None or await self._had_time(recording) else [])
                return 0
            if step in {Step.LOOK, Step.SEARCH}:
                return await self._look(recording, step)
            return await self._ask(recording, step, teacher) if step and teacher else 0

        done = await for_every_recording(recordings, take_step)
        return done + await self._tell_head(overdue[:MAX_TOLD]) + await self._ask_for_expiry()

    def _last_trouble(self, recording: Recording) -> datetime:
        return self._not_before.get(recording.lesson.id, NEVER)

    def _visibility_of(self, recording: Recording) -> Visibility:
        """What can be seen of a recording now: nothing while its files, or the whole of Graph, give no answer."""
        rests_until = max(self._graph_rests_until, self._last_trouble(recording))
        is_visible = recording.lesson.recorded_in and rests_until <= self.book.context.now()
        return self.visibility if is_visible else NOTHING_VISIBLE

    async def _had_time(self, recording: Recording) -> bool:
        """Whether 48 hours have passed since the question really reached the teacher, if nobody else can look."""
        if recording.state is RecordingState.GONE_EARLY or not recording.asked_gone_on or recording.is_looked_at:
            return True
        question = await self.book.context.store.message(_gone_question(recording, recording.asked_gone_on[0]).key)
        if question is None or question.state not in {DeliveryState.DUE, DeliveryState.SENT}:
            return True
        planned_at = question.not_before or datetime.combine(question.on, time(), LONDON)
        since = question.sent_at or planned_at + LONGEST_UNASKED
        return self.book.context.now() >= since + GRACE

    async def _ask(self, recording: Recording, step: Step, teacher: Person) -> int:
        lesson, now = recording.lesson, self.book.context.now()
        moment = self.book.context.calendar.first_moment(teacher, now)
        day = moment.date() if moment else now.date()
        match step:
            case Step.ASK_RECORDED:
                subject = Subject(recording=lesson.id, number=recording.moves)
                question = Message(MessageKind.WAS_RECORDED, subject, lesson.teacher, lesson.day, not_before=moment)
                kind, facts = EventKind.ASK, {"about": RECORDED, "on": day.isoformat()}
                once = f"ask/{lesson.id}/{RECORDED}/{recording.moves}"
            case Step.REMIND:
                subject = Subject(recording=lesson.id)
                question = Message(MessageKind.DUE_SOON, subject, lesson.teacher, lesson.last_day, not_before=moment)
                kind, facts = EventKind.REMIND, {}
                once = f"remind/{lesson.id}"
            case _:
                question = _gone_question(recording, day, moment)
                kind, facts = EventKind.ASK, {"about": GONE, "on": day.isoformat()}
                once = f"ask/{lesson.id}/{GONE}/{len(recording.asked_gone_on)}"
        await self.book.write(kind, recording, facts, once, messages=[question])
        return 1

    async def _look(self, recording: Recording, step: Step) -> int:
        """Writes down what the tenant says; if it does not answer, it is asked again in an hour."""
        if self._looks_left <= 0:
            return 0
        self._looks_left -= 1
        now, id = self.book.context.now(), recording.lesson.id
        try:
            await (self._search(recording) if step is Step.SEARCH else self._look_at_files(recording))
        except GraphError as error:
            self._not_before[id] = now + RETRY_AFTER
            self._graph_rests_until = now if error.status in ONLY_THIS_FILE else now + GRAPH_RESTS
            LOG.warning("look_failed step=%s status=%d", step.value, error.status)
            return 0
        self._not_before.pop(id, None)
        return 1

    async def _search(self, recording: Recording) -> None:
        """Writes down each file that is new, or that there is a recording, or that nothing new was found today."""
        assert self.finder is not None
        id, files = recording.lesson.id, await self.finder.recordings_of(recording.lesson)
        known = {(file.drive, file.item) for file in recording.files}
        new = [file for file in files or () if (file.drive, file.item) not in known]
        if files == () and recording.state is not RecordingState.RECORDED:
            new = [RecordingFile("", "")]
        if not new:
            once = f"look/{id}/{NOTHING}/{self.book.context.today.isoformat()}"
            await self.book.write(EventKind.LOOK, recording, {"found": NOTHING, "by": TENANT}, once)
        for file in new:
            await self.book.write(
                EventKind.RECORD,
                recording,
                {"recorded": True, "by": TENANT, "drive": file.drive, "item": file.item},
                f"record/{id}/{file.drive}/{file.item}",
                who={"address": file.address} if file.address else {},
            )

    async def _look_at_files(self, recording: Recording) -> None:
        assert self.finder is not None
        findings = [await self.finder.look(file) for file in recording.files]
        worst = next(finding for finding in WORST_FIRST if finding in findings)
        await self.book.write(EventKind.LOOK, recording, {"found": worst.value, "by": TENANT})

    async def _tell_head(self, overdue: Sequence[Recording]) -> int:
        """One message to each headteacher about all that is overdue, with the event that they were told."""
        context = self.book.context
        heads = await context.store.enrol(context.heads() if overdue else ())
        if not heads:
            return 0
        ids = [recording.lesson.id for recording in overdue]
        batch = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:12]
        subject = Subject(name=batch)
        messages = [
            Message(MessageKind.NOT_GONE, subject, head, context.today, recordings=tuple(ids))
            for head in heads.values()
        ]
        await context.write(EventKind.TELL, f"tell/{batch}", facts={"lessons": ids}, messages=messages)
        return len(overdue)

    async def _ask_for_expiry(self) -> int:
        """The IT lead is asked once to have the tenant delete recordings by itself."""
        projection, context = await self.book.projection(), self.book.context
        if projection.first_on is None or projection.expiry_set_on:
            return 0
        leads = await context.store.enrol(context.it_leads())
        subject = Subject(name="expiry")
        messages = [Message(MessageKind.EXPIRY, subject, lead, projection.first_on) for lead in leads.values()]
        return await context.store.keep_messages(*messages)


def _gone_question(recording: Recording, day: date, moment: datetime | None = None) -> Message:
    lesson = recording.lesson
    return Message(MessageKind.IS_GONE, Subject(recording=lesson.id), lesson.teacher, day, not_before=moment)
