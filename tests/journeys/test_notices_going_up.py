"""A teacher changes their mind while the notice goes up: it is in the chat, and the ledger does not know it yet."""

from collections.abc import AsyncIterator

import pytest

from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import MessageKind, Wording
from tests.journeys.classroom import Classroom, classroom
from tests.recordings.little_school import CLASS, NOTICE, TEACHER, texts_in


@pytest.fixture
async def at() -> AsyncIterator[Classroom]:
    """A notice that went up at the last tick."""
    async with classroom() as at:
        preview = await at.says(TEACHER, NOTICE)
        await at.says(TEACHER, verb="notice_post", **texts_in(preview.values), place=CLASS)
        await at.tick()
        assert len(at.chat.texts(CLASS)) == 1 and (await at.only()).shown is None
        yield at


async def moves(at: Classroom, day: int) -> None:
    await at.presses(TEACHER, "move", day=f"2026-09-{day}", begins="14:00", ends="15:00")


async def test_a_notice_taken_back_while_it_goes_up_is_changed_all_the_same(at: Classroom):
    await at.presses(TEACHER, "take_back")
    await at.tick()
    await at.tick()

    assert at.chat.texts(CLASS) == ["This notice was put here by mistake."]
    assert len(await at.sent(MessageKind.EDIT)) == 1


async def test_a_lesson_moved_while_its_notice_goes_up_has_one_notice_with_the_new_day(at: Classroom):
    await moves(at, 10)
    for _ in range(3):
        await at.tick()

    assert len(await at.sent(MessageKind.NOTICE)) == len(await at.sent(MessageKind.EDIT)) == 1
    assert "The lesson on Thursday 10 September" in at.chat.texts(CLASS)[0]
    assert [facts["says"] for facts in await at.facts_of(EventKind.ANNOUNCE)] == ["says/2026-09-08", "moved/2026-09-10"]


async def test_a_lesson_that_moves_twice_and_is_taken_back_has_one_notice_and_a_true_record(at: Classroom):
    await moves(at, 10)
    await at.tick()
    await moves(at, 11)
    await at.tick()
    await at.presses(TEACHER, "take_back")
    await at.tick()
    await at.tick()

    (posted,) = await at.sent(MessageKind.NOTICE)
    changes = await at.sent(MessageKind.EDIT)
    assert [change.on.day for change in changes] == [10, 11, 11]
    assert {change.replaces for change in changes} == {posted.sent}
    facts = await at.facts_of(EventKind.ANNOUNCE)
    assert [fact["says"] for fact in facts] == ["says/2026-09-08", "moved/2026-09-10", "moved/2026-09-11", "taken_back"]
    assert "until the end of Tuesday 29 September" in str(facts[0]["text"])
    assert (await at.only()).shown == Wording("taken_back")
