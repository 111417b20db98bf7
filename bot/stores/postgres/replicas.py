"""What the replicas of one school know of each other: who runs, who leads, and what arrived at any of them."""

import asyncio
import hashlib
import logging
import secrets
from pathlib import Path

from filelock import FileLock, Timeout

from bot.desk.arrivals import ArrivalState
from bot.errors import StoreError, StoreLocked
from bot.stores.postgres.connections import Connections, School
from bot.stores.postgres.tables import Tables
from bot.stores.postgres.writer import Transaction, Writer

LOG = logging.getLogger("staffroom.store")
ID_FILE = "postgresql.replica"  # in the data folder: a restart there is the same replica
LOCK_FILE = "postgresql.lock"
ID_BYTES = 8
LEADS_FOR = 90.0  # seconds, by the database's clock; renewed three times as often
RUNS_FOR = "3 minutes"  # after its last sign of life, a replica is taken to be running
OTHER_RUNS = (
    "Another Staffroom of this school runs on the database, or did so until {since} ago, and only one may. Nothing was "
    "changed. Stop the other one; if it was killed, wait that long. More on this is in docs/postgres.md."
)
FOLDER_IN_USE = "Another Staffroom works in this data folder. Stop it first, or give this one a folder of its own."
OTHERS = f"""
SELECT count(*) FROM replica WHERE folder <> %s AND seen_at > clock_timestamp() - interval '{RUNS_FOR}'"""
SEEN = """
INSERT INTO replica (school, folder, holder, seen_at) VALUES (current_school(), %s, %s, clock_timestamp())
ON CONFLICT (school, folder) DO UPDATE SET holder = excluded.holder, seen_at = excluded.seen_at"""
GONE = "DELETE FROM replica WHERE folder = %s AND holder = %s"
LEAD = """
INSERT INTO leader (school, holder, until)
VALUES (current_school(), %s, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (school) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE leader.holder = excluded.holder OR leader.until < clock_timestamp()
RETURNING true"""
HAND_BACK = "DELETE FROM leader WHERE holder = %s"
# One whose replica was killed while it answered is another's after fifteen seconds: Teams gives up after ten.
BEGIN = """
INSERT INTO arrival (school, digest, begun_at, is_done) VALUES (current_school(), %s, clock_timestamp(), false)
ON CONFLICT (school, digest) DO UPDATE SET begun_at = excluded.begun_at
WHERE NOT arrival.is_done AND arrival.begun_at < clock_timestamp() - interval '15 seconds'
RETURNING true"""
IS_DONE = "SELECT is_done FROM arrival WHERE digest = %s"
DONE = "UPDATE arrival SET is_done = true WHERE digest = %s RETURNING true"
NOT_DONE = "DELETE FROM arrival WHERE digest = %s RETURNING true"
FORGET = "DELETE FROM arrival WHERE begun_at < clock_timestamp() - interval '10 minutes' RETURNING true"


class Replica(Tables):
    """This replica of a school. It keeps the promises of `Arrivals`, and of leading."""

    def __init__(self, connections: Connections, writer: Writer, school: School, folder: Path) -> None:
        super().__init__(connections, writer, school)
        self._folder = folder
        self._lock = FileLock(folder / LOCK_FILE, timeout=0)
        self._id = ""
        self._holder = secrets.token_hex(ID_BYTES)  # new at every start
        self._leading: asyncio.Task[None] | None = None

    async def lead(self) -> bool:
        """Whether this replica leads, from now on until it stops or says nothing for a minute and a half."""
        if not await self._take_lead():
            return False
        if self._leading is None or self._leading.done():
            self._leading = asyncio.create_task(self._keep_leading(), name="leading")
        return True

    async def begin_arrival(self, key: str) -> ArrivalState:
        """How far it is with other replicas; if NEW, it is ours."""
        digest = _digest(key)
        if await self._change_at_once(BEGIN, digest):
            return ArrivalState.NEW
        row = await self._select_one(IS_DONE, digest)
        return ArrivalState.DONE if row and row[0] else ArrivalState.UNDER_WAY

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Says that it is answered, or that it was not and may be begun again."""
        await self._change_at_once(DONE if is_done else NOT_DONE, _digest(key))

    async def register(self, *, is_alone: bool) -> None:
        """Says that this replica runs; raises StoreLocked if it may not beside another."""
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StoreLocked(FOLDER_IN_USE) from error
        self._id = _folder_id(self._folder)

        async def unit(transaction: Transaction) -> None:  # the head is locked: of two that start at once, one waits
            others = await (await transaction.connection.execute(OTHERS.encode(), [self._id])).fetchone()
            if is_alone and others and others[0]:
                raise StoreLocked(OTHER_RUNS.format(since=RUNS_FOR))
            await transaction.connection.execute(SEEN.encode(), (self._id, self._holder))

        await self._write(unit)

    async def say_it_runs(self) -> None:
        """A sign of life; also forgets what arrived more than ten minutes ago."""
        await self._change(SEEN, (self._id, self._holder))
        await self._change_at_once(FORGET)

    async def leave(self) -> None:
        """Hands back the lead and says that this replica has stopped, as far as the database can be reached."""
        if self._leading:
            self._leading.cancel()
            await asyncio.gather(self._leading, return_exceptions=True)
        try:
            if self._id:
                await self._change(HAND_BACK, [self._holder])
                await self._change(GONE, (self._id, self._holder))
        except StoreError:
            LOG.warning("replica_not_left")  # it counts as running, and as leading, until its time is over
        finally:
            self._lock.release()

    async def _keep_leading(self) -> None:
        """Renews the lead, also during a long tick, until another replica has it."""
        is_leading = True
        while is_leading:
            await asyncio.sleep(LEADS_FOR / 3)
            try:
                is_leading = await self._take_lead()
            except StoreError:  # the next time; until then nobody else leads, or another one does
                LOG.warning("lead_not_renewed")

    async def _take_lead(self) -> bool:
        return bool(await self._change_at_once(LEAD, self._holder, LEADS_FOR))

    async def _change_at_once(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return await self._connections.change_without_waiting(self._school, sql, values)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _folder_id(folder: Path) -> str:
    """The id of a data folder, made the first time."""
    file = folder / ID_FILE
    if not file.exists():
        file.write_text(secrets.token_hex(ID_BYTES), encoding="ascii")
    return file.read_text(encoding="ascii").strip()
