"""`policy import FILE --over DOCUMENT`: differences are shown, and with a name the new version is used."""

import tomllib
from pathlib import Path

import pytest

from bot.cli.main import run_command
from bot.settings import ROOT

FIRST = """# Phones policy

Version 1

## Phones

1. Staff may use their phone at break.

2. Staff must lock it away.
"""
RULING = '[own-phone-break]\nverdict = "yes"\nsays = "You may."\nclauses = ["PP-1"]\n'


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """A school made from its first document."""
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    (tmp_path / "first.md").write_text(FIRST, encoding="utf-8")
    variables = {
        "STAFFROOM_POLICIES": str(policies),
        "STAFFROOM_SCHOOL": "hill",
        "STAFFROOM_DATA": str(tmp_path / "data"),
    }
    assert run_command(["policy", "import", str(tmp_path / "first.md"), "--school", "Hill"], variables) == 0
    (policies / "hill" / "rulings.toml").write_text(RULING, encoding="utf-8")
    return variables


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The second version: one clause has other words."""
    file = tmp_path / "second.md"
    file.write_text(FIRST.replace("Version 1", "Version 2").replace("at break", "at lunch"), encoding="utf-8")
    return file


def home(variables: dict[str, str]) -> Path:
    return Path(variables["STAFFROOM_POLICIES"]) / "hill"


def texts_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def over(variables: dict[str, str], file: Path, *options: str) -> int:
    return run_command(["policy", "import", str(file), *options], variables)


def test_trying_shows_every_difference_and_changes_nothing(
    variables: dict[str, str], second: Path, capsys: pytest.CaptureFixture[str]
):
    was = texts_of(home(variables))

    assert over(variables, second, "--over", "pp", "--try") == 0

    shown = capsys.readouterr().out
    assert "Staff may use their phone at [-break.-] {+lunch.+}" in shown and "[own-phone-break] Yes: You may." in shown
    assert "It allows nothing until somebody has confirmed it" in shown and "Nothing was changed" in shown
    assert texts_of(home(variables)) == was


def test_with_a_name_the_new_version_is_used_and_the_old_one_kept(variables: dict[str, str], second: Path):
    assert over(variables, second, "--over", "phones-policy", "--as", "t1") == 0

    document = tomllib.loads((home(variables) / "phones-policy.toml").read_text(encoding="utf-8"))
    rulings = tomllib.loads((home(variables) / "rulings.toml").read_text(encoding="utf-8"))
    (kept,) = (home(variables) / "history").glob("*/phones-policy.toml")
    assert document["document"]["version"] == "2" and "at lunch" in document["clause"][0]["text"]
    assert document["clause"][0]["id"] == "PP-1" and rulings["own-phone-break"]["proposed"] is True
    assert "at break" in kept.read_text(encoding="utf-8")
    assert "at lunch" in (home(variables) / "source.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--over", "AUP", "--try"), "There is no document 'AUP'. The school has: PP."),
        (("--over", "PP"), "--as ID"),
        (("--over", "PP", "--as", "nobody-99"), "nobody with the id"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_changed(
    variables: dict[str, str], second: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], says: str
):
    was = texts_of(home(variables))

    assert over(variables, second, *options) == 1

    assert says in capsys.readouterr().err
    assert texts_of(home(variables)) == was
