"""Plays with time in local mode: the demo's clock moved ahead, and what is due on the way done."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from bot.app import DemoClock
from bot.demo.rehearsal import Rehearsal
from bot.desk.wiring import Work
from bot.errors import BadInput
from bot.outbox.rules.message import DeliveryState
from bot.school.rules.calendar import LONDON

WAKES, SLEEPS = time(7), time(19)  # between the two the bot is looked after every hour, at night not at all


@dataclass(slots=True)
class DemoTime:
    """What the local page does with time. `due` does what is due; `shown` shows the time."""

    work: Work
    clock: DemoClock
    due: Callable[[], Awaitable[None]]
    shown: Callable[[], None]
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def move(self, to: str) -> None:
        """Moves the clock ahead: "day", "week", or "due", the last day of the campaign; raises BadInput."""
        async with self._alone():
            await self._move_to(await self._target(to))

    async def september(self) -> None:
        """Rehearses a September; raises BadInput where a campaign is open."""
        async with self._alone():
            await Rehearsal(self.work.desk, self.work.records, self._move_to).run()

    def _alone(self) -> asyncio.Lock:
        if self._busy.locked():
            raise BadInput("The clock is moving already.")
        return self._busy

    async def _target(self, to: str) -> datetime:
        if to == "due":
            campaign = await self.work.records.campaign("")
            return datetime.combine(campaign.due, SLEEPS, LONDON)
        days = {"day": 1, "week": 7}.get(to)
        if days is None:
            raise BadInput("The clock moves by a day, by a week, or to the last day.")
        return self.clock() + timedelta(days=days)

    async def _move_to(self, target: datetime) -> None:
        """An hour at a time, so that everything happens at its hour; weeks in which nothing is open at once."""
        if not await self._is_anything_open():
            self.clock.move_to(target - timedelta(hours=1))
        while self.clock() < target:
            day = self.clock().date()
            self.clock.move_to(min(await self._next_stop(), target))
            await self.due()
            self.shown()
            if self.clock().date() != day:
                await asyncio.sleep(self.clock.a_day)

    async def _is_anything_open(self) -> bool:
        register, shelf = await self.work.records.register(), await self.work.records.shelf()
        return bool(register.open_campaigns() or shelf.open)

    async def _next_stop(self) -> datetime:
        """The next hour, or the minute before it at which a notice goes up."""
        now, slots = self.clock(), await self.work.records.store.slots()
        notices = [
            one.not_before for one in slots if one.sort.is_public and one.state is DeliveryState.DUE and one.not_before
        ]
        return min([_next_hour(now), *(at for at in notices if at > now)])


def _next_hour(now: datetime) -> datetime:
    after = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if after.time() > SLEEPS:
        return datetime.combine(after.date() + timedelta(days=1), WAKES, LONDON)
    return max(after, datetime.combine(after.date(), WAKES, LONDON))
