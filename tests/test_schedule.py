"""The one job: it never overlaps itself, catches up once, comes at once when asked, and ends in good order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from bot.desk.tick import Heartbeat
from bot.schedule import Schedule

SOON = 5.0  # seconds within which something must have happened


@dataclass
class Ticks:
    """Ticks that take as long as they are told to; `failures` are raised, one by each."""

    begun: int = 0
    ended: int = 0
    at_once: int = 0
    most_at_once: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[Exception] = field(default_factory=list)

    async def __call__(self) -> None:
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.came.set()
        await self.go_on.wait()
        self.at_once -= 1
        if self.failures:
            raise self.failures.pop()
        self.ended += 1

    async def next(self) -> None:
        """Returns when the next one has begun."""
        await asyncio.wait_for(self.came.wait(), SOON)
        self.came.clear()


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def heartbeat() -> Heartbeat:
    return Heartbeat()


@pytest.fixture
def schedule_of(ticks: Ticks, heartbeat: Heartbeat) -> Callable[..., Schedule]:
    return lambda **every: Schedule(ticks, heartbeat, **every)


@pytest.fixture
async def schedule(schedule_of: Callable[..., Schedule], ticks: Ticks) -> AsyncIterator[Schedule]:
    """A schedule that is running, and has begun its first tick."""
    schedule = schedule_of()
    schedule.start()
    await ticks.next()
    yield schedule
    ticks.go_on.set()
    await schedule.close()


async def test_a_long_tick_never_overlaps_the_next_and_what_was_missed_is_done_once(
    schedule_of: Callable[..., Schedule], ticks: Ticks, heartbeat: Heartbeat
):
    schedule = schedule_of(every=0.02)
    schedule.start()
    await ticks.next()
    for _ in range(3):  # intervals that pass meanwhile
        heartbeat.wanted.clear()
        await asyncio.wait_for(heartbeat.wanted.wait(), SOON)

    assert (ticks.begun, ticks.most_at_once) == (1, 1)
    ticks.go_on.set()
    await ticks.next()
    assert ticks.most_at_once == 1
    await schedule.close()


async def test_a_tick_that_is_running_comes_to_its_end_when_staffroom_stops(
    schedule: Schedule, ticks: Ticks, heartbeat: Heartbeat
):
    closing = asyncio.ensure_future(schedule.close())
    await asyncio.wait({closing}, timeout=0.05)
    assert not closing.done()
    assert heartbeat.is_ending  # whatever is running begins nothing new

    ticks.go_on.set()
    await closing
    assert (ticks.begun, ticks.ended) == (1, 1)


async def test_a_tick_that_is_wanted_comes_once_and_after_what_is_running(
    schedule: Schedule, ticks: Ticks, heartbeat: Heartbeat
):
    heartbeat.hurry()
    heartbeat.hurry()
    ticks.go_on.set()
    await ticks.next()
    await schedule.tick_now()

    assert (ticks.begun, ticks.most_at_once) == (3, 1)


async def test_a_tick_asked_for_by_hand_waits_for_the_one_that_is_running(schedule: Schedule, ticks: Ticks):
    by_hand = asyncio.ensure_future(schedule.tick_now())
    await asyncio.wait({by_hand}, timeout=0.05)
    assert (by_hand.done(), ticks.begun) == (False, 1)

    ticks.go_on.set()
    await by_hand
    assert (ticks.ended, ticks.most_at_once) == (2, 1)


async def test_a_tick_that_fails_is_noted_by_its_kind_and_the_next_one_comes(
    schedule: Schedule, ticks: Ticks, heartbeat: Heartbeat, caplog: pytest.LogCaptureFixture
):
    ticks.failures.append(ValueError("a teacher's name"))
    ticks.go_on.set()
    heartbeat.hurry()
    await ticks.next()
    await schedule.tick_now()

    assert (ticks.begun, ticks.ended) == (3, 2)
    assert "tick_failed error=ValueError" in caplog.text
    assert "a teacher's name" not in caplog.text


async def test_closing_a_schedule_that_never_started_is_fine(
    schedule_of: Callable[..., Schedule], heartbeat: Heartbeat
):
    await schedule_of().close()

    assert heartbeat.is_ending
