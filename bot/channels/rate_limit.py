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
class _Conversation:
    """When messages were really sent to a conversation (the latest last), and how many callers wait or send now."""

    sent: deque[float] = field(default_factory=deque)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    callers: int = 0


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
    _conversations: dict[str, _Conversation] = field(default_factory=dict)  # the one sent to last comes last
    _queue: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self, conversation: str) -> None:
        """Returns when it is this caller's turn to send to a conversation.

        Raises Busy if all were told to wait for longer than a moment: by then much may have changed.
        """
        self.refuse_a_long_wait()
        place = self._conversations.setdefault(conversation, _Conversation())
        place.callers += 1
        try:
            async with place.lock:
                await self._until_free(place)
                place.sent.append(await self._common_turn())
        finally:
            place.callers -= 1
            self._forget_old(conversation)

    async def _common_turn(self) -> float:
        """Waits for a turn among all conversations; returns when it came."""
        async with self._queue:
            while (wait := self._free_from() - self.clock()) > 0:
                self.refuse_a_long_wait()
                await self.sleep(wait)
            now = self.clock()
            self._next = max(self._next, now - self._spacing) + self._spacing
            self._sent.append(now)
            if len(self._sent) > self.limits.per_second:
                self._sent.popleft()
            return now

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

    async def _until_free(self, place: _Conversation) -> None:
        """Waits until one conversation takes another message."""
        while (wait := self._free_in(place) - self.clock()) > 0:
            await self.sleep(wait)

    def _free_in(self, place: _Conversation) -> float:
        sent = place.sent
        return max(
            (sent[-most] + seconds for most, seconds in self.limits.in_conversation if len(sent) >= most), default=0.0
        )

    def _forget_old(self, conversation: str) -> None:
        """Forgets what no limit looks back to, and conversations of which nothing else is known."""
        since = self.clock() - self.limits.longest_window
        place = self._conversations.pop(conversation, None)
        if place:
            self._conversations[conversation] = place
            while place.sent and place.sent[0] < since:
                place.sent.popleft()
        for name, other in tuple(self._conversations.items()):
            if other.callers or (other.sent and other.sent[-1] >= since):
                return
            del self._conversations[name]
