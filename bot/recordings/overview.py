"""Shows every recorded lesson: the headteacher's week, and what the IT lead says of the tenant's own expiry."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.book import RecordingBook
from bot.recordings.list_cards import week_card, week_values
from bot.recordings.rules.recording import OVERDUE
from bot.recordings.rules.week import WEEK, Week
from bot.school.rules.calendar import monday_of, written

# The same words show a teacher their own lessons: see teacher_reply.py.
LESSON_WORDS = ("lessons", "recorded lessons", "recordings", "this week's lessons")
EXPIRY_WORDS = ("expiry", "recordings expire", "recording expiry")
EXPIRY_IS_SET = "The IT lead says that, since {day}, Teams itself deletes new recordings after {days} days."
EXPIRY_NOT_SET = (
    "Nobody has said yet that Teams itself deletes new recordings after {days} days. The IT lead writes "
    '"expiry" to me and sees how to set it.'
)
EXPIRY_NOTED = "Thank you. I will tell the headteacher, and I will not ask again."
NOT_GONE = 'Recorded lessons: {number} not gone though their last day has passed; "lessons" shows which.'
A_LIFETIME = timedelta(days=36_500)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overview:
    """The commands and pages that show every lesson."""

    book: RecordingBook

    def commands(self) -> tuple[Command, ...]:
        """The week for the headteacher, and the tenant's expiry for the IT lead."""
        return (
            Command(
                "expiry",
                self._expiry,
                Permission.EXPIRY,
                words=EXPIRY_WORDS,
                intents=("expiry",),
                shows_only=True,
            ),
            Command(
                "lessons",
                self._lessons,
                Permission.OVERSEE,
                words=LESSON_WORDS,
                intents=("expiry", "lessons"),  # the week names what should be gone by now
                shows_only=True,
            ),
            Command("expiry_done", self._expiry_done, Permission.EXPIRY),
        )

    async def card(self, day: date, page: int = 0) -> Outgoing:
        """The week that holds a day, as a card, a page at a time."""
        week = await self._week(day)
        return week_card(week, await self._teachers(week), self.book.context.now(), await self.expiry_remarks(), page)

    async def page_values(self) -> dict[str, Any]:
        """What the page of this week shows."""
        week = await self._week(self.book.context.today)
        return week_values(week, await self._teachers(week), self.book.context.now(), await self.expiry_remarks())

    async def remarks(self) -> list[str]:
        """What a headteacher's summary says about recorded lessons: those not as promised, and an expiry not set."""
        projection = await self.book.projection()
        overdue = sum(recording.state in OVERDUE for recording in projection.unsettled.values())
        remarks = [NOT_GONE.format(number=overdue)] if overdue else []
        promise = self.book.settings.promise
        is_expiry_wanted = projection.first_on and not projection.expiry_set_on
        return remarks + ([EXPIRY_NOT_SET.format(days=promise.kept_days)] if promise and is_expiry_wanted else [])

    async def expiry_remarks(self) -> list[str]:
        """Whether the tenant itself deletes recordings in time, and if not, how to set that."""
        if self.book.settings.promise is None:
            return []
        days, set_on = self.book.promise.kept_days, (await self.book.projection()).expiry_set_on
        if set_on:
            return [EXPIRY_IS_SET.format(day=written(set_on), days=days)]
        return [cards.EXPIRY.format(days=days), cards.EXPIRY_COMMAND.format(days=days)]

    async def _lessons(self, incoming: Incoming, person: Person) -> Outgoing:
        day = _day_in(incoming.inputs.get("week", ""), self.book.context.today)
        return await self.card(day, _page_in(incoming.inputs.get("page", "")))

    async def _week(self, day: date) -> Week:
        projection, begins = await self.book.projection(), monday_of(day)
        of_week = {recording.lesson.id: recording for recording in projection.between(begins, begins + WEEK - ONE_DAY)}
        return Week.of((of_week | projection.unsettled).values(), day)

    async def _teachers(self, week: Week) -> dict[str, str]:
        recordings = (*week.lessons, *week.overdue)
        return await self.book.context.names({recording.lesson.teacher for recording in recordings})

    async def _expiry(self, incoming: Incoming, person: Person) -> Outgoing:
        return cards.expiry(self.book.promise.kept_days)

    async def _expiry_done(self, incoming: Incoming, person: Person) -> Outgoing:
        projection, context = await self.book.projection(), self.book.context
        if projection.expiry_set_on is None:
            facts = {"done": True, "days": self.book.promise.kept_days}
            actor = await context.pseudonym(person)
            await context.write(EventKind.EXPIRY, projection.head, actor=actor, facts=facts)
        return note(EXPIRY_NOTED)


def _page_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _day_in(text: str, usual: date) -> date:
    """A day within a lifetime of the usual one; the usual one for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return usual
    return day if abs(day - usual) < A_LIFETIME else usual
