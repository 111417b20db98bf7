"""Takes a teacher's word for a lesson: it was recorded, or not; it is gone, or not; the notice was wrong; it moved."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.ask.answer_card import note
from bot.desk.rules.messages import Incoming, Outgoing, said_plainly
from bot.desk.tick import Heartbeat
from bot.errors import BadInput, NotAllowed
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import Entry, EventKind, Fact
from bot.people.rules.permissions import Permission, may, refuse_unless
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.plan_notice import FURTHEST, hour_in
from bot.recordings.rules.projection import TEACHER
from bot.recordings.rules.recording import MAY_BECOME, FileState, Recording, RecordingState
from bot.recordings.rules.week import named, standing
from bot.school.rules.calendar import LONDON, spoken

WORDS = dict.fromkeys(("my lessons", "my recordings", "lessons i recorded"), "my_lessons")
WORDS_FOR_ALL = frozenset({"lessons", "recorded lessons", "recordings", "this week's lessons"})
NOT_OVER = "{named}: that lesson is not over yet. I ask you when it is."
OVER = '{named}: that lesson is over. If it was not recorded, say so under "my lessons". Nothing was changed.'
UNKNOWN = "I do not know that lesson any more."
NOT_YOURS = "Only the teacher of that lesson, and the headteacher, can say that. Nothing was changed."
BY_HAND = " You put this one up by hand, so please change it there yourself."
MOST = 20


@dataclass(frozen=True, slots=True)
class TeacherReply:
    """The part of the desk where teachers answer for their lessons."""

    records: Records
    pulse: Heartbeat

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        does = _VERBS.get(incoming.verb or self._word(incoming, person))
        if does is None:
            return None
        refuse_unless(person, Permission.ANNOUNCE, self.records.today)
        return await does(self, incoming, person)

    def _word(self, incoming: Incoming, person: Person) -> str:
        """The verb of a word; who may not see every lesson sees their own."""
        said = said_plainly(incoming)
        is_theirs = said in WORDS_FOR_ALL and not may(person, Permission.OVERSEE, self.records.today)
        return "my_lessons" if is_theirs else WORDS.get(said, "")

    async def _was_recorded(self, incoming: Incoming, person: Person) -> Outgoing:
        one, is_yes = await self._mine(incoming, person), _yes_in(incoming)
        if self.records.now() < one.lesson.ends:
            return note(NOT_OVER.format(named=named(one)))
        wanted = RecordingState.RECORDED if is_yes else RecordingState.NOT_RECORDED
        if one.is_answered and one.state is wanted:
            return note(self._how(one))
        if wanted not in MAY_BECOME[one.state]:
            return note(self._how(one))
        await self._write(
            EventKind.RECORD,
            one,
            incoming,
            person,
            recorded=is_yes,
            by=TEACHER,
            drive="",
            item="",
            before=one.state.value,
        )
        self.pulse.hurry()
        return note(self._after_answer(await self._again(one), person, is_yes=is_yes))

    def _after_answer(self, one: Recording, person: Person, *, is_yes: bool) -> str:
        if not is_yes:
            changed = "The notice will say so." if one.shown and not one.is_by_hand else ""
            return f"{named(one)}: not recorded. {changed}{BY_HAND if one.is_by_hand else ''}".strip()
        on = one.lesson.reminded_on(person, self.records.calendar)
        reminder = f" I remind you on {spoken(on)}." if on else ""
        holiday = ""
        if one.lesson.is_over_in_a_holiday(person, self.records.calendar):
            holiday = f" {cards.HOLIDAY.format(day=spoken(one.lesson.over))}"
        return (
            f"{named(one)}: recorded. Everybody in the class can watch it until the end of {spoken(one.lesson.last)}."
            f"{reminder}{holiday}"
        )

    async def _is_gone(self, incoming: Incoming, person: Person) -> Outgoing:
        one, is_yes = await self._mine(incoming, person), _yes_in(incoming)
        if self.records.now() < one.lesson.ends:
            return note(NOT_OVER.format(named=named(one)))
        if RecordingState.REMOVED not in MAY_BECOME[one.state]:
            return note(self._how(one))
        found = FileState.GONE if is_yes else FileState.THERE
        await self._write(EventKind.LOOK, one, incoming, person, found=found.value, by=TEACHER)
        after = await self._again(one)
        if not is_yes:
            return note(f"Thank you.{'' if one.told_on else ' I ask you once more tomorrow.'} {cards.HOW_TO}")
        if after.state not in {RecordingState.REMOVED, RecordingState.GONE_EARLY}:
            return note(f"Thank you. {named(one)}: I look once more myself, and tell you only if it is still there.")
        if after.state is RecordingState.GONE_EARLY:
            return note(
                f"Thank you. It was promised until the end of {spoken(one.lesson.last)}, so I note that it went too "
                f"early and tell {self.records.headteacher}. It may still be in the recycle bin: can it be put back?"
            )
        return note(f"Thank you. {named(one)}: the recording is gone, and nothing more is needed.")

    async def _copied(self, incoming: Incoming, person: Person) -> Outgoing:
        one = await self._mine(incoming, person)
        if one.state is not RecordingState.PLANNED:
            return note(self._how(one))
        text = self.records.promise.of(one, self.records.today)
        await self._write(
            EventKind.ANNOUNCE, one, incoming, person, says=one.says, text=text, message="", by_hand=True, again=False
        )
        return note(f"Thank you. {named(one)}: announced. I ask you after the lesson whether it was recorded.")

    async def _take_back(self, incoming: Incoming, person: Person) -> Outgoing:
        return note(await self._taken_back(await self._mine(incoming, person), incoming, person))

    async def _take_back_all(self, incoming: Incoming, person: Person) -> Outgoing:
        """Every lesson of the series that has not begun yet."""
        one = await self._mine(incoming, person)
        now, shelf = self.records.now(), await self.records.shelf()
        ahead = [
            each
            for each in shelf.in_series(one.lesson.series)
            if each.lesson.starts > now and RecordingState.TAKEN_BACK in MAY_BECOME[each.state]
        ]
        for each in ahead:
            await self._taken_back(each, incoming, person)
        if one.lesson.source:  # and none of its later lessons either
            facts: dict[str, Fact] = {"source": one.lesson.series, "wanted": False, "place": ""}
            actor = await self.records.pseudonym(person)
            await self.records.write(EventKind.WISH, subject=one.lesson.teacher, actor=actor, facts=facts)
        return note(f"Taken back: {len(ahead)} lessons of {one.lesson.label}.")

    async def _taken_back(self, one: Recording, incoming: Incoming, person: Person) -> str:
        if RecordingState.TAKEN_BACK not in MAY_BECOME[one.state]:
            return self._how(one)
        if self.records.now() >= one.lesson.ends:
            return OVER.format(named=named(one))
        is_off = incoming.inputs.get("answer") == "off"
        await self._write(EventKind.TAKE_BACK, one, incoming, person, off=is_off)
        self.pulse.hurry()
        if not one.shown:
            return f"{named(one)}: taken back. Should the notice be up already, I change it."
        return f"{named(one)}: taken back.{BY_HAND if one.is_by_hand else ' The notice says so from now on.'}"

    async def _my_lesson(self, incoming: Incoming, person: Person) -> Outgoing:
        return cards.about(await self._mine(incoming, person), self.records.now())

    async def _moving(self, incoming: Incoming, person: Person) -> Outgoing:
        one = await self._mine(incoming, person)
        begins, ends = (each.astimezone(LONDON) for each in (one.lesson.starts, one.lesson.ends))
        values = {
            "fallback": "Another time",
            "says": named(one),
            "lesson": one.lesson.id,
            "day": begins.date().isoformat(),
            "begins": f"{begins:%H:%M}",
            "ends": f"{ends:%H:%M}",
        }
        return Outgoing("moving", values, f"Another time for {named(one)}", is_for_one=True)

    async def _move(self, incoming: Incoming, person: Person) -> Outgoing:
        one = await self._mine(incoming, person)
        if one.state not in {RecordingState.PLANNED, RecordingState.ANNOUNCED}:
            return note(self._how(one))
        starts, ends = _times(incoming)
        if not timedelta() < starts - self.records.now() < FURTHEST:
            raise BadInput("The new time must lie ahead, within a year. Nothing was changed.")
        if (starts, ends) == (one.lesson.starts, one.lesson.ends):
            return note("That is the time it has already.")
        await self._write(EventKind.MOVE, one, incoming, person, starts=starts.isoformat(), ends=ends.isoformat())
        self.pulse.hurry()
        after = await self._again(one)
        return cards.kept(after, f"Moved. It is to be watched until the end of {spoken(after.lesson.last)}.")

    async def _my_lessons(self, incoming: Incoming, person: Person) -> Outgoing:
        mine = (await self.records.shelf()).of_teacher(await self.records.pseudonym(person))
        if not mine:
            return note('You have no lessons with a recording notice. Write "recording notice for ..." to plan one.')
        return cards.mine(mine[-MOST:], self.records.now())

    async def _mine(self, incoming: Incoming, person: Person) -> Recording:
        """The recording that was asked about; raises BadInput or NotAllowed."""
        one = (await self.records.shelf()).get(incoming.inputs.get("lesson", ""))
        if one is None:
            raise BadInput(UNKNOWN)
        is_mine = one.lesson.teacher == await self.records.pseudonym(person)
        if not is_mine and not may(person, Permission.OVERSEE, self.records.today):
            raise NotAllowed(NOT_YOURS)
        return one

    async def _again(self, one: Recording) -> Recording:
        return (await self.records.shelf()).recordings[one.lesson.id]

    def _how(self, one: Recording) -> str:
        return f"{named(one)}: {standing(one, self.records.now())}. Nothing was changed."

    async def _write(
        self, kind: EventKind, one: Recording, incoming: Incoming, person: Person, /, **facts: Fact
    ) -> Entry:
        actor = await self.records.pseudonym(person)
        is_mine = (
            actor == one.lesson.teacher
        )  # an entry names its subject only, so that erasing them takes every name away
        return await self.records.write(
            kind,
            subject=one.lesson.teacher,
            actor=actor,
            facts={"lesson": one.lesson.id, **facts},
            who=who(person, incoming.caller, incoming.conversation) if is_mine else {},
        )


def _yes_in(incoming: Incoming) -> bool:
    """What was pressed; raises BadInput for neither yes nor no."""
    answer = incoming.inputs.get("answer", "")
    if answer not in {"yes", "no"}:
        raise BadInput("That button belongs to an older version of me. Nothing was changed.")
    return answer == "yes"


def _times(incoming: Incoming) -> tuple[datetime, datetime]:
    try:
        day = datetime.fromisoformat(incoming.inputs.get("day", "")).date()
        begins, ends = (hour_in(incoming.inputs.get(name, "")) for name in ("begins", "ends"))
    except ValueError:
        raise BadInput("Please choose a day and both hours. Nothing was changed.") from None
    if ends <= begins:
        raise BadInput("The lesson would end before it begins. Nothing was changed.")
    return datetime.combine(day, begins, LONDON), datetime.combine(day, ends, LONDON)


_Does: TypeAlias = Callable[[TeacherReply, Incoming, Person], Awaitable[Outgoing]]
_VERBS: dict[str, _Does] = {
    "was_recorded": TeacherReply._was_recorded,
    "is_gone": TeacherReply._is_gone,
    "copied": TeacherReply._copied,
    "take_back": TeacherReply._take_back,
    "take_back_all": TeacherReply._take_back_all,
    "moving": TeacherReply._moving,
    "move": TeacherReply._move,
    "my_lessons": TeacherReply._my_lessons,
    "my_lesson": TeacherReply._my_lesson,
}
