"""Watches over recorded lessons by the clock: notices go up in time, questions are asked, files are looked at.

Whatever is asked or told is an event in the ledger and a slot in the outbox, kept together or not at all; the notice
itself is a slot first, and an event once the channel has taken it.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.errors import GraphError
from bot.flows.records import Records
from bot.ports import Recordings
from bot.rules.dates import LONDON
from bot.rules.ledger import Fact, Kind
from bot.rules.people import Person, Role
from bot.rules.recordings import BLIND, Found, Recording, Sight, State, Step, next_step
from bot.rules.shelf import GONE, RECORDED, TENANT
from bot.rules.slots import Slot, Sort
from bot.rules.slots import State as Sent

LOG = logging.getLogger("staffroom.watch")
AHEAD = timedelta(days=2)  # how long before its lesson a notice is put into the outbox
MOST_LOOKS = 20  # at files in one tick; the others wait for the next
FIRST = datetime.min.replace(tzinfo=UTC)
THEIRS = frozenset({403, 404})  # trouble with one file; any other is Graph's
A_WHILE = timedelta(minutes=5)
AFTER_TROUBLE = timedelta(hours=1)
COULD_NOT = "I could not put this notice up myself ({why}). Please copy it into the lesson's chat, then tell me."
BY_HAND = "Here is the notice for your next lesson. Please copy it into its chat, then tell me."


@dataclass(slots=True)
class Watch:
    """The duties around recorded lessons. `tenant` is None where the school lets nothing be looked at."""

    records: Records
    tenant: Recordings | None = None
    sight: Sight = BLIND
    _graph_rests: datetime = FIRST  # until when nothing is asked of a tenant that does not answer
    _not_before: dict[str, datetime] = field(default_factory=dict)  # after trouble with a file, in memory only

    async def put_up(self) -> int:
        """Keeps slots for notices to put up or change, and notes in the ledger which the channel took."""
        done = 0
        for one in list((await self.records.shelf()).open.values()):
            if one.is_unseen and await self._is_up(one):
                done += 1
            elif one.state is State.PLANNED:
                done += await self._plan_notice(one)
            elif one.is_misread:
                done += await self.records.store.keep_slots(self._edit(one))
                done += await self._note_sent(one, self._edit(one), one.says)
        return done

    async def _plan_notice(self, one: Recording) -> int:
        lesson, now, slot = one.lesson, self.records.now(), self._notice(one)
        if now >= lesson.ends or lesson.starts - now > AHEAD:
            return 0
        if lesson.series and not self.records.calendar.are_pupils_in(lesson.day):
            await self._write(Kind.TAKE_BACK, one, off=True)  # a day without lessons since it was planned
            return 1
        if not lesson.place:
            return await self._hand_over(one, BY_HAND) if lesson.series and now >= self._early(one) else 0
        held = await self.records.store.slot(slot.key)
        if held and held.state is Sent.FAILED:
            return await self._hand_over(one, COULD_NOT.format(why=held.why))
        return 0 if held else await self.records.store.keep_slots(slot)

    async def _hand_over(self, one: Recording, why: str) -> int:
        """The teacher gets the notice to copy, once, while there is time."""
        lesson, teacher = one.lesson, await self.records.person(one.lesson.teacher)
        if teacher is None or not self.records.calendar.is_at_work(teacher, self.records.now()):
            return 0
        slot = Slot(Sort.COPY, lesson.id, lesson.teacher, lesson.day, words=why, expires_at=lesson.ends)
        return await self.records.store.keep_slots(slot)

    def _early(self, one: Recording) -> datetime:
        return one.lesson.starts - self.records.promise.before

    def _notice(self, one: Recording) -> Slot:
        lesson = one.lesson
        is_later = bool(lesson.series or lesson.source)
        return Slot(
            Sort.NOTICE,
            f"{lesson.id}.{one.moves}",
            lesson.place,
            lesson.day,
            not_before=self._early(one) if is_later else None,
            expires_at=lesson.ends,
        )

    def _edit(self, one: Recording) -> Slot:
        return Slot(Sort.EDIT, f"{one.lesson.id}.{one.notices}", one.lesson.place, one.lesson.day)

    async def _is_up(self, one: Recording) -> bool:
        """Whether its notice was put up, which is noted: also one of before the lesson moved."""
        slots = [self._notice(one)]
        if one.moves:
            slots = [each for each in await self.records.store.slots() if each.sort is Sort.NOTICE]
        for slot in slots:
            id, _, number = slot.subject.partition(".")
            if id == one.lesson.id:
                at = datetime.combine(slot.on, one.lesson.starts.astimezone(LONDON).time(), LONDON)
                then = replace(one, lesson=replace(one.lesson, starts=at), moves=int(number))
                if await self._note_sent(then, slot, then.announces):
                    return True
        return False

    async def _note_sent(self, one: Recording, slot: Slot, says: str) -> int:
        """The event that goes with a notice the channel took, also where its teacher said otherwise since."""
        held = await self.records.store.slot(slot.key)
        if held is None or held.state is not Sent.SENT:
            return 0
        await self._write(
            Kind.ANNOUNCE,
            one,
            key=f"announce/{slot.key}",
            says=says,
            text=self.records.promise.says(one.lesson, self.records.today, says),
            message=held.message,
            by_hand=False,
            again=held.tries > 0,
        )
        return 1

    async def take_steps(self) -> int:
        """Does what is due next for every recording; says how many things it did. Safe to repeat at any time."""
        school, now, done = await self.records.school(), self.records.now(), 0
        looks, late = MOST_LOOKS, list[Recording]()
        for one in list((await self.records.shelf()).open.values()):
            sight = self.sight if one.lesson.place else BLIND
            step = next_step(one, now, self.records.calendar, school.person(one.lesson.teacher), sight)
            if step is Step.TELL:
                late.append(one)
            elif step in {Step.LOOK, Step.FIND} and looks and self._graph_rests <= now:
                looks -= 1
                done += await self._look(one, step)
            elif step in {Step.LOOK, Step.FIND}:
                continue
            elif step:
                done += await self._ask(one, step, school.person(one.lesson.teacher))
        return done + await self._tell(late) + await self._tell_of_expiry()

    async def _ask(self, one: Recording, step: Step, teacher: Person | None) -> int:
        if teacher is None:
            return 0
        lesson, now = one.lesson, self.records.now()
        at = self.records.calendar.first_moment(teacher, now)
        on = at.date() if at else now.date()
        match step:
            case Step.ASK_RECORDED:
                slot = Slot(Sort.WAS_RECORDED, lesson.id, lesson.teacher, lesson.day, not_before=at)
                await self._write(
                    Kind.ASK, one, key=f"ask/{lesson.id}/{RECORDED}", slot=slot, about=RECORDED, on=f"{on}"
                )
            case Step.REMIND:
                slot = Slot(Sort.DUE_SOON, lesson.id, lesson.teacher, lesson.last, not_before=at)
                await self._write(Kind.REMIND, one, key=f"remind/{lesson.id}", slot=slot)
            case Step.ASK_GONE:
                slot = Slot(Sort.IS_GONE, lesson.id, lesson.teacher, on, not_before=at)
                key = f"ask/{lesson.id}/{GONE}/{len(one.asked_gone)}"
                await self._write(Kind.ASK, one, key=key, slot=slot, about=GONE, on=f"{on}")
        return 1

    async def _look(self, one: Recording, step: Step) -> int:
        """What the tenant says; where it says nothing just now, it is asked again in an hour."""
        now, id = self.records.now(), one.lesson.id
        if self.tenant is None or self._not_before.get(id, now) > now:
            return 0
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
        assert self.tenant is not None
        files = await self.tenant.recordings_of(one.lesson)
        if files is None:
            await self._write(Kind.LOOK, one, found="nothing", by=TENANT)
            return
        for file in files or (None,):
            drive, item, address = (file.drive, file.item, file.address) if file else ("", "", "")
            await self._write(
                Kind.RECORD,
                one,
                key=f"record/{one.lesson.id}/{drive}/{item}",
                who={"address": address} if address else {},
                recorded=True,
                by=TENANT,
                drive=drive,
                item=item,
            )

    async def _see(self, one: Recording) -> None:
        assert self.tenant is not None
        found = [await self.tenant.look(file) for file in one.files]
        worst = next(each for each in (Found.FORBIDDEN, Found.LOCKED, Found.THERE, Found.GONE) if each in found)
        await self._write(Kind.LOOK, one, found=worst.value, by=TENANT)

    async def _tell(self, late: Sequence[Recording]) -> int:
        """One message for each headteacher about all that is late; then an event for each recording."""
        if not late:
            return 0
        heads = await self.records.heads()
        known = await self.records.store.enrol(heads)
        ids = tuple(one.lesson.id for one in late)
        batch = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:12]
        slots = [Slot(Sort.NOT_GONE, batch, to, self.records.today, about=ids) for to in known.values()]
        await self.records.store.keep_slots(*slots)
        for one in late:
            await self._write(Kind.TELL, one, key=f"tell/{one.lesson.id}")
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
        slots = [Slot(Sort.EXPIRY, "expiry", to, shelf.first_on) for to in known.values()]
        return await self.records.store.keep_slots(*slots)

    async def _write(
        self,
        kind: Kind,
        one: Recording,
        /,
        *,
        key: str = "",
        slot: Slot | None = None,
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
