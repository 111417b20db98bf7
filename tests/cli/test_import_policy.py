"""`policy import`: a school's own document becomes a folder that Staffroom loads."""

import json
import shutil
from pathlib import Path

import pytest

from bot.cli.main import run_command
from bot.config import read_config
from bot.import_policy.draft_folder import DraftFolder
from bot.import_policy.import_policy import read_policy
from bot.import_policy.rules.working_draft import placed
from bot.settings import ROOT, read_settings
from tests.conftest import SCHOOL
from tests.fakes import MONDAY as TODAY
from tests.import_policy import word_files as word


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A policies folder of its own."""
    return Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy with quotes, a backslash and a title."""
    document = word.new_document()
    document.add_heading("Phones policy", 0)
    document.add_paragraph("Version 2")
    document.add_heading("In class", 1)
    document.add_paragraph('Staff must not use the word "phone" \\ in class.', style="List Bullet")
    document.add_paragraph("Governors may ring out at lunch.", style="List Bullet")
    path = tmp_path / "whatever.pdf"
    path.write_bytes(word.saved(document))
    return path


def run(policies: Path, *arguments: object) -> int:
    return run_command(["policy", "import", *map(str, arguments)], {"STAFFROOM_POLICIES": str(policies)})


def test_a_dry_run_prints_json_and_writes_nothing(policies: Path, file: Path, capsys: pytest.CaptureFixture[str]):
    before = sorted(policies.rglob("*"))

    assert run(policies, file, "--dry-run", "--json") == 0

    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == ["title", "facts", "clauses", "left_out"]
    assert (shown["title"], shown["facts"]["version"]) == ("Phones policy", "2")
    assert shown["clauses"][0] == {
        "ref": "In class, bullet 1",
        "heading": "In class",
        "text": 'Staff must not use the word "phone" \\ in class.',
        "modality": "must_not",
        "binds": ["staff"],
    }
    assert "Version 2" in shown["left_out"]
    assert sorted(policies.rglob("*")) == before


def test_an_imported_school_loads_with_its_clauses_word_for_word(policies: Path, file: Path):
    assert run(policies, file, file, "--school", "Hill Top Infants'") == 0

    settings = read_settings({"STAFFROOM_POLICIES": str(policies), "STAFFROOM_SCHOOL": "hill-top-infants"})
    config = read_config(settings, TODAY, demo=True)
    assert config.school.name == "Hill Top Infants'"
    assert list(config.school.documents) == ["PP", "PP2"]
    clause = config.policy.clauses["PP-in-class.bullet-1"]
    assert clause.text == 'Staff must not use the word "phone" \\ in class.'
    assert config.policy.clauses["PP-in-class.bullet-2"].binds == {"governors"}
    assert config.school.documents["PP"].review_due is None


def test_check_says_what_is_to_be_done_and_what_is_no_clause(
    policies: Path, file: Path, capsys: pytest.CaptureFixture[str]
):
    run(policies, file, "--school", "Hilltop")
    capsys.readouterr()

    status = run_command(["check"], {"STAFFROOM_POLICIES": str(policies), "STAFFROOM_SCHOOL": "hilltop"})

    shown = capsys.readouterr().out
    assert (status, "nothing has been ruled on yet" in shown) == (0, True)
    assert "no clause: Phones policy" in shown and "% of source.txt is in clauses" in shown


@pytest.mark.parametrize("name", ["../../escape", "CON", "/etc/x", "..", "staffroom", "a\x00b", "C:\\x"])
def test_a_name_never_becomes_a_path(policies: Path, file: Path, name: str):
    before = sorted(policies.parent.iterdir())

    assert run(policies, file, "--school", name) == 0

    assert sorted(policies.parent.iterdir()) == before
    made = {path.name for path in policies.iterdir() if path.is_dir()} - {SCHOOL, "staffroom", "examples"}
    assert len(made) == 1 and not made & {"con", "..", "nul"}


def test_a_school_that_is_there_is_not_written_over(policies: Path, file: Path, capsys: pytest.CaptureFixture[str]):
    before = (policies / SCHOOL / "school.toml").read_bytes()

    assert run(policies, file, "--school", SCHOOL) == 1

    assert "already" in capsys.readouterr().err
    assert (policies / SCHOOL / "school.toml").read_bytes() == before


def test_one_bad_file_of_several_changes_nothing(policies: Path, file: Path, capsys: pytest.CaptureFixture[str]):
    bad = file.with_name("old.docx")
    bad.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

    assert run(policies, file, bad, "--school", "Hilltop") == 1

    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "old.docx" in error and "save it as .docx" in error
    assert not (policies / "hilltop").exists()


def test_without_a_name_nothing_is_written(policies: Path, file: Path, capsys: pytest.CaptureFixture[str]):
    assert run(policies, file) == 1
    assert "--school" in capsys.readouterr().err


def test_the_clauses_of_a_school_and_its_drafts_are_listed(
    policies: Path, file: Path, capsys: pytest.CaptureFixture[str]
):
    run(policies, file, "--school", "Hilltop")
    drafts = DraftFolder(policies / "hilltop" / "drafts")
    drafts.add(placed(read_policy(file), "PP"))
    capsys.readouterr()
    at = {"STAFFROOM_POLICIES": str(policies)}

    assert run_command(["policy", "clauses", "--school", "Hilltop"], at) == 0

    printed = capsys.readouterr().out
    assert "PP-in-class.bullet-1  In class, bullet 1  [must_not; staff]" in printed
    assert "In preparation, not in use: Phones policy (drafts/phones-policy.json), 2 clauses." in printed
    assert run_command(["policy", "clauses", "--school", "Nowhere"], at) != 0
