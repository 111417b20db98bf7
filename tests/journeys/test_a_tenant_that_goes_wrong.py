"""Calendars, recordings and a Graph that go wrong, and what becomes of lessons then."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import GraphError
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import MessageKind
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from tests.journeys.classroom import SIGHT, Classroom, classroom
from tests.recordings.fake_tenant import FakeTenant, lesson
from tests.recordings.little_school import CLASS, HOUR, MONDAY, OTHER, TEACHER, TEN, WEEK


@pytest.fixture
async def at() -> AsyncIterator[Classroom]:
    async with classroom(access=SIGHT) as at:
        yield at


def tenant(at: Classroom) -> FakeTenant:
    assert at.tenant
    return at.tenant


async def recorded(at: Classroom) -> None:
    """A confirmed lesson of the calendar, held, and its recording found."""
    tenant(at).calendars["teacher"] = [lesson()]
    await at.confirmed()
    tenant(at).record("f1", TEN + timedelta(minutes=2))
    await at.until(8, hour=13)
    assert [file.item for file in (await at.only()).files] == ["f1"]


async def states(at: Classroom) -> list[tuple[int, RecordingState]]:
    return [(recording.lesson.day.day, recording.state) for recording in await at.all()]


async def test_yes_to_a_single_lesson_of_the_calendar_plans_it(at: Classroom):
    tenant(at).calendars["teacher"] = [lesson(series="")]
    await at.confirmed(answer="once")
    await at.until(8, hour=10)

    assert await states(at) == [(8, RecordingState.ANNOUNCED)]
    assert at.chat.texts(CLASS)[0].startswith("Today's lesson will be recorded.")


@pytest.mark.parametrize("answer", ["", "maybe"])
async def test_an_answer_about_a_lesson_found_that_is_no_answer_changes_nothing(at: Classroom, answer: str):
    tenant(at).calendars["teacher"] = [lesson()]
    await at.tick()
    (question,) = await at.messages(MessageKind.FOUND_LESSON)

    reply = await at.says(TEACHER, verb="wish", found=question.subject.name, answer=answer, place=CLASS)
    assert "Nothing was changed." in reply.text and await at.facts_of(EventKind.WISH) == []


async def test_where_graph_refuses_for_good_the_teacher_is_reminded_and_asked_and_the_head_is_told(at: Classroom):
    await recorded(at)
    await at.until(20)
    tenant(at).trouble = GraphError("Graph lets nobody in", 401)
    await at.until(8, 10)

    assert len(await at.sent(MessageKind.DUE_SOON)) == 1
    assert len(await at.sent(MessageKind.IS_GONE)) >= 1 and len(await at.sent(MessageKind.NOT_GONE)) == 1
    assert (await at.only()).head_told_on is not None


async def test_a_not_found_that_is_not_the_files_own_is_asked_about_and_told(at: Classroom):
    await recorded(at)
    await at.until(29, hour=16)
    tenant(at).files["f1"] = GraphError("there is no such drive", 404, "resourceNotFound")
    await at.until(8, 10)

    assert (await at.only()).state is RecordingState.UNCHECKED
    assert len(await at.sent(MessageKind.IS_GONE)) >= 1 and len(await at.sent(MessageKind.NOT_GONE)) == 1


@pytest.mark.parametrize("status", [404, 500])
async def test_trouble_with_twenty_files_does_not_keep_others_from_being_looked_at(at: Classroom, status: int):
    tenant(at).calendars["teacher"] = [lesson(TEN, f"u{number:02}", f"s{number:02}") for number in range(21)]
    await at.confirmed()
    for number, recording in enumerate(await at.all()):
        facts = {"recorded": True, "by": "tenant", "drive": "d", "item": f"f{number}"}
        await at.school.book.write(EventKind.RECORD, recording, facts)
    tenant(at).files = {f"f{number}": GraphError("not that one", status) for number in range(20)}
    at.now = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    for _ in range(30):
        at.now += timedelta(minutes=10)
        await at.tick()

    assert [recording.state for recording in await at.all()].count(RecordingState.GONE) == 1


async def test_after_a_restart_a_card_that_was_sent_can_still_be_answered_once_the_calendar_was_read(at: Classroom):
    tenant(at).calendars["teacher"] = [lesson()]
    await at.tick()
    (question,) = await at.sent(MessageKind.FOUND_LESSON)
    at.restart()
    reply = await at.says(TEACHER, verb="wish", found=question.subject.name, answer="each", place=CLASS)
    assert "look at your calendar first" in reply.text and "Nothing was changed." in reply.text

    await at.tick()
    reply = await at.says(TEACHER, verb="wish", found=question.subject.name, answer="each", place=CLASS)
    await at.tick()
    assert "Thank you." in reply.text and await states(at) == [(8, RecordingState.PLANNED)]
    assert len(await at.messages(MessageKind.FOUND_LESSON)) == 1


@pytest.mark.parametrize(
    ("minutes", "first", "second"),
    [
        ((2,), ["f0"], []),
        ((52,), ["f0"], []),  # the first is still on, though the second begins within a quarter of an hour
        ((67,), [], ["f0"]),
        ((2, 67), ["f0"], ["f1"]),
    ],
)
async def test_of_two_lessons_in_a_row_each_has_the_recording_that_began_in_it(at: Classroom, minutes, first, second):
    tenant(at).calendars["teacher"] = [lesson(), lesson(TEN + HOUR + timedelta(minutes=5), "u2", "s2")]
    await at.confirmed()
    for number, minute in enumerate(minutes):
        tenant(at).record(f"f{number}", TEN + timedelta(minutes=minute))
    await at.until(8, hour=16)

    assert [[file.item for file in recording.files] for recording in await at.all()] == [first, second]


async def test_lessons_whose_notices_are_copied_by_hand_take_no_recording_from_each_other(at: Classroom):
    other = replace(lesson(TEN + timedelta(minutes=5), "u2", "s2"), thread="19:year5@thread.tacv2")
    tenant(at).calendars |= {"teacher": [lesson()], "other": [other]}
    await at.confirmed(place="")
    await at.confirmed(OTHER, place="")
    tenant(at).record("f1", TEN + timedelta(minutes=2))
    await at.until(8, hour=16)

    assert [[file.item for file in recording.files] for recording in await at.all()] == [["f1"], []]


async def test_a_calendar_that_is_empty_once_calls_nothing_off(at: Classroom):
    entries = [lesson(TEN + number * WEEK, f"u{number}") for number in range(2)]
    tenant(at).calendars["teacher"] = entries
    await at.confirmed()
    tenant(at).calendars["teacher"] = []
    await at.until(8, hour=8)
    tenant(at).calendars["teacher"] = entries
    await at.until(9)

    assert await states(at) == [(8, RecordingState.ANNOUNCED), (15, RecordingState.PLANNED)]


async def test_a_lesson_that_is_cancelled_is_off_and_one_that_is_on_again_is_planned_anew_once(at: Classroom):
    at.now = MONDAY - timedelta(days=5)
    tenant(at).calendars["teacher"] = [lesson()]
    await at.confirmed()
    tenant(at).calendars["teacher"] = [replace(lesson(), is_cancelled=True)]
    await at.until(4)
    assert await states(at) == [(8, RecordingState.TAKEN_BACK)]

    tenant(at).calendars["teacher"] = [lesson()]
    await at.until(8, hour=10)
    assert await states(at) == [(8, RecordingState.TAKEN_BACK), (8, RecordingState.ANNOUNCED)]
    assert len(at.chat.texts(CLASS)) == 1


async def test_a_notice_that_says_off_leaves_the_lesson_that_is_on_again_alone(at: Classroom):
    tenant(at).calendars["teacher"] = [lesson()]
    await at.confirmed()
    await at.until(8, hour=9, minute=50)
    tenant(at).calendars["teacher"] = [replace(lesson(), is_cancelled=True)]
    at.restart()
    assert at.school.lessons.discovery
    await at.school.lessons.discovery.find_lessons()  # and the notice is not changed yet
    for begins in (TEN, TEN, TEN, TEN + HOUR):
        tenant(at).calendars["teacher"] = [lesson(begins)]
        at.restart()
        await at.tick()

    assert await states(at) == [(8, RecordingState.TAKEN_BACK), (8, RecordingState.ANNOUNCED)]


async def test_a_lesson_moved_out_of_sight_is_planned_anew_when_it_comes_into_sight(at: Classroom):
    tenant(at).calendars["teacher"] = [lesson(), lesson(TEN + WEEK, "u2")]
    await at.confirmed()
    tenant(at).calendars["teacher"] = [lesson(TEN + 3 * WEEK), lesson(TEN + WEEK, "u2")]
    await at.until(8, hour=12)
    assert await states(at) == [(8, RecordingState.TAKEN_BACK), (15, RecordingState.PLANNED)]
    await at.until(29, hour=12)

    assert (await states(at))[0] == (8, RecordingState.TAKEN_BACK) and (await states(at))[-1] == (
        29,
        RecordingState.ANNOUNCED,
    )
    assert len(await at.all()) == 3


async def test_two_teachers_of_one_series_answer_for_themselves(at: Classroom):
    entries = [lesson(TEN + WEEK), lesson(TEN + timedelta(days=1), "u9", "s9")]
    tenant(at).calendars |= {"teacher": entries, "other": entries}
    await at.confirmed()
    await at.confirmed(OTHER)
    tenant(at).calendars["teacher"] = entries[1:]
    await at.until(15, hour=10)

    same_lesson = [recording for recording in await at.all() if recording.lesson.source == "u1"]
    assert sorted(recording.state for recording in same_lesson) == [RecordingState.ANNOUNCED, RecordingState.TAKEN_BACK]


async def test_take_back_all_that_are_left_ends_the_wish_for_the_series(at: Classroom):
    tenant(at).calendars["teacher"] = [lesson(TEN + number * WEEK, f"u{number}") for number in range(5)]
    await at.confirmed()
    first = (await at.all())[0].lesson.id
    await at.presses(TEACHER, "take_back_all", lesson=first)
    await at.until(7, 10)

    assert {state for _, state in await states(at)} == {RecordingState.TAKEN_BACK}
    assert len(await at.all()) == 2 and at.chat.texts(CLASS) == []
    assert len(await at.messages(MessageKind.FOUND_LESSON)) == 1


async def test_the_teachers_word_that_it_is_gone_leads_to_one_more_look(at: Classroom):
    await recorded(at)
    await at.until(30, hour=9)
    reply = await at.presses(TEACHER, "is_gone", answer="yes")
    assert "I will look once more myself" in reply
    await at.until(2, 10, hour=12)
    assert (await at.only()).state is RecordingState.STILL_THERE and len(await at.sent(MessageKind.NOT_GONE)) == 1

    tenant(at).files.pop("f1")
    await at.presses(TEACHER, "is_gone", answer="yes")
    await at.tick()
    assert (await at.only()).state is RecordingState.REMOVED


async def test_a_second_file_that_turns_up_the_next_day_is_found_and_has_to_go_as_well(at: Classroom):
    await recorded(at)
    tenant(at).record("f2", TEN + timedelta(minutes=40))
    await at.until(29, hour=16)
    assert [file.item for file in (await at.only()).files] == ["f1", "f2"]
    tenant(at).files.pop("f1")
    await at.until(2, 10, hour=12)

    assert (await at.only()).state is RecordingState.STILL_THERE


async def test_a_confirmed_lesson_on_a_saturday_is_announced(at: Classroom):
    saturday = datetime(2026, 9, 12, 10, tzinfo=LONDON)
    tenant(at).calendars["teacher"] = [lesson(saturday)]
    await at.confirmed()
    await at.until(12, hour=10)

    assert await states(at) == [(12, RecordingState.ANNOUNCED)] and len(at.chat.texts(CLASS)) == 1


async def test_markup_in_a_calendars_subject_does_not_reach_a_card(at: Classroom):
    tenant(at).calendars["teacher"] = [lesson(subject="[Sign in](https://evil.example) **Year 4** <b>maths</b>")]
    await at.confirmed()
    await at.until(8, hour=12)
    cards = [str(card.values) + card.text for chat in at.chat.chats.values() for card in chat.values()]

    assert len(cards) > 2 and "Sign in" in "".join(cards)
    assert not any(mark in "".join(cards) for mark in ("](", "**", "<b>"))
