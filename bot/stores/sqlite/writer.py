"""The one writer of a store: what is written at once shares a transaction, and each is told when it is safe."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.errors import StoreError
from bot.stores.sqlite.rows import Rows

T = TypeVar("T")
MOST_TOGETHER = 512
NOT_SAVED = "This could not be saved. Nothing was changed; please try again."
BROKEN = "The store cannot be written any more and must be started again; nothing was changed."
CLOSED = "The store is closed; nothing was changed."


@dataclass(slots=True)
class _Wish:
    """One unit that somebody waits for. One that is `alone` runs outside any transaction."""

    unit: Callable[[], Any]
    alone: bool
    loop: asyncio.AbstractEventLoop
    told: asyncio.Future[Any]
    outcome: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Tells whoever waits, if they still do."""
        if self.told.done():
            return
        if self.error:
            self.told.set_exception(self.error)
        else:
            self.told.set_result(self.outcome)


@dataclass(slots=True)
class Writer:
    """Runs units in a thread of its own, in the order they came."""

    rows: Rows
    _wishes: "queue.SimpleQueue[_Wish | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _is_broken: bool = False
    _is_closed: bool = False

    async def __call__(self, unit: Callable[[], T], *, alone: bool = False) -> T:
        """What the unit gives, once it is durable; raises StoreError where it could not be saved.

        Whoever stops waiting does not stop the write.
        """
        if self._is_closed:
            raise StoreError(CLOSED)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="store", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        wish = _Wish(unit, alone, loop, loop.create_future())
        self._wishes.put(wish)
        made: T = await asyncio.shield(wish.told)
        return made

    async def close(self) -> None:
        """Writes what still waits, and ends the thread."""
        self._is_closed = True
        if self._thread:
            self._wishes.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _work(self) -> None:
        while True:
            wishes, is_last = self._gather()
            for part in _apart(wishes):
                if self._is_broken:
                    for wish in part:
                        wish.error = StoreError(BROKEN)
                else:
                    self._write(part)
                _tell(part)
            if is_last:
                return

    def _gather(self) -> tuple[list[_Wish], bool]:
        """Whatever waits, at least one and at most so many; and whether the end has come."""
        wishes: list[_Wish] = []
        wish = self._wishes.get()
        while wish is not None:
            wishes.append(wish)
            if len(wishes) == MOST_TOGETHER:
                return wishes, False
            try:
                wish = self._wishes.get_nowait()
            except queue.Empty:
                return wishes, False
        return wishes, True

    def _write(self, wishes: list[_Wish]) -> None:
        try:
            if wishes[0].alone:
                wishes[0].outcome = wishes[0].unit()
            else:
                self._transact(wishes)
        except sqlite3.Error as seen:
            self._undo()
            for wish in wishes:
                wish.error = wish.error or _not_saved(seen)

    def _transact(self, wishes: list[_Wish]) -> None:
        self.rows.begin()
        for wish in wishes:
            try:
                wish.outcome = self.rows.run(wish.unit)
            except sqlite3.Error as seen:
                wish.error = _not_saved(seen)
                if not self.rows.is_under_way:
                    raise
            except Exception as seen:  # noqa: BLE001 - it belongs to whoever asked for this unit, and only to them
                wish.error = seen
        self.rows.commit()

    def _undo(self) -> None:
        try:
            self.rows.roll_back()
        except sqlite3.Error:
            self._is_broken = True


def _not_saved(seen: Exception) -> StoreError:
    made = StoreError(NOT_SAVED)
    made.__cause__ = seen
    return made


def _apart(wishes: list[_Wish]) -> list[list[_Wish]]:
    """The wishes in order, those that run alone in parts of their own."""
    parts: list[list[_Wish]] = []
    for wish in wishes:
        if wish.alone or not parts or parts[-1][0].alone:
            parts.append([])
        parts[-1].append(wish)
    return parts


def _tell(wishes: list[_Wish]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Wish]] = {}
    for wish in wishes:
        by_loop.setdefault(wish.loop, []).append(wish)
    for loop, told in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_tell_all, told)


def _tell_all(wishes: list[_Wish]) -> None:
    for wish in wishes:
        wish.tell()
