"""What was answered in the last ten minutes, and which messages are in doubt: digests and times, nothing else."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from bot.desk.arrivals import ArrivalState
from bot.errors import StoreError
from bot.stores.rows import Row
from bot.stores.sqlite.database import Database
from bot.stores.sqlite.tables import Tables

REMEMBERED_FOR = 600.0  # seconds
LOOK_EVERY = 60.0  # seconds between two looks for what is older


def no_clock() -> float:
    """For a store that is opened to look into it only: no time is known there."""
    raise StoreError("This store was opened without a clock.")


class ArrivalTables(Tables):
    """Keeps the promises of `Arrivals` and of `Doubts`.

    One process writes, so what is under way is in memory: a restart ends it.
    """

    _clock: Callable[[], float]  # the store has it before it reads its tables

    def __init__(self, database: Database, school: str) -> None:
        super().__init__(database, school)
        self._under_way: set[str] = set()
        self._looked_at = 0.0

    async def begin_arrival(self, key: str) -> ArrivalState:
        """How far it is; if NEW, the caller answers it."""
        digest = _digest(key)
        row = self._small_row("arrival", digest)
        if row and not self._is_old(row["at"]):
            return ArrivalState.DONE
        if digest in self._under_way:
            return ArrivalState.UNDER_WAY
        self._under_way.add(digest)
        return ArrivalState.NEW

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Says that it is answered, or that it may be begun again."""
        digest = _digest(key)
        try:
            if is_done:
                await self._write(lambda: self._keep_arrival(digest))
        finally:
            self._under_way.discard(digest)

    def _keep_arrival(self, digest: str) -> None:
        now = self._clock()
        self._put_small("arrival", digest, {"at": now})
        if abs(now - self._looked_at) >= LOOK_EVERY:
            self._looked_at = now
            rows = self._small_rows_now("arrival").items()
            self._remove_small("arrival", [kept for kept, row in rows if self._is_old(row["at"])])

    def _is_old(self, at: float) -> bool:
        """Whether ten minutes are over. What seems to come from the future is old too: the clock was set back."""
        return abs(self._clock() - at) > REMEMBERED_FOR

    async def keep_doubt(self, marker: str, since: datetime) -> None:
        """Keeps that a message is in doubt; the earlier time stays."""
        if self._small_row("doubt", marker) is None:
            await self._write(lambda: self._put_small("doubt", marker, doubt_row(since)))

    async def doubt(self, marker: str) -> datetime | None:
        """When a message that is in doubt was first sent; None if it is not in doubt."""
        row = self._small_row("doubt", marker)
        return datetime.fromisoformat(row["since"]) if row else None

    async def doubts(self) -> dict[str, datetime]:
        """When each message that is in doubt was first sent, by marker."""
        rows = self._small_rows("doubt")
        return {marker: datetime.fromisoformat(rows[marker]["since"]) for marker in sorted(rows)}

    async def forget_doubts(self, *markers: str, before: datetime | None = None) -> None:
        """Forgets doubts that are settled, and those from `before` a time."""
        doubts = await self.doubts()
        old = {kept for kept, since in doubts.items() if before and since < before}
        settled = set(markers) & set(doubts)
        if old | settled:
            await self._write(lambda: self._remove_small("doubt", sorted(old | settled)))


def doubt_row(since: datetime) -> Row:
    """A doubt as the file keeps it."""
    return {"since": since.isoformat()}


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
