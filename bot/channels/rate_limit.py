"""Keeps below a limit on messages that all callers share, evenly spaced, and makes everybody wait when told to."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.errors import Busy

SHORT_WAIT = 5.0  # seconds; for a longer wait the caller is told to come back
MIN_SPEED = 0.25  # of our usual speed, however often we are told to wait


@dataclass(frozen=True, slots=True)
class ChannelLimits:
    """How fast a channel takes messages: in all, and in one conversation.

    `in_conversation` are pairs: so many messages within so many seconds, the shortest window first.
    """

    channel: str  # as people call it
    per_second: int
    in_conversation: tuple[tuple[int, float], ...]

    @property
    def longest_window(self) -> float:
        """How many seconds the limits look back."""
        return self.in_conversation[-1][1]


@dataclass(slots=True)
class RateLimiter:
    """Turns to send, one after the other: for one application, tenant and channel."""

    limits: ChannelLimits
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _speed: float = 1.0
    _next: float = 0.0
    _closed_until: float = 0.0
    _sent: deque[float] = field(default_factory=deque)  # when the last turns really came
    _sent_in: dict[str, deque[float]] = field(default_factory=dict)  # the same by conversation, the latest last
    _queue: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self, conversation: str) -> None:
        """Returns when it is this caller's turn to send to a conversation.

        Raises Busy if all were told to wait for longer than a moment: by then much may have changed.
        """
        self.refuse_a_long_wait()
        await self._turn_in(conversation)
        async with self._queue:
            while (wait := self._free_from() - self.clock()) > 0:
                self.refuse_a_long_wait()
                await self.sleep(wait)
            now = self.clock()
            self._next = max(self._next, now - self._spacing) + self._spacing
            self._sent.append(now)
            if len(self._sent) > self.limits.per_second:
                self._sent.popleft()

    def refuse_a_long_wait(self) -> None:
        """Raises Busy if all were told to wait for longer than a moment."""
        wait = self._closed_until - self.clock()
        if wait > SHORT_WAIT:
            raise Busy(f"{self.limits.channel} asks us to wait.", wait)

    def told_to_wait(self, seconds: float) -> None:
        """Nobody's turn comes for so many seconds, and all go a little slower afterwards."""
        self._closed_until = max(self._closed_until, self.clock() + seconds)
        self._speed = max(MIN_SPEED, self._speed * 0.95)

    def went_well(self) -> None:
        """A message was taken: the usual speed gradually comes back."""
        self._speed = min(1.0, self._speed + 0.005)

    @property
    def _spacing(self) -> float:
        return 1.0 / (self.limits.per_second * self._speed)

    def _free_from(self) -> float:
        """When the next turn may come: evenly spaced, and never too many in one second, however late some came."""
        a_second_later = self._sent[0] + 1.0 if len(self._sent) == self.limits.per_second else 0.0
        return max(self._next, self._closed_until, a_second_later)

    async def _turn_in(self, conversation: str) -> None:
        """Waits until one conversation takes another message; forgets what no limit looks back to."""
        now = self.clock()
        sent = self._sent_in.pop(conversation, deque())
        while sent and sent[0] < now - self.limits.longest_window:
            sent.popleft()
        free_from = [sent[-most] + seconds for most, seconds in self.limits.in_conversation if len(sent) >= most]
        at = max(now, *free_from) if free_from else now
        sent.append(at)
        self._sent_in[conversation] = sent
        while self._sent_in[oldest := next(iter(self._sent_in))][-1] < now - self.limits.longest_window:
            del self._sent_in[oldest]
        if at > now:
            await self.sleep(at - now)
