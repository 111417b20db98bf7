"""Lessons found in calendars: nothing is announced before the teacher says yes, and then the calendar is followed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import BadInput, GraphError
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.conversations import Address
from bot.people.rules.person import Person
from bot.recordings.rules.recording import RecordingState
from bot.recordings.rules.timetable import CalendarEntry, TenantAccess, Timetable
from tests.recordings.fake_tenant import FakeTenant, lesson
from tests.recordings.little_school import (
    CHANNEL,
    CLASS,
    DAY,
    HOUR,
    OTHER,
    TEACHER,
    TEN,
    WEEK,
    YEAR_4,
    LittleSchool,
)

ACCESS = TenantAccess(Timetable(frozenset({"Lesson"})), chats=True)
MEETING = "19:meeting_maths@thread.v2"


@pytest.fixture
async def school() -> LittleSchool:
    """A school whose calendars are read; the bot is in the channel of Year 4."""
    school = LittleSchool(ACCESS, FakeTenant())
    await school.store.keep_conversation(YEAR_4)
    return school


def tenant_of(school: LittleSchool) -> FakeTenant:
    assert isinstance(school.tenant, FakeTenant)
    return school.tenant


async def find(school: LittleSchool, *entries: CalendarEntry, person: Person = TEACHER) -> int:
    """The calendar of somebody, read with these entries in it."""
    tenant_of(school).calendars[person.account] = list(entries)
    done = await school.lessons.duties()["find_lessons"]()
    assert isinstance(done, int)
    return done


async def question(school: LittleSchool) -> Message:
    (message,) = await school.messages(MessageKind.FOUND_LESSON)
    return message


async def answer(school: LittleSchool, answer: str, place: str = CLASS) -> str:
    key = (await question(school)).subject.name
    return await school.reply(TEACHER, verb="wish", found=key, answer=answer, place=place)


async def test_a_lesson_in_a_calendar_is_asked_about_once_and_nothing_is_planned(school: LittleSchool):
    meeting = replace(lesson(id="u9"), categories=("Staff",))
    await find(school, lesson(), lesson(TEN + WEEK, "u2"), meeting)
    school.now += DAY
    await find(school, lesson(), lesson(TEN + WEEK, "u2"), meeting)

    assert (await question(school)).recipient == await school.context.pseudonym(TEACHER)
    assert await school.recordings() == ()


async def test_yes_each_time_plans_the_series_where_the_teacher_chose(school: LittleSchool):
    await find(school, lesson(), lesson(TEN + WEEK, "u2"))
    assert "before each of them" in await answer(school, "each")

    assert await find(school, lesson(), lesson(TEN + WEEK, "u2")) == 2
    first, second = await school.recordings()
    assert (first.lesson.source, second.lesson.source) == ("u1", "u2")
    assert first.lesson.address == second.lesson.address == Address(CHANNEL, conversation=CLASS)
    assert first.lesson.is_posted_shortly_before and school.heartbeat.wanted.is_set()


async def test_yes_this_one_only_says_no_to_the_others(school: LittleSchool):
    await find(school, lesson(), lesson(TEN + WEEK, "u2"))
    await answer(school, "once")
    await find(school, lesson(), lesson(TEN + WEEK, "u2"))

    assert [recording.lesson.source for recording in await school.recordings()] == ["u1"]


async def test_no_is_no_and_is_not_asked_again(school: LittleSchool):
    await find(school, lesson())
    assert "will not ask again" in await answer(school, "no")
    school.now += DAY

    assert await find(school, lesson()) == 0
    assert len(await school.messages(MessageKind.FOUND_LESSON)) == 1 and await school.recordings() == ()


async def test_a_teacher_who_copies_notices_gets_them_without_a_chat(school: LittleSchool):
    await find(school, lesson(series=""))
    assert "I will send you the notice to copy" in await answer(school, "once", place="")
    await find(school, lesson(series=""))

    assert (await school.recording()).lesson.address is None


async def test_the_same_answer_twice_is_written_down_once(school: LittleSchool):
    await find(school, lesson())
    await answer(school, "each")
    await answer(school, "each")

    assert len(await school.facts_of(EventKind.WISH)) == 1


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"found": "unknown", "answer": "each", "place": CLASS}, "look at your calendar first"),
        ({"answer": "maybe", "place": CLASS}, "older version of me"),
        ({"answer": "each", "place": "19:elsewhere"}, "choose one of the places"),
    ],
)
async def test_an_answer_that_makes_no_sense_changes_nothing(school: LittleSchool, inputs, problem):
    await find(school, lesson())
    inputs = {"found": (await question(school)).subject.name, **inputs}

    with pytest.raises(BadInput, match=problem):
        await school.reply(TEACHER, verb="wish", **inputs)
    assert await school.facts_of(EventKind.WISH) == []


async def test_after_a_restart_the_calendar_is_read_before_an_answer_counts(school: LittleSchool):
    await find(school, lesson())
    school.restart()
    with pytest.raises(BadInput, match="look at your calendar first"):
        await answer(school, "each")

    await find(school, lesson())
    assert "Thank you." in await answer(school, "each")


async def planned(school: LittleSchool, *entries: CalendarEntry) -> None:
    """The lessons of a series, confirmed and planned."""
    await find(school, *entries)
    await answer(school, "each")
    await find(school, *entries)


async def test_a_lesson_that_moves_in_the_calendar_moves(school: LittleSchool):
    await planned(school, lesson())
    school.now += DAY / 2
    school.restart()

    assert await find(school, lesson(TEN + 4 * HOUR)) == 1
    recording = await school.recording()
    assert (recording.lesson.starts, recording.moves) == (TEN + 4 * HOUR, 1)


async def test_a_lesson_moved_by_its_teacher_is_not_moved_by_the_calendar(school: LittleSchool):
    await planned(school, lesson())
    id = (await school.recording()).lesson.id
    await school.reply(TEACHER, verb="move", lesson=id, day="2026-09-09", begins="10:00", ends="11:00")
    school.restart()

    assert await find(school, lesson(TEN + HOUR)) == 0
    assert (await school.recording()).lesson.starts == TEN + DAY


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_a_lesson_that_is_cancelled_or_gone_from_the_calendar_is_off(school: LittleSchool, is_cancelled: bool):
    other = lesson(TEN + WEEK, "u2")
    await planned(school, lesson(), other)
    school.restart()
    entries = [replace(lesson(), is_cancelled=True), other] if is_cancelled else [other]

    assert await find(school, *entries) == 1
    first, second = await school.recordings()
    assert (first.state, first.is_off) == (RecordingState.TAKEN_BACK, True)
    assert second.state is RecordingState.PLANNED


async def test_a_lesson_that_is_on_again_is_planned_again(school: LittleSchool):
    await planned(school, lesson())
    school.restart()
    await find(school, replace(lesson(), is_cancelled=True))
    school.restart()
    await find(school, lesson())

    first, second = await school.recordings()
    assert (first.state, second.state) == (RecordingState.TAKEN_BACK, RecordingState.PLANNED)


async def test_an_empty_calendar_is_believed_on_the_second_day(school: LittleSchool):
    await planned(school, lesson(TEN + WEEK))
    school.now += DAY
    await find(school)
    assert (await school.recording()).state is RecordingState.PLANNED

    school.now += DAY
    await find(school)
    assert (await school.recording()).state is RecordingState.TAKEN_BACK


async def test_a_calendar_is_read_once_a_day_and_again_shortly_before_a_lesson(school: LittleSchool):
    await planned(school, lesson())
    assert await find(school, lesson(TEN + HOUR)) == 0  # it was read today

    school.now = TEN - timedelta(minutes=61)
    assert await find(school, lesson()) == 0
    school.now = TEN - timedelta(minutes=20)
    assert await find(school, replace(lesson(), is_cancelled=True)) == 1


async def test_no_calendar_is_read_at_night(school: LittleSchool):
    school.now = school.now.replace(hour=4)

    assert await find(school, lesson()) == 0
    assert await school.messages(MessageKind.FOUND_LESSON) == ()


async def test_trouble_with_one_calendar_does_not_keep_others_from_being_read(school: LittleSchool):
    class Refusing(FakeTenant):
        async def lessons(self, account, since, until):
            if account == TEACHER.account:
                raise GraphError("not allowed", 403)
            return await super().lessons(account, since, until)

    refusing = LittleSchool(ACCESS, Refusing(), school.store)
    await find(refusing, lesson(), person=OTHER)

    assert (await question(refusing)).recipient == await refusing.context.pseudonym(OTHER)


async def test_an_entry_that_cannot_be_read_takes_no_lesson_back(school: LittleSchool):
    await find(school, lesson(TEN + WEEK))
    await answer(school, "each")
    await find(school, lesson(TEN + WEEK))

    for unreadable in ("u1", ""):
        tenant_of(school).unreadable = frozenset({unreadable})
        school.now += DAY
        await find(school, lesson(TEN + WEEK, "u2", series="s2"))
        assert (await school.recordings())[0].state is RecordingState.PLANNED

    tenant_of(school).unreadable = frozenset()
    school.now += DAY
    await find(school, lesson(TEN + WEEK, "u2", series="s2"))
    assert (await school.recordings())[0].state is RecordingState.TAKEN_BACK


async def test_a_question_that_was_answered_is_not_sent_any_more(school: LittleSchool):
    await find(school, lesson())
    render = (await school.lessons.renderers())[MessageKind.FOUND_LESSON]
    card = await render(await question(school))
    assert card and card.values["place"] == CLASS and "Year 4 maths, Tuesday 8 September, 10:00" in card.values["says"]

    await answer(school, "no")
    assert await render(await question(school)) is None


async def test_a_meetings_own_chat_is_offered_last_and_joined_shortly_before_the_lesson(school: LittleSchool):
    held_in_meeting = lesson(thread=MEETING)
    await find(school, held_in_meeting)
    card = await (await school.lessons.renderers())[MessageKind.FOUND_LESSON](await question(school))
    assert card and [place["value"] for place in card.values["places"]] == [CLASS, MEETING, ""]
    await answer(school, "each", place=MEETING)
    await find(school, held_in_meeting)

    join = school.lessons.duties()["join_chats"]
    tenant_of(school).chats.add(MEETING)
    school.now = TEN - timedelta(minutes=21)
    assert await join() == 0
    school.now = TEN - timedelta(minutes=20)
    assert await join() == 1
    assert await join() == 0
    conversation = await school.store.conversation(CHANNEL, MEETING)
    assert conversation and conversation.name == "The meeting's own chat"


async def test_a_chat_that_cannot_be_joined_is_tried_again_two_minutes_later(school: LittleSchool):
    await find(school, lesson(thread=MEETING))
    await answer(school, "each", place=MEETING)
    await find(school, lesson(thread=MEETING))
    join = school.lessons.duties()["join_chats"]
    school.now = TEN - timedelta(minutes=20)
    assert await join() == 0

    tenant_of(school).chats.add(MEETING)
    school.now += timedelta(minutes=1)
    assert await join() == 0
    school.now += timedelta(minutes=1)
    assert await join() == 1


async def test_take_back_all_ends_the_choice_for_the_series(school: LittleSchool):
    await planned(school, lesson(), lesson(TEN + WEEK, "u2"))
    reply = await school.reply(TEACHER, verb="take_back_all", lesson=(await school.recordings())[0].lesson.id)
    assert reply == "Taken back: 2 lessons of Year 4 maths."

    school.restart()
    await find(school, lesson(TEN + WEEK, "u2"), lesson(TEN + DAY, "u3"))
    assert {recording.state for recording in await school.recordings()} == {RecordingState.TAKEN_BACK}
