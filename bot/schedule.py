"""One job, the tick. What is due is computed at each tick, so nothing is lost when the machine was off.

APScheduler says when an interval has passed: once after a long sleep of the machine, not once for every tick missed.
The rest is ours, because APScheduler would cancel a tick that is running when it stops: the tick runs in a task of its
own, comes at once when the heartbeat asks for it, never overlaps with another, and always comes to its end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.desk.tick import Heartbeat

LOG = logging.getLogger("staffroom.schedule")
EVERY = 60.0  # seconds
LONDON = ZoneInfo("Europe/London")


class Schedule:
    """Runs the tick every so many seconds, and as soon as `heartbeat` asks for it. Two ticks never overlap."""

    def __init__(self, tick: Callable[[], Awaitable[None]], heartbeat: Heartbeat, every: float = EVERY) -> None:
        self._tick = tick
        self._heartbeat = heartbeat
        self._in_turn = asyncio.Lock()
        self._ticking: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone=LONDON)
        self._scheduler.add_job(
            self._ask_for_a_tick, "interval", seconds=every, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        """Starts ticking on the running event loop, for the first time at once."""
        self._scheduler.start()
        self._heartbeat.hurry()
        self._ticking = asyncio.create_task(self._tick_when_wanted())

    async def tick_now(self) -> None:
        """Ticks once, after the tick that is running if there is one, and returns when it is done."""
        async with self._in_turn:
            await self._tick()

    async def close(self) -> None:
        """Tells everybody through the heartbeat that Staffroom is stopping, and waits for what is running."""
        self._heartbeat.is_ending = True
        if self._ticking is None:
            return
        self._scheduler.shutdown(wait=False)
        self._heartbeat.hurry()  # so that nobody waits for the interval
        await self._ticking
        self._ticking = None
        async with self._in_turn:
            pass  # a tick that was asked for by hand has come to its end as well

    async def _ask_for_a_tick(self) -> None:
        self._heartbeat.hurry()

    async def _tick_when_wanted(self) -> None:
        while not self._heartbeat.is_ending:
            await self._heartbeat.wanted.wait()
            self._heartbeat.wanted.clear()
            if not self._heartbeat.is_ending:
                await self._tick_safely()

    async def _tick_safely(self) -> None:
        try:
            await self.tick_now()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next tick comes
            LOG.error("tick_failed error=%s", type(error).__name__)  # noqa: TRY400 - a traceback may hold names
