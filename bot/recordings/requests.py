"""What people ask about recorded lessons in their own words: a form, or a lesson's card, that says what was meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk.routing import Command, Handler
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.book import RecordingBook
from bot.recordings.list_cards import own_lessons
from bot.recordings.plan_notice import PlanNotice
from bot.recordings.rules.recording import Recording
from bot.recordings.teacher_reply import MAX_OWN_LESSONS, NO_LESSONS

LESSON_INTENTS = ("lesson-off", "lesson-moved", "lesson-gone", "lesson-still-there", "lesson-status")


@dataclass(frozen=True, slots=True)
class LessonRequests:
    """The commands that show what was understood. The buttons of their cards are those of the other parts."""

    book: RecordingBook
    plan_notice: PlanNotice

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it; nothing here changes anything."""
        requests: dict[tuple[str, ...], tuple[str, Handler]] = {
            ("notice",): ("request_notice", self._notice),
            LESSON_INTENTS: ("request_lesson", self._lesson),
        }
        return tuple(
            Command(name, handle, Permission.ANNOUNCE, intents=intents, shows_only=True)
            for intents, (name, handle) in requests.items()
        )

    async def _notice(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.plan_notice.understood(incoming, person)

    async def _lesson(self, incoming: Incoming, person: Person) -> Outgoing:
        """The card of the lesson that was meant; several to choose from if more may be."""
        pseudonym = await self.book.context.pseudonym(person)
        recordings = (await self.book.projection()).of_teacher(pseudonym)
        return self._choice(recordings)

    def _choice(self, recordings: Sequence[Recording]) -> Outgoing:
        now = self.book.context.now()
        if not recordings:
            return note(NO_LESSONS)
        if len(recordings) == 1:
            return cards.one_lesson(recordings[0], now)
        return own_lessons(recordings[-MAX_OWN_LESSONS:], now)
