"""What a channel remembers for ten minutes, in memory only: situations and ids, never anybody's words."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.desk.rules.messages import Outgoing

REMEMBERED_FOR = timedelta(minutes=10)
MAX_REMEMBERED = 2_000  # of each kind; a school has a hundred people
MAX_SEEN = 10_000  # keys, of a few dozen bytes each

T = TypeVar("T")


async def finish(tasks: Iterable[asyncio.Future[Any]], seconds: float) -> None:
    """Waits for tasks that are still running, and cancels them after so many seconds."""
    running = {task for task in tasks if not task.done()}
    if not running:
        return
    _, late = await asyncio.wait(running, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


@dataclass(slots=True)
class RecentAnswers:
    """A short text by a pair of ids, such as the last situation by account and conversation."""

    _texts: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)  # oldest first

    def last(self, key: tuple[str, str], now: datetime) -> str:
        """What was kept last; empty if that was more than ten minutes ago."""
        text, kept_at = self._texts.get(key, ("", now))
        return text if now - kept_at <= REMEMBERED_FOR else ""

    def keep(self, key: tuple[str, str], text: str, now: datetime) -> None:
        """Remembers a text in place of the one before; an empty one is only forgotten."""
        self._texts.pop(key, None)
        if text:
            self._texts[key] = (text, now)
        while self._texts and (len(self._texts) > MAX_REMEMBERED or self._oldest() < now - REMEMBERED_FOR):
            del self._texts[next(iter(self._texts))]

    def keep_topic(self, key: tuple[str, str], outgoing: Outgoing, now: datetime) -> None:
        """Remembers what a reply was about; small talk and commands leave what was there before."""
        if outgoing.last or outgoing.forgets_last:
            self.keep(key, outgoing.last, now)

    def _oldest(self) -> datetime:
        return next(iter(self._texts.values()))[1]


@dataclass(slots=True)
class Seen:
    """What has arrived already, by a key, for ten minutes."""

    clock: Callable[[], float] = time.monotonic
    _arrived: dict[Hashable, float] = field(default_factory=dict)  # oldest first

    def is_new(self, key: Hashable) -> bool:
        """Whether this is the first time; from then on it is not."""
        now = self.clock()
        while self._arrived and (
            len(self._arrived) > MAX_SEEN or self._oldest() < now - REMEMBERED_FOR.total_seconds()
        ):
            del self._arrived[next(iter(self._arrived))]
        if key in self._arrived:
            return False
        self._arrived[key] = now
        return True

    def _oldest(self) -> float:
        return next(iter(self._arrived.values()))


class Once(Generic[T]):
    """Does a thing once however often it is asked for, also while it is being done; remembers for ten minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._results: dict[Hashable, tuple[asyncio.Future[T], float]] = {}  # oldest first

    async def __call__(self, key: Hashable, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the act returned the first time; an act that failed is done again."""
        self._forget_old()
        if key not in self._results:
            task = asyncio.ensure_future(act())
            self._results[key] = (task, self._clock())
            task.add_done_callback(lambda done: self._forget_failed(key, done))
        return await asyncio.shield(self._results[key][0])

    def _forget_old(self) -> None:
        too_old = self._clock() - REMEMBERED_FOR.total_seconds()
        while self._results:
            oldest, (_, asked_at) = next(iter(self._results.items()))
            if len(self._results) <= MAX_REMEMBERED and asked_at >= too_old:
                return
            del self._results[oldest]

    def _forget_failed(self, key: Hashable, task: asyncio.Future[T]) -> None:
        if (task.cancelled() or task.exception()) and self._results.get(key, (None, 0.0))[0] is task:
            del self._results[key]

    async def close(self, seconds: float) -> None:
        """Waits for what is still being done, and cancels it after so many seconds."""
        await finish([task for task, _ in self._results.values()], seconds)
