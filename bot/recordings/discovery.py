"""Finds lessons in teachers' calendars and recordings in the tenant, where the school lets it.

Whatever in a calendar is no lesson by the school's rule is dropped in memory. No notice goes up for a lesson found
before its teacher has said yes to that lesson or its series.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.ask.answer_card import note
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.tick import Heartbeat
from bot.errors import BadInput, ChannelError, GraphError
from bot.evidence.records import Records, account, who
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person
from bot.ports import LessonTenant
from bot.recordings import cards
from bot.recordings.plan_notice import Membership, fresh, plan_lesson
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.parsed_lesson import without_markup
from bot.recordings.rules.recording import FileState, Recording, RecordingFile, RecordingState, Visibility
from bot.recordings.rules.timetable import EARLY, LATE, CalendarEntry, SeenRecording, TenantAccess, is_lesson, of_lesson
from bot.school.rules.calendar import LONDON

LOG = logging.getLogger("staffroom.find")
IN_THE_MORNING = time(5)
AHEAD = timedelta(days=14)
ONCE_MORE = timedelta(minutes=30)  # before a lesson its calendar is read again
MOST_CALENDARS = 10  # read in one tick, so that no notice waits for them
THEIRS = frozenset({403, 404})  # trouble with one calendar; any other is Graph's, and the rest waits for the next tick
AFTER_TROUBLE = timedelta(hours=1)
JOINS_BEFORE = timedelta(minutes=20)  # the lesson, a little before its notice is due
JOINS_AGAIN = timedelta(minutes=2)
MEETING = "19:meeting_"  # how the conversation of a meeting begins
ITS_OWN_CHAT = "The meeting's own chat"
FORGOTTEN = "I have to look at your calendar again first: please press once more in a while. Nothing was changed."
YES = (
    'Thank you. The notice goes up a quarter of an hour before {which}. In "my lessons" you can take any of them back.'
)
NO = "Thank you. I put up nothing for it, and do not ask again."


@dataclass(slots=True)
class Discovery:
    """What is found in the tenant, and the part of the desk where teachers say what is wanted of it."""

    records: Records
    tenant: LessonTenant
    watch: TenantAccess
    whereabouts: Membership
    pulse: Heartbeat
    _read_on: dict[str, date] = field(default_factory=dict)  # when a teacher's calendar was last read, by pseudonym
    _not_before: dict[str, datetime] = field(default_factory=dict)
    _read_at: dict[str, datetime] = field(default_factory=dict)
    _empty: dict[str, date] = field(default_factory=dict)  # since when a calendar has nothing in it
    _found: dict[str, CalendarEntry] = field(default_factory=dict)  # what teachers are asked about, in memory only

    @property
    def sight(self) -> Visibility:
        """What may be seen."""
        finds = self.watch.recordings or self.watch.files or bool(self.watch.pupils_messages)
        return Visibility(finds=finds, looks=self.watch.files)

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to what a teacher says of a lesson found; None for buttons of others."""
        if incoming.verb != "wish":
            return None
        refuse_unless(person, Permission.ANNOUNCE, self.records.today)
        return await self._wish(incoming, person)

    async def _wish(self, incoming: Incoming, person: Person) -> Outgoing:
        entry = self._found.get(incoming.inputs.get("found", ""))
        if entry is None:
            raise BadInput(FORGOTTEN)
        answer, place = incoming.inputs.get("answer", ""), incoming.inputs.get("place", "")
        if answer not in {"each", "once", "no"}:
            raise BadInput("That button belongs to an older version of me. Nothing was changed.")
        offered = {one.conversation for one in await self._places(person, entry)} | {cards.BY_HAND}
        if place not in offered:
            raise BadInput("Please choose one of the places. Nothing was changed.")
        teacher = await self.records.pseudonym(person)
        for source, is_wanted in _wishes(entry, answer):
            await self.records.write(
                EventKind.WISH,
                subject=teacher,
                actor=teacher,
                facts={"source": source, "wanted": is_wanted, "place": place if is_wanted else ""},
                who=who(person, incoming.caller, incoming.conversation),
            )
        self._read_on.pop(teacher, None)
        self.pulse.hurry()
        if answer not in {"each", "once"}:
            return note(NO)
        return note(YES.format(which="each of them" if answer == "each" else "it"))

    async def find_lessons(self) -> int:
        """Reads each teacher's calendar once a day, a few in a tick; how many lessons it planned, moved or ended."""
        now, done, left = self.records.now(), 0, MOST_CALENDARS
        if not self.watch.calendars or now.time() < IN_THE_MORNING:
            return 0
        pins = await self.records.store.pins()
        people = [one for one in self.records.roster.people() if one.works_here(now.date()) and account(one, pins)]
        known, soon = await self.records.store.enrol(people), await self._soon()
        for one in people:
            teacher = known[one.id]
            is_read = self._read_on.get(teacher) == now.date() and teacher not in soon
            if is_read or self._not_before.get(teacher, now) > now or not left:
                continue
            left -= 1
            try:
                done += await self._read(one, teacher, account(one, pins))
            except GraphError as seen:
                self._not_before[teacher] = now + AFTER_TROUBLE
                LOG.warning("calendar_failed status=%d", seen.status)
                left = left if seen.status in THEIRS else 0
        return done

    async def _soon(self) -> set[str]:
        """Teachers whose lesson out of their calendar is announced within half an hour: it may be off or moved."""
        now = self.records.now()
        return {
            one.lesson.teacher
            for one in (await self.records.shelf()).open.values()
            if one.lesson.source
            and one.state is RecordingState.PLANNED
            and timedelta() < one.lesson.starts - now <= ONCE_MORE
            and self._read_at.get(one.lesson.teacher, now) < one.lesson.starts - ONCE_MORE
        }

    async def _read(self, person: Person, teacher: str, account: str) -> int:
        now = self.records.now()
        begins = datetime.combine(now.date(), time(), LONDON)
        held = await self.tenant.lessons(account, begins, begins + AHEAD)
        lessons = [one for one in held if is_lesson(one, self.watch.timetable) and one.starts > now]
        self._read_on[teacher], self._read_at[teacher] = now.date(), now
        done = await self._call_off(teacher, held, begins + AHEAD)
        for entry in lessons:
            done += 0 if entry.is_cancelled else await self._take_in(entry, person, teacher)
        return done

    async def _call_off(self, teacher: str, held: Sequence[CalendarEntry], until: datetime) -> int:
        """Lessons that came from the calendar and are cancelled in it, or do not stand in it any more.

        A calendar without anything in it is believed when it was empty the day before as well.
        """
        there = {one.id for one in held if not one.is_cancelled}
        today, done = self.records.today, 0
        if not held and self._empty.setdefault(teacher, today) == today:
            return 0
        if held:
            self._empty.pop(teacher, None)
        for one in (await self.records.shelf()).of_teacher(teacher):
            lesson = one.lesson
            is_ahead = self.records.now() < lesson.starts < until and one.state in {
                RecordingState.PLANNED,
                RecordingState.ANNOUNCED,
            }
            if lesson.source and is_ahead and not one.is_moved_by_hand and lesson.source not in there:
                await self._write(EventKind.TAKE_BACK, one, off=True)
                done += 1
        return done

    async def _take_in(self, entry: CalendarEntry, person: Person, teacher: str) -> int:
        shelf = await self.records.shelf()
        held = shelf.recordings.get(shelf.by_source.get((teacher, entry.id), ""))
        if held and not (held.state is RecordingState.TAKEN_BACK and held.is_off):  # one that was off may be on again
            return await self._move(held, entry)
        wish = shelf.wishes.get((teacher, entry.id)) or shelf.wishes.get((teacher, _series(entry)))
        if wish is None:
            return await self._ask(entry, teacher)
        if not wish.is_wanted:
            return 0
        await plan_lesson(self.records, fresh(self._lesson(entry, teacher, wish.place), shelf), person)
        return 1

    async def _move(self, one: Recording, entry: CalendarEntry) -> int:
        is_same = (one.lesson.starts, one.lesson.ends) == (entry.starts, entry.ends)
        if is_same or one.is_moved_by_hand or one.state not in {RecordingState.PLANNED, RecordingState.ANNOUNCED}:
            return 0
        await self._write(EventKind.MOVE, one, starts=entry.starts.isoformat(), ends=entry.ends.isoformat())
        return 1

    async def _ask(self, entry: CalendarEntry, teacher: str) -> int:
        key = hashlib.sha256(_series(entry).encode()).hexdigest()[:16]
        first = self._found.get(key)
        if first is None or entry.starts < first.starts or first.starts <= self.records.now():
            self._found[key] = entry
        asked = [one for one in await self.records.store.slots() if (one.subject, one.recipient) == (key, teacher)]
        if any(one.state in {DeliveryState.SENT, DeliveryState.SENDING} for one in asked):
            return 0  # once is enough
        asked = [one for one in asked if one.state is DeliveryState.DUE]
        new = Message(MessageKind.FOUND_LESSON, key, teacher, self.records.today)
        return 0 if asked else await self.records.store.keep_slots(new)

    def _lesson(self, entry: CalendarEntry, teacher: str, place: str) -> Lesson:
        id = hashlib.sha256(f"{teacher}\n{entry.id}".encode()).hexdigest()[:16]
        label = without_markup(entry.subject)[: cards.LONGEST_NAME]
        kept = self.records.promise.kept
        return Lesson(id, teacher, label, entry.starts, entry.ends, kept, place, entry.series, entry.id, entry.thread)

    async def card(self, slot: Message) -> Outgoing | None:
        """Asks a teacher about a lesson found; None where it is not before our eyes any more, or was answered."""
        entry, person = self._found.get(slot.subject), await self.records.person(slot.recipient)
        wishes = (await self.records.shelf()).wishes
        if entry is None or person is None or (slot.recipient, _series(entry)) in wishes:
            return None
        return cards.found(entry, slot.subject, await self._places(person, entry))

    async def _places(self, person: Person, entry: CalendarEntry) -> list[Conversation]:
        """Where the notice can go: class channels first, then the meeting's own chat."""
        theirs = account(person, await self.records.store.pins())
        held = [one for one in await self.records.store.places() if one.kind is not ConversationKind.PERSONAL]
        found = [one for one in held if await self.whereabouts.includes(one, theirs)]
        found.sort(key=lambda one: (one.conversation != entry.thread, one.kind is not ConversationKind.TEAM, one.name))
        if self.watch.chats and entry.thread.startswith(MEETING):
            found = [one for one in found if one.conversation != entry.thread]
            found.append(Conversation("msteams", entry.thread, ConversationKind.GROUP, "", "", name=ITS_OWN_CHAT))
        return found

    async def join_chats(self) -> int:
        """Goes into the chats of lessons whose notice is due soon, where the teacher has chosen them; says how many."""
        if not self.watch.chats:
            return 0
        here = {one.conversation for one in await self.records.store.places()}
        now, done = self.records.now(), 0
        for one in list((await self.records.shelf()).open.values()):
            chat, lesson = one.lesson.place, one.lesson
            is_due = one.state is RecordingState.PLANNED and lesson.starts - JOINS_BEFORE <= now < lesson.ends
            if not is_due or not chat.startswith(MEETING) or chat in here or self._not_before.get(chat, now) > now:
                continue
            self._not_before[chat] = now + JOINS_AGAIN
            try:
                place = await self.tenant.join_chat(chat)
            except ChannelError:
                LOG.warning("chat_not_joined")
                continue
            await self.records.store.keep_place(replace(place, name=ITS_OWN_CHAT))
            done += 1
        return done

    async def recordings_of(self, lesson: Lesson) -> tuple[RecordingFile, ...] | None:
        """The files of a lesson's recording: none where only that there is one is known, None where there is none."""
        held = (await self.records.shelf()).between(lesson.day, lesson.day)
        others = [one.lesson for one in held if one.state is not RecordingState.TAKEN_BACK]
        seen = of_lesson(await self._seen(lesson), lesson, others)
        taken = {file for one in held if one.lesson.id != lesson.id for file in one.files}
        files = [each.file or await self._file_of(each) for each in seen]
        mine = [one for one in files if one and one not in taken]
        return tuple(mine) if mine or any(one is None for one in files) else None

    async def _seen(self, lesson: Lesson) -> list[SeenRecording]:
        since, until, thread = lesson.starts - EARLY, lesson.ends + LATE, lesson.thread or lesson.place
        places = {one.conversation: one for one in await self.records.store.places()}
        group = places[thread].group if thread in places else ""
        found: list[SeenRecording] = []
        if self.watch.files and group:
            found += await self.tenant.in_channel(group, thread, since)
        if self.watch.pupils_messages and (group or thread.startswith(MEETING)):
            found += await self.tenant.told_in(thread, since, team=group)
        if self.watch.recordings and thread.startswith(MEETING):
            person = await self.records.person(lesson.teacher)
            owner = account(person, await self.records.store.pins()) if person else ""
            found += await self.tenant.recorded(owner, since, until) if owner else ()
        return found

    async def _file_of(self, seen: SeenRecording) -> RecordingFile | None:
        return await self.tenant.file_of(seen.link) if seen.link and self.watch.files else None

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a recording's file is there; raises GraphError where that could not be found out."""
        return await self.tenant.look(file)

    async def _write(self, kind: EventKind, one: Recording, /, **facts: str | bool) -> None:
        await self.records.write(kind, subject=one.lesson.teacher, facts={"lesson": one.lesson.id, **facts})


def _wishes(entry: CalendarEntry, answer: str) -> list[tuple[str, bool]]:
    """What an answer wishes, by calendar entry or series: "this one only" says no to the others of its series."""
    match answer:
        case "each":
            return [(_series(entry), True)]
        case "once":
            return [(entry.id, True), *([(entry.series, False)] if entry.series else [])]
    return [(_series(entry), False)]


def _series(entry: CalendarEntry) -> str:
    return entry.series or entry.id
