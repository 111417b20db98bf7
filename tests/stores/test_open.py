"""Addresses of stores: today's, and those that existing set-ups have."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SettingsError, StoreError
from bot.stores.open import make_store, open_store
from tests.stores.promises import QUESTION

PROJECT = Path(__file__).resolve().parent.parent.parent


async def test_addresses_of_release_0_5_go_on_working(tmp_path: Path):
    before = await open_store(f"tiny:{tmp_path}/school.db", "school", tmp_path, demo=True)
    await before.keep_question(QUESTION)
    await before.close()

    after = await open_store(f"sqlite:{tmp_path}/school.db", "school", tmp_path, demo=True, writes=False)
    assert await after.questions() == (QUESTION,)
    await after.close()


@pytest.mark.parametrize("url", ["mysql://host/school", "sqlite:", "data/school.db", ""])
async def test_a_kind_we_do_not_have_is_said(url: str, tmp_path: Path):
    with pytest.raises(SettingsError, match="A store looks like sqlite:"):
        await open_store(url, "school", tmp_path, demo=True)


async def test_a_real_school_gets_its_store_once_and_by_a_command_only(tmp_path: Path):
    url = f"sqlite:{tmp_path}/school.db"
    with pytest.raises(StoreError, match="python -m bot store new"):
        await open_store(url, "school", tmp_path, demo=False)

    assert await make_store(url, "school") == tmp_path / "school.db"

    await (await open_store(url, "school", tmp_path, demo=False)).close()
    with pytest.raises(StoreError, match="There is a store already"):
        await make_store(url, "school")


def test_without_the_library_of_postgresql_the_command_that_installs_it_is_said(tmp_path: Path):
    program = """
import asyncio, sys
from pathlib import Path
sys.modules["psycopg"] = None  # as if it were not installed
from bot.errors import SettingsError
from bot.stores.open import open_store
try:
    asyncio.run(open_store("postgresql://staffroom@db.example/staffroom", "school", Path("."), demo=True))
except SettingsError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT)

    assert run.stdout.strip().endswith("python -m pip install -r requirements-postgres.txt")
