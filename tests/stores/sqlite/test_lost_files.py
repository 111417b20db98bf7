"""A store that lost something it had confirmed says so: nothing is confirmed onto it, nothing is shown from it."""

import asyncio
import json
import os
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.errors import LedgerBroken, StoreError
from bot.stores.sqlite.documents import checksum
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import TEXT, acknowledged
from tests.stores.sqlite.killed import acknowledge_and_kill, beside, ledger_of

ROUNDS = 1_000 if os.environ.get("STAFFROOM_SOAK") else 12


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


class TestAfterAKill:
    async def test_a_whole_store_has_all_that_was_confirmed(self, path: Path):
        acknowledge_and_kill(path)

        assert await ledger_of(path) == 60
        assert await ledger_of(path, writes=False) == 60

    @pytest.mark.parametrize("writes", [True, False])
    async def test_without_its_log_the_store_is_refused(self, path: Path, writes: bool):
        acknowledge_and_kill(path)
        beside(path, "-wal").unlink()
        beside(path, "-shm").unlink()

        with pytest.raises(LedgerBroken, match=r"confirmed 60 entries.*bot restore"):
            SqliteStore(path, "school", demo=True, writes=writes)

    async def test_with_half_its_log_the_store_is_refused(self, path: Path):
        acknowledge_and_kill(path)
        log = beside(path, "-wal")
        os.truncate(log, log.stat().st_size // 2)

        with pytest.raises(LedgerBroken, match="bot restore"):
            SqliteStore(path, "school", demo=True)

    async def test_without_the_store_nothing_new_is_made_in_its_place(self, path: Path):
        acknowledge_and_kill(path)
        log = beside(path, "-wal").read_bytes()
        path.unlink()

        with pytest.raises(StoreError, match="bot restore"):
            SqliteStore(path, "school", demo=True)
        assert not path.exists() and beside(path, "-wal").read_bytes() == log  # whoever repairs it still has it

    async def test_an_emptied_store_keeps_its_log(self, path: Path):
        acknowledge_and_kill(path)
        os.truncate(path, 0)
        log = beside(path, "-wal").read_bytes()

        with pytest.raises(StoreError, match="bot restore"):
            SqliteStore(path, "school", demo=True)
        assert beside(path, "-wal").read_bytes() == log

    @pytest.mark.parametrize("content", [None, b"", b"not JSON", b'{"school": "12"}', b"[]", b'{"school": 3}', b"\xff"])
    async def test_without_a_witness_that_can_be_read_the_store_is_refused(self, path: Path, content: bytes | None):
        acknowledge_and_kill(path, 3)
        witness = beside(path, ".witness")
        witness.unlink() if content is None else witness.write_bytes(content)

        for writes in (True, False):
            with pytest.raises(LedgerBroken, match=r"store.db.witness.*bot restore"):
                SqliteStore(path, "school", demo=True, writes=writes)

    async def test_a_witness_that_lags_is_no_fault_and_is_renewed(self, path: Path):
        acknowledge_and_kill(path, 3)
        older = beside(path, ".witness").read_bytes()
        acknowledge_and_kill(path, 3)
        beside(path, ".witness").write_bytes(older)

        assert await ledger_of(path) == 6
        assert json.loads(beside(path, ".witness").read_text())["school"].startswith("6:")

    async def test_another_ledger_of_the_same_length_is_refused(self, path: Path, tmp_path: Path):
        acknowledge_and_kill(path, 3)
        other = tmp_path / "other.db"
        acknowledge_and_kill(other, 3)
        for ending in ("", "-wal"):
            shutil.copy(beside(other, ending), beside(path, ending))
        beside(path, "-shm").unlink()

        with pytest.raises(LedgerBroken, match="bot restore"):
            SqliteStore(path, "school", demo=True)


class TestWhileItRuns:
    @pytest.mark.parametrize("ending", ["", "-wal", ".lock"])
    async def test_a_deleted_file_means_that_nothing_more_is_confirmed(
        self, store: SqliteStore, path: Path, ending: str, caplog: pytest.LogCaptureFixture
    ):
        await store.append(acknowledged("p1"), "p1")
        assert await store.is_well()

        beside(path, ending).unlink()

        with pytest.raises(StoreError, match=f"{path.name}{ending} was deleted or replaced"):
            await store.append(acknowledged("p2"), "p2")
        assert not await store.is_well()
        assert f"{path.name}{ending} was deleted or replaced" in caplog.text
        assert len(await store.entries()) == 1

    @pytest.mark.parametrize("ending", ["", "-wal", ".lock"])
    async def test_a_replaced_file_makes_it_not_ready(self, store: SqliteStore, path: Path, ending: str):
        await store.append(acknowledged("p1"), "p1")
        copy = beside(path, ".copy")
        copy.write_bytes(b"")
        copy.replace(beside(path, ending))

        assert not await store.is_well()
        with pytest.raises(StoreError, match="Stop Staffroom"):
            await store.append(acknowledged("p2"), "p2")

    async def test_a_witness_that_cannot_be_written_means_that_nothing_more_is_confirmed(
        self, store: SqliteStore, path: Path
    ):
        beside(path, ".witness").unlink()
        beside(path, ".witness").mkdir()

        with pytest.raises(StoreError, match=r"store.db.witness could not be written"):
            await store.append(acknowledged("p1"), "p1")
        with pytest.raises(StoreError):
            await store.append(acknowledged("p2"), "p2")
        assert not await store.is_well()

    async def test_of_two_processes_only_the_second_writes(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"), "p1")
        beside(path, ".lock").unlink()

        second = SqliteStore(path, "school", demo=True)
        await second.append(acknowledged("p2"), "p2")
        with pytest.raises(StoreError):
            await store.append(acknowledged("p3"), "p3")
        assert not await store.is_well()
        await second.append(acknowledged("p4"), "p4")

        assert [entry.event.subject for entry in await second.entries()] == ["p1", "p2", "p4"]
        await second.close()

    async def test_a_second_writer_is_noticed_even_if_all_files_are_the_same(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"), "p1")
        lock = beside(path, ".lock")
        lock.rename(beside(path, ".aside"))
        second = SqliteStore(path, "school", demo=True)
        lock.unlink()
        beside(path, ".aside").rename(lock)

        with pytest.raises(StoreError, match="Another Staffroom"):
            await store.append(acknowledged("p2"), "p2")
        with pytest.raises(StoreError):
            await second.append(acknowledged("p3"), "p3")  # its lock is gone
        await second.close()

    async def test_the_ledgers_rows_are_never_replaced(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"), "p1")
        second = await store.append(acknowledged("p2"), "p2")
        body = json.dumps({"number": 1, "hash": (await store.entries())[0].hash}, separators=(",", ":"))
        with closing(sqlite3.connect(path)) as db, db:
            row = (body, checksum("head", "school/head", body))
            db.execute("UPDATE document SET body = ?, sum = ? WHERE tab = 'head'", row)

        with pytest.raises(LedgerBroken, match="Entry 2 is there already"):
            await store.append(acknowledged("p3"), "p3")
        assert (await store.entries())[1] == second


class TestTheForm:
    @pytest.mark.parametrize("form", [0, 1, 2])
    async def test_a_lower_form_does_not_launder_checksums(self, store: SqliteStore, path: Path, form: int):
        await store.append(acknowledged("p1"), "p1")
        await store.close()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(f"PRAGMA user_version = {form}")
            db.execute("UPDATE document SET body = replace(body, 'p1', 'p2') WHERE tab = 'ledger'")
        before = path.read_bytes()

        for writes in (True, False):
            with pytest.raises(StoreError, match="form"):
                SqliteStore(path, "school", demo=True, writes=writes)
        assert path.read_bytes() == before

    async def test_a_store_without_its_row_of_the_form_is_refused(self, store: SqliteStore, path: Path):
        await store.close()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DELETE FROM document WHERE tab = 'about' AND id = 'form'")

        with pytest.raises(StoreError, match="form"):
            SqliteStore(path, "school", demo=True)


def alter_text(path: Path, change: Callable[[str], str]) -> None:
    """Alters a published text in the file, with a checksum that fits."""
    with closing(sqlite3.connect(path)) as db, db:
        key, body = db.execute("SELECT id, body FROM document WHERE tab = 'version'").fetchone()
        body = change(body)
        row = (body, checksum("version", key, body), key)
        db.execute("UPDATE document SET body = ?, sum = ? WHERE tab = 'version' AND id = ?", row)


async def test_an_altered_text_is_never_shown_under_the_digest_of_another(store: SqliteStore, path: Path):
    await store.keep_version(TEXT)
    await store.close()
    alter_text(path, lambda body: body.replace("Be kind", "Be quick"))

    again = SqliteStore(path, "school", demo=True)
    with pytest.raises(LedgerBroken, match="is not the text that was published"):
        await again.version(TEXT.digest)
    with pytest.raises(LedgerBroken):
        await again.keep_version(TEXT)
    await again.close()


async def test_a_checkpoint_leaves_all_entries_in_the_file_itself(store: SqliteStore, path: Path, tmp_path: Path):
    for number in range(5):
        await store.append(acknowledged(f"p{number}"), f"p{number}")

    await store.checkpoint()

    alone = tmp_path / "alone.db"
    shutil.copy(path, alone)
    with closing(sqlite3.connect(alone)) as db:
        assert db.execute("SELECT count(*) FROM document WHERE tab = 'ledger'").fetchone() == (5,)


async def test_outside_local_mode_only_a_command_makes_a_store(path: Path):
    for writes in (True, False):
        with pytest.raises(StoreError, match="python -m bot store new"):
            SqliteStore(path, "school", demo=False, writes=writes, creates=False)
    assert not path.exists() and not beside(path, ".witness").exists()

    await SqliteStore(path, "school", demo=False).close()
    await SqliteStore(path, "school", demo=False, creates=False).close()


@pytest.mark.long
async def test_whatever_is_lost_after_a_kill_the_store_is_whole_or_refused(path: Path, tmp_path: Path):
    chance = random.Random(7)
    refused = 0
    for number in range(ROUNDS):
        folder = tmp_path / f"round-{number}"
        folder.mkdir()
        at = folder / "store.db"
        confirmed = acknowledge_and_kill(at, chance.randint(1, 40))
        for file in chance.sample(sorted(folder.iterdir()), chance.randint(1, 3)):
            if chance.random() < 0.5:
                file.unlink()
            else:
                os.truncate(file, chance.randrange(file.stat().st_size + 1))
        is_refused = True
        with suppress(StoreError):
            assert await ledger_of(at, creates=False) == confirmed
            is_refused = False
        refused += is_refused
        await asyncio.to_thread(shutil.rmtree, folder)
    assert refused > ROUNDS / 4
