"""The one writer of a store: writes that come together share a transaction, and each is told when it is durable."""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.errors import StoreError, StoreUnsafe
from bot.stores.sqlite.rows import Rows

LOG = logging.getLogger("staffroom.store")
T = TypeVar("T")
MAX_TOGETHER = 512  # units in one transaction
NOT_SAVED = "This could not be saved. Nothing was changed; please try again."
BROKEN = "The store cannot be written any more and must be started again; nothing was changed."
CLOSED = "The store is closed; nothing was changed."


@dataclass(slots=True)
class _Request:
    """One unit that somebody waits for. One that is `alone` runs outside any transaction."""

    unit: Callable[[], Any]
    alone: bool
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]
    outcome: Any = None
    error: Exception | None = None

    def answer(self) -> None:
        """Gives the outcome to the caller, if it still waits."""
        if self.done.done():
            return
        if self.error:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.outcome)


@dataclass(slots=True)
class Writer:
    """Runs units in a thread of its own, in the order they came."""

    rows: Rows
    _requests: "queue.SimpleQueue[_Request | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _broken: str = ""  # why nothing is written any more
    _is_closed: bool = False

    async def __call__(self, unit: Callable[[], T], *, alone: bool = False) -> T:
        """What the unit returns, once it is durable; raises StoreError if it could not be saved.

        Somebody who stops waiting does not stop the write.
        """
        if self._is_closed:
            raise StoreError(CLOSED)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="store", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        request = _Request(unit, alone, loop, loop.create_future())
        self._requests.put(request)
        outcome: T = await asyncio.shield(request.done)
        return outcome

    async def close(self) -> None:
        """Writes what still waits, and ends the thread."""
        self._is_closed = True
        if self._thread:
            self._requests.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _work(self) -> None:
        while True:
            requests, is_last = self._gather()
            for part in _apart(requests):
                if self._broken:
                    for request in part:
                        request.error = StoreError(self._broken)
                else:
                    self._write(part)
                _answer(part)
            if is_last:
                return

    def _gather(self) -> tuple[list[_Request], bool]:
        """What waits, at least one request and at most MAX_TOGETHER; and whether the end has come."""
        requests: list[_Request] = []
        request = self._requests.get()
        while request is not None:
            requests.append(request)
            if len(requests) == MAX_TOGETHER:
                return requests, False
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                return requests, False
        return requests, True

    def _write(self, requests: list[_Request]) -> None:
        try:
            if requests[0].alone:
                self.rows.database.refuse_unless_ours()
                requests[0].outcome = requests[0].unit()
            else:
                self._transact(requests)
        except sqlite3.Error as error:
            self._undo()
            for request in requests:
                request.error = request.error or _not_saved(error)
        except StoreUnsafe as error:
            LOG.critical("store_refuses_to_write why=%s", error)
            self._undo()
            self._broken = str(error)
            for request in requests:
                request.error = StoreError(self._broken)
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody waits for an answer
            LOG.critical("store_refuses_to_write error=%s", type(error).__name__)
            self._undo()
            self._broken = BROKEN
            for request in requests:
                request.error = _not_saved(error)

    def _transact(self, requests: list[_Request]) -> None:
        self.rows.begin()
        for request in requests:
            try:
                request.outcome = self.rows.run(request.unit)
            except sqlite3.Error as error:
                request.error = _not_saved(error)
                if not self.rows.database.is_under_way:
                    raise
            except Exception as error:  # noqa: BLE001 - it belongs to the caller of this unit alone
                request.error = error
        self.rows.commit()

    def _undo(self) -> None:
        try:
            self.rows.roll_back()
        except sqlite3.Error:
            self._broken = BROKEN


def _not_saved(cause: Exception) -> StoreError:
    error = StoreError(NOT_SAVED)
    error.__cause__ = cause
    return error


def _apart(requests: list[_Request]) -> list[list[_Request]]:
    """The requests in order, those that run alone in parts of their own."""
    parts: list[list[_Request]] = []
    for request in requests:
        if request.alone or not parts or parts[-1][0].alone:
            parts.append([])
        parts[-1].append(request)
    return parts


def _answer(requests: list[_Request]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Request]] = {}
    for request in requests:
        by_loop.setdefault(request.loop, []).append(request)
    for loop, waiting in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer_all, waiting)


def _answer_all(requests: list[_Request]) -> None:
    for request in requests:
        request.answer()
