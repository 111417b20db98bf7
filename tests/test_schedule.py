"""The one job: it never overlaps itself, catches up once, and keeps London's hours over both clock changes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.rules.dates import LONDON
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
    schedule.stop()


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


@pytest.mark.parametrize("day", [datetime(2026, 10, 24, 12, tzinfo=LONDON), datetime(2027, 3, 27, 12, tzinfo=LONDON)])
def test_a_day_later_is_the_same_hour_in_london_over_both_clock_changes(day: datetime):
    after = day + timedelta(days=1)

    assert (after.hour, after.utcoffset() != day.utcoffset()) == (12, True)
