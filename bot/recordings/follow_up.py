"""Watches over recorded lessons by the clock: notices go up in time, questions are asked, files are looked at.

Whatever is asked or told is an event in the ledger and a slot in the outbox, kept together or not at all; the notice
itself is a slot first, and an event once the channel has taken it.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import GraphError, StaffroomError, StoreError
from bot.evidence.records import Records
from bot.evidence.rules.ledger import EventKind, Fact
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import Person, Role
from bot.ports import Recordings
from bot.recordings.rules.lesson import GRACE
from bot.recordings.rules.projection import GONE, NOTHING, RECORDED, TENANT
from bot.recordings.rules.recording import (
    ENDED,
    NOTHING_VISIBLE,
    FileState,
    Recording,
    RecordingFile,
    RecordingState,
    Step,
    Visibility,
    next_step,
)
from bot.school.rules.calendar import LONDON

LOG = logging.getLogger("staffroom.watch")
AHEAD = timedelta(days=2)  # how long before its lesson a notice is put into the outbox
LONG_OVER = timedelta(days=1)  # after a lesson, when a notice nobody has seen is not expected any more
LONGEST_UNASKED = timedelta(days=14)  # a question that reaches nobody does not keep the headteacher from being told
MOST_TOLD = 20  # recordings in one message: more would not fit
MOST_LOOKS = 20  # at files in one tick; the others wait for the next
FIRST = datetime.min.replace(tzinfo=UTC)
THEIRS = frozenset({403, 404})  # trouble with one file; any other is Graph's
A_WHILE = timedelta(minutes=5)
AFTER_TROUBLE = timedelta(hours=1)
COULD_NOT = "I could not put this notice up myself ({why}). Please copy it into the lesson's chat, then tell me."
UNSURE = "nobody knows whether it arrived: please look in the chat first"
BROKEN = "Something about {number} recorded lessons could not be done because of a fault of mine ({kind})."
BY_HAND = "Here is the notice for your next lesson. Please copy it into its chat, then tell me."


@dataclass(slots=True)
class FollowUp:
    """The duties around recorded lessons. `tenant` is None where the school lets nothing be looked at."""

    records: Records
    tenant: Recordings | None = None
    sight: Visibility = NOTHING_VISIBLE
    _graph_rests: datetime = FIRST  # until when nothing is asked of a tenant that does not answer
    _not_before: dict[str, datetime] = field(default_factory=dict)  # after trouble with a file, in memory only

    async def put_up(self) -> int:
        """Keeps slots for notices to put up or change, and notes in the ledger which the channel took."""
        return await self._each(self._put_up)

    async def _each(self, act: Callable[[Recording], Awaitable[int]]) -> int:
        """Does something for every open recording; one that breaks stops no other, and is told afterwards."""
        done, broken = 0, list[str]()
        held = (await self.records.shelf()).open.values()
        for one in sorted(held, key=lambda one: self._not_before.get(one.lesson.id, FIRST)):  # those in trouble last
            try:
                done += await act(one)
            except StoreError:
                raise
            except Exception as seen:  # noqa: BLE001 - whatever it was, the other lessons go on
                LOG.error("lesson_broken error=%s", type(seen).__name__)  # noqa: TRY400 - no lesson's name
                broken.append(type(seen).__name__)
        if broken:
            raise StaffroomError(BROKEN.format(number=len(broken), kind=broken[0]))
        return done

    async def _put_up(self, one: Recording) -> int:
        sent = await (self._sent_notice(one) if one.is_unseen else self._sent_change(one))
        if sent:
            await self._note(one, sent)
            one = (await self.records.shelf()).recordings[one.lesson.id]
        if one.state is RecordingState.PLANNED:
            return await self._plan_notice(one)
        if one.is_misread:
            return await self._plan_change(one)
        return await self._let_be(one) if one.is_unseen and one.state in ENDED else 0

    async def _let_be(self, one: Recording) -> int:
        """A lesson that ended before its notice was seen: where one may stand in its chat, the teacher is told."""
        if self.records.now() > one.lesson.ends + LONG_OVER:
            (await self.records.shelf()).open.pop(one.lesson.id, None)  # it will not be seen any more
        if not any(each.state is DeliveryState.DOUBT for each in await self._notices(one)):
            return 0
        slot = Message(MessageKind.MEND, f"{one.lesson.id}.0", one.lesson.teacher, one.lesson.day, words=UNSURE)
        return await self.records.store.keep_slots(slot)

    async def _plan_notice(self, one: Recording) -> int:
        lesson, now, slot = one.lesson, self.records.now(), self._notice(one)
        is_later = bool(lesson.series or lesson.source)
        if now >= lesson.ends or (is_later and lesson.starts - now > AHEAD):
            return 0
        no_lessons = lesson.series and not lesson.source and not self.records.calendar.are_pupils_in(lesson.day)
        teacher = await self.records.person(lesson.teacher)
        if no_lessons or teacher is None or teacher.has_left(self.records.today):  # since it was planned
            await self._write(EventKind.TAKE_BACK, one, off=True)
            return 1
        if not lesson.place:
            return await self._hand_over(one, BY_HAND) if lesson.series and now >= self._early(one) else 0
        held = await self.records.store.slot(slot.key)
        if held and held.state in {DeliveryState.FAILED, DeliveryState.DOUBT}:
            why = held.why if held.state is DeliveryState.FAILED else UNSURE
            return await self._hand_over(one, COULD_NOT.format(why=why))
        return 0 if held else await self.records.store.keep_slots(slot)

    async def _hand_over(self, one: Recording, why: str) -> int:
        """The teacher gets the notice to copy, once, while there is time."""
        lesson, teacher = one.lesson, await self.records.person(one.lesson.teacher)
        if teacher is None or not self.records.calendar.is_at_work(teacher, self.records.now()):
            return 0
        slot = Message(MessageKind.COPY, lesson.id, lesson.teacher, lesson.day, words=why, expires_at=lesson.ends)
        return await self.records.store.keep_slots(slot)

    def _early(self, one: Recording) -> datetime:
        return one.lesson.starts - self.records.promise.before

    def _notice(self, one: Recording) -> Message:
        lesson = one.lesson
        is_later = bool(lesson.series or lesson.source)
        return Message(
            MessageKind.NOTICE,
            f"{lesson.id}.{one.moves}",
            lesson.place,
            lesson.day,
            not_before=self._early(one) if is_later else None,
            expires_at=lesson.ends,
            about=(one.announces,),
        )

    def _change(self, one: Recording) -> Message:
        return Message(
            MessageKind.EDIT, f"{one.lesson.id}.{one.notices}", one.lesson.place, one.lesson.day, about=(one.says,)
        )

    async def _plan_change(self, one: Recording) -> int:
        """Changes the notice; where that cannot be done any more, the teacher is asked to do it by hand."""
        new = self._change(one)
        held = await self.records.store.slot(new.key)
        if held is None or held.state not in {DeliveryState.FAILED, DeliveryState.DOUBT}:
            return 0 if held else await self.records.store.keep_slots(new)
        lesson = one.lesson
        by_hand = Message(MessageKind.MEND, f"{lesson.id}.{one.notices}", lesson.teacher, lesson.day, words=held.why)
        await self._write(
            EventKind.ANNOUNCE,
            one,
            key=f"mend/{new.key}",
            slot=by_hand,
            says=one.shown,
            text="",
            message=one.message,
            by_hand=True,
            again=False,
        )
        return 1

    async def _sent_change(self, one: Recording) -> Message | None:
        """A change the channel took and the ledger does not know, whatever should be said by now."""
        if not one.shown or one.is_by_hand:
            return None
        change = self._change(one)
        held = [await self.records.store.slot(change.key)]
        if one.moves:  # its day was another one, perhaps
            held = [each for each in await self.records.store.slots(MessageKind.EDIT) if each.subject == change.subject]
        return next((each for each in held if each and each.state is DeliveryState.SENT), None)

    async def _sent_notice(self, one: Recording) -> Message | None:
        """The notice the channel took, also one from before the lesson moved."""
        return next((each for each in await self._notices(one) if each.state is DeliveryState.SENT), None)

    async def _notices(self, one: Recording) -> list[Message]:
        """What was to go up for a lesson, one for each time it had."""
        held = [await self.records.store.slot(self._notice(one).key)]
        if one.moves:
            held = list(await self.records.store.slots(MessageKind.NOTICE))
        return [each for each in held if each and each.subject.partition(".")[0] == one.lesson.id]

    async def standing_in(self, place: str) -> list[tuple[str, Recording]]:
        """The notices in a lesson's chat, by their messages' ids; last those the channel took since the last tick."""
        shelf = await self.records.shelf()
        found = [(one.message, one) for one in shelf.in_place(place)]
        for one in list(shelf.open.values()):
            sent = await self._sent_notice(one) if one.is_unseen and one.lesson.place == place else None
            found += [(sent.message, one)] if sent else []
        return found

    async def _note(self, one: Recording, sent: Message) -> None:
        """The event that says what stands in the chat from now on: what was sent, not what should be."""
        says = next(iter(sent.about), one.says)
        then = one.lesson
        if "/" in says:  # the day it speaks of, should the lesson have moved since
            day = date.fromisoformat(says.partition("/")[2])
            then = replace(then, starts=datetime.combine(day, then.starts.astimezone(LONDON).time(), LONDON))
        await self._write(
            EventKind.ANNOUNCE,
            one,
            key=f"announce/{sent.key}",
            says=says,
            text=self.records.promise.says(then, (sent.sent_at or self.records.now()).astimezone(LONDON).date(), says),
            message=sent.message,
            by_hand=False,
            again=sent.tries > 0,
        )

    async def take_steps(self) -> int:
        """Does what is due next for every recording; says how many things it did. Safe to repeat at any time."""
        school, late, looks = await self.records.school(), list[Recording](), [MOST_LOOKS]

        async def take(one: Recording) -> int:
            teacher = school.person(one.lesson.teacher)
            teacher = None if teacher is None or teacher.has_left(self.records.today) else teacher
            step = next_step(one, self.records.now(), self.records.calendar, teacher, self._sight_of(one))
            if step is Step.TELL:
                late.extend([one] if teacher is None or await self._may_tell(one) else [])
                return 0
            if step in {Step.LOOK, Step.FIND}:
                looks[0] -= 1
                return await self._look(one, step) if looks[0] >= 0 else 0
            return await self._ask(one, step, teacher) if step and teacher else 0

        done = await self._each(take)
        return done + await self._tell(late[:MOST_TOLD]) + await self._tell_of_expiry()

    def _sight_of(self, one: Recording) -> Visibility:
        """What can be seen of a recording just now: nothing, while its files or the whole tenant give no answer."""
        now = self.records.now()
        rests = max(self._graph_rests, self._not_before.get(one.lesson.id, FIRST))
        return self.sight if (one.lesson.place or one.lesson.thread) and rests <= now else NOTHING_VISIBLE

    async def _may_tell(self, one: Recording) -> bool:
        """Whether 48 hours went by since the teacher was really asked, where nobody else can look."""
        if one.state is RecordingState.GONE_EARLY or not one.asked_gone or one.is_seen:
            return True
        asked = Message(MessageKind.IS_GONE, one.lesson.id, one.lesson.teacher, one.asked_gone[0])
        held = await self.records.store.slot(asked.key)
        if held is None or held.state not in {DeliveryState.DUE, DeliveryState.SENT}:
            return True
        since = held.sent_at or (held.not_before or datetime.combine(held.on, time(), LONDON)) + LONGEST_UNASKED
        return self.records.now() >= since + GRACE

    async def _ask(self, one: Recording, step: Step, teacher: Person) -> int:
        lesson, now = one.lesson, self.records.now()
        at = self.records.calendar.first_moment(teacher, now)
        on = at.date() if at else now.date()
        match step:
            case Step.ASK_RECORDED:
                slot = Message(
                    MessageKind.WAS_RECORDED, f"{lesson.id}.{one.moves}", lesson.teacher, lesson.day, not_before=at
                )
                await self._write(
                    EventKind.ASK,
                    one,
                    key=f"ask/{lesson.id}/{RECORDED}/{one.moves}",
                    slot=slot,
                    about=RECORDED,
                    on=f"{on}",
                )
            case Step.REMIND:
                slot = Message(MessageKind.DUE_SOON, lesson.id, lesson.teacher, lesson.last, not_before=at)
                await self._write(EventKind.REMIND, one, key=f"remind/{lesson.id}", slot=slot)
            case Step.ASK_GONE:
                slot = Message(MessageKind.IS_GONE, lesson.id, lesson.teacher, on, not_before=at)
                key = f"ask/{lesson.id}/{GONE}/{len(one.asked_gone)}"
                await self._write(EventKind.ASK, one, key=key, slot=slot, about=GONE, on=f"{on}")
        return 1

    async def _look(self, one: Recording, step: Step) -> int:
        """What the tenant says; where it says nothing just now, it is asked again in an hour."""
        now, id = self.records.now(), one.lesson.id
        try:
            await (self._find(one) if step is Step.FIND else self._see(one))
        except GraphError as seen:
            self._not_before[id] = now + AFTER_TROUBLE
            self._graph_rests = now if seen.status in THEIRS else now + A_WHILE
            LOG.warning("look_failed step=%s status=%d", step.value, seen.status)
            return 0
        self._not_before.pop(id, None)
        return 1

    async def _find(self, one: Recording) -> None:
        """Notes each file that is new, or that only a recording is known, or that nothing new was found today."""
        assert self.tenant is not None
        files = await self.tenant.recordings_of(one.lesson)
        known = {(each.drive, each.item) for each in one.files}
        new = [each for each in files or () if (each.drive, each.item) not in known]
        if files == () and one.state is not RecordingState.RECORDED:
            new = [RecordingFile("", "")]
        if not new:
            await self._write(EventKind.LOOK, one, found=NOTHING, by=TENANT)
        for file in new:
            await self._write(
                EventKind.RECORD,
                one,
                key=f"record/{one.lesson.id}/{file.drive}/{file.item}",
                who={"address": file.address} if file.address else {},
                recorded=True,
                by=TENANT,
                drive=file.drive,
                item=file.item,
            )

    async def _see(self, one: Recording) -> None:
        assert self.tenant is not None
        found = [await self.tenant.look(file) for file in one.files]
        worst = next(
            each for each in (FileState.FORBIDDEN, FileState.LOCKED, FileState.THERE, FileState.GONE) if each in found
        )
        await self._write(EventKind.LOOK, one, found=worst.value, by=TENANT)

    async def _tell(self, late: Sequence[Recording]) -> int:
        """One message for each headteacher about all that is late, with the event that they were told."""
        heads = await self.records.heads() if late else ()
        known = await self.records.store.enrol(heads)
        if not known:
            return 0
        ids = [one.lesson.id for one in late]
        batch = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:12]
        slots = [
            Message(MessageKind.NOT_GONE, batch, to, self.records.today, about=tuple(ids)) for to in known.values()
        ]
        await self.records.write(EventKind.TELL, facts={"lessons": ids}, key=f"tell/{batch}", slots=tuple(slots))
        return len(late)

    async def _tell_of_expiry(self) -> int:
        """The IT lead is asked once to have the tenant take recordings away by itself."""
        shelf = await self.records.shelf()
        if shelf.first_on is None or shelf.expiry_set_on:
            return 0
        carers = [
            one for one in self.records.roster.people() if Role.IT in one.roles and one.works_here(self.records.today)
        ]
        known = await self.records.store.enrol(carers)
        slots = [Message(MessageKind.EXPIRY, "expiry", to, shelf.first_on) for to in known.values()]
        return await self.records.store.keep_slots(*slots)

    async def _write(
        self,
        kind: EventKind,
        one: Recording,
        /,
        *,
        key: str = "",
        slot: Message | None = None,
        who: Mapping[str, str] | None = None,
        **facts: Fact,
    ) -> None:
        await self.records.write(
            kind,
            subject=one.lesson.teacher,
            facts={"lesson": one.lesson.id, **facts},
            who=who,
            key=key,
            slots=(slot,) if slot else (),
        )
