"""What only the owner of the database does: makes the tables, brings them up to date, and makes a school."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from bot.errors import StoreError
from bot.evidence.rules.ledger import Head
from bot.stores.postgres.address import checked_address
from bot.stores.postgres.connections import OPTIONS, School, enter_school, find_school
from bot.stores.postgres.failures import not_allowed_or_reached
from bot.stores.postgres.migrate import migrate
from bot.stores.postgres.store import WITNESS
from bot.stores.postgres.witness import add_school

THERE_ALREADY = "There is a store of {school} in this database already; nothing was changed."
MAKE_SCHOOL = "INSERT INTO school (name, is_demo) VALUES (%s, %s) RETURNING id"
MAKE_HEAD = "INSERT INTO head (school) VALUES (%s)"


@asynccontextmanager
async def as_owner(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection of the database's owner, in a transaction that is committed at the end of the block."""
    try:
        async with await AsyncConnection.connect(checked_address(url), **OPTIONS) as connection:
            yield connection
    except psycopg.Error as error:
        raise not_allowed_or_reached(error) from error


async def upgrade(url: str) -> int:
    """Brings the tables up to date, and returns how many migrations were run; raises StoreError."""
    async with as_owner(url) as connection:
        return await migrate(connection)


async def make_postgres_store(url: str, name: str, folder: Path, *, demo: bool = False) -> None:
    """Makes a school, and the tables if there are none; raises StoreError if the database has that school already."""
    async with as_owner(url) as connection:
        await migrate(connection)
        await make_school(connection, name, demo=demo)
        add_school(folder / WITNESS, name, Head())


async def make_school(connection: AsyncConnection, name: str, *, demo: bool) -> School:
    """A new school, which the transaction works for from now on; raises StoreError if there is one of that name."""
    if await find_school(connection, name):
        raise StoreError(THERE_ALREADY.format(school=name))
    row = await (await connection.execute(MAKE_SCHOOL, (name, demo))).fetchone()
    assert row is not None
    school = School(row[0], name, demo)
    await enter_school(connection, school)
    await connection.execute(MAKE_HEAD, [school.id])
    return school
