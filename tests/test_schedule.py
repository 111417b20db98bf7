"""The one job: it never overlaps itself, catches up once, comes at once when asked, and ends in good order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.schedule import Schedule


@dataclass
class Ticking:
    """A tick that takes as long as it is told to."""

    begun: int = 0
    at_once: int = 0
    most_at_once: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> None:
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.came.set()
        await self.go_on.wait()
        self.at_once -= 1


@pytest.fixture
async def ticking() -> AsyncIterator[Ticking]:
    made = Ticking()
    schedule = Schedule(made, every=0.02)
    schedule.start()
    yield made
    made.go_on.set()
    await schedule.close()


async def test_a_long_tick_never_overlaps_the_next_and_what_was_missed_is_done_once(ticking: Ticking):
    await asyncio.wait_for(ticking.came.wait(), 5)
    many = asyncio.get_running_loop().time() + 0.3
    while asyncio.get_running_loop().time() < many:
        await asyncio.wait({asyncio.ensure_future(ticking.go_on.wait())}, timeout=0.05)

    assert (ticking.begun, ticking.most_at_once) == (1, 1)
    ticking.came.clear()
    ticking.go_on.set()
    await asyncio.wait_for(ticking.came.wait(), 5)
    assert ticking.most_at_once == 1


async def test_a_tick_that_is_running_comes_to_its_end_when_staffroom_stops():
    tick, ended = Ticking(), []

    async def ticking() -> None:
        await tick()
        ended.append(True)

    schedule = Schedule(ticking)
    schedule.start()
    await asyncio.wait_for(tick.came.wait(), 5)
    closing = asyncio.ensure_future(schedule.close())
    await asyncio.wait({closing}, timeout=0.05)
    assert not closing.done()

    tick.go_on.set()
    await closing
    assert (ended, tick.begun) == ([True], 1)


async def test_whoever_is_in_a_hurry_is_seen_to_at_once_and_after_what_is_running():
    tick = Ticking()
    schedule = Schedule(tick)
    schedule.start()
    await asyncio.wait_for(tick.came.wait(), 5)
    schedule.hurry()
    schedule.hurry()
    tick.came.clear()
    tick.go_on.set()
    await asyncio.wait_for(tick.came.wait(), 5)

    assert (tick.begun, tick.most_at_once) == (2, 1)
    await schedule.close()
