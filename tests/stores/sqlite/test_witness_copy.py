"""An older store put back beside its older witness is noticed by the witness's copy on another volume."""

import shutil
from pathlib import Path

import pytest

from bot.errors import LedgerBroken, StoreError
from bot.stores.open import witness_copy
from bot.stores.sqlite.backup import back_up, restore
from bot.stores.sqlite.store import SqliteStore
from bot.stores.sqlite.witness import WitnessCopy
from tests.fakes import NINE
from tests.stores.examples import acknowledged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "other volume").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "store.db"


@pytest.fixture
def other_volume(path: Path) -> Path:
    return path.parent.with_name("other volume")


async def add_entries(path: Path, other_volume: Path, *names: str) -> int:
    """How many entries the ledger has once these are in it."""
    store = SqliteStore(path, "school", demo=False, witness_copy=other_volume)
    for name in names:
        await store.append(acknowledged(name), name)
    number = (await store.head()).number
    await store.close()
    return number


async def test_an_older_store_with_its_older_witness_is_refused_and_nothing_is_changed(path: Path, other_volume: Path):
    await add_entries(path, other_volume, "p1", "p2")
    shutil.copytree(path.parent, path.parent.with_name("older"))
    await add_entries(path, other_volume, "p3")
    shutil.rmtree(path.parent)
    shutil.copytree(path.parent.with_name("older"), path.parent)

    with pytest.raises(LedgerBroken, match=r"STAFFROOM_WITNESS_COPY.*has seen 3 entries"):
        SqliteStore(path, "school", demo=False, witness_copy=other_volume)

    assert "/3:" in (copy := (other_volume / "store.db.witness").read_text()) or '"3:' in copy


async def test_a_restore_renews_the_copy(path: Path, other_volume: Path, tmp_path: Path):
    await add_entries(path, other_volume, "p1")
    back_up(path, tmp_path / "backup.db")
    await add_entries(path, other_volume, "p2", "p3", "p4")

    await restore(tmp_path / "backup.db", path, "school", NINE, demo=False, witness_copy=other_volume)

    assert await add_entries(path, other_volume, "p5") == 3  # the first, the restore's and this one


async def test_a_folder_that_is_not_mounted_is_said_before_anything_is_confirmed(path: Path, other_volume: Path):
    await add_entries(path, other_volume, "p1")

    with pytest.raises(StoreError, match="Make it, or mount it"):
        SqliteStore(path, "school", demo=False, witness_copy=other_volume / "elsewhere")


async def test_a_store_that_gets_the_setting_later_starts_and_is_seen_from_then_on(path: Path, other_volume: Path):
    store = SqliteStore(path, "school", demo=False)
    await store.append(acknowledged("p1"), "p1")
    await store.close()

    assert await add_entries(path, other_volume, "p2") == 2
    assert (other_volume / "store.db.witness").read_text() == path.with_name("store.db.witness").read_text()


def copy_of(path: Path, other_volume: Path) -> WitnessCopy:
    return witness_copy(f"sqlite:{path}", other_volume, "school")


async def test_a_copy_that_is_there_from_the_first_entry_says_so(path: Path, other_volume: Path):
    await add_entries(path, other_volume, "p1", "p2")

    assert copy_of(path, other_volume) == WitnessCopy(entries=2, in_store=2, began_at=0)


async def test_a_copy_that_was_deleted_begins_again_and_does_not_hide_it(
    path: Path, other_volume: Path, caplog: pytest.LogCaptureFixture
):
    await add_entries(path, other_volume, "p1", "p2")
    (other_volume / "store.db.witness").unlink()
    assert copy_of(path, other_volume).entries is None

    await add_entries(path, other_volume, "p3")

    assert copy_of(path, other_volume) == WitnessCopy(entries=3, in_store=3, began_at=2)
    assert "witness_copy_begins entries=2" in caplog.messages


async def test_a_copy_that_cannot_be_written_confirms_nothing_and_says_which_and_why(path: Path, other_volume: Path):
    store = SqliteStore(path, "school", demo=False, witness_copy=other_volume)
    (other_volume / "store.db.witness.part").mkdir()

    with pytest.raises(StoreError, match=r"second witness in .*STAFFROOM_WITNESS_COPY.*could not be written"):
        await store.append(acknowledged("p1"), "p1")
    assert not await store.is_well()
    await store.close()
    with pytest.raises(StoreError, match=r"second witness in .*Make its folder writable"):
        SqliteStore(path, "school", demo=False, witness_copy=other_volume)


async def test_a_copy_that_cannot_be_read_is_named_and_not_the_witness_beside_the_store(path: Path, other_volume: Path):
    await add_entries(path, other_volume, "p1")
    (other_volume / "store.db.witness").write_text("[")

    with pytest.raises(LedgerBroken, match=r"The second witness .*cannot be read"):
        SqliteStore(path, "school", demo=False, witness_copy=other_volume)


async def test_a_restore_without_the_copys_folder_changes_nothing(path: Path, other_volume: Path, tmp_path: Path):
    await add_entries(path, other_volume, "p1")
    back_up(path, tmp_path / "backup.db")
    await add_entries(path, other_volume, "p2")

    with pytest.raises(StoreError, match="Make it, or mount it"):
        await restore(tmp_path / "backup.db", path, "school", NINE, demo=False, witness_copy=other_volume / "elsewhere")

    assert await add_entries(path, other_volume) == 2
