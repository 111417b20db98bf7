"""What people ask about recorded lessons in their own words: a form, or a lesson's card, that says what was meant."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.desk.routing import Command, Handler
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import understood
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.book import RecordingBook
from bot.recordings.list_cards import own_lessons
from bot.recordings.plan_notice import PlanNotice
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.meant_lesson import lessons_meant
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.recordings.rules.recording import Recording
from bot.recordings.teacher_reply import MAX_OWN_LESSONS, NO_LESSONS, moving_form
from bot.school.rules.calendar import spoken

LESSON_INTENTS = ("lesson-off", "lesson-moved", "lesson-gone", "lesson-still-there", "lesson-status")
WHICH_DAY = "I could not read “{words}” as a day: please choose one."
NONE_FITS = 'None of your lessons is at that point now. "my lessons" shows how they are. Nothing was changed.'


@dataclass(frozen=True, slots=True)
class LessonRequests:
    """The commands that show what was understood. The buttons of their cards are those of the other parts."""

    book: RecordingBook
    plan_notice: PlanNotice

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it; nothing here changes anything."""
        handlers: dict[str, Handler] = {"notice": self.plan_notice.understood}
        handlers |= {intent: partial(self._lesson, intent) for intent in LESSON_INTENTS}
        return tuple(
            Command(f"request_{intent}", handle, Permission.ANNOUNCE, intents=(intent,), shows_only=True)
            for intent, handle in handlers.items()
        )

    async def _lesson(self, intent: str, incoming: Incoming, person: Person) -> Outgoing:
        """The card of the person's own lesson that was meant; several to choose from if more than one may be."""
        pseudonym, now = await self.book.context.pseudonym(person), self.book.context.now()
        own = (await self.book.projection()).of_teacher(pseudonym)
        if not own:
            return note(NO_LESSONS)
        fitting = [recording for recording in own if _fits(intent, recording, now)]
        if not fitting:
            return note(NONE_FITS)
        said = incoming.inputs.get("lesson", "")
        meant = lessons_meant(said or incoming.text, fitting) or (() if said else tuple(fitting))
        if len(meant) == 1:
            return self._card(intent, meant[0], incoming)
        return own_lessons((meant or fitting)[-MAX_OWN_LESSONS:], now)

    def _card(self, intent: str, recording: Recording, incoming: Incoming) -> Outgoing:
        now = self.book.context.now()
        if intent == "lesson-status":
            return cards.one_lesson(recording, now)
        if intent == "lesson-moved":
            return self._moved(recording, incoming)
        return cards.lesson_meant(recording, now, cards.buttons_to_report(intent, recording, now))

    def _moved(self, recording: Recording, incoming: Incoming) -> Outgoing:
        """The form for another time, with the day and the hour that were said."""
        lesson, now = recording.lesson, self.book.context.now()
        day, time = (incoming.inputs.get(key, "") for key in ("day", "time"))
        parsed = self.plan_notice.parse(f"{day} at {time}" if time else day, now)
        is_unsure = bool(parsed.unread) or (bool(day) and not parsed.day)
        doubt = WHICH_DAY.format(words=day or time) if is_unsure else ""
        says = " ".join(filter(None, [understood(_what_moves(lesson, parsed)), doubt]))
        return moving_form(recording, parsed.day or lesson.day, parsed.begins, parsed.ends, says)


def _what_moves(lesson: Lesson, parsed: ParsedLesson) -> str:
    """What somebody wants of a lesson: to move it, and where to as far as that was read."""
    if not parsed.day and not parsed.begins:
        return f"move {lesson.label}"
    begins = f", {parsed.begins:%H:%M}" if parsed.begins else ""
    return f"move {lesson.label} to {spoken(parsed.day or lesson.day)}{begins}"


def _fits(intent: str, recording: Recording, now: datetime) -> bool:
    """Whether a lesson is at a point at which this may be said of it."""
    if intent == "lesson-status":
        return True
    return bool(cards.buttons_to_report(intent, recording, now))
