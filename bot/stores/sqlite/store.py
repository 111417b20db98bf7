"""The default store: documents in one SQLite file, written by one writer.

One process writes (a lock file sees to it); others may open the same file read-only beside it. docs/decisions/ says
what is checked when, and why TinyDB's own JSON file was not enough.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.desk.arrivals import OneProcess
from bot.errors import StoreError, StoreLocked
from bot.stores.sqlite.arrivals import no_clock
from bot.stores.sqlite.database import Database
from bot.stores.sqlite.failures import store_error
from bot.stores.sqlite.network_share import mounts, network_kind
from bot.stores.sqlite.transfer import TransferTables

CANNOT_OPEN = "cannot be opened"


class SqliteStore(TransferTables, OneProcess):
    """The default store. `demo` marks a new file as a demo for ever; the two kinds are never mixed.

    `witness_copy` is a folder, best on another volume, in which the witness is kept a second time.
    If there is no file, one is made if it `creates`; else a store that was deleted would go unnoticed. `clock` gives
    seconds since 1970: what was answered is remembered for some minutes, across restarts.

    Raises StoreError if it cannot be opened, StoreLocked if another process writes there, LedgerBroken if the ledger is
    not whole.
    """

    def __init__(
        self,
        path: Path,
        school: str,
        *,
        demo: bool,
        writes: bool = True,
        creates: bool = True,
        witness_copy: Path | None = None,
        clock: Callable[[], float] = no_clock,
    ) -> None:
        self._clock = clock
        self._lock = _lock_of(path)
        self._is_closed = False
        if writes:
            _refuse_network_share(path)
        self._beats = 0
        database = self._open(path, writes=writes, creates=creates, witness_copy=witness_copy)
        try:
            super().__init__(database, school, path.with_name("erased.txt"))
            self._mark(is_demo=demo, writes=writes)
            if writes:
                self._verify_ledger()
        except BaseException as error:
            database.close()
            self._lock.release()
            if isinstance(error, Exception):  # such as a row that has its checksum, and none of its fields
                raise store_error(path.name, CANNOT_OPEN, error) from error
            raise

    def _open(self, path: Path, *, writes: bool, creates: bool, witness_copy: Path | None) -> Database:
        try:
            if writes:
                _acquire(self._lock, path)
            return Database(path, writes=writes, creates=creates, witness_copy=witness_copy)
        except Exception as error:  # whatever it is that was found there
            self._lock.release()
            raise store_error(path.name, CANNOT_OPEN, error) from error

    def _mark(self, *, is_demo: bool, writes: bool) -> None:
        """Marks a new file as a demo's or a real school's; raises StoreError if it is of the other kind."""
        mark = self._rows_storage.row("about", "kind")
        if mark is None and writes:
            self._rows_storage.begin()
            self._rows_storage.run(lambda: self._rows_storage.stage("about", {"kind": {"demo": is_demo}}, set()))
            self._rows_storage.commit()
            self._database.checkpoint()
        elif mark is not None and mark["demo"] is not is_demo:
            kind = "a demo" if mark["demo"] else "a real school's"
            raise StoreError(f"This store is {kind} store and stays one. Set STAFFROOM_DATA to another folder.")

    @property
    def copy_before_migration(self) -> Path | None:
        """Where opening copied the store to before bringing it up to date; None if nothing was needed."""
        return self._database.copy_before_migration

    async def is_well(self) -> bool:
        """Whether what is written now will be there at the next start: a row is written, and the files looked at."""
        try:
            await self._write(self._beat)
        except StoreError:
            return False
        return True

    def _beat(self) -> None:
        self._beats += 1
        self._put_document("heartbeat", "heartbeat", {"beats": self._beats})

    async def checkpoint(self) -> None:
        """Copies what the write-ahead log holds into the file itself, so that a lost log takes little with it."""
        await self._writer(self._database.checkpoint, alone=True)

    async def check_whole(self) -> None:
        """Reads every page and every row of the file, beside other work; raises StoreError if one is damaged.

        Takes some seconds for a large file, which is not checked at a start after a clean stop: every night is often
        enough.
        """
        await asyncio.to_thread(self._database.check_whole)

    async def close(self) -> None:
        """Closes the file and lets the next writer in."""
        if not self._is_closed:
            self._is_closed = True
            await self._writer.close()
            self._tiny.close()
            self._lock.release()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps every other process from opening a store to write, for as long as the block runs; raises StoreLocked."""
    lock = _lock_of(path)
    _acquire(lock, path)
    try:
        yield
    finally:
        lock.release()


def _lock_of(path: Path) -> FileLock:
    return FileLock(f"{path}.lock")


def _acquire(lock: FileLock, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreLocked(f"Another Staffroom is already using {path.name}; stop it first.") from error


def _refuse_network_share(path: Path) -> None:
    if kind := network_kind(path.resolve(), mounts()):
        raise StoreError(f"{path.name} lies on a network share ({kind}), where it could be damaged: use a local disk.")
