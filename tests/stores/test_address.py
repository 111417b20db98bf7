"""Addresses of databases: no password in them, no library loaded without need, and a protected connection."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import ROOT
from bot.stores.open import open_store, store_file
from bot.stores.postgres.address import checked_address

SECRET = "geheim123"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://staffroom:{SECRET}@db.example/schools",
        f"postgresql://staffroom@db.example/schools?password={SECRET}",
        f"postgresql://db.example/schools?sslmode=require&sslpassword={SECRET}",
    ],
)
async def test_a_password_in_the_address_is_refused_and_not_said(url: str, tmp_path: Path):
    with pytest.raises(SettingsError, match="PGPASSFILE") as caught:
        await open_store(url, "school", tmp_path, demo=False)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql:", "postgresql://host", "postgresql://host/", "postgresql://[::1/x"])
def test_an_address_without_a_database_is_refused(url: str):
    with pytest.raises(SettingsError, match="must look like"):
        checked_address(url)


def test_who_does_not_say_how_a_connection_is_protected_gets_the_strictest():
    assert checked_address("postgresql://a@b/c?connect_timeout=3").endswith("connect_timeout=3&sslmode=verify-full")
    assert checked_address("postgresql://a@b/c?sslmode=require") == "postgresql://a@b/c?sslmode=require"


def test_commands_for_a_file_say_so_of_a_database():
    with pytest.raises(SettingsError, match="names a PostgreSQL database"):
        store_file("postgresql://host/school")


def test_the_library_of_postgresql_is_not_loaded_for_a_school_in_a_file():
    program = "import sys, bot.app, bot.cli.main, bot.run_teams, bot.run_local; print('psycopg' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"
