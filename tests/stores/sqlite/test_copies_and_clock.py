"""Backups and restores of stores that lost something, and the clock of the ledger."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.evidence.rules.ledger import EventKind, verify
from bot.stores.sqlite.backup import back_up, restore
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import NINE, acknowledged
from tests.stores.sqlite.killed import acknowledge_and_kill, beside, ledger_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, "school", demo=True)
    yield opened
    await opened.close()


class TestABackup:
    async def test_without_the_log_is_refused(self, path: Path, tmp_path: Path):
        acknowledge_and_kill(path)
        beside(path, "-wal").unlink()
        beside(path, "-shm").unlink()

        with pytest.raises(StoreError, match="without its last entries; the copy was not kept"):
            back_up(path, tmp_path / "copy.db")
        assert not list(tmp_path.glob("copy.db*"))

    async def test_of_a_running_store_whose_log_is_gone_is_refused(
        self, store: SqliteStore, path: Path, tmp_path: Path
    ):
        await store.append(acknowledged("p1"), "p1")
        beside(path, "-wal").unlink()

        with pytest.raises(StoreError):
            back_up(path, tmp_path / "copy.db")
        assert not list(tmp_path.glob("copy.db*"))

    async def test_of_a_killed_store_is_whole(self, path: Path, tmp_path: Path):
        acknowledge_and_kill(path)

        back_up(path, tmp_path / "copy.db")

        with closing(sqlite3.connect(tmp_path / "copy.db")) as db:
            assert db.execute("SELECT count(*) FROM document WHERE tab = 'ledger'").fetchone() == (60,)


class TestARestore:
    async def test_of_a_store_without_its_log_says_how_many_entries_are_lost(self, path: Path, tmp_path: Path):
        acknowledge_and_kill(path, 5)
        back_up(path, tmp_path / "copy.db")
        acknowledge_and_kill(path, 7)
        beside(path, "-wal").unlink()

        restored = await restore(tmp_path / "copy.db", path, "school", NINE, demo=True)

        assert restored.lost == 7
        again = SqliteStore(path, "school", demo=True, creates=False)
        assert (await again.entries())[-1].event.facts["before"].startswith("12:")
        await again.append(acknowledged("later"), "later")
        await again.close()

    async def test_of_the_store_itself_takes_it_as_it_is(self, path: Path):
        acknowledge_and_kill(path, 5)
        beside(path, ".witness").unlink()

        restored = await restore(path, path, "school", NINE, demo=True)

        assert restored.lost == 0
        assert await ledger_of(path) == 6
        assert {file.name.partition("080000")[2] for file in restored.kept_aside} == {".db", ".db-wal"}


class TestTheClock:
    async def test_each_step_back_is_noted_once(self, store: SqliteStore):
        for number, minutes in enumerate((10, 20, 5, 5, 6, 3)):
            event = replace(acknowledged(f"p{number}"), at=NINE + timedelta(minutes=minutes))
            await store.append(event, f"p{number}")

        steps = await store.entries_of(EventKind.CLOCK_WENT_BACK)
        assert [step.number for step in steps] == [3, 7]
        assert steps[0].event.facts == {"before": "2021-09-06T08:20:00+00:00", "now": "2021-09-06T08:05:00+00:00"}
        assert verify(await store.entries()).number == 8
