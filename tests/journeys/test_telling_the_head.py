"""The headteacher is told once, and never before the teacher had two days; and notices that cannot be changed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import ChannelError, InDoubt, Unreachable
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from bot.stores.sqlite.store import SqliteStore
from tests.journeys.classroom import SIGHT, Classroom, classroom
from tests.recordings.fake_tenant import lesson
from tests.recordings.little_school import CLASS, HEAD, TEACHER, TEN

TWO_DAYS = timedelta(hours=48)


@pytest.fixture
async def at() -> AsyncIterator[Classroom]:
    async with classroom() as opened:
        yield opened


async def times_of_message_and_question(at: Classroom) -> tuple[datetime, datetime]:
    """When the headteacher was told, and when the teacher was first asked whether it is gone."""
    (message,) = await at.sent(MessageKind.NOT_GONE)
    questions = await at.sent(MessageKind.IS_GONE)
    assert message.sent_at
    return message.sent_at, min(question.sent_at for question in questions if question.sent_at)


async def test_after_eight_days_switched_off_the_teacher_still_has_two_days(at: Classroom):
    await at.announced()
    await at.until(29, hour=16)
    at.now = datetime(2026, 10, 7, 9, tzinfo=LONDON)
    await at.until(20, 10)

    told_at, asked_at = await times_of_message_and_question(at)
    assert asked_at.day == 7 and told_at - asked_at >= TWO_DAYS


async def test_after_eight_days_switched_off_a_file_that_is_there_leaves_the_teacher_two_days():
    async with classroom(access=SIGHT) as at:
        assert at.tenant
        at.tenant.calendars["teacher"] = [lesson()]
        await at.confirmed()
        at.tenant.record("f1", TEN)
        await at.until(29, hour=16)
        at.now = datetime(2026, 10, 7, 9, tzinfo=LONDON)
        await at.until(20, 10)

        told_at, asked_at = await times_of_message_and_question(at)
        assert asked_at.day == 7 and told_at.day == 9


async def test_a_teacher_whose_days_changed_after_the_question_was_planned_still_has_two_days(at: Classroom):
    await at.announced()
    await at.until(29, hour=16)
    at.now = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    await at.tick()
    monday = replace(TEACHER, days=frozenset({0}))
    at.staff = (monday, *at.staff[1:])
    await at.until(20, 10)

    told_at, asked_at = await times_of_message_and_question(at)
    assert asked_at.day == 5 and told_at - asked_at >= TWO_DAYS


async def test_a_teacher_who_works_on_no_day_does_not_keep_the_head_from_hearing_of_it(at: Classroom):
    await at.announced()
    await at.until(20)
    at.staff = (replace(TEACHER, days=frozenset()), *at.staff[1:])
    await at.until(30, 10)

    assert len(await at.sent(MessageKind.NOT_GONE)) == 1


async def test_in_a_school_without_a_headteacher_a_new_one_is_told_later(at: Classroom):
    await at.announced()
    await at.until(29)
    everybody = at.staff
    at.staff = tuple(person for person in everybody if person.id != HEAD.id)
    await at.until(6, 10)
    assert (await at.only()).head_told_on is None and await at.messages(MessageKind.NOT_GONE) == []

    at.staff = everybody
    await at.until(7, 10)
    assert (await at.only()).head_told_on is not None and len(await at.sent(MessageKind.NOT_GONE)) == 1


async def test_a_kill_after_any_duty_tells_nobody_twice(tmp_path: Path):
    store = SqliteStore(tmp_path / "s.db", "slyne-with-hest", demo=True)
    async with classroom(store=store) as at:
        await at.announced()
        await at.announced("recording notice for Year 4 art tomorrow 1pm")
        for day in (9, 25, 30, 35, 37):
            at.now = datetime(2026, 9, 1, 9, tzinfo=LONDON) + timedelta(days=day - 1)
            for name in [*at.duties()] * 2:
                await at.duties()[name]()
                await at.store.close()
                at.restart(SqliteStore(tmp_path / "s.db", "slyne-with-hest", demo=True))

        reply = [id for message in await at.sent(MessageKind.NOT_GONE) for id in message.recordings]
        assert sorted(reply) == sorted(recording.lesson.id for recording in await at.all())
        assert len(at.chat.texts(HEAD.account)) == len(await at.sent(MessageKind.NOT_GONE))
        assert len(at.chat.texts(CLASS)) == 2
        await at.store.close()


@pytest.mark.parametrize("trouble", [Unreachable("Staffroom is not in that chat"), ChannelError("refused"), None])
async def test_a_notice_that_cannot_be_changed_is_put_right_by_the_teacher_and_that_is_all(at: Classroom, trouble):
    await at.announced()
    if trouble:
        at.chat.trouble[CLASS] = [trouble]
    else:
        at.chat.closed.add(CLASS)
    await at.presses(TEACHER, "take_back")
    await at.until(12)

    assert len(await at.sent(MessageKind.MEND)) == 1
    assert any("I could not change" in text and "by mistake" in text for text in at.chat.texts(TEACHER.account))
    assert await at.open() == ()


@pytest.mark.parametrize("trouble", [Unreachable("Staffroom is not in that chat"), ChannelError("refused")])
async def test_a_notice_that_cannot_be_posted_is_given_to_the_teacher_to_copy(at: Classroom, trouble: ChannelError):
    at.chat.trouble[CLASS] = [trouble]
    at.chat.shows_nothing = True
    at.chat.closed.add(CLASS)
    await at.announced()
    await at.until(7, hour=12)

    assert len(await at.sent(MessageKind.COPY)) == 1
    await at.presses(TEACHER, "copied")
    assert (await at.only()).is_by_hand and (await at.only()).state is RecordingState.ANNOUNCED


async def test_a_change_that_stays_in_doubt_is_put_right_by_the_teacher(at: Classroom):
    await at.announced()
    at.chat.trouble[CLASS] = [InDoubt("no answer")] * 5
    await at.presses(TEACHER, "take_back")
    for _ in range(40):
        at.now += timedelta(minutes=1)
        await at.tick()

    assert len(await at.sent(MessageKind.MEND)) == 1 and await at.open() == ()


async def test_a_notice_in_doubt_that_is_taken_back_leaves_a_trace_and_a_word_to_the_teacher(at: Classroom):
    at.chat.trouble[CLASS] = [InDoubt("no answer")]
    await at.announced()
    await at.presses(TEACHER, "take_back")
    await at.until(12)

    (notice,) = await at.messages(MessageKind.NOTICE)
    assert notice.state is DeliveryState.DOUBT
    (request,) = await at.sent(MessageKind.MEND)
    assert any("by mistake" in text for text in at.chat.texts(TEACHER.account)) and request.recipient
    assert await at.open() == ()


async def test_the_head_can_change_the_notice_of_a_teacher_whose_details_were_erased(at: Classroom):
    await at.announced()
    pseudonym = (await at.only()).lesson.teacher
    await at.store.erase(pseudonym, Event(EventKind.ERASE, at.now, subject=pseudonym))
    id = (await at.only()).lesson.id
    await at.says(HEAD, verb="take_back", lesson=id)
    await at.tick()
    await at.tick()

    assert at.chat.texts(CLASS) == ["This notice was put here by mistake."]
    assert await at.open() == ()
