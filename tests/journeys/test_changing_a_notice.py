"""A notice that was wrong, moved, off, not recorded, or could not be posted: what children read is true again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.ask.ask import Understanding
from bot.evidence.rules.ledger import EventKind
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
    sent,
    until,
)
from tests.journeys.school import School, school, words


@pytest.fixture
async def at(settings: Settings, mind: Understanding) -> AsyncIterator[School]:
    async with school(settings, mind) as made:
        made.now = MONDAY
        yield made


async def test_a_lesson_that_was_not_recorded_changes_its_notice_and_is_left_alone(at: School):
    await announced(at)
    await until(at, 8, hour=12)
    await at.presses(TEACHER, "was_recorded", lesson=(await only(at)).lesson.id, answer="no")
    await at.tick()
    await at.tick()

    assert await in_class(at) == ["This lesson was not recorded."]
    (edited,) = await sent(at, MessageKind.EDIT)
    (posted,) = await sent(at, MessageKind.NOTICE)
    assert edited.message == posted.message
    await until(at, 5, 10)
    assert await sent(at, MessageKind.DUE_SOON) == await sent(at, MessageKind.IS_GONE) == []
    assert (await at.work.records.shelf()).open == {}


async def test_take_it_back_edits_the_notice_and_a_lesson_that_is_off_says_so(at: School):
    await announced(at)
    id = (await only(at)).lesson.id
    await at.presses(TEACHER, "take_back", lesson=id)
    await at.tick()
    assert await in_class(at) == ["This notice was put here by mistake."]

    await announced(at)  # the same words again, after it was taken back
    (new,) = [one for one in (await at.work.records.shelf()).recordings.values() if one.lesson.id != id]
    await at.presses(TEACHER, "take_back", lesson=new.lesson.id, answer="off")
    await at.tick()
    assert (await in_class(at))[-1] == "This lesson does not take place, so nothing will be recorded."
    await until(at, 5, 10)
    assert await sent(at, MessageKind.WAS_RECORDED) == []


async def test_a_notice_taken_back_before_it_went_up_is_never_seen(at: School):
    await announced(at, "recording notice for Year 4 maths every Tuesday 10am until 15 September")
    first, second = (await at.work.records.shelf()).recordings.values()
    told = await at.presses(TEACHER, "take_back", lesson=first.lesson.id)
    await until(at, 16)

    assert "taken back. Should the notice be up already, I change it." in told["text"]
    assert [one.subject for one in await sent(at, MessageKind.NOTICE)] == [f"{second.lesson.id}.0"]


async def test_a_notice_taken_back_while_it_goes_up_is_changed_all_the_same(at: School):
    at.work.pulse.hurry = lambda: None
    card = (await at.says(TEACHER, NOTICE))["card"]
    await at.press_on(TEACHER, card, "Post", place=CLASS)
    await at.tick()  # it is up, and the ledger does not know it yet
    assert (await only(at)).shown == ""
    await at.presses(TEACHER, "take_back", lesson=(await only(at)).lesson.id)
    await at.after(minutes=1)
    await at.after(minutes=1)

    assert await in_class(at) == ["This notice was put here by mistake."]
    assert len(await sent(at, MessageKind.EDIT)) == 1


async def test_a_lesson_moved_while_its_notice_goes_up_has_one_notice_with_the_new_day(at: School):
    at.work.pulse.hurry = lambda: None
    card = (await at.says(TEACHER, NOTICE))["card"]
    await at.press_on(TEACHER, card, "Post", place=CLASS)
    await at.tick()  # it is up, and the ledger does not know it yet
    id = (await only(at)).lesson.id
    await at.presses(TEACHER, "move", lesson=id, day="2026-09-10", begins="10:00", ends="11:00")
    for _ in range(3):
        await at.after(minutes=1)

    assert len(await sent(at, MessageKind.NOTICE)) == len(await sent(at, MessageKind.EDIT)) == 1
    assert "The lesson on Thursday 10 September" in (await in_class(at))[0]
    said = [
        one.event.facts["says"] for one in await at.work.records.store.entries() if one.event.kind is EventKind.ANNOUNCE
    ]
    assert said == ["says/2026-09-08", "moved/2026-09-10"]


async def test_a_lesson_that_moves_the_moment_it_was_announced_has_one_notice(at: School):
    at.work.pulse.hurry = lambda: None
    card = (await at.says(TEACHER, NOTICE))["card"]
    await at.press_on(TEACHER, card, "Post", place=CLASS)
    await at.tick()  # it is up, and the ledger does not know it yet
    id = (await only(at)).lesson.id
    assert [said.partition(" will")[0] for said in await in_class(at)] == ["The lesson on Tuesday 8 September"]
    await at.presses(TEACHER, "move", lesson=id, day="2026-09-10", begins="14:00", ends="15:00")
    await at.tick()
    await at.presses(TEACHER, "move", lesson=id, day="2026-09-11", begins="14:00", ends="15:00")
    await at.tick()
    await at.presses(TEACHER, "take_back", lesson=id)
    await at.tick()
    await at.tick()

    (posted,) = await sent(at, MessageKind.NOTICE)
    edits = await sent(at, MessageKind.EDIT)
    assert [one.on.day for one in edits] == [10, 11, 11] and {one.message for one in edits} == {posted.message}
    told = [one.event.facts for one in await at.work.records.store.entries() if one.event.kind is EventKind.ANNOUNCE]
    assert [one["says"] for one in told] == ["says/2026-09-08", "moved/2026-09-10", "moved/2026-09-11", "taken_back"]
    assert "Tuesday 8 September" in str(told[0]["text"]) and "until the end of Tuesday 29 September" in told[0]["text"]
    assert (await only(at)).shown == "taken_back"


async def test_a_lesson_that_moves_takes_its_notice_and_its_last_day_along(at: School):
    await announced(at)
    id = (await only(at)).lesson.id
    form = (await at.presses(TEACHER, "moving", lesson=id))["card"]
    await at.press_on(TEACHER, form, "Move it", day="2026-09-10", begins="14:00", ends="15:00")
    await at.tick()

    (said,) = await in_class(at)
    assert "This lesson was moved. The lesson on Thursday 10 September will be recorded." in said
    assert "until the end of Thursday 1 October" in said
    await until(at, 9, hour=12)
    assert await sent(at, MessageKind.WAS_RECORDED) == []
    await until(at, 10, hour=15)
    await at.after(minutes=15)
    await at.tick()
    assert len(await sent(at, MessageKind.WAS_RECORDED)) == 1


async def test_a_day_that_lost_its_lessons_since_takes_the_notice_with_it(at: School):
    at.now = datetime(2026, 9, 7, 9, tzinfo=LONDON)
    await announced(at, "recording notice for Year 4 maths every Tuesday 10am until 22 September")
    at.work.records.calendar = replace(at.work.records.calendar, closed=frozenset({date(2026, 9, 15)}))
    await until(at, 23, hour=12)

    states = {one.lesson.day.day: one.state for one in (await at.work.records.shelf()).recordings.values()}
    assert states[15] is RecordingState.TAKEN_BACK and states[22] is RecordingState.ANNOUNCED


async def test_what_i_cannot_post_i_give_to_copy(at: School):
    card = (await at.says(TEACHER, NOTICE))["card"]
    copied = await at.press_on(TEACHER, card, "Copy")
    assert "will be recorded. Everyone in this class" in words(copied) and "Our promise" in words(copied)
    assert (await only(at)).state is RecordingState.PLANNED
    await at.press_on(TEACHER, copied["card"], "I have put it up")
    assert (await only(at)).state is RecordingState.ANNOUNCED and await in_class(at) == []
    off = await at.presses(TEACHER, "take_back", lesson=(await only(at)).lesson.id)
    assert "please change it there yourself" in off["text"]


async def test_a_second_press_plans_nothing_twice_and_nobody_else_may_speak_for_a_teacher(at: School):
    card = (await at.says(TEACHER, NOTICE))["card"]
    await at.press_on(TEACHER, card, "Post", place=CLASS)
    twice = await at.press_on(TEACHER, card, "Post", place=CLASS)
    await at.tick()
    await at.tick()
    assert "planned already" in words(twice) and len(await in_class(at)) == 1

    other = await at.presses("demo-assistant", "take_back", lesson=(await only(at)).lesson.id)
    assert "Only the teacher of that lesson, and the headteacher" in other["text"]
    assert "You have no lessons" in (await at.says("demo-assistant", "lessons"))["text"]
    assert "Only the headteacher" in (await at.presses("demo-assistant", "lessons"))["text"]
    elsewhere = await at.press_on(TEACHER, card, "Post", place="19:somewhere-else")
    assert "choose another place; nothing was posted" in elsewhere["text"]
    stranger = await at.presses("a-pupil", "take_back", lesson=(await only(at)).lesson.id)
    assert "noticeboard for staff" in stranger["text"]
