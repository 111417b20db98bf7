"""Brings the schema up to date: numbered SQL files, all of them one transaction under one lock.

Expand and contract, so that two releases may share one database: a release adds what is nullable or has a default and
writes both; the next reads the new; the one after drops the old. The first line of each file says which code can still
work once it was run (`-- needs code: N`); code N knows the files up to N.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from psycopg import AsyncConnection

from bot.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
FIRST_LINE = "-- needs code: "
LOCK = "SELECT set_config('lock_timeout', '10s', true), pg_advisory_xact_lock(hashtext('staffroom schema'))"
MAKE_TABLE = """
CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL, needs integer NOT NULL,
  digest text NOT NULL, run_at timestamptz NOT NULL DEFAULT now())"""
DONE = "SELECT number, needs, digest FROM migration ORDER BY number"
HAS_TABLE = "SELECT to_regclass('migration') IS NOT NULL"
NEWER = "This store was changed by a newer Staffroom, and this one cannot work with it any more: start the newer one."
OLDER = "This store is of an older Staffroom. Bring it up to date as its owner: python -m bot store upgrade."
NO_SCHEMA = "There are no tables of Staffroom in this database. Make them as its owner: python -m bot store new."
OTHER_STEP = "{name} is not the migration that was run in this database; nothing was changed."


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file. `needs` is the oldest code that can work once it was run."""

    number: int
    name: str
    needs: int
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_in(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """The migrations of a folder, in order."""
    return tuple(_read(file) for file in sorted(folder.glob("[0-9]*.sql")))


def _read(file: Path) -> Migration:
    sql = file.read_text(encoding="utf-8")
    needs = int(sql.splitlines()[0].removeprefix(FIRST_LINE))
    return Migration(int(file.name.partition("-")[0]), file.name, needs, sql)


async def migrate(connection: AsyncConnection, folder: Path = MIGRATIONS) -> int:
    """Runs the migrations that are missing, all or none, and returns how many; safe to run anywhere at once.

    Raises StoreError for a schema that this code cannot work with, psycopg.Error if the login may not do it.
    """
    known = migrations_in(folder)
    async with connection.transaction():
        await connection.execute(LOCK)
        await connection.execute(MAKE_TABLE)
        done = await _done(connection)
        _refuse_newer(done, known)
        missing = [step for step in known if step.number not in done]
        for step in known:
            if step.number in done and done[step.number][1] != step.digest:
                raise StoreError(OTHER_STEP.format(name=step.name))
        for step in missing:
            await connection.execute(step.sql.encode())
            values = (step.number, step.name, step.needs, step.digest)
            await connection.execute("INSERT INTO migration VALUES (%s, %s, %s, %s)", values)
    return len(missing)


async def check_schema(connection: AsyncConnection, folder: Path = MIGRATIONS) -> None:
    """Raises StoreError unless this code can work with the schema: it may be newer, as long as it says so."""
    row = await (await connection.execute(HAS_TABLE)).fetchone()
    if row != (True,):
        raise StoreError(NO_SCHEMA)
    known, done = migrations_in(folder), await _done(connection)
    _refuse_newer(done, known)
    if any(step.number not in done for step in known):
        raise StoreError(OLDER)


async def _done(connection: AsyncConnection) -> dict[int, tuple[int, str]]:
    """What each migration that was run needs, and its digest, by number."""
    rows = await (await connection.execute(DONE)).fetchall()
    return {number: (needs, digest) for number, needs, digest in rows}


def _refuse_newer(done: dict[int, tuple[int, str]], known: tuple[Migration, ...]) -> None:
    code = max((step.number for step in known), default=0)
    if any(needs > code for needs, _ in done.values()):
        raise StoreError(NEWER)
