"""A PostgreSQL server for the tests of stores, and a school of its own for each test that asks for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from bot.stores.postgres.owner import make_postgres_store, upgrade
from bot.stores.postgres.store import PostgresStore, open_postgres_store
from tests.conftest import lacking
from tests.postgres_server import OWNER, Server, binaries, running_server

NUMBERS = count(1)


@dataclass(frozen=True)
class Place:
    """Where a test's school is kept: a server, a database, the school's name, and the folder of its witness."""

    server: Server
    database: str
    school: str
    folder: Path

    @property
    def url(self) -> str:
        """The address for the login that serves."""
        return self.server.url(self.database)

    @property
    def owner_url(self) -> str:
        """The address for the owner of the database."""
        return self.server.url(self.database, OWNER)

    async def open(self, folder: Path | None = None, *, writes: bool = True, is_alone: bool = False) -> PostgresStore:
        """The school's store, opened by a replica with a witness in that folder."""
        return await open_postgres_store(
            self.url, self.school, folder or self.folder, demo=True, writes=writes, is_alone=is_alone
        )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of a process."""
    if binaries() is None:
        lacking("PostgreSQL (Debian's package postgresql)")
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def database(server: Server) -> str:
    """A database with Staffroom's tables, for all tests of a process: no school sees another."""
    name = server.new_database()
    asyncio.run(upgrade(server.url(name, OWNER)))
    return name


@pytest.fixture
async def place(server: Server, database: str, tmp_path: Path) -> Place:
    """A new school, in which there is nothing yet."""
    place = Place(server, database, f"school-{next(NUMBERS)}", tmp_path)
    await make_postgres_store(place.owner_url, place.school, tmp_path, demo=True)
    return place


@pytest.fixture
async def postgres_store(place: Place) -> AsyncIterator[PostgresStore]:
    """The store of that school, opened."""
    opened = await place.open()
    yield opened
    await opened.close()
