"""Plans the notice for a recorded lesson: what was understood is shown first, and nothing is posted before "Post"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.desk.routing import Command, Handler
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import understood
from bot.desk.tick import Heartbeat
from bot.errors import BadInput
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Caller, Person
from bot.recordings import cards
from bot.recordings.book import NO_PROMISE, RecordingBook
from bot.recordings.notice_form import (
    lesson_in,
    minutes_in_words,
    notice_form,
    notice_preview,
    problem_with,
)
from bot.recordings.plan_lesson import has_a_notice_already, plan_lesson, with_free_id
from bot.recordings.ports import IsMember, ParseLesson
from bot.recordings.rules.lesson import Lesson, lessons_of
from bot.recordings.rules.parsed_lesson import ParsedLesson, without_markup
from bot.recordings.rules.recording import Recording
from bot.recordings.rules.recording_events import TEACHER
from bot.school.rules.calendar import spoken

REQUEST = re.compile(
    r"(?:please )?(?:(?:post|send|put up|make|plan) )?(?:an? |the )?recording notices?\b(?: for)?[\s:,-]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
NO_LESSONS = "No lesson falls on a school day with that. Please look at the days again. Nothing was planned."
CANCELLED = "Nothing was posted and nothing is kept."
NOT_THERE = "I am not in that chat any more, or you are not. Please choose another place; nothing was posted."
TAKEN = "There is already a notice for a lesson at that time in that chat, or there will be soon. Nothing was posted."


def lesson_words(text: str) -> str:
    """What a request says of the lesson; a text that is no request is about the lesson as a whole."""
    match = REQUEST.fullmatch(text)
    return match["rest"] if match else text


@dataclass(frozen=True, slots=True)
class PlanNotice:
    """The commands with which a teacher plans a notice."""

    book: RecordingBook
    parse: ParseLesson
    is_member: IsMember
    heartbeat: Heartbeat

    def commands(self) -> tuple[Command, ...]:
        """The request in the teacher's own words, and the buttons of the cards that follow."""
        buttons: dict[str, Handler] = {
            "notice": self._form,
            "notice_preview": self._preview,
            "notice_post": self._post,
            "notice_copy": self._copy,
            "notice_track": self._track,
            "notice_cancel": self._cancel,
        }
        request = Command("notice_request", self._request, Permission.ANNOUNCE, pattern=REQUEST)
        return (request, *(Command(name, handle, Permission.ANNOUNCE) for name, handle in buttons.items()))

    async def _request(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """What was understood of a request; None for a question about notices, or in a school without a promise."""
        match = REQUEST.fullmatch(incoming.text)
        if match is None or self.book.settings.promise is None:
            return None
        rest = match["rest"]
        parsed = self.parse(rest, self.book.context.now())
        parsed = replace(parsed, label=without_markup(parsed.label))
        if parsed.day is None and rest.endswith("?"):
            return None
        refuse_unless(person, Permission.ANNOUNCE, self.book.context.today)
        return await self._shown(parsed, incoming, person, "" if incoming.is_private else incoming.conversation)

    async def understood(self, incoming: Incoming, person: Person) -> Outgoing:
        """What was understood of a request in other words: its `lesson`, `day` and `time`.

        Raises BadInput in a school whose policy promises nothing.
        """
        if self.book.settings.promise is None:
            raise BadInput(NO_PROMISE)
        lesson, day, time = (incoming.inputs.get(key, "") for key in ("lesson", "day", "time"))
        parsed = self.parse(f"{day} at {time}" if time else day, self.book.context.now())
        parsed = replace(parsed, label=without_markup(lesson))
        what = f"put up a recording notice for {parsed.label}" if parsed.label else "put up a recording notice"
        place = "" if incoming.is_private else incoming.conversation
        return await self._shown(parsed, incoming, person, place, understood(what))

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        return notice_form(lesson_in(incoming.inputs), incoming.inputs.get("place", ""))

    async def _preview(self, incoming: Incoming, person: Person) -> Outgoing:
        place = incoming.inputs.get("place", "")
        try:
            parsed = lesson_in(incoming.inputs)
        except BadInput as error:
            return notice_form(ParsedLesson(label=incoming.inputs.get("label", "")), place, str(error))
        return await self._shown(parsed, incoming, person, place)

    async def _shown(
        self, parsed: ParsedLesson, incoming: Incoming, person: Person, place: str, says: str = ""
    ) -> Outgoing:
        """What was understood and what would be posted; the form if something is missing, which `says` it too."""
        context = self.book.context
        problem = problem_with(parsed, context.today)
        if problem:
            return notice_form(parsed, place, f"{says} {problem}".strip())
        lessons = await self._lessons(parsed, person)
        if not lessons:
            return notice_form(parsed, place, f"{says} {NO_LESSONS}".strip())
        conversations = await self._conversations(incoming.caller)
        promise, calendar = self.book.promise, context.calendar
        return notice_preview(parsed, lessons, conversations, place, promise, calendar, context.now())

    async def _lessons(
        self, parsed: ParsedLesson, person: Person, address: Address | None = None
    ) -> tuple[Lesson, ...]:
        """The lesson, or those of a series that are not over yet."""
        context, promise = self.book.context, self.book.promise
        teacher = await context.pseudonym(person)
        lessons = lessons_of(parsed, teacher, address, promise.kept_days, promise.usual_length, context.calendar)
        return tuple(lesson for lesson in lessons if not lesson.series or lesson.ends > context.now())

    async def _conversations(self, caller: Caller) -> list[Conversation]:
        """Where a notice can be posted: chats and channels in which both the bot and this account are.

        Meetings' own chats get theirs through the calendar only, once the meeting's teacher has said so.
        """
        return [
            conversation
            for conversation in await self.book.context.store.shared_conversations()
            if conversation.kind is not ConversationKind.MEETING
            and await self.is_member(conversation, caller.channel, caller.account)
        ]

    async def _post(self, incoming: Incoming, person: Person) -> Outgoing:
        place = incoming.inputs.get("place", "")
        conversations = await self._conversations(incoming.caller)
        conversation = next((conversation for conversation in conversations if conversation.id == place), None)
        if conversation is None:
            raise BadInput(NOT_THERE)
        address = Address(conversation.channel, conversation=conversation.id)
        recordings, is_new = await self._plan(incoming, person, address)
        self.heartbeat.hurry()
        name, before = conversation.name or "the chat", self.book.promise.posted_before
        is_series = bool(recordings[0].lesson.series)
        when = f"{minutes_in_words(before)} before each" if is_series else "within a minute"
        text = f"It goes up in {name} {when}." if is_new else f"That notice is planned already, for {name}."
        return cards.planned_notice(recordings[0], text)

    async def _copy(self, incoming: Incoming, person: Person) -> Outgoing:
        recordings, _ = await self._plan(incoming, person, None)
        why = "Copy these words into the lesson's chat, then tell me that you have."
        return cards.notice_to_copy(recordings[0], self.book.promise, self.book.context.today, why)

    async def _track(self, incoming: Incoming, person: Person) -> Outgoing:
        """Follows the recording of a lesson that is over and had no notice."""
        recordings, _ = await self._plan(incoming, person, None)
        lesson = recordings[0].lesson
        await self.book.write(
            EventKind.RECORD,
            recordings[0],
            {"recorded": True, "by": TEACHER, "drive": "", "item": ""},
            f"record/{lesson.id}/yes",
            actor=lesson.teacher,
        )
        return note(
            f"I keep it in mind: the class can watch {lesson.label} until the end of {spoken(lesson.last_day)}."
        )

    async def _cancel(self, incoming: Incoming, person: Person) -> Outgoing:
        return note(CANCELLED)

    async def _plan(
        self, incoming: Incoming, person: Person, address: Address | None
    ) -> tuple[Sequence[Recording], bool]:
        """The recordings of the lessons, planned now if they were not, and whether any is new; raises BadInput."""
        parsed = lesson_in(incoming.inputs)
        problem = problem_with(parsed, self.book.context.today)
        if problem:
            raise BadInput(problem)
        projection = await self.book.projection()
        lessons = [with_free_id(lesson, projection) for lesson in await self._lessons(parsed, person, address)]
        if not lessons:
            raise BadInput(NO_LESSONS)
        new = [lesson for lesson in lessons if projection.get(lesson.id) is None]
        if any(has_a_notice_already(lesson, projection) for lesson in new):
            raise BadInput(TAKEN)
        for lesson in new:
            await plan_lesson(self.book, lesson, person, incoming)
        projection = await self.book.projection()
        return [projection.recordings[lesson.id] for lesson in lessons], bool(new)
