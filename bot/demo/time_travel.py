"""Moves the demo's clock ahead, and does what is due on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from bot.campaigns.book import CampaignBook
from bot.demo.clock import DemoClock
from bot.demo.rehearsal import Rehearsal
from bot.desk.desk import Desk
from bot.errors import BadInput
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.recordings.book import RecordingBook
from bot.school.rules.calendar import LONDON

WAKES, SLEEPS = time(7), time(19)  # between the two the bot looks every hour, at night not at all


@dataclass(slots=True)
class TimeTravel:
    """What the local page does with time. `tick` does what is due; `show` shows the time on the page."""

    clock: DemoClock
    desk: Desk
    campaigns: CampaignBook
    recordings: RecordingBook
    tick: Callable[[], Awaitable[None]]
    show: Callable[[], None]
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def move(self, to: str) -> None:
        """Moves the clock ahead: "day", "week", or "due", the last day of the campaign; raises BadInput."""
        async with self._alone():
            await self._move_to(await self._target(to))

    async def september(self) -> None:
        """Rehearses a September; raises BadInput if a campaign is open."""
        async with self._alone():
            await Rehearsal(self.desk, self.campaigns, self._move_to).run()

    def _alone(self) -> asyncio.Lock:
        if self._moving.locked():
            raise BadInput("The clock is moving already.")
        return self._moving

    async def _target(self, to: str) -> datetime:
        if to == "due":
            campaign = await self.campaigns.campaign("")
            return datetime.combine(campaign.due, SLEEPS, LONDON)
        days = {"day": 1, "week": 7}.get(to)
        if days is None:
            raise BadInput("The clock moves by a day, by a week, or to the last day.")
        return self.clock() + timedelta(days=days)

    async def _move_to(self, target: datetime) -> None:
        """An hour at a time, so that everything happens at its hour; weeks in which nothing is open in one step."""
        if not await self._is_anything_open():
            self.clock.move_to(target - timedelta(hours=1))
        while self.clock() < target:
            day = self.clock().date()
            self.clock.move_to(min(await self._next_stop(), target))
            await self.tick()
            self.show()
            if self.clock().date() != day:
                await asyncio.sleep(self.clock.seconds_a_day)

    async def _is_anything_open(self) -> bool:
        campaigns, recordings = await self.campaigns.projection(), await self.recordings.projection()
        return bool(campaigns.open_campaigns() or recordings.open_recordings(self.clock()))

    async def _next_stop(self) -> datetime:
        """The next hour, or the minute before it at which a notice goes up."""
        now = self.clock()
        notices = await self.campaigns.context.store.messages(MessageKind.NOTICE, MessageKind.EDIT)
        times = [notice.not_before for notice in notices if notice.state is DeliveryState.DUE and notice.not_before]
        return min([_next_hour(now), *(at for at in times if at > now)])


def _next_hour(now: datetime) -> datetime:
    following = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if following.time() > SLEEPS:
        return datetime.combine(following.date() + timedelta(days=1), WAKES, LONDON)
    return max(following, datetime.combine(following.date(), WAKES, LONDON))
