"""What a channel remembers for ten minutes, in memory only: the last situation of a conversation, never words."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

T = TypeVar("T")


async def finish(doing: Iterable[asyncio.Future[Any]], limit: float) -> None:
    """Waits for what is still being done, and ends it after so many seconds."""
    left = {one for one in doing if not one.done()}
    if not left:
        return
    _, late = await asyncio.wait(left, timeout=limit)
    for one in late:
        one.cancel()
    await asyncio.gather(*late, return_exceptions=True)


KEPT_FOR = timedelta(minutes=10)
MOST = 2_000  # things remembered of each kind; a school has a hundred people


@dataclass(slots=True)
class RecentAnswers:
    """Last situations by (account, conversation); in memory only, gone when the process ends."""

    _held: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)

    def last(self, who: tuple[str, str], now: datetime) -> str:
        """The situation of the answer before, or nothing when that was more than ten minutes ago."""
        situation, at = self._held.get(who, ("", now))
        return situation if now - at <= KEPT_FOR else ""

    def keep(self, who: tuple[str, str], situation: str, now: datetime) -> None:
        """Remembers an answer's situation; nothing takes its place when the reply had none."""
        self._held.pop(who, None)
        if situation:
            self._held[who] = (situation, now)
        while self._held and (len(self._held) > MOST or now - next(iter(self._held.values()))[1] > KEPT_FOR):
            del self._held[next(iter(self._held))]


class Once(Generic[T]):
    """Does a thing once however often it is asked for, also while it is being done; remembers for ten minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[Hashable, tuple[asyncio.Future[T], float]] = {}

    async def __call__(self, key: Hashable, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the act gave the first time; an act that failed is done again."""
        oldest = self._clock() - KEPT_FOR.total_seconds()
        while self._held and (len(self._held) > MOST or next(iter(self._held.values()))[1] < oldest):
            del self._held[next(iter(self._held))]
        if key not in self._held:
            doing = asyncio.ensure_future(act())
            self._held[key] = (doing, self._clock())
            doing.add_done_callback(lambda done: self._forget_failed(key, done))
        return await asyncio.shield(self._held[key][0])

    def _forget_failed(self, key: Hashable, done: asyncio.Future[T]) -> None:
        if (done.cancelled() or done.exception()) and self._held.get(key, (None, 0.0))[0] is done:
            del self._held[key]

    async def close(self, limit: float) -> None:
        """Waits for what is still being done, and ends it after so many seconds."""
        await finish([one for one, _ in self._held.values()], limit)
