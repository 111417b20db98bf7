"""The school's records from a terminal, in processes of their own, over the store a campaign left behind."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from bot.flows.ask import Mind
from bot.settings import Settings
from tests.journeys.school import school
from tests.test_cli import bot


@pytest.fixture
async def left(settings: Settings, mind: Mind) -> Path:
    """The data folder after a teacher has acknowledged; the bot is stopped."""
    async with school(settings, mind) as at:
        await at.presses("demo-head", "publish", weight="material")
        await at.presses("demo-head", "open", audience="staff,volunteer", due="2026-09-28", anyway="true")
        await at.tick()
        card = (await at.says("demo-teacher", "agreement"))["card"]
        await at.press_on("demo-teacher", card, "Acknowledge", agree="true")
    return settings.data


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done: subprocess.CompletedProcess[bytes] = bot(*arguments, STAFFROOM_DATA=str(folder))
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, (done.stdout + done.stderr).decode()


def test_publishing_is_for_those_who_may_and_happens_once(tmp_path: Path):
    assert "Only the headteacher" in run(tmp_path, "publish", "--as", "t1")[1]
    assert "nobody with the id" in run(tmp_path, "publish", "--as", "nobody")[1]
    status, said = run(tmp_path, "publish", "--as", "he1")
    assert (status, said.startswith("Published: Acceptable Use Policy")) == (0, True)
    assert "is published already, word for word" in run(tmp_path, "publish", "--as", "he1")[1]


async def test_the_ledger_is_checked_against_a_head_kept_outside(left: Path):
    status, said = run(left, "ledger", "verify")
    head = said.split("Head ")[1].strip()
    assert (status, "3 entries" in said) == (0, True)

    assert run(left, "ledger", "verify", "--head", head)[0] == 0
    status, said = run(left, "ledger", "verify", "--head", head.replace("3:", "9:"))
    assert (status, "entry 9 was seen outside" in said) == (1, True)
    assert run(left, "ledger", "verify", "--head", "nonsense")[0] == 1


async def test_the_summary_and_a_persons_record_are_read(left: Path):
    assert "1 of 16 have acknowledged" in run(left, "summary")[1]
    said = run(left, "person", "t1")[1]
    assert "acknowledged AUP, version September 2021: receipt 3" in said
    assert "In the evidence the school keeps" in said
    assert "nobody with the id" in run(left, "person", "t99")[1]


async def test_an_evidence_pack_says_whether_it_is_encrypted_and_never_overwrites(left: Path, tmp_path: Path):
    out = str(tmp_path / "pack.zip")

    said = run(left, "evidence", "--as", "he1", "--out", out)[1]

    assert "NOT encrypted: the school set no key" in said
    assert "verify.py" in zipfile.ZipFile(out).namelist()
    assert "exists already" in run(left, "evidence", "--as", "he1", "--out", out)[1]
    kept = str(tmp_path / "kept.zip")
    done = bot("evidence", "--as", "he1", "--out", kept, STAFFROOM_DATA=str(left), STAFFROOM_EVIDENCE_KEY="a key")
    assert b"encrypted with the school's key" in done.stdout
    with pytest.raises(RuntimeError, match="password"):
        zipfile.ZipFile(kept).read("statement.txt")


async def test_nobody_is_erased_while_on_the_staff_list(left: Path):
    assert "Take the row 't1' out of the staff list first" in run(left, "erase", "t1", "--as", "it1")[1]
    assert "Nothing is kept about 'x9'" in run(left, "erase", "x9", "--as", "it1")[1]
    assert "Only the headteacher" in run(left, "erase", "t1", "--as", "t1")[1]


async def test_sheets_are_printed_for_whoever_is_left(left: Path, tmp_path: Path):
    out = tmp_path / "sheets.html"

    assert run(left, "print", "sheets", "--out", str(out), "--large")[0] == 0

    text = out.read_text(encoding="utf-8")
    assert text.count('<article class="sheet"') == 15
    assert "A volunteer without an account" in text and "A class teacher" not in text
    assert "18pt" in text and "DEMO" in text and "Cut here" in text
    single = tmp_path / "one.html"
    run(left, "print", "sheets", "--out", str(single), "--person", "vo2")
    assert single.read_text(encoding="utf-8").count('<article class="sheet"') == 1
    assert "Nobody is left" in run(left, "print", "sheets", "--out", str(tmp_path / "x"), "--person", "t1")[1]


async def test_the_wall_sheet_marks_drafts_in_the_demo(left: Path, tmp_path: Path):
    out = tmp_path / "answers.html"

    assert run(left, "print", "answers", "--out", str(out))[0] == 0

    assert out.read_text(encoding="utf-8").count("(draft, not approved)") == 20


async def test_a_backup_is_restored_while_the_bot_is_stopped(left: Path, tmp_path: Path):
    copy = str(tmp_path / "copy.db")
    assert run(left, "backup", copy, "--demo")[0] == 0

    assert "Restored from" in run(left, "restore", copy, "--demo")[1]
    assert "4 entries" in run(left, "ledger", "verify")[1]


async def test_while_the_bot_runs_it_is_read_beside_it_and_nothing_is_changed(settings: Settings, mind: Mind):
    async with school(settings, mind) as at:
        await at.presses("demo-head", "publish", weight="material")

        assert "1 entries" in run(settings.data, "ledger", "verify")[1]
        assert "already using" in run(settings.data, "publish", "--as", "he1")[1]
        assert "already using" in run(settings.data, "restore", "nothing.db", "--demo")[1]
