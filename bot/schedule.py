"""One job, the tick. What is due is computed at each tick, so nothing is lost when the machine was off."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

EVERY = 60  # seconds
LONDON = ZoneInfo("Europe/London")


class Schedule:
    """Runs the tick every minute; a late tick runs once, and two never overlap."""

    def __init__(self, tick: Callable[[], Awaitable[None]]) -> None:
        self._scheduler = AsyncIOScheduler(timezone=LONDON)
        self._scheduler.add_job(
            tick, "interval", seconds=EVERY, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        """Starts ticking on the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stops ticking; what is running is left to finish."""
        self._scheduler.shutdown(wait=False)
