"""The headteacher hears of a recording once, never before its teacher had two days; and a notice nobody can change."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ask.rules.policy import Policy
from bot.errors import ChannelError, InDoubt, Unreachable
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from bot.stores.sqlite.store import SqliteStore
from tests.journeys.classroom import CLASS, HEAD, SIGHT, TEACHER, TEN, Classroom, classroom, lesson

TWO_DAYS = timedelta(hours=48)


@pytest.fixture
async def at(school: Policy) -> AsyncIterator[Classroom]:
    async with classroom(school) as made:
        yield made


async def told_and_asked(at: Classroom) -> tuple[datetime, datetime]:
    """When the headteacher was told, and when the teacher was first asked whether it is gone."""
    (told,) = await at.sent(MessageKind.NOT_GONE)
    asked = min(one.sent_at for one in await at.sent(MessageKind.IS_GONE) if one.sent_at)
    assert told.sent_at
    return told.sent_at, asked


async def test_after_eight_days_switched_off_the_teacher_still_has_two_days(at: Classroom):
    await at.announced()
    await at.until(29, hour=16)
    at.now = datetime(2026, 10, 7, 9, tzinfo=LONDON)
    await at.until(20, 10)

    told, asked = await told_and_asked(at)
    assert asked.day == 7 and told - asked >= TWO_DAYS


async def test_after_eight_days_switched_off_a_file_that_is_there_leaves_the_teacher_two_days(school: Policy):
    async with classroom(school, watch=SIGHT) as at:
        assert at.tenant
        at.tenant.calendars["teacher"] = [lesson()]
        await at.confirmed()
        at.tenant.record("f1", TEN)
        await at.until(29, hour=16)
        at.now = datetime(2026, 10, 7, 9, tzinfo=LONDON)
        await at.until(20, 10)

        told, asked = await told_and_asked(at)
        assert asked.day == 7 and told.day == 9


async def test_a_teacher_whose_days_changed_after_the_question_was_planned_still_has_two_days(at: Classroom):
    await at.announced()
    await at.until(29, hour=16)
    at.now = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    await at.tick()
    monday = replace(TEACHER, days=frozenset({0}))
    at.roster.everyone = (monday, *at.roster.everyone[1:])
    await at.until(20, 10)

    told, asked = await told_and_asked(at)
    assert asked.day == 5 and told - asked >= TWO_DAYS


async def test_a_teacher_who_works_on_no_day_does_not_keep_the_head_from_hearing_of_it(at: Classroom):
    await at.announced()
    await at.until(20)
    at.roster.everyone = (replace(TEACHER, days=frozenset()), *at.roster.everyone[1:])
    await at.until(30, 10)

    assert len(await at.sent(MessageKind.NOT_GONE)) == 1


async def test_with_nobody_to_tell_nobody_is_told_until_there_is_somebody(at: Classroom):
    await at.announced()
    await at.until(29)
    everyone = at.roster.everyone
    at.roster.everyone = tuple(one for one in everyone if one.id != HEAD.id)
    await at.until(6, 10)
    assert (await at.only()).told_on is None and await at.slots(MessageKind.NOT_GONE) == []

    at.roster.everyone = everyone
    await at.until(7, 10)
    assert (await at.only()).told_on is not None and len(await at.sent(MessageKind.NOT_GONE)) == 1


async def test_a_kill_after_any_duty_tells_nobody_twice(school: Policy, tmp_path: Path):
    store = SqliteStore(tmp_path / "s.db", school.school, demo=True)
    async with classroom(school, store=store) as at:
        await at.announced()
        await at.announced("recording notice for Year 4 art tomorrow 1pm")
        for day in (9, 25, 30, 35, 37):
            at.now = datetime(2026, 9, 1, 9, tzinfo=LONDON) + timedelta(days=day - 1)
            for name in [*at.work.duties(at.chat)] * 2:
                await at.work.duties(at.chat)[name]()
                await at.store.close()
                at.store = SqliteStore(tmp_path / "s.db", school.school, demo=True)
                at.restart()

        said = [about for one in await at.sent(MessageKind.NOT_GONE) for about in one.about]
        assert sorted(said) == sorted(one.lesson.id for one in await at.all())
        assert len(at.chat.said(HEAD.account)) == len(await at.sent(MessageKind.NOT_GONE))
        assert len(at.chat.said(CLASS)) == 2
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
    assert any("I could not change the notice" in one and "by mistake" in one for one in at.chat.said(TEACHER.account))
    assert (await at.work.records.shelf()).open == {}


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

    assert len(await at.sent(MessageKind.MEND)) == 1 and (await at.work.records.shelf()).open == {}


async def test_a_notice_in_doubt_that_is_taken_back_leaves_a_trace_and_a_word_to_the_teacher(at: Classroom):
    at.chat.trouble[CLASS] = [InDoubt("no answer")]
    await at.announced()
    await at.presses(TEACHER, "take_back")
    await at.until(12)

    (notice,) = await at.slots(MessageKind.NOTICE)
    assert notice.state is DeliveryState.DOUBT
    (mend,) = await at.sent(MessageKind.MEND)
    assert any("by mistake" in one for one in at.chat.said(TEACHER.account)) and mend.recipient
    assert (await at.work.records.shelf()).open == {}


async def test_the_head_can_change_the_notice_of_a_teacher_whose_details_were_erased(at: Classroom):
    await at.announced()
    pseudonym = (await at.only()).lesson.teacher
    await at.store.erase(pseudonym, Event(EventKind.ERASE, at.now, subject=pseudonym))
    id = (await at.only()).lesson.id
    await at.says(HEAD, verb="take_back", lesson=id)
    await at.tick()
    await at.tick()

    assert at.chat.said(CLASS) == ["This notice was put here by mistake."]
    assert (await at.work.records.shelf()).open == {}
