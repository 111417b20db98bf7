"""A notice that was wrong, moved, off, not recorded, or could not be posted: what children read is true again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.ask.understanding import Understanding
from bot.outbox.rules.message import MessageKind
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.lessons import (
    CLASS,
    MONDAY,
    NOTICE,
    TEACHER,
    announced,
    in_class,
    only,
    open_recordings,
    recordings,
    sent,
    until,
)
from tests.journeys.school import School, school, words


@pytest.fixture
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with school(settings, understanding) as at:
        at.now = MONDAY
        yield at


async def test_a_lesson_that_was_not_recorded_changes_its_notice_and_is_left_alone(at: School):
    await announced(at)
    await until(at, 8, hour=12)
    await at.presses(TEACHER, "was_recorded", lesson=(await only(at)).lesson.id, answer="no")
    await at.tick()
    await at.tick()

    assert await in_class(at) == ["This lesson was not recorded."]
    (edited,) = await sent(at, MessageKind.EDIT)
    (posted,) = await sent(at, MessageKind.NOTICE)
    assert edited.replaces == edited.sent == posted.sent
    await until(at, 5, 10)
    assert await sent(at, MessageKind.DUE_SOON) == await sent(at, MessageKind.IS_GONE) == []
    assert await open_recordings(at) == ()


async def test_take_it_back_edits_the_notice_and_a_lesson_that_is_off_says_so(at: School):
    await announced(at)
    id = (await only(at)).lesson.id
    await at.presses(TEACHER, "take_back", lesson=id)
    await at.tick()
    assert await in_class(at) == ["This notice was put here by mistake."]

    await announced(at)  # the same words again, after it was taken back
    (new,) = [recording for recording in await recordings(at) if recording.lesson.id != id]
    await at.presses(TEACHER, "take_back", lesson=new.lesson.id, answer="off")
    await at.tick()
    assert (await in_class(at))[-1] == "This lesson does not take place, so nothing will be recorded."
    await until(at, 5, 10)
    assert await sent(at, MessageKind.WAS_RECORDED) == []


async def test_a_notice_taken_back_before_it_went_up_is_never_seen(at: School):
    await announced(at, "recording notice for Year 4 maths every Tuesday 10am until 15 September")
    first, second = await recordings(at)
    reply = await at.presses(TEACHER, "take_back", lesson=first.lesson.id)
    await until(at, 16)

    assert "taken back. If the notice is up already, I will change it." in reply["text"]
    notices = await sent(at, MessageKind.NOTICE)
    assert [notice.subject.recording for notice in notices] == [second.lesson.id]


async def test_a_lesson_that_moves_takes_its_notice_and_its_last_day_along(at: School):
    await announced(at)
    id = (await only(at)).lesson.id
    form = (await at.presses(TEACHER, "moving", lesson=id))["card"]
    await at.press_on(TEACHER, form, "Move it", day="2026-09-10", begins="14:00", ends="15:00")
    await at.tick()

    (notice,) = await in_class(at)
    assert "This lesson was moved. The lesson on Thursday 10 September will be recorded." in notice
    assert "until the end of Thursday 1 October" in notice
    await until(at, 9, hour=12)
    assert await sent(at, MessageKind.WAS_RECORDED) == []
    await until(at, 10, hour=15)
    await at.after(minutes=15)
    await at.tick()
    assert len(await sent(at, MessageKind.WAS_RECORDED)) == 1


async def test_a_day_that_lost_its_lessons_since_takes_the_notice_with_it(at: School):
    at.now = datetime(2026, 9, 7, 9, tzinfo=LONDON)
    await announced(at, "recording notice for Year 4 maths every Tuesday 10am until 22 September")
    settings = at.context.school
    at.context.school = replace(settings, calendar=replace(settings.calendar, closed=frozenset({date(2026, 9, 15)})))
    await until(at, 23, hour=12)

    states = {recording.lesson.day.day: recording.state for recording in await recordings(at)}
    assert states[15] is RecordingState.TAKEN_BACK and states[22] is RecordingState.ANNOUNCED


async def test_what_cannot_be_posted_is_given_to_copy(at: School):
    card = (await at.says(TEACHER, NOTICE))["card"]
    copied = await at.press_on(TEACHER, card, "Copy")
    assert "will be recorded. Everyone in this class" in words(copied) and "Our promise" in words(copied)
    assert (await only(at)).state is RecordingState.PLANNED
    await at.press_on(TEACHER, copied["card"], "I have put it up")
    assert (await only(at)).state is RecordingState.ANNOUNCED and await in_class(at) == []
    reply = await at.presses(TEACHER, "take_back", lesson=(await only(at)).lesson.id)
    assert "please change it there yourself" in reply["text"]


async def test_a_second_press_plans_nothing_twice_and_nobody_else_may_speak_for_a_teacher(at: School):
    card = (await at.says(TEACHER, NOTICE))["card"]
    await at.press_on(TEACHER, card, "Post", place=CLASS)
    twice = await at.press_on(TEACHER, card, "Post", place=CLASS)
    await at.tick()
    await at.tick()
    assert "planned already" in words(twice) and len(await in_class(at)) == 1

    refusal = await at.presses("demo-assistant", "take_back", lesson=(await only(at)).lesson.id)
    assert "Only the teacher of that lesson, and the headteacher" in refusal["text"]
    assert "You have no lessons" in (await at.says("demo-assistant", "lessons"))["text"]
    assert "Only the headteacher" in (await at.presses("demo-assistant", "lessons"))["text"]
    elsewhere = await at.press_on(TEACHER, card, "Post", place="19:somewhere-else")
    assert "choose another place; nothing was posted" in elsewhere["text"]
    stranger = await at.presses("a-pupil", "take_back", lesson=(await only(at)).lesson.id)
    assert "noticeboard for staff" in stranger["text"]
