"""A little chat service that takes messages slowly and counts them."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Counting:
    """What was taken, by recipient. It is counted between two waits, so a kill may fall before or after."""

    taken: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(11))
    longest: float = 0.01  # seconds of each wait
    arrived: asyncio.Event = field(default_factory=asyncio.Event)  # set at every message

    async def take(self, request: web.Request) -> web.Response:
        account = await request.text()
        await asyncio.sleep(self.chance.random() * self.longest)
        self.taken[account] += 1
        self.arrived.set()
        await asyncio.sleep(self.chance.random() * self.longest)
        return web.Response(text="m1")

    async def take_more(self, number: int) -> None:
        """Returns when so many more were taken."""
        wanted = self.taken.total() + number
        while self.taken.total() < wanted:
            self.arrived.clear()
            await self.arrived.wait()
