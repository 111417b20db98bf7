"""Recorded lessons that go wrong: old buttons, odd times, moves in a hurry; no tenant is needed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import InDoubt
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.recordings.rules.recording import RecordingState
from tests.journeys.classroom import Classroom, classroom
from tests.recordings.little_school import CLASS, HEAD, NOTICE, OTHER, TEACHER, texts_in

TUESDAYS = "recording notice for Year 4 maths every Tuesday 10am until 22 September"


@pytest.fixture
async def at() -> AsyncIterator[Classroom]:
    async with classroom() as opened:
        yield opened


async def move(at: Classroom, day: int, hour: int = 14) -> str:
    return await at.presses(TEACHER, "move", day=f"2026-09-{day:02}", begins=f"{hour}:00", ends=f"{hour + 1}:00")


async def last_notice(at: Classroom) -> tuple[str, str]:
    """What is in the class's chat, and the text of the last event that says so, without the lesson's name and hour."""
    facts = await at.facts_of(EventKind.ANNOUNCE)
    return at.chat.texts(CLASS)[-1].partition("\n")[0], str(facts[-1]["text"])


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        ("9999-12-31", "10:00", "11:00"),
        ("0001-01-01", "10:00", "11:00"),
        ("2026-09-10", "10:00+05:00", "11:00+05:00"),
        ("2026-09-10", "10:00", "11:00Z"),
    ],
)
async def test_a_time_no_lesson_can_have_is_refused_in_a_sentence_and_breaks_nothing(at, day, begins, ends):
    await at.announced()

    assert "Nothing was changed." in await at.presses(TEACHER, "move", day=day, begins=begins, ends=ends)
    reply = await at.says(TEACHER, verb="notice_preview", label="Art", day=day, begins=begins, ends=ends)
    assert reply.card in {"planning", "announcing"}
    assert await at.tick() == {} and (await at.only()).moves == 0


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "nonsense"])
async def test_a_week_nobody_can_live_to_see_is_this_week(at: Classroom, week: str):
    assert (await at.says(HEAD, verb="lessons", week=week)).values["week"] == "2026-09-07"


async def test_a_lesson_that_breaks_stops_no_other_and_is_reported(at: Classroom):
    await at.announced()
    far = {"starts": "9999-12-31T10:00:00+00:00", "ends": "9999-12-31T11:00:00+00:00"}
    await at.school.book.write(EventKind.MOVE, await at.only(), far)
    await at.announced("recording notice for Year 4 art tomorrow 1pm")

    assert "Year 4" in (await at.says(TEACHER, "my lessons")).text
    assert "Year 4 art" in (await at.says(HEAD, "lessons")).text
    failures = await at.until(8, hour=15)
    assert len(await at.sent(MessageKind.WAS_RECORDED)) == 1
    assert "fault of mine" in failures["follow_recordings"]


async def test_whatever_is_pressed_in_a_hurry_the_chat_and_the_ledger_say_the_same_in_the_end(at: Classroom):
    await at.announced()
    await move(at, 9)
    await at.tick()
    await move(at, 10)
    await at.tick()
    await move(at, 9)
    for _ in range(4):
        await at.tick()

    text, recorded_text = await last_notice(at)
    assert text.startswith(recorded_text) and "Wednesday 9 September" in text


async def test_no_and_yes_a_tick_apart_leave_the_notice_as_it_was(at: Classroom):
    await at.announced()
    await at.until(8, hour=12)
    await at.presses(TEACHER, "was_recorded", answer="no")
    await at.tick()
    assert at.chat.texts(CLASS) == ["This lesson was not recorded."]
    await at.presses(TEACHER, "was_recorded", answer="yes")
    for _ in range(3):
        await at.tick()

    text, recorded_text = await last_notice(at)
    assert text.startswith(recorded_text) and "until the end of Tuesday 29 September" in text
    assert (await at.only()).state is RecordingState.RECORDED


async def test_moved_and_off_a_tick_apart_ends_with_the_lesson_being_off(at: Classroom):
    await at.announced()
    await move(at, 10)
    await at.tick()
    await at.presses(TEACHER, "take_back", answer="off")
    for _ in range(3):
        await at.tick()

    text, recorded_text = await last_notice(at)
    assert text == recorded_text == "This lesson does not take place, so nothing will be recorded."


async def test_a_single_lesson_two_weeks_ahead_is_posted_at_once(at: Classroom):
    await at.announced("recording notice for Year 4 maths 21 September 10am")

    assert at.chat.texts(CLASS)[0].startswith("The lesson on Monday 21 September will be recorded.")


async def test_buttons_of_a_lesson_that_is_not_over_yet_change_nothing(at: Classroom):
    await at.announced()

    for verb in ("was_recorded", "is_gone"):
        for answer in ("yes", "no"):
            assert "not over yet" in await at.presses(TEACHER, verb, answer=answer)
    assert (await at.only()).state is RecordingState.ANNOUNCED and (await at.only()).finding is None


async def test_a_notice_is_not_taken_back_once_its_lesson_is_over(at: Classroom):
    await at.announced()
    await at.until(8, hour=12)

    assert "Nothing was changed." in await at.presses(TEACHER, "take_back", answer="off")
    assert (await at.only()).state is RecordingState.ANNOUNCED


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
async def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(at: Classroom, answer: str):
    await at.announced()
    await at.until(8, hour=12)
    before = await at.store.head()

    for verb in ("was_recorded", "is_gone"):
        assert "older version of me. Nothing was changed." in await at.presses(TEACHER, verb, answer=answer)
    assert await at.store.head() == before


@pytest.mark.parametrize(("day", "hour"), [(8, 14), (10, 10)])
async def test_a_lesson_moved_after_it_was_asked_about_is_asked_about_again(at: Classroom, day: int, hour: int):
    await at.announced()
    await at.until(8, hour=12)
    assert len(await at.sent(MessageKind.WAS_RECORDED)) == 1
    assert "Moved." in await move(at, day, hour)
    await at.until(day, hour=15, minute=30)

    assert len(await at.sent(MessageKind.WAS_RECORDED)) == 2


async def test_after_a_move_the_old_time_can_be_announced_again(at: Classroom):
    await at.announced()
    await move(at, 10)
    await at.announced()

    assert [recording.lesson.day.day for recording in await at.all()] == [8, 10]
    assert {recording.state for recording in await at.all()} == {RecordingState.ANNOUNCED}


async def test_post_and_then_copy_of_one_preview_plan_one_lesson(at: Classroom):
    inputs = texts_in((await at.says(TEACHER, NOTICE)).values)
    await at.says(TEACHER, verb="notice_post", **inputs, place=CLASS)
    await at.says(TEACHER, verb="notice_copy", **inputs, place=CLASS)

    assert (await at.only()).lesson.conversation == CLASS


async def test_a_second_teacher_of_the_same_lesson_hears_that_there_is_a_notice_already(at: Classroom):
    await at.announced()
    reply = await at.announced(person=OTHER)

    assert "already a notice for a lesson at that time" in reply.text
    assert len(await at.all()) == len(at.chat.texts(CLASS)) == 1


async def test_a_teacher_who_has_left_puts_up_no_more_notices(at: Classroom):
    await at.announced(TUESDAYS)
    await at.until(9)
    at.staff = at.staff[1:]
    await at.until(30)

    assert len(at.chat.texts(CLASS)) == 1
    assert [recording.state for recording in await at.all()][1:] == [RecordingState.TAKEN_BACK] * 2


async def test_a_teacher_whose_last_day_has_gone_by_puts_up_no_more_notices_and_the_head_is_told(at: Classroom):
    await at.announced(TUESDAYS)
    await at.until(9)
    at.leaves(TEACHER, on=(await at.all())[0].lesson.day)
    await at.until(3, 10)

    assert len(at.chat.texts(CLASS)) == 1
    assert [recording.state for recording in await at.all()] == [
        RecordingState.UNCHECKED,
        RecordingState.TAKEN_BACK,
        RecordingState.TAKEN_BACK,
    ]
    assert len(await at.sent(MessageKind.NOT_GONE)) == 1


@pytest.mark.parametrize("name", ["[Sign in](https://evil.example)", "**Year 4** <b>maths</b>", "`Year` _4_ #maths"])
async def test_markup_in_a_typed_name_does_not_reach_a_card(at: Classroom, name: str):
    preview = await at.says(TEACHER, f"recording notice for {name} tomorrow 10am")
    await at.announced(f"recording notice for {name} tomorrow 10am")
    cards = [preview, await at.says(TEACHER, "my lessons"), await at.says(HEAD, "lessons")]

    words = "".join(str(card.values) + card.text for card in cards)
    assert not any(mark in words for mark in ("](", "**", "<b>", "`", "#maths"))


async def test_a_notice_that_stays_in_doubt_is_handed_to_the_teacher_and_that_is_all(at: Classroom):
    at.chat.trouble[CLASS] = [InDoubt("no answer")] * 5
    await at.announced()
    for _ in range(40):
        at.now += timedelta(minutes=1)
        await at.tick()

    (copy,) = await at.sent(MessageKind.COPY)
    assert any("please look in the chat first" in text for text in at.chat.texts(TEACHER.account))
    await at.presses(TEACHER, "copied")
    await at.until(8, hour=9)
    assert len(await at.sent(MessageKind.COPY)) == 1 and copy.state is DeliveryState.SENT
