"""What `doctor` says of the second witness."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.doctor_witness import witness_lines
from bot.settings import Settings, read_settings
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import acknowledged


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").mkdir()
    return replace(read_settings({}), data=tmp_path / "data", witness_copy=tmp_path / "elsewhere")


def file_of(settings: Settings) -> Path:
    return Path(settings.store_url(local=False).partition(":")[2])


async def add_entry(settings: Settings, name: str, witness_copy: Path | None) -> None:
    store = SqliteStore(file_of(settings), settings.school, demo=False, witness_copy=witness_copy)
    await store.append(acknowledged(name), name)
    await store.close()


def only_line(settings: Settings) -> tuple[bool, str]:
    (line,) = witness_lines(settings)
    return line.is_well, line.says


async def test_without_the_setting_nothing_is_said(settings: Settings):
    assert witness_lines(replace(settings, witness_copy=None)) == []


async def test_a_copy_that_has_seen_everything_is_well(settings: Settings):
    await add_entry(settings, "p1", settings.witness_copy)

    assert only_line(settings) == (True, "it has seen all 1 entries of the ledger")


async def test_a_copy_that_was_deleted_is_to_do_and_then_says_from_where_it_shows_anything(settings: Settings):
    await add_entry(settings, "p1", None)
    is_well, says = only_line(settings)
    assert not is_well and says.startswith("it is not in ")

    await add_entry(settings, "p2", settings.witness_copy)

    is_well, says = only_line(settings)
    assert is_well and "began at entry 1 and shows nothing about the time before" in says


async def test_a_copy_that_is_not_written_any_more_is_to_do(settings: Settings):
    await add_entry(settings, "p1", settings.witness_copy)
    await add_entry(settings, "p2", None)

    assert only_line(settings) == (False, "it has seen 1 entries of the ledger, and the store has 2")


async def test_a_folder_that_is_gone_is_to_do(settings: Settings, tmp_path: Path):
    await add_entry(settings, "p1", settings.witness_copy)
    (line,) = witness_lines(replace(settings, witness_copy=tmp_path / "unmounted"))

    assert not line.is_well and "Make it, or mount it" in line.says


async def test_a_store_that_is_gone_is_said_in_a_sentence(settings: Settings):
    assert not only_line(settings)[0]
    assert "cannot be opened" in only_line(settings)[1]


async def test_a_database_whose_witness_is_outside_of_it_already_needs_none(settings: Settings):
    is_well, says = only_line(replace(settings, store="postgresql://staffroom@db.example/staffroom"))

    assert not is_well and "leave the setting out" in says
