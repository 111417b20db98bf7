"""The schema is brought up to date by one of those who try, and never behind the back of newer code."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from psycopg import AsyncConnection

from bot.errors import StoreError
from bot.stores.postgres.migrate import MIGRATIONS, check_schema, migrate, migrations_in
from bot.stores.postgres.owner import make_postgres_store, upgrade
from bot.stores.postgres.store import open_postgres_store
from tests.postgres_server import OWNER, Server


@pytest.fixture
async def fresh(server: Server) -> AsyncIterator[str]:
    """The owner's address of a database without any tables."""
    name = server.new_database()
    yield server.url(name, OWNER)
    server.drop(name)


def steps(folder: Path, *more: str) -> Path:
    """A folder with our own migrations and some more, as a later release has them."""
    folder.mkdir()
    for file in MIGRATIONS.glob("*.sql"):
        (folder / file.name).write_bytes(file.read_bytes())
    for number, sql in enumerate(more, len(migrations_in()) + 1):
        (folder / f"{number:04d}-later.sql").write_text(sql)
    return folder


async def run(url: str, folder: Path = MIGRATIONS) -> int:
    async with await AsyncConnection.connect(url) as connection:
        return await migrate(connection, folder)


async def check(url: str, folder: Path = MIGRATIONS) -> None:
    async with await AsyncConnection.connect(url) as connection:
        await check_schema(connection, folder)


async def test_of_four_that_migrate_at_once_one_does_it(fresh: str):
    assert sorted(await asyncio.gather(*(run(fresh) for _ in range(4)))) == [0, 0, 0, len(migrations_in())]
    await check(fresh)


async def test_older_code_goes_on_beside_a_step_that_only_adds(fresh: str, tmp_path: Path):
    await run(fresh)
    later = steps(tmp_path / "later", "-- needs code: 1\nALTER TABLE tally ADD COLUMN note text;")

    with pytest.raises(StoreError, match="python -m bot store upgrade"):
        await check(fresh, later)
    assert await run(fresh, later) == 1

    await check(fresh, later)
    await check(fresh)
    assert await upgrade(fresh) == 0


async def test_older_code_refuses_what_only_newer_code_can_work_with(fresh: str, tmp_path: Path):
    newest = len(migrations_in()) + 1
    await run(fresh, steps(tmp_path / "later", f"-- needs code: {newest}\nALTER TABLE tally RENAME times TO number;"))

    with pytest.raises(StoreError, match="start the newer one"):
        await check(fresh)
    with pytest.raises(StoreError, match="start the newer one"):
        await upgrade(fresh)


async def test_a_step_that_fails_leaves_everything_as_it_was(fresh: str, tmp_path: Path):
    broken = steps(tmp_path / "broken", "-- needs code: 1\nALTER TABLE tally ADD COLUMN note text; SELECT 1 / 0;")

    with pytest.raises(psycopg.errors.DivisionByZero):
        await run(fresh, broken)

    with pytest.raises(StoreError, match="no tables of Staffroom"):
        await check(fresh)


async def test_a_step_that_was_changed_after_it_was_run_is_noticed(fresh: str, tmp_path: Path):
    await run(fresh)
    changed = steps(tmp_path / "changed")
    first = next(changed.glob("0001-*.sql"))
    first.write_text(f"{first.read_text()}\n-- one word more\n")

    with pytest.raises(StoreError, match="is not the migration that was run"):
        await run(fresh, changed)


async def test_a_school_is_made_once_and_only_by_the_owner(fresh: str, server: Server, tmp_path: Path):
    serving = fresh.replace(OWNER, "staffroom")
    with pytest.raises(StoreError, match="no tables of Staffroom"):
        await open_postgres_store(serving, "school", tmp_path, demo=False)
    await make_postgres_store(fresh, "school", tmp_path)

    with pytest.raises(StoreError, match="There is a store of school in this database already"):
        await make_postgres_store(fresh, "school", tmp_path)
    with pytest.raises(StoreError, match="login of the database's owner"):
        await make_postgres_store(serving, "another", tmp_path)
    with pytest.raises(StoreError, match="python -m bot store new"):
        await open_postgres_store(serving, "another", tmp_path, demo=False)
    with pytest.raises(StoreError, match="a real school's store and stays one"):
        await open_postgres_store(serving, "school", tmp_path, demo=True)


async def test_a_server_that_is_not_there_is_said_without_its_words(server: Server, tmp_path: Path):
    with pytest.raises(StoreError, match="could not be reached") as caught:
        await open_postgres_store(f"postgresql://staffroom@/x?host={tmp_path}", "school", tmp_path, demo=True)

    assert str(tmp_path) not in str(caught.value)
