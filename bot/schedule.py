"""One job, the tick. What is due is computed at each tick, so nothing is lost when the machine was off."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

EVERY = 60  # seconds
LONDON = ZoneInfo("Europe/London")


class Schedule:
    """Runs the tick every minute (or so many seconds); a late tick runs once, and two never overlap."""

    def __init__(self, tick: Callable[[], Awaitable[None]], every: float = EVERY) -> None:
        async def job() -> None:  # only what is a coroutine function by its looks is run on the event loop
            await tick()

        self._scheduler = AsyncIOScheduler(timezone=LONDON)
        self._scheduler.add_job(job, "interval", seconds=every, coalesce=True, max_instances=1, misfire_grace_time=None)

    def start(self) -> None:
        """Starts ticking on the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stops ticking; what is running is left to finish."""
        self._scheduler.shutdown(wait=False)
