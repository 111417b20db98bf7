"""The second store: a school in a PostgreSQL database, beside others, written by any number of replicas.

The database lets the serving role see one school at a time and never change what was recorded. How far the ledger had
come is also in a file outside of it, the witness, in the data folder of each replica.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection

from bot.desk.arrivals import ArrivalState
from bot.errors import LedgerBroken, StaffroomError, StoreError
from bot.evidence.rules.ledger import Head
from bot.outbox.rules.message import MessageKind
from bot.stores.postgres.address import checked_address
from bot.stores.postgres.connections import Connections, School, find_school
from bot.stores.postgres.counts import TallyTables, TextTables
from bot.stores.postgres.doubts import DoubtTables
from bot.stores.postgres.failures import not_reached
from bot.stores.postgres.ledger import LedgerTables
from bot.stores.postgres.migrate import check_schema
from bot.stores.postgres.replicas import Replica
from bot.stores.postgres.shared_files import SharedFileTables
from bot.stores.postgres.witness import add_school, read_witness, refuse_if_behind
from bot.stores.postgres.writer import Writer

WITNESS = "postgresql.witness"  # in the data folder
ERASED = "erased.txt"
NO_SCHOOL = "There is no store of {school} in this database. For a new school, make one: python -m bot store new."
OTHER_KIND = "This store is {kind} store and stays one. Set STAFFROOM_STORE to another database."
UNREADABLE = (
    "{witness} is missing or cannot be read. It says how many entries the ledger had, so nobody can tell whether some "
    "are lost. Nothing was changed. Put it back. For a new replica, or if it is gone for ever, `python -m bot store "
    "witness` verifies the ledger and takes it as it is."
)
HAS_WITNESS = "{witness} is there, and knows this school: nothing was changed."
TOO_MIGHTY = (
    "The login in STAFFROOM_STORE could change the ledger or see other schools. Staffroom runs only with one that is "
    "nothing but a member of staffroom_serving: docs/postgres.md."
)
# What a login could do that is more than serving: by itself, or as whom it can become.
IS_MIGHTY = """
SELECT EXISTS (SELECT FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER') AND (rolsuper OR rolbypassrls))
  OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'entry'::regclass), 'MEMBER')
  OR has_table_privilege('entry', 'DELETE') OR has_table_privilege('entry', 'TRUNCATE')
  OR has_table_privilege('entry', 'UPDATE')"""


class PostgresStore(LedgerTables, SharedFileTables, DoubtTables, TallyTables, TextTables):
    """A school's store in PostgreSQL, opened by `open_postgres_store`."""

    copy_before_migration: Path | None = None  # a file's upgrade makes a copy; here the server's own backups are kept

    def __init__(self, connections: Connections, writer: Writer, school: School, folder: Path) -> None:
        super().__init__(connections, writer, school, folder / ERASED)
        self._replica = Replica(connections, writer, school, folder)
        self._is_closed = False

    @property
    def school(self) -> School:
        """The school whose store it is."""
        return self._school

    @property
    def writer(self) -> Writer:
        """The writer of this replica."""
        return self._writer

    async def take_up(self, head: Head, *, is_alone: bool) -> None:
        """Begins to write after a head that was verified: the witness has it, and the database says that we run.

        Raises StoreLocked if another replica runs and we must be alone.
        """
        self._writer.witness.parent.mkdir(parents=True, exist_ok=True)
        await self._replica.register(is_alone=is_alone)
        self._writer.heads = add_school(self._writer.witness, self._school.name, head)

    async def lead(self) -> bool:
        """Whether this replica leads, from now on until it stops or says nothing for a minute and a half."""
        return await self._replica.lead()

    async def begin_arrival(self, key: str) -> ArrivalState:
        """How far it is with other replicas; if NEW, it is ours."""
        return await self._replica.begin_arrival(key)

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Says that it is answered, or that it was not and may be begun again."""
        await self._replica.end_arrival(key, is_done=is_done)

    async def is_well(self) -> bool:
        """Whether what is written now will be there at the next start: a row is written."""
        try:
            await self._replica.say_it_runs()
        except StoreError:
            return False
        return True

    async def checkpoint(self) -> None:
        """Says that this replica still runs; the server itself brings what was written to where it is safe."""
        await self._replica.say_it_runs()

    async def check_whole(self) -> None:
        """Reads everything that is kept; raises StoreError if any of it is damaged.

        Pages are PostgreSQL's to check (data checksums, which a server should have on), entries the ledger's.
        """
        try:
            await self.messages(*MessageKind)
            await self.shared_conversations()
            await self.tallies()
            for (digest,) in await self._select("SELECT digest FROM published_text"):
                await self.version(digest)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError("A row of the store is not as Staffroom wrote it; restore the last backup.") from error

    async def close(self) -> None:
        """Says that this replica has stopped, and closes every connection."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._replica.leave()
        finally:
            await self._writer.close()
            await self._connections.close()


async def open_postgres_store(
    url: str, name: str, folder: Path, *, demo: bool, writes: bool = True, is_alone: bool = True
) -> PostgresStore:
    """The store of a school, opened; `folder` has the witness. Raises SettingsError, StoreError or LedgerBroken.

    A login that could do more than serve is refused, and a second replica if this one must be alone.
    """
    async with _opening(url, name, folder, demo=demo) as store:
        kept = _read_witness(folder / WITNESS)
        head = await _check_ledger(store, kept, writes=writes)
        if writes:
            await store.take_up(head, is_alone=is_alone)
        return store


async def take_witness(url: str, name: str, folder: Path) -> Head:
    """Verifies the whole ledger and makes the witness anew, for a replica that has none; returns the head.

    Raises LedgerBroken if the ledger is not whole, StoreError if there is a witness that knows this school.
    """
    async with _opening(url, name, folder, demo=False) as store:
        kept = read_witness(folder / WITNESS) or {}
        if name in kept:
            raise StoreError(HAS_WITNESS.format(witness=WITNESS))
        head = await store.verify_whole()
        add_school(folder / WITNESS, name, head)
        await store.close()
        return head


@asynccontextmanager
async def _opening(url: str, name: str, folder: Path, *, demo: bool) -> AsyncIterator[PostgresStore]:
    """A store that is closed again if the block fails."""
    connections = Connections(checked_address(url))
    await connections.open()
    store: PostgresStore | None = None
    try:
        async with connections.connection() as connection:
            await check_schema(connection)
            await _refuse_mighty(connection)
            school = await _checked_school(connection, name, is_demo=demo)
        store = PostgresStore(connections, Writer(connections, folder / WITNESS), school, folder)
        yield store
    except Exception as error:  # whatever it is that was found there
        await (store or connections).close()
        if isinstance(error, StaffroomError):
            raise
        raise not_reached(error) from error


async def _refuse_mighty(connection: AsyncConnection) -> None:
    """Raises StoreError for a login that could do more than serve."""
    if await _value(connection, IS_MIGHTY) is not False:
        raise StoreError(TOO_MIGHTY)


async def _checked_school(connection: AsyncConnection, name: str, *, is_demo: bool) -> School:
    school = await find_school(connection, name)
    if school is None:
        raise StoreError(NO_SCHOOL.format(school=name))
    if school.is_demo is not is_demo:
        raise StoreError(OTHER_KIND.format(kind="a demo" if school.is_demo else "a real school's"))
    return school


async def _check_ledger(store: PostgresStore, kept: dict[str, Head] | None, *, writes: bool) -> Head:
    """The head of a ledger that is whole and not behind its witness; raises LedgerBroken."""
    confirmed = (kept or {}).get(store.school.name)
    head = await store.head()
    if confirmed is None and head.number:
        raise LedgerBroken(UNREADABLE.format(witness=WITNESS))
    if confirmed and confirmed.number:
        entries = await store.entries(confirmed.number - 1, confirmed.number)
        refuse_if_behind(confirmed, entries[0].hash if entries else "")
    return await store.verify_since_saved() if writes else head


def _read_witness(witness: Path) -> dict[str, Head] | None:
    try:
        return read_witness(witness)
    except (OSError, ValueError, AttributeError, RecursionError, LedgerBroken) as error:
        raise LedgerBroken(UNREADABLE.format(witness=witness.name)) from error


async def _value(connection: AsyncConnection, sql: str) -> Any:
    row = await (await connection.execute(sql.encode())).fetchone()
    return row[0] if row else None
