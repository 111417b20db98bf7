"""Finds lessons in teachers' calendars, if the school lets it, and asks whether their notices should go up.

Anything in a calendar that is no lesson by the school's rule is dropped in memory. No notice goes up for a lesson that
was found before its teacher has said yes to that lesson or its series.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.desk.routing import Command
from bot.desk.rules.messages import NOTHING_CHANGED, Incoming, Outgoing, note
from bot.desk.tick import Heartbeat
from bot.errors import BadInput, ChannelError, GraphError, LedgerMoved
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.people.rules.accounts import accounts_of
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.book import RecordingBook
from bot.recordings.notice_form import minutes_in_words
from bot.recordings.plan_lesson import plan_lesson, with_free_id
from bot.recordings.ports import IsMember, LessonTenant
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.parsed_lesson import without_markup
from bot.recordings.rules.projection import NoticeChoice
from bot.recordings.rules.recording import UPCOMING, Recording, RecordingState
from bot.recordings.rules.recording_events import address_facts
from bot.recordings.rules.timetable import Calendar, CalendarEntry, is_lesson
from bot.school.rules.calendar import LONDON

LOG = logging.getLogger("staffroom.recordings")
IN_THE_MORNING = time(5)  # no calendar is read before
READ_AHEAD = timedelta(days=14)
READ_AGAIN = timedelta(minutes=30)  # before a lesson its calendar is read once more
MAX_CALENDARS = 10  # read in one tick, so that no notice waits for them
ONLY_THIS_CALENDAR = frozenset({403, 404})  # trouble with one calendar; any other is Graph's, and the rest waits
RETRY_AFTER = timedelta(hours=1)  # trouble with a calendar
JOINED_BEFORE = timedelta(minutes=20)  # the lesson, a little before its notice is due
JOIN_RETRIED_AFTER = timedelta(minutes=2)
OWN_CHAT = "The meeting's own chat"
FORGOTTEN = (
    "I have to look at your calendar first: please press the button again in a few minutes. Nothing was changed."
)
YES = (
    "Thank you. {action} {before} before {which}. "
    'Write "my lessons" to see what is planned; there you can take any of it back.'
)
POSTED, SENT_TO_COPY = "The notice goes up", "I will send you the notice to copy"
NO = "Thank you. I will post nothing for it, and I will not ask again."


@dataclass(slots=True)
class Discovery:
    """Two duties, which read calendars and join meetings' chats, and what teachers answer to the lessons found."""

    book: RecordingBook
    tenant: LessonTenant
    is_member: IsMember
    heartbeat: Heartbeat
    _read_at: dict[str, datetime] = field(default_factory=dict)  # when a teacher's calendar was last read, by pseudonym
    _not_before: dict[str, datetime] = field(default_factory=dict)  # by pseudonym or chat, after trouble
    _empty_since: dict[str, date] = field(default_factory=dict)  # by pseudonym: the calendar has nothing in it
    _found: dict[str, CalendarEntry] = field(default_factory=dict)  # what teachers are asked about, in memory only

    def commands(self) -> tuple[Command, ...]:
        """The button with which a teacher answers whether notices should go up."""
        return (Command("wish", self._choose, Permission.ANNOUNCE),)

    async def _choose(self, incoming: Incoming, person: Person) -> Outgoing:
        entry = self._found.get(incoming.inputs.get("found", ""))
        if entry is None:
            raise BadInput(FORGOTTEN)
        answer = incoming.inputs.get("answer", "")
        if answer not in {"each", "once", "no"}:
            raise BadInput(NOTHING_CHANGED)
        address = await self._chosen_address(incoming.inputs.get("place", ""), person, entry)
        teacher = await self.book.context.pseudonym(person)
        for source, is_wanted in _choices(entry, answer):
            choice = NoticeChoice(is_wanted, address if is_wanted else None)
            await self._write_choice(teacher, source, choice, details(person, incoming.caller, incoming.conversation))
        self._read_at.pop(teacher, None)
        self.heartbeat.hurry()
        return note(NO if answer == "no" else self._yes(address, is_each=answer == "each"))

    def _yes(self, address: Address | None, *, is_each: bool) -> str:
        return YES.format(
            action=POSTED if address else SENT_TO_COPY,
            before=minutes_in_words(self.book.promise.posted_before),
            which="each of them" if is_each else "it",
        )

    async def _chosen_address(self, id: str, person: Person, entry: CalendarEntry) -> Address | None:
        if id == cards.BY_HAND:
            return None
        for conversation in await self._conversations_for(person, entry):
            if conversation.id == id:
                return Address(conversation.channel, conversation=id)
        raise BadInput("Please choose one of the places. Nothing was changed.")

    async def _write_choice(self, teacher: str, source: str, choice: NoticeChoice, who: dict[str, str]) -> None:
        projection = await self.book.projection()
        if projection.choices.get((teacher, source)) == choice:
            return
        await self.book.context.write(
            EventKind.WISH,
            projection.head,
            subject=teacher,
            actor=teacher,
            facts={"source": source, "wanted": choice.is_wanted, **address_facts(choice.address)},
            who=who,
        )

    async def find_lessons(self) -> int:
        """Reads each teacher's calendar once a day, a few in a tick; returns how many lessons it planned or changed."""
        context = self.book.context
        now, done, left = context.now(), 0, MAX_CALENDARS
        if not self.book.settings.access.calendars or now.time() < IN_THE_MORNING:
            return 0
        working = [person for person in context.roster.people() if person.works_here(now.date())]
        accounts = await self.book.accounts(working, self.tenant.channel)
        people = [person for person in working if person.id in accounts]
        pseudonyms, urgent = await context.store.enrol(people), await self._teachers_with_a_lesson_soon()
        for person in people:
            teacher = pseudonyms[person.id]
            if not left or not self._is_due(teacher, now, is_urgent=teacher in urgent):
                continue
            left -= 1
            try:
                done += await self._read_calendar(person, teacher, accounts[person.id])
            except LedgerMoved:
                self._read_at.pop(teacher, None)  # something else was recorded meanwhile: read again at the next tick
            except GraphError as error:
                self._not_before[teacher] = now + RETRY_AFTER
                LOG.warning("calendar_failed status=%d", error.status)
                left = left if error.status in ONLY_THIS_CALENDAR else 0
        return done

    def _is_due(self, teacher: str, now: datetime, *, is_urgent: bool) -> bool:
        read_at = self._read_at.get(teacher)
        was_read_today = read_at is not None and read_at.date() == now.date()
        return (is_urgent or not was_read_today) and self._not_before.get(teacher, now) <= now

    async def _teachers_with_a_lesson_soon(self) -> set[str]:
        """Teachers with a lesson from their calendar within half an hour, not read since: it may be off or moved."""
        now = self.book.context.now()
        return {
            recording.lesson.teacher
            for recording in (await self.book.projection()).open_recordings(now)
            if recording.lesson.source
            and recording.state is RecordingState.PLANNED
            and timedelta() < recording.lesson.starts - now <= READ_AGAIN
            and self._read_at.get(recording.lesson.teacher, now) < recording.lesson.starts - READ_AGAIN
        }

    async def _read_calendar(self, person: Person, teacher: str, account: str) -> int:
        now = self.book.context.now()
        begins = datetime.combine(now.date(), time(), LONDON)
        calendar = await self.tenant.lessons(account, begins, begins + READ_AHEAD)
        if calendar.unreadable:
            LOG.warning("calendar_entries_unreadable count=%d", len(calendar.unreadable))
        rule = self.book.settings.access.timetable
        lessons = [entry for entry in calendar.entries if is_lesson(entry, rule) and entry.starts > now]
        self._read_at[teacher] = now
        done = await self._call_off(teacher, calendar, begins + READ_AHEAD)
        for entry in lessons:
            done += 0 if entry.is_cancelled else await self._take_in(entry, person, teacher)
        return done

    async def _call_off(self, teacher: str, calendar: Calendar, until: datetime) -> int:
        """Takes back lessons that came from the calendar and are cancelled in it, or are not in it any more.

        A calendar without anything in it is believed if it was empty the day before as well.
        """
        now, done = self.book.context.now(), 0
        if calendar.entries or calendar.unreadable:
            self._empty_since.pop(teacher, None)
        elif self._empty_since.setdefault(teacher, now.date()) == now.date():
            return 0
        for recording in (await self.book.projection()).of_teacher(teacher):
            lesson = recording.lesson
            follows_calendar = lesson.source and recording.state in UPCOMING and not recording.is_moved_by_hand
            if follows_calendar and now < lesson.starts < until and not calendar.may_have(lesson.source):
                await self.book.write(EventKind.TAKE_BACK, recording, {"off": True}, f"take_back/{lesson.id}")
                done += 1
        return done

    async def _take_in(self, entry: CalendarEntry, person: Person, teacher: str) -> int:
        projection = await self.book.projection()
        recording = projection.from_calendar(teacher, entry.id)
        was_off = recording and recording.state is RecordingState.TAKEN_BACK and recording.is_off
        if recording and not was_off:  # a lesson that was off may be on again
            return await self._move(recording, entry)
        choices = projection.choices
        choice = choices.get((teacher, entry.id)) or choices.get((teacher, entry.series_or_id))
        if choice is None:
            return await self._ask(entry, teacher)
        if not choice.is_wanted:
            return 0
        await plan_lesson(self.book, with_free_id(self._lesson(entry, teacher, choice), projection), person)
        return 1

    async def _move(self, recording: Recording, entry: CalendarEntry) -> int:
        is_same = (recording.lesson.starts, recording.lesson.ends) == (entry.starts, entry.ends)
        if is_same or recording.is_moved_by_hand or recording.state not in UPCOMING:
            return 0
        facts = {"starts": entry.starts.isoformat(), "ends": entry.ends.isoformat()}
        await self.book.write(EventKind.MOVE, recording, facts)
        return 1

    async def _ask(self, entry: CalendarEntry, teacher: str) -> int:
        """Asks a teacher about a lesson or series once; a question that did not arrive is asked again another day."""
        key = hashlib.sha256(entry.series_or_id.encode()).hexdigest()[:16]
        context = self.book.context
        known = self._found.get(key)
        if known is None or entry.starts < known.starts or known.starts <= context.now():
            self._found[key] = entry
        questions = await context.store.messages(MessageKind.FOUND_LESSON, recipient=teacher)
        states = {question.state for question in questions if question.subject.name == key}
        if states & {DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.DUE}:
            return 0
        subject = Subject(name=key)
        return await context.store.keep_messages(Message(MessageKind.FOUND_LESSON, subject, teacher, context.today))

    def _lesson(self, entry: CalendarEntry, teacher: str, choice: NoticeChoice) -> Lesson:
        return Lesson(
            id=hashlib.sha256(f"{teacher}\n{entry.id}".encode()).hexdigest()[:16],
            teacher=teacher,
            label=without_markup(entry.subject)[: cards.MAX_LABEL_CHARS],
            starts=entry.starts,
            ends=entry.ends,
            kept_days=self.book.promise.kept_days,
            address=choice.address,
            series=entry.series,
            source=entry.id,
            thread=entry.thread,
        )

    async def found_lesson(self, message: Message) -> Outgoing | None:
        """The question about a lesson found; None if it was answered, or the calendar has to be read again first."""
        entry = self._found.get(message.subject.name)
        person = await self.book.context.person(message.recipient)
        choices = (await self.book.projection()).choices
        if entry is None or person is None or (message.recipient, entry.series_or_id) in choices:
            return None
        conversations = await self._conversations_for(person, entry)
        return cards.found_lesson(entry, message.subject.name, conversations)

    async def _conversations_for(self, person: Person, entry: CalendarEntry) -> list[Conversation]:
        """Where the notice can go: first where the lesson is held, then class channels, then other chats.

        The chat of its own meeting comes last.
        """
        store = self.book.context.store
        accounts = accounts_of(person, (await store.pins_of([person.id])).get(person.id, {}))
        conversations = [
            conversation
            for conversation in await store.shared_conversations()
            if await self._is_in(conversation, accounts)
        ]
        conversations.sort(
            key=lambda conversation: (
                conversation.id != entry.thread,
                conversation.kind is not ConversationKind.TEAM,
                conversation.name,
            )
        )
        if self.book.settings.access.chats and self.tenant.is_meeting_chat(entry.thread):
            others = [conversation for conversation in conversations if conversation.id != entry.thread]
            own = Conversation(self.tenant.channel, entry.thread, ConversationKind.MEETING, "", "", name=OWN_CHAT)
            return [*others, own]
        return conversations

    async def _is_in(self, conversation: Conversation, accounts: Sequence[tuple[str, str]]) -> bool:
        for channel, account in accounts:
            if await self.is_member(conversation, channel or conversation.channel, account):
                return True
        return False

    async def join_chats(self) -> int:
        """Joins the chats of lessons whose notice is due soon, if the teacher chose them; returns how many."""
        if not self.book.settings.access.chats:
            return 0
        now, joined = self.book.context.now(), 0
        for recording in (await self.book.projection()).open_recordings(now):
            lesson = recording.lesson
            is_soon = lesson.starts - JOINED_BEFORE <= now < lesson.ends
            if recording.state is RecordingState.PLANNED and is_soon and await self._may_join(lesson.conversation):
                joined += await self._join(lesson.conversation)
        return joined

    async def _may_join(self, chat: str) -> bool:
        now = self.book.context.now()
        if not self.tenant.is_meeting_chat(chat) or self._not_before.get(chat, now) > now:
            return False
        return await self.book.context.store.conversation(self.tenant.channel, chat) is None

    async def _join(self, chat: str) -> int:
        self._not_before[chat] = self.book.context.now() + JOIN_RETRIED_AFTER
        try:
            conversation = await self.tenant.join_chat(chat)
        except ChannelError:
            LOG.warning("chat_not_joined")
            return 0
        await self.book.context.store.keep_conversation(replace(conversation, name=OWN_CHAT))
        return 1


def _choices(entry: CalendarEntry, answer: str) -> list[tuple[str, bool]]:
    """What an answer chooses, by calendar entry or series: "this one only" says no to the others of its series."""
    match answer:
        case "each":
            return [(entry.series_or_id, True)]
        case "once":
            return [(entry.id, True), *([(entry.series, False)] if entry.series else [])]
    return [(entry.series_or_id, False)]
