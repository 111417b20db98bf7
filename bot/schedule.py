"""One job, the tick. What is due is computed at each tick, so nothing is lost when the machine was off."""

import asyncio
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

EVERY = 60  # seconds
LONDON = ZoneInfo("Europe/London")


class Schedule:
    """Runs the tick every minute (or so many seconds), and at once when asked; a late one runs once, two never overlap.

    The scheduler would cancel what is running when it stops; a tick is a task of our own, and comes to its end.
    """

    def __init__(self, tick: Callable[[], Awaitable[None]], every: float = EVERY) -> None:
        self._tick = tick
        self._running: asyncio.Task[None] | None = None
        self._is_wanted = False
        self._scheduler = AsyncIOScheduler(timezone=LONDON)
        self._scheduler.add_job(
            self._job, "interval", seconds=every, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        """Starts ticking on the running event loop, for the first time at once."""
        self._scheduler.start()
        self.hurry()

    def hurry(self) -> None:
        """Ticks at once, or as soon as the tick that is running has come to its end."""
        self._is_wanted = True
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._while_wanted())

    async def close(self) -> None:
        """Stops ticking, when what is running has come to its end."""
        self._scheduler.shutdown(wait=False)
        self._is_wanted = False
        if self._running:
            await self._running

    async def _job(self) -> None:
        self.hurry()

    async def _while_wanted(self) -> None:
        while self._is_wanted:
            self._is_wanted = False
            await self._tick()
