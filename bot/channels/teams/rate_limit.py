"""Keeps below a limit that all of us share, evenly, and lets everybody wait when one is told to.

Microsoft allows an application 50 messages a second in one tenant, and in one conversation 7 in 1 s, 8 in 2 s, 60 in
30 s and 1,800 in an hour (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.errors import Busy

A_SECOND = 50
SPARE = 2  # of those, for clocks that differ a little
A_MOMENT = 5.0  # seconds
SLOWEST = 0.25  # of our own pace, however often we are told to wait
IN_ONE_PLACE = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))  # so many within so many seconds
LONGEST = IN_ONE_PLACE[-1][1]


@dataclass(slots=True)
class RateLimiter:
    """Turns to speak, one after the other: for one application, tenant and channel."""

    a_second: int = A_SECOND - SPARE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _slowed: float = 1.0
    _next: float = 0.0
    _gate: float = 0.0
    _spoken: deque[float] = field(default_factory=deque)  # when the last turns really came
    _places: dict[str, deque[float]] = field(default_factory=dict)
    _queue: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self, place: str) -> None:
        """Returns when it is somebody's turn to speak in a conversation.

        Raises Busy where all were told to wait for longer than a moment: by then much may have changed.
        """
        self.refuse_a_long_wait()
        await self._own_turn(place)
        async with self._queue:
            while (wait := self._free_from() - self.clock()) > 0:
                self.refuse_a_long_wait()
                await self.sleep(wait)
            now = self.clock()
            self._next = max(self._next, now - self._spacing) + self._spacing
            self._spoken.append(now)
            if len(self._spoken) > self.a_second:
                self._spoken.popleft()

    def refuse_a_long_wait(self) -> None:
        """Raises Busy where all were told to wait for longer than a moment."""
        left = self._gate - self.clock()
        if left > A_MOMENT:
            raise Busy("Teams asks us to wait.", left)

    def told_to_wait(self, seconds: float) -> None:
        """Nobody's turn comes for so many seconds, and all go a little slower afterwards."""
        self._gate = max(self._gate, self.clock() + seconds)
        self._slowed = max(SLOWEST, self._slowed * 0.95)

    def went_well(self) -> None:
        """A message was taken: the pace comes back by and by."""
        self._slowed = min(1.0, self._slowed + 0.005)

    @property
    def _spacing(self) -> float:
        return 1.0 / (self.a_second * self._slowed)

    def _free_from(self) -> float:
        """When the next turn may come: evenly spaced, and never too many in one second, however late some came."""
        a_second_ago = self._spoken[0] + 1.0 if len(self._spoken) == self.a_second else 0.0
        return max(self._next, self._gate, a_second_ago)

    async def _own_turn(self, place: str) -> None:
        """Waits until one conversation takes another message; what no limit looks back to is forgotten."""
        now = self.clock()
        spoken = self._places.pop(place, deque())
        while spoken and spoken[0] < now - LONGEST:
            spoken.popleft()
        free = max((spoken[-most] + seconds for most, seconds in IN_ONE_PLACE if len(spoken) >= most), default=now)
        at = max(now, free)
        spoken.append(at)
        self._places[place] = spoken  # the latest stand last
        while self._places[oldest := next(iter(self._places))][-1] < now - LONGEST:
            del self._places[oldest]
        if at > now:
            await self.sleep(at - now)
