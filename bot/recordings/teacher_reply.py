"""Takes a teacher's word about a lesson: it was recorded or not, it is gone or not, the notice was wrong, it moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk.routing import Command, Handler
from bot.desk.rules.messages import NOTHING_CHANGED, Incoming, Outgoing, note
from bot.desk.tick import Heartbeat
from bot.errors import BadInput, NotAllowed
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind, Fact
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.book import RecordingBook
from bot.recordings.list_cards import own_lessons
from bot.recordings.notice_form import MAX_AHEAD, time_in
from bot.recordings.overview import LESSON_WORDS
from bot.recordings.rules.recording import MAY_BECOME, UPCOMING, FileState, Recording, RecordingState
from bot.recordings.rules.recording_events import TEACHER, message_facts
from bot.recordings.rules.sealed_wording import sealed_wording
from bot.recordings.rules.week import lesson_name, state_in_words
from bot.school.rules.calendar import LONDON, spoken

OWN_LESSON_WORDS = ("my lessons", "my recordings", "lessons i recorded")
MAX_OWN_LESSONS = 20  # in one list
NOT_OVER = "{name}: that lesson is not over yet. I will ask you when it is."
OVER = '{name}: that lesson is over. If it was not recorded, say so under "my lessons". Nothing was changed.'
UNKNOWN = "I do not know that lesson any more."
NOT_YOURS = "Only the teacher of that lesson, and the headteacher, can say that. Nothing was changed."
CHANGE_BY_HAND = " You put this notice up by hand, so please change it there yourself."
NO_LESSONS = 'You have no lessons with a recording notice. Write "recording notice for ..." to plan one.'
WRONG_TIME = "The new time must be in the future, within a year. Nothing was changed."


@dataclass(frozen=True, slots=True)
class TeacherReply:
    """The commands with which teachers answer for their lessons."""

    book: RecordingBook
    heartbeat: Heartbeat

    def commands(self) -> tuple[Command, ...]:
        """The buttons of the cards about a lesson, and the list of one's own lessons."""
        buttons: dict[str, Handler] = {
            "was_recorded": self._was_recorded,
            "is_gone": self._is_gone,
            "copied": self._copied,
            "take_back": self._take_back,
            "take_back_all": self._take_back_all,
            "moving": self._moving,
            "move": self._move,
            "my_lesson": self._my_lesson,
        }
        words = (*OWN_LESSON_WORDS, *LESSON_WORDS)
        own = Command(
            "my_lessons", self._my_lessons, Permission.ANNOUNCE, words=words, intents=("lessons",), shows_only=True
        )
        return (own, *(Command(name, handle, Permission.ANNOUNCE) for name, handle in buttons.items()))

    async def _was_recorded(self, incoming: Incoming, person: Person) -> Outgoing:
        recording, is_yes = await self._recording_in(incoming, person), _yes_in(incoming)
        if self.book.context.now() < recording.lesson.ends:
            return note(NOT_OVER.format(name=lesson_name(recording)))
        state = RecordingState.RECORDED if is_yes else RecordingState.NOT_RECORDED
        if state not in MAY_BECOME[recording.state]:
            return note(self._unchanged(recording))
        facts: dict[str, Fact] = {"recorded": is_yes, "by": TEACHER, "drive": "", "item": ""}
        facts["before"] = recording.state.value
        await self._write(EventKind.RECORD, recording, facts, incoming, person)
        self.heartbeat.hurry()
        return note(self._after_answer(await self.book.again(recording), person, is_yes=is_yes))

    def _after_answer(self, recording: Recording, person: Person, *, is_yes: bool) -> str:
        name, lesson, calendar = lesson_name(recording), recording.lesson, self.book.context.calendar
        if not is_yes:
            is_changed = recording.shown and not recording.is_by_hand
            by_hand = CHANGE_BY_HAND if recording.is_by_hand else ""
            return f"{name}: not recorded.{' The notice will say so.' if is_changed else by_hand}"
        reminder_day = lesson.reminded_on(person, calendar)
        sentences = [
            f"{name}: recorded. Everybody in the class can watch it until the end of {spoken(lesson.last_day)}.",
            f"I will remind you on {spoken(reminder_day)}." if reminder_day else "",
        ]
        if lesson.is_over_in_a_holiday(person, calendar):
            sentences.append(cards.IN_A_HOLIDAY.format(day=spoken(lesson.first_day_gone)))
        return " ".join(sentence for sentence in sentences if sentence)

    async def _is_gone(self, incoming: Incoming, person: Person) -> Outgoing:
        recording, is_yes = await self._recording_in(incoming, person), _yes_in(incoming)
        if self.book.context.now() < recording.lesson.ends:
            return note(NOT_OVER.format(name=lesson_name(recording)))
        if RecordingState.REMOVED not in MAY_BECOME[recording.state]:
            return note(self._unchanged(recording))
        finding = FileState.GONE if is_yes else FileState.THERE
        await self._write(EventKind.LOOK, recording, {"found": finding.value, "by": TEACHER}, incoming, person)
        if not is_yes:
            question = "" if recording.head_told_on else " I will ask you once more tomorrow."
            return note(f"Thank you.{question} {cards.HOW_TO_DELETE}")
        return note(f"Thank you. {self._after_gone(await self.book.again(recording))}")

    def _after_gone(self, recording: Recording) -> str:
        name, head = lesson_name(recording), self.book.context.headteacher
        match recording.state:
            case RecordingState.REMOVED:
                return f"{name}: the recording is gone, and nothing more is needed."
            case RecordingState.GONE_EARLY:
                return (
                    f"It was promised until the end of {spoken(recording.lesson.last_day)}, so I note that it went too "
                    f"early, and I will tell {head}. It may still be in the recycle bin: can it be put back?"
                )
        return f"{name}: I will look once more myself, and tell you only if it is still there."

    async def _copied(self, incoming: Incoming, person: Person) -> Outgoing:
        recording = await self._recording_in(incoming, person)
        if recording.state is not RecordingState.PLANNED:
            return note(self._unchanged(recording))
        text = self.book.promise.current_text(recording, self.book.context.today)
        facts: dict[str, Fact] = {"says": sealed_wording(recording.says), "text": text, "by_hand": True, "again": False}
        await self._write(EventKind.ANNOUNCE, recording, {**facts, **message_facts(None)}, incoming, person)
        name = lesson_name(recording)
        return note(f"Thank you. {name}: announced. I will ask you after the lesson whether it was recorded.")

    async def _take_back(self, incoming: Incoming, person: Person) -> Outgoing:
        return note(await self._taken_back(await self._recording_in(incoming, person), incoming, person))

    async def _take_back_all(self, incoming: Incoming, person: Person) -> Outgoing:
        """Every lesson of the series that has not begun yet, and for one from a calendar no later ones either."""
        recording = await self._recording_in(incoming, person)
        lesson, projection, context = recording.lesson, await self.book.projection(), self.book.context
        if lesson.source:
            facts: dict[str, Fact] = {"source": lesson.series, "wanted": False, "place": "", "channel": ""}
            actor = await context.pseudonym(person)
            await context.write(EventKind.WISH, projection.head, subject=lesson.teacher, actor=actor, facts=facts)
        coming = [
            other
            for other in projection.in_series(lesson.series)
            if other.lesson.starts > context.now() and RecordingState.TAKEN_BACK in MAY_BECOME[other.state]
        ]
        for other in coming:
            await self._taken_back(other, incoming, person)
        number = "1 lesson" if len(coming) == 1 else f"{len(coming)} lessons"
        return note(f"Taken back: {number} of {lesson.label}.")

    async def _taken_back(self, recording: Recording, incoming: Incoming, person: Person) -> str:
        name = lesson_name(recording)
        if RecordingState.TAKEN_BACK not in MAY_BECOME[recording.state]:
            return self._unchanged(recording)
        if self.book.context.now() >= recording.lesson.ends:
            return OVER.format(name=name)
        facts = {"off": incoming.inputs.get("answer") == "off"}
        once = f"take_back/{recording.lesson.id}"
        await self._write(EventKind.TAKE_BACK, recording, facts, incoming, person, once)
        self.heartbeat.hurry()
        if not recording.shown:
            return f"{name}: taken back. If the notice is up already, I will change it."
        return f"{name}: taken back.{CHANGE_BY_HAND if recording.is_by_hand else ' The notice will say so.'}"

    async def _my_lesson(self, incoming: Incoming, person: Person) -> Outgoing:
        return cards.one_lesson(await self._recording_in(incoming, person), self.book.context.now())

    async def _moving(self, incoming: Incoming, person: Person) -> Outgoing:
        recording = await self._recording_in(incoming, person)
        return moving_form(recording, recording.lesson.day)

    async def _move(self, incoming: Incoming, person: Person) -> Outgoing:
        recording = await self._recording_in(incoming, person)
        if recording.state not in UPCOMING:
            return note(self._unchanged(recording))
        starts, ends = _times_in(incoming.inputs)
        if not timedelta() < starts - self.book.context.now() < MAX_AHEAD:
            raise BadInput(WRONG_TIME)
        if (starts, ends) == (recording.lesson.starts, recording.lesson.ends):
            return note("The lesson is at that time already.")
        facts = {"starts": starts.isoformat(), "ends": ends.isoformat()}
        await self._write(EventKind.MOVE, recording, facts, incoming, person)
        self.heartbeat.hurry()
        moved = await self.book.again(recording)
        return cards.planned_notice(
            moved, f"Moved. It can be watched until the end of {spoken(moved.lesson.last_day)}."
        )

    async def _my_lessons(self, incoming: Incoming, person: Person) -> Outgoing:
        pseudonym = await self.book.context.pseudonym(person)
        recordings = (await self.book.projection()).of_teacher(pseudonym)
        if not recordings:
            return note(NO_LESSONS)
        return own_lessons(recordings[-MAX_OWN_LESSONS:], self.book.context.now())

    async def _recording_in(self, incoming: Incoming, person: Person) -> Recording:
        """The recording that a button is about; raises BadInput, or NotAllowed if it is not theirs to speak about."""
        recording = (await self.book.projection()).get(incoming.inputs.get("lesson", ""))
        if recording is None:
            raise BadInput(UNKNOWN)
        is_theirs = recording.lesson.teacher == await self.book.context.pseudonym(person)
        if not is_theirs and not may(person, Permission.OVERSEE, self.book.context.today):
            raise NotAllowed(NOT_YOURS)
        return recording

    def _unchanged(self, recording: Recording) -> str:
        return f"{lesson_name(recording)}: {state_in_words(recording, self.book.context.now())}. Nothing was changed."

    async def _write(
        self,
        kind: EventKind,
        recording: Recording,
        facts: Mapping[str, Fact],
        incoming: Incoming,
        person: Person,
        once: str = "",
    ) -> None:
        """Adds an event about a recording. It names its subject only, so that erasing them takes every name away."""
        actor = await self.book.context.pseudonym(person)
        is_theirs = actor == recording.lesson.teacher
        who = details(person, incoming.caller, incoming.conversation) if is_theirs else {}
        await self.book.write(kind, recording, facts, once, actor=actor, who=who)


def moving_form(
    recording: Recording, day: date, begins: time | None = None, ends: time | None = None, says: str = ""
) -> Outgoing:
    """The form for another time; it shows the time of now, and the same length, unless others are given.

    It `says` what was understood of a request.
    """
    starts = recording.lesson.starts.astimezone(LONDON)
    new_start = datetime.combine(day, begins or starts.time(), LONDON)
    new_end = new_start + (recording.lesson.ends - recording.lesson.starts)
    values = {
        "fallback": "Another time",
        "says": f"{lesson_name(recording)}. {says}" if says else lesson_name(recording),
        "lesson": recording.lesson.id,
        "day": day.isoformat(),
        "begins": f"{new_start:%H:%M}",
        "ends": f"{ends or new_end.time():%H:%M}",
    }
    text = f"Another time for {lesson_name(recording)}: {spoken(day)}, {new_start:%H:%M}?"
    return Outgoing("moving", values, f"{text} {says}".strip())


def _yes_in(incoming: Incoming) -> bool:
    """Whether yes was pressed; raises BadInput for anything but yes or no."""
    answer = incoming.inputs.get("answer", "")
    if answer not in {"yes", "no"}:
        raise BadInput(NOTHING_CHANGED)
    return answer == "yes"


def _times_in(inputs: Mapping[str, str]) -> tuple[datetime, datetime]:
    try:
        day = datetime.fromisoformat(inputs.get("day", "")).date()
        begins, ends = (time_in(inputs.get(name, "")) for name in ("begins", "ends"))
    except ValueError:
        raise BadInput("Please choose a day and both hours. Nothing was changed.") from None
    if ends <= begins:
        raise BadInput("The lesson would end before it begins. Nothing was changed.")
    return datetime.combine(day, begins, LONDON), datetime.combine(day, ends, LONDON)
