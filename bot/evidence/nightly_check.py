"""Verifies the whole store and the whole ledger once a night, or in the morning if Staffroom was off at night.

What is kept beside the ledger is compared with it at each tick too, as far as it was read or changed since the last.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from bot.evidence.ports import Store
from bot.evidence.projections import LedgerFeed
from bot.evidence.side_tables import PublishedTexts, SideTables, check_side_tables
from bot.school.rules.calendar import LONDON

AT_NIGHT = time(2)
TRIED_AGAIN_AFTER = timedelta(hours=1)
SAVED_AS = "nightly_check"
VERSION = 1  # of what is saved: the time of the last check


@dataclass(slots=True)
class NightlyCheck:
    """Checks all that is kept, every entry, what is read out of them, and what is kept beside them.

    Raises StoreError or LedgerBroken at every tick until it is put right. As all of it takes long, a check that failed
    is tried again an hour later, or at the next start; until then its error is raised again.
    """

    store: Store
    feed: LedgerFeed
    texts: PublishedTexts
    now: Callable[[], datetime]
    _checked_at: datetime | None = None
    _tried_at: datetime | None = None
    _error: Exception | None = None  # of the last try
    _side_tables: SideTables = field(init=False)

    def __post_init__(self) -> None:
        self._side_tables = SideTables(self.store, self.texts)

    async def run(self) -> bool:
        """Verifies everything if it is time to, and what is new beside the ledger; returns whether it was time to.

        Also an earlier start's rows are new to this process: somebody may have changed them while it was off.
        """
        was_due = await self._run_if_due()
        await self._side_tables.check()
        return was_due

    async def _run_if_due(self) -> bool:
        """Verifies store and ledger if that was not done since the last 02:00; returns whether it did.

        Where no earlier check is known, the start counts: without saved projections it verified the whole chain.
        """
        now = self.now()
        if self._checked_at is None:
            self._checked_at = await self._last_check()
            if self._checked_at is None:
                await self._note(now)
                return False
        if self._checked_at >= _last_night(now):
            return False
        if self._error and self._tried_at and timedelta(0) <= now - self._tried_at < TRIED_AGAIN_AFTER:
            raise self._error.with_traceback(None)  # else it would get longer with each tick
        await self._check(now)
        await self._note(now)
        return True

    async def _check(self, now: datetime) -> None:
        self._tried_at, self._error = now, None
        try:
            await self.store.check_whole()
            await self.feed.verify_all()
            await check_side_tables(self.store, self.texts)
        except Exception as error:
            self._error = error
            raise

    async def _last_check(self) -> datetime | None:
        saved = await self.store.saved_projection(SAVED_AS, VERSION)
        try:
            return datetime.fromisoformat(saved[1]) if saved else None
        except ValueError:
            return None

    async def _note(self, now: datetime) -> None:
        self._checked_at = now
        await self.store.save_projection(SAVED_AS, VERSION, await self.store.head(), now.isoformat())


def _last_night(now: datetime) -> datetime:
    """The last 02:00 in London.

    >>> _last_night(datetime(2026, 9, 8, 1, 30, tzinfo=LONDON)).isoformat()
    '2026-09-07T02:00:00+01:00'
    """
    tonight = datetime.combine(now.astimezone(LONDON).date(), AT_NIGHT, LONDON)
    return tonight if tonight <= now else tonight - timedelta(days=1)
