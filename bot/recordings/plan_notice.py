"""Announces that a lesson is recorded: what was understood is shown, then the words, and only then is it posted."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from bot.ask.answer_card import note
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.tick import Heartbeat
from bot.errors import BadInput
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.conversations import Conversation, ConversationKind, fitting
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.rules.lesson import Lesson, planned
from bot.recordings.rules.parsed_lesson import ParsedLesson, without_markup
from bot.recordings.rules.projection import TEACHER, RecordingProjection
from bot.recordings.rules.recording import Recording, RecordingState
from bot.school.rules.calendar import spoken

ASKED = re.compile(
    r"\s*(?:please )?(?:(?:post|send|put up|make|plan) )?(?:an? |the )?recording notices?\b(?: for)?"
    r"[\s:,-]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
FURTHEST = timedelta(days=400)
TOO_FAR = "That is more than a year ahead. Nothing was planned."
NO_LESSONS = "No lesson falls on a school day with that. Please look at the days again. Nothing was planned."
NOTHING = "Nothing was posted and nothing is kept."
GONE_FROM = "I am not in that chat any more, or you are not. Please choose another place; nothing was posted."
TAKEN = "A notice for a lesson at that time stands in that chat already, or soon will. Nothing was posted."
TOO_LONG = f"Please keep the lesson's name below {cards.LONGEST_NAME} characters."
MEETING = "19:meeting_"  # how the conversation of a meeting begins: a notice goes there from the calendar only
ParseLesson: TypeAlias = Callable[[str, datetime], ParsedLesson]


async def _nobody(place: Conversation, account: str) -> bool:
    return False


@dataclass(slots=True)
class Membership:
    """Who is in a conversation the bot is in; a channel says so. Before one has, nobody is anywhere."""

    includes: Callable[[Conversation, str], Awaitable[bool]] = _nobody


@dataclass(frozen=True, slots=True)
class PlanNotice:
    """The part of the desk where notices are planned."""

    records: Records
    understand: ParseLesson
    whereabouts: Membership
    pulse: Heartbeat

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or words of ours; None for those of others."""
        if incoming.verb in _VERBS:
            refuse_unless(person, Permission.ANNOUNCE, self.records.today)
            return await _VERBS[incoming.verb](self, incoming, person)
        asked = None if incoming.verb else ASKED.fullmatch(incoming.text)
        if asked is None or self.records.policy.promise is None:
            return None
        meant = self.understand(asked["rest"].strip(), self.records.now())
        meant = replace(meant, label=without_markup(meant.label))
        if meant.day is None and asked["rest"].rstrip().endswith("?"):
            return None  # a question about notices, not the wish for one
        refuse_unless(person, Permission.ANNOUNCE, self.records.today)
        return await self._shown(meant, incoming, person, self._here(incoming))

    def _here(self, incoming: Incoming) -> str:
        """Where the wish was said, unless that was in private."""
        return "" if incoming.is_private else incoming.conversation.partition(";messageid=")[0]

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        return _planning(meant_in(incoming.inputs), incoming.inputs.get("place", ""))

    async def _preview(self, incoming: Incoming, person: Person) -> Outgoing:
        try:
            meant = meant_in(incoming.inputs)
        except BadInput as seen:
            return _planning(
                ParsedLesson(label=incoming.inputs.get("label", "")), incoming.inputs.get("place", ""), str(seen)
            )
        return await self._shown(meant, incoming, person, incoming.inputs.get("place", ""))

    async def _shown(self, meant: ParsedLesson, incoming: Incoming, person: Person, place: str) -> Outgoing:
        """What was understood and what would be posted; the form where something is missing."""
        wrong = self._wrong(meant)
        if wrong:
            return _planning(meant, place, wrong)
        lessons = await self._lessons(meant, person, place)
        if not lessons:
            return _planning(meant, place, NO_LESSONS)
        return self._previewed(meant, lessons, await self._places(incoming.caller.account), place)

    def _wrong(self, meant: ParsedLesson) -> str:
        if len(meant.label) > cards.LONGEST_NAME:
            return TOO_LONG
        if not meant.label:
            return "What is the lesson called? A year and a subject are enough, for example: Year 4 maths."
        if meant.day is None or meant.begins is None:
            return "When is the lesson? Please choose a day and an hour."
        return TOO_FAR if meant.day > self.records.today + FURTHEST else ""

    async def _lessons(self, meant: ParsedLesson, person: Person, place: str) -> tuple[Lesson, ...]:
        promise, pseudonym = self.records.promise, await self.records.pseudonym(person)
        found = planned(meant, pseudonym, place, promise.kept, promise.lasts, self.records.calendar)
        return tuple(one for one in found if not one.series or one.ends > self.records.now())

    async def _places(self, account: str) -> list[Conversation]:
        """Where a notice can be posted: chats and channels in which both the bot and this account are."""
        held = [
            one
            for one in await self.records.store.places()
            if one.kind is not ConversationKind.PERSONAL and not one.conversation.startswith(MEETING)
        ]
        return [one for one in held if await self.whereabouts.includes(one, account)]

    def _previewed(
        self, meant: ParsedLesson, lessons: tuple[Lesson, ...], places: list[Conversation], place: str
    ) -> Outgoing:
        first = lessons[0]
        promise, today, now = self.records.promise, self.records.today, self.records.now()
        is_over = first.ends <= now and not first.series
        is_here = any(one.conversation == place for one in places)
        chosen = place if is_here else fitting(places, first.label)
        facts = {
            "Lesson": first.label,
            "When": cards.at(first),
            "To be watched until": f"the end of {spoken(first.last)}",
        }
        if first.series:
            facts["And every week"] = ", ".join(spoken(one.day) for one in lessons[1:]) or "only that one"
        values = {
            "fallback": f"A recording notice for {first.label}, {cards.at(first)}",
            "facts": [{"title": title, "value": value} for title, value in facts.items()],
            "warnings": [{"text": one} for one in self._warnings(first, is_over=is_over)],
            "shows_words": not is_over,
            "says": promise.says(first, today),
            "quote": f"Our promise: \u201c{promise.quote}\u201d",
            "has_places": bool(places) and not is_over,
            "has_none": not places and not is_over,
            "places": [{"title": one.name or "A chat without a name", "value": one.conversation} for one in places],
            "place": chosen,
            "when": _when(first, promise.before),
            "is_over": is_over,
            **inputs_of(meant),
        }
        says = [values["fallback"], values["says"], values["quote"]] if not is_over else [values["fallback"]]
        text = "\n".join(str(one) for one in [*says, *(one["text"] for one in values["warnings"])])  # type: ignore[attr-defined]
        return Outgoing("announcing", values, text, is_for_one=True)

    def _warnings(self, lesson: Lesson, *, is_over: bool) -> list[str]:
        found = []
        if is_over:
            found.append(
                "That lesson is over, so no notice goes up any more. I can still keep its recording in mind: I remind "
                f"you before {spoken(lesson.last)}, and ask whether it is gone afterwards."
            )
        if not self.records.calendar.are_pupils_in(lesson.day):
            found.append(f"{spoken(lesson.day)} is no school day here.")
        return found

    async def _post(self, incoming: Incoming, person: Person) -> Outgoing:
        place = incoming.inputs.get("place", "")
        places = {one.conversation: one for one in await self._places(incoming.caller.account)}
        if place not in places:
            raise BadInput(GONE_FROM)
        lessons, is_new = await self._plan(incoming, person, place)
        self.pulse.hurry()
        name = places[place].name or "the chat"
        when = "within a minute" if not lessons[0].series else f"{_minutes(self.records.promise.before)} before each"
        says = f"It goes up in {name} {when}." if is_new else f"That notice is planned already, for {name}."
        return cards.kept(await self._of(lessons[0]), says)

    async def _copy(self, incoming: Incoming, person: Person) -> Outgoing:
        lessons, _ = await self._plan(incoming, person, cards.BY_HAND)
        why = "Copy these words into the lesson's chat, then tell me that you have."
        return cards.to_copy(await self._of(lessons[0]), self.records.promise, self.records.today, why)

    async def _track(self, incoming: Incoming, person: Person) -> Outgoing:
        """A lesson that is over and was recorded without a notice: its recording is kept in mind all the same."""
        lessons, _ = await self._plan(incoming, person, cards.BY_HAND)
        one = lessons[0]
        await self.records.write(
            EventKind.RECORD,
            subject=one.teacher,
            actor=one.teacher,
            facts={"lesson": one.id, "recorded": True, "by": TEACHER, "drive": "", "item": ""},
            key=f"record/{one.id}/yes",
        )
        return note(f"I keep it in mind: {one.label} is to be watched until the end of {spoken(one.last)}.")

    async def _cancel(self, incoming: Incoming, person: Person) -> Outgoing:
        return note(NOTHING)

    async def _plan(self, incoming: Incoming, person: Person, place: str) -> tuple[tuple[Lesson, ...], bool]:
        """The lessons, now planned, and whether any was not before."""
        meant = meant_in(incoming.inputs)
        wrong = self._wrong(meant)
        if wrong:
            raise BadInput(wrong)
        shelf = await self.records.shelf()
        lessons = tuple(fresh(one, shelf) for one in await self._lessons(meant, person, place))
        if not lessons:
            raise BadInput(NO_LESSONS)
        new = [one for one in lessons if shelf.get(one.id) is None]
        if any(_is_taken(one, shelf) for one in new):
            raise BadInput(TAKEN)
        for one in new:
            await plan_lesson(self.records, one, person, incoming)
        return lessons, bool(new)

    async def _of(self, lesson: Lesson) -> Recording:
        return (await self.records.shelf()).recordings[lesson.id]


async def plan_lesson(records: Records, lesson: Lesson, person: Person, incoming: Incoming | None = None) -> None:
    """Keeps in the ledger that a lesson is planned; planning it again changes nothing."""
    caller, conversation = (incoming.caller, incoming.conversation) if incoming else (None, "")
    await records.write(
        EventKind.LESSON,
        subject=lesson.teacher,
        actor=lesson.teacher if incoming else "",
        facts={
            "lesson": lesson.id,
            "starts": lesson.starts.isoformat(),
            "ends": lesson.ends.isoformat(),
            "kept": lesson.kept,
            "place": lesson.place,
            "series": lesson.series,
            "source": lesson.source,
            "thread": lesson.thread,
        },
        who=who(person, caller, conversation, label=lesson.label),
        key=f"lesson/{lesson.id}",
    )


def _is_taken(lesson: Lesson, shelf: RecordingProjection) -> bool:
    """Whether a notice for that time stands in that chat already, or is about to."""
    return any(
        (one.lesson.place, one.lesson.starts) == (lesson.place, lesson.starts)
        and one.state is not RecordingState.TAKEN_BACK
        for one in (shelf.between(lesson.day, lesson.day) if lesson.place else ())
    )


def fresh(lesson: Lesson, shelf: RecordingProjection) -> Lesson:
    """The lesson, under another id where the one of that id was taken back or is at another time by now."""
    id, number = lesson.id, 1
    while (held := shelf.get(id)) and (held.state is RecordingState.TAKEN_BACK or held.lesson.starts != lesson.starts):
        number += 1
        id = f"{lesson.id}-{number}"
    return replace(lesson, id=id)


def meant_in(inputs: Mapping[str, str]) -> ParsedLesson:
    """The lesson a form or a preview holds; raises BadInput."""
    label = without_markup(inputs.get("label", ""))
    if len(label) > cards.LONGEST_NAME:
        raise BadInput(TOO_LONG)
    try:
        begins, ends = (hour_in(at) if at else None for at in (inputs.get("begins"), inputs.get("ends")))
        day, until = (date.fromisoformat(on) if on else None for on in (inputs.get("day"), inputs.get("until")))
    except ValueError:
        raise BadInput("Please choose a day, and an hour such as 10:00.") from None
    if begins and ends and ends <= begins:
        raise BadInput("The lesson would end before it begins.")
    is_weekly = inputs.get("weekly") == "true"
    if until and day and until < day:
        raise BadInput("The last day of the series lies before the first.")
    return ParsedLesson(label, day, begins, ends, is_weekly, until)


def hour_in(text: str) -> time:
    """An hour as a card's input gives it; raises ValueError, also for one with a time zone."""
    at = time.fromisoformat(text)
    if at.tzinfo:
        raise ValueError(text)
    return at


def inputs_of(meant: ParsedLesson) -> dict[str, str]:
    """The same as a form's inputs."""
    return {
        "label": meant.label,
        "day": meant.day.isoformat() if meant.day else "",
        "begins": f"{meant.begins:%H:%M}" if meant.begins else "",
        "ends": f"{meant.ends:%H:%M}" if meant.ends else "",
        "weekly": "true" if meant.is_weekly else "false",
        "until": meant.until.isoformat() if meant.until else "",
    }


def _planning(meant: ParsedLesson, place: str, problem: str = "") -> Outgoing:
    values: dict[str, Any] = {
        "fallback": "A recording notice",
        "has_problem": bool(problem),
        "problem": problem,
        "place": place,
        **inputs_of(meant),
    }
    return Outgoing("planning", values, f"A recording notice. {problem}".strip(), is_for_one=True)


def _when(lesson: Lesson, before: timedelta) -> str:
    return f"It goes up {_minutes(before)} before each lesson." if lesson.series else "It goes up when you press Post."


def _minutes(before: timedelta) -> str:
    minutes = before // timedelta(minutes=1)
    return "a quarter of an hour" if minutes == 15 else f"{minutes} minutes"


_Does = Callable[[PlanNotice, Incoming, Person], Awaitable[Outgoing]]
_VERBS: dict[str, _Does] = {
    "notice": PlanNotice._form,
    "notice_preview": PlanNotice._preview,
    "notice_post": PlanNotice._post,
    "notice_copy": PlanNotice._copy,
    "notice_track": PlanNotice._track,
    "notice_cancel": PlanNotice._cancel,
}
