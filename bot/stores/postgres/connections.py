"""Connections to PostgreSQL: a pool, and time limits everywhere.

All of a school's work is inside a transaction that sees this school only. What is set ends with the transaction, also
behind a transaction pooler, and so do the time limits.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq.abc import PGconn
from psycopg_pool import AsyncConnectionPool

from bot.errors import StoreError
from bot.stores.postgres.failures import CANNOT_READ, not_reached, not_saved, unsure

MAX_CONNECTIONS = 8
CONNECT_SECONDS = 5
POOL_SECONDS = 5.0  # to wait for a free connection: then an answer is better than a longer wait
# For one try to connect again, whose pauses double each time: after a long failover, the pause would be long as well.
RECONNECT_SECONDS = 2.0
WRITE_SECONDS = 15.0  # for a whole transaction with its commit; then nobody knows whether it was saved
STATEMENT_TIMEOUT = "10s"  # does not end a commit that waits for a standby: the writer's own limit does
LOCK_TIMEOUT = "5s"
IDLE_TIMEOUT = "3s"  # below that of locks: what a paused replica holds does not fail the others
MAX_LIFETIME_SECONDS = 45 * 60.0  # a role that was taken away loses its connections within the hour
OPTIONS: Mapping[str, Any] = {
    "prepare_threshold": None,  # a transaction pooler would give our prepared statement to somebody else
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": 10_000,  # milliseconds; with keepalives a dead server is noticed
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "target_session_attrs": "read-write",  # after a failover never a standby
    "application_name": "staffroom",
}
SCOPE = f"""
SELECT set_config('staffroom.school', %s, true), set_config('statement_timeout', '{STATEMENT_TIMEOUT}', true),
  set_config('lock_timeout', '{LOCK_TIMEOUT}', true),
  set_config('idle_in_transaction_session_timeout', '{IDLE_TIMEOUT}', true)"""
FIND_SCHOOL = "SELECT id, is_demo FROM school WHERE name = %s AND moved_at IS NULL"
SET_NAME = "SELECT set_config('staffroom.school_name', %s, true)"

Values = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class School:
    """A school of the database: its number there, and its name in the settings."""

    id: int
    name: str
    is_demo: bool


class WatchedConnection(AsyncConnection[tuple[Any, ...]]):
    """A connection that counts the warnings of its server.

    "canceling wait for synchronous replication" is one: the server calls the commit a success, and no standby has it.
    Its words may be in any language, so each warning that comes with a commit counts.
    """

    def __init__(self, pgconn: PGconn) -> None:
        super().__init__(pgconn)
        self.warnings = 0
        self.add_notice_handler(self._note)

    def _note(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            self.warnings += 1


class Connections:
    """A pool of connections to one database."""

    def __init__(self, address: str) -> None:
        self._pool = AsyncConnectionPool(
            address,
            kwargs=dict(OPTIONS),
            min_size=1,
            max_size=MAX_CONNECTIONS,
            timeout=POOL_SECONDS,
            max_lifetime=MAX_LIFETIME_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            check=AsyncConnectionPool.check_connection,
            connection_class=WatchedConnection,
            open=False,
        )
        self._address = address

    async def open(self) -> None:
        """Opens the pool; raises StoreError if the database cannot be reached or does not let us in."""
        try:
            # A pool tries again and again, and says only that it took too long: this one says why.
            connection = await AsyncConnection.connect(self._address, **OPTIONS)
            await connection.close()
            await self._pool.open(wait=True, timeout=2 * CONNECT_SECONDS)
        except (psycopg.Error, OSError) as error:
            await self._pool.close()
            raise not_reached(error) from error

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[WatchedConnection]:
        """A connection of the pool, in a transaction that is committed at the end of the block."""
        async with self._pool.connection() as connection:
            yield connection

    async def select(self, school: School, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """The rows of a query that sees one school; raises StoreError."""
        try:
            async with self._pool.connection() as connection, connection.pipeline():
                await enter_school(connection, school)
                cursor = await connection.execute(sql.encode(), values)
                return await cursor.fetchall()
        except psycopg.Error as error:
            raise StoreError(CANNOT_READ) from error

    async def change_without_waiting(self, school: School, sql: str, values: Values) -> list[tuple[Any, ...]]:
        """The rows of one statement in a transaction of its own, which takes no lock that somebody holds.

        Hence it need not stand in the writer's queue. Raises StoreError if nothing was changed, StoreUnsure if nobody
        knows.
        """
        is_committing = False
        try:
            async with asyncio.timeout(WRITE_SECONDS), self._pool.connection() as connection:
                async with connection.pipeline():
                    await enter_school(connection, school)
                    rows = await (await connection.execute(sql.encode(), values)).fetchall()
                warnings, is_committing = connection.warnings, True
                await connection.commit()
        except (psycopg.Error, TimeoutError) as error:
            raise (unsure(error) if is_committing else not_saved(error)) from error
        if connection.warnings != warnings:
            raise unsure()
        return rows

    async def close(self) -> None:
        """Closes every connection."""
        await self._pool.close()


async def enter_school(connection: AsyncConnection, school: School) -> None:
    """From now on until its end, the transaction sees this school only."""
    await connection.execute(SCOPE.encode(), [str(school.id)])


async def find_school(connection: AsyncConnection, name: str) -> School | None:
    """The school of a name; None if the database has no such school."""
    await connection.execute(SET_NAME, [name])
    row = await (await connection.execute(FIND_SCHOOL, [name])).fetchone()
    return School(row[0], name, row[1]) if row else None
