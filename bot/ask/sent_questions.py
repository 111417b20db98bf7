"""Questions that somebody sends to the school without a name: sent, counted once a week, and read."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.passage_card import note_with_phone_links
from bot.ask.ports import Tallies
from bot.ask.rules.answers import hand_off
from bot.ask.rules.tallies import question_to_send, readable_questions
from bot.ask.understanding import Understanding, sounds_like_harm
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, card_beside, note
from bot.evidence.context import Context
from bot.outbox.render import Renderer
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.people.rules.readers import named_readers
from bot.school.rules.calendar import Calendar, monday_of, written

WEEK = timedelta(days=7)
DIGEST_AT = time(8)
MAX_WEEKS_WITHOUT_SCHOOL = 12  # the summer, and to spare
MAX_SHOWN = 30
WORDS = ("sent questions", "questions sent", "questions sent to the school")
READERS = (
    "Who can read it from {monday} on: {readers}, people who get these roles later, and the people who look after the "
    "server."
)
NO_READERS = (
    "Nobody on the staff list can read it here at the moment; the people who look after the server can, from {monday}."
)
KEPT = "It carries no name, day or hour: only its week is kept with it. It is deleted after 90 days."
THANKS = (
    "Thank you. The school will see your question without your name, from {monday} on. It is deleted after 90 days."
)
READ = 'To read them, write "sent questions".'
NONE_SENT = "No question was sent to the school in the last weeks."
LISTED = (
    "They carry no names, and within a week their order means nothing. Those of this week are listed from {monday} on. "
    "Please do not try to find out who asked."
)


@dataclass(frozen=True, slots=True)
class SentQuestions:
    """The part of the desk for questions without a name."""

    context: Context
    tallies: Tallies
    held: HeldUnderstanding

    @property
    def understanding(self) -> Understanding:
        """What is answered from now."""
        return self.held.current

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("send", self._form),
            Command("send_to_school", self._send),
            Command("sent_questions", self._list, Permission.READ_SENT, WORDS),
        )

    def renderers(self) -> Mapping[MessageKind, Renderer]:
        """What the weekly message says."""
        return {MessageKind.DIGEST: self._digest}

    def readers(self) -> list[Person]:
        """Who can read them today."""
        today = self.context.today
        return [person for person in self.context.roster.people() if may(person, Permission.READ_SENT, today)]

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        """The form that names all readers; a button of an older version leads here too, so it sends nothing yet."""
        question = question_to_send(incoming.inputs.get("question", ""), self.context.today)
        worry = await self._hand_off(question.text, incoming)
        if worry:
            return worry
        monday, readers = self._next_monday(), named_readers(self.readers(), self.context.today)
        line = READERS.format(readers=readers, monday=monday) if readers else NO_READERS.format(monday=monday)
        values = {"fallback": line, "question": question.text, "readers": line, "kept": KEPT}
        return card_beside("sending", values, f"{line} {KEPT}")

    async def _send(self, incoming: Incoming, person: Person) -> Outgoing:
        question = question_to_send(incoming.inputs.get("question", ""), self.context.today)
        worry = await self._hand_off(question.text, incoming)
        if worry:
            return worry
        await self.tallies.keep_question(question)
        return note(THANKS.format(monday=self._next_monday()))

    async def _hand_off(self, text: str, incoming: Incoming) -> Outgoing | None:
        """Whom to tell, if a question sounds like harm: a worry is never sent."""
        if not await asyncio.to_thread(sounds_like_harm, text, self.understanding):
            return None
        return note_with_phone_links(hand_off(self.understanding.policy.contacts, is_private=incoming.is_private))

    def _next_monday(self) -> str:
        return written(monday_of(self.context.today) + WEEK)

    async def _list(self, incoming: Incoming, person: Person) -> Outgoing:
        weeks = readable_questions(await self.tallies.questions(), self.context.today)
        left, shown = MAX_SHOWN, []
        for week, texts in weeks.items():
            shown += [(week, texts[:left])] if left else []
            left = max(0, left - len(texts))
        hidden = sum(map(len, weeks.values())) - sum(len(texts) for _, texts in shown)
        says = LISTED.format(monday=self._next_monday()) if weeks else NONE_SENT
        values = {
            "fallback": says,
            "says": says,
            "weeks": [{"week": _week(week), "questions": [{"text": text} for text in texts]} for week, texts in shown],
            "more": f"and {hidden} more of earlier weeks" if hidden else "",
        }
        lines = [line for week, texts in shown for line in (f"{_week(week)}:", *(f"- {text}" for text in texts))]
        return card_beside("sent_questions", values, "\n".join([says, *lines]))

    async def plan_digest(self) -> int:
        """Keeps one message a week for each reader, if there is something and no summary of this week says it."""
        context = self.context
        monday = monday_of(context.today)
        is_time = context.now().time() >= DIGEST_AT and context.calendar.is_school_day(context.today)
        if not is_time or not await _count(self.tallies, monday, context.calendar):
            return 0
        summaries = await context.store.messages(MessageKind.SUMMARY)
        with_summary = {message.recipient for message in summaries if message.on == monday}
        recipients = set((await context.store.enrol(self.readers())).values()) - with_summary
        digests = [Message(MessageKind.DIGEST, NO_SUBJECT, recipient, monday) for recipient in sorted(recipients)]
        return await context.store.keep_messages(*digests) if digests else 0

    async def _digest(self, message: Message) -> Outgoing | None:
        line = await _line(self.tallies, message.on, self.context.calendar)
        return note(f"{line} {READ}") if line else None


async def sent_remarks(context: Context, tallies: Tallies) -> list[str]:
    """The weekly line, for the headteacher's summary."""
    line = await _line(tallies, monday_of(context.today), context.calendar)
    return [line] if line else []


async def _count(tallies: Tallies, monday: date, calendar: Calendar) -> int:
    """How many were sent before a Monday, since the last week with school began."""
    first = _week_before(monday, calendar)
    return sum(first <= question.on < monday for question in await tallies.questions())


async def _line(tallies: Tallies, monday: date, calendar: Calendar) -> str:
    number, first = await _count(tallies, monday, calendar), _week_before(monday, calendar)
    if not number:
        return ""
    when = "last week" if first == monday - WEEK else f"since the week of {written(first)}"
    return f"{'1 question was' if number == 1 else f'{number} questions were'} sent to the school {when}."


def _week(monday: date) -> str:
    return f"In the week of {written(monday)}"


def _week_before(monday: date, calendar: Calendar) -> date:
    """The Monday of the last week with a school day before that Monday: no week's questions go unreported."""
    for weeks in range(1, MAX_WEEKS_WITHOUT_SCHOOL + 1):
        before = monday - weeks * WEEK
        if any(calendar.is_school_day(before + timedelta(days=day)) for day in range(5)):
            return before
    return monday - MAX_WEEKS_WITHOUT_SCHOOL * WEEK
