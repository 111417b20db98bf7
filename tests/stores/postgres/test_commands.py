"""`python -m bot store ...` and the commands for records on a database, as an IT lead gives them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.main import run_command
from bot.settings import ROOT
from tests.postgres_server import OWNER, Server


@dataclass(frozen=True)
class Command:
    """Runs commands for one school, on the database as one of its logins, or on the file."""

    server: Server
    database: str
    folder: Path
    printed: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, login: str = "staffroom", store: str = "") -> tuple[int, str]:
        """The exit code, and everything that was printed."""
        environment = {
            "STAFFROOM_DATA": str(self.folder),
            "STAFFROOM_STORE": store or self.server.url(self.database, login),
            "STAFFROOM_SECRET": "any, so that it is not the demo",
        }
        code = run_command(arguments, environment)
        printed = self.printed.readouterr()
        return code, printed.out + printed.err


@pytest.fixture
def command(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(ROOT / "bot" / "demo" / "staff.csv", data)
    return Command(server, server.new_database(), data, capsys)


def test_the_owner_makes_a_store_once_and_the_serving_login_opens_it(command: Command):
    code, printed = command("store", "new")
    assert code and "login of the database's owner" in printed

    code, printed = command("store", "new", login=OWNER)
    assert code == 0 and printed.startswith("slyne-with-hest in PostgreSQL: a new store.")
    assert "in this database already" in command("store", "new", login=OWNER)[1]
    assert "0 steps were run" in command("store", "upgrade", login=OWNER)[1]
    assert "The ledger is whole: 0 entries" in command("ledger", "verify")[1]
    assert "nothing but a member of staffroom_serving" in command("ledger", "verify", login=OWNER)[1]


def test_a_school_moves_from_its_file_and_back_by_command(command: Command):
    file = f"sqlite:{command.folder / 'staffroom.db'}"
    assert command("store", "new", store=file)[0] == 0

    code, printed = command("store", "move", "--to", command.server.url(command.database, OWNER), store=file)
    assert code == 0 and "its ledger verified on both sides" in printed
    assert "The ledger is whole: 0 entries" in command("ledger", "verify")[1]
    assert "nothing was changed" in command("store", "witness")[1]
    (command.folder / "postgresql.witness").unlink()
    assert "0 entries" in command("store", "witness")[1]
    assert "names a PostgreSQL database" in command("backup", "copy.db")[1]

    code, printed = command("store", "move", "--to", file, login=OWNER)
    assert code == 0 and f"Set STAFFROOM_STORE to {file}" in printed
    assert command("store", "move")[0] == 1


def test_commands_for_a_database_say_so_of_a_file(command: Command):
    for what in ("upgrade", "witness"):
        code, printed = command("store", what, store=f"sqlite:{command.folder / 'staffroom.db'}")
        assert code == 1 and "for a store in PostgreSQL" in printed
