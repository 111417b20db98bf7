"""A store changed by hand, and backups that are none: refused in a sentence, and nothing is lost by it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import LedgerBroken, StoreError
from bot.stores.sqlite.backup import back_up, restore
from bot.stores.sqlite.documents import checksum
from bot.stores.sqlite.store import SqliteStore
from tests.fakes import NINE
from tests.stores.examples import acknowledged
from tests.stores.sqlite.killed import beside, ledger_of

TRIGGER = "CREATE TRIGGER t BEFORE INSERT ON document WHEN new.tab = 'ledger' BEGIN SELECT raise(IGNORE); END"
CHANGES = (TRIGGER, "CREATE VIEW v AS SELECT 1", "DROP INDEX message_open", "ALTER TABLE document ADD COLUMN more")
SET = "UPDATE document SET body = '{0}', sum = checksum(tab, id, '{0}') WHERE tab = '{1}'"


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A stopped store with three entries."""
    path = tmp_path / "data" / "store.db"
    await filled(path, "school")
    return path


async def filled(path: Path, school: str) -> None:
    store = SqliteStore(path, school, demo=True)
    for number in range(3):
        await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}")
    await store.close()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.create_function("checksum", 3, checksum)
        for statement in statements:
            db.execute(statement)


class TestWitness:
    @pytest.mark.parametrize("text", ["{}", json.dumps({"school": "0:" + "0" * 64}), json.dumps({})])
    async def test_an_emptied_witness_hides_no_loss(self, path: Path, text: str):
        beside(path, ".witness").write_text(text)

        with pytest.raises(LedgerBroken, match=r"store\.db\.witness was emptied.*bot restore"):
            SqliteStore(path, "school", demo=True)

    async def test_the_witness_of_a_store_that_is_still_empty_is_no_fault(self, tmp_path: Path):
        path = tmp_path / "new.db"
        await SqliteStore(path, "school", demo=True).close()

        assert await ledger_of(path) == 0


class TestChangedTables:
    @pytest.mark.parametrize("statement", CHANGES)
    async def test_other_tables_and_triggers_are_refused_before_anything_is_confirmed(self, path: Path, statement: str):
        change(path, statement)

        with pytest.raises(StoreError, match="not as Staffroom makes them"):
            SqliteStore(path, "school", demo=True, creates=False)
        with pytest.raises(StoreError, match="not as Staffroom makes them"):
            back_up(path, path.with_name("copy.db"))

    @pytest.mark.parametrize("tab", ["about", "head", "ledger"])
    @pytest.mark.parametrize("body", ["{}", "[1]", "x"])
    @pytest.mark.parametrize("writes", [True, False])
    async def test_rows_with_a_checksum_and_no_fields_end_in_a_sentence(
        self, path: Path, tab: str, body: str, writes: bool
    ):
        change(path, SET.format(body, tab))

        with pytest.raises(StoreError):
            await SqliteStore(path, "school", demo=True, creates=False, writes=writes).head()
        with pytest.raises(StoreError):
            back_up(path, path.with_name("copy.db"))
        assert not path.with_name("copy.db").exists()

    async def test_saved_projections_that_cannot_be_read_are_made_again(self, path: Path):
        store = SqliteStore(path, "school", demo=True)
        await store.save_projection("campaigns", 1, await store.head(), "{}")
        await store.close()
        change(path, SET.format("{}", "projection"))

        assert await ledger_of(path) == 3
        store = SqliteStore(path, "school", demo=True)
        assert await store.saved_projection("campaigns", 1) is None
        await store.close()

    async def test_a_damaged_text_is_not_quoted(self, path: Path):
        content = path.read_bytes()
        place = content.index(b"acknowledge", content.index(b'{"what"'))
        path.write_bytes(content[:place] + b"\xff" + content[place + 1 :])

        with pytest.raises(StoreError, match="bot restore") as error:
            SqliteStore(path, "school", demo=True)
        assert "what" not in str(error.value)


class TestBackup:
    @pytest.mark.parametrize("version", [0, 2, 99])
    async def test_a_store_that_would_not_start_is_not_called_a_complete_copy(self, path: Path, version: int):
        change(path, f"PRAGMA user_version = {version}")

        with pytest.raises(StoreError):
            back_up(path, path.with_name("copy.db"))

    async def test_a_ledger_with_a_changed_entry_is_not_called_a_complete_copy(self, path: Path):
        change(
            path,
            "UPDATE document SET body = replace(body, 'p1', 'p9') WHERE tab = 'ledger'",
            "UPDATE document SET sum = checksum(tab, id, body) WHERE tab = 'ledger'",
        )

        with pytest.raises(StoreError):
            back_up(path, path.with_name("copy.db"))

    @pytest.mark.parametrize("ending", ["-wal", "-shm", ".coming", ".witness.part"])
    async def test_a_copy_never_takes_a_name_that_the_store_needs(self, path: Path, ending: str):
        with pytest.raises(StoreError, match="a store needs for itself"):
            back_up(path, beside(path, ending))
        assert await ledger_of(path) == 3

    @pytest.mark.parametrize("name", ["x" * 300, "no-folder/copy.db", "nul\0.db"])
    async def test_names_that_no_file_can_have_end_in_a_sentence(self, path: Path, name: str):
        with pytest.raises(StoreError, match=r"another name|simpler one"):
            back_up(path, path.with_name("a").parent / name)


class TestRestore:
    async def refused(self, backup: Path, path: Path, match: str) -> None:
        with pytest.raises(StoreError, match=match):
            await restore(backup, path, "school", NINE, demo=True)
        assert await ledger_of(path) == 3

    async def test_an_empty_file_is_no_backup(self, path: Path, tmp_path: Path):
        (tmp_path / "empty.db").touch()

        await self.refused(tmp_path / "empty.db", path, "empty")
        await self.refused(Path("/dev/null"), path, "could not be copied")

    async def test_the_database_of_another_program_is_no_backup(self, path: Path, tmp_path: Path):
        change(tmp_path / "other.db", "CREATE TABLE bookmarks (address TEXT)")

        await self.refused(tmp_path / "other.db", path, "not a store of Staffroom")

    async def test_a_backup_of_another_school_is_refused(self, path: Path, tmp_path: Path):
        await filled(tmp_path / "there" / "store.db", "other-school")
        back_up(tmp_path / "there" / "store.db", tmp_path / "other.db")

        await self.refused(tmp_path / "other.db", path, "other-school")

    async def test_a_backup_named_like_a_part_of_the_store_is_not_deleted(self, path: Path, tmp_path: Path):
        back_up(path, tmp_path / "copy.db")
        backup = (tmp_path / "copy.db").rename(beside(path, ".coming"))

        await self.refused(backup, path, "not a backup")
        assert backup.is_file()

    async def test_a_list_of_the_erased_that_cannot_be_read_brings_nobody_back(self, path: Path, tmp_path: Path):
        back_up(path, tmp_path / "copy.db")
        path.with_name("erased.txt").write_bytes(b"\xff\xfe")

        await self.refused(tmp_path / "copy.db", path, "erased.txt cannot be read")
