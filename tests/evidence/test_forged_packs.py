"""Every forgery of a pack is found with the head that its export gave; without it, verify says what it cannot show."""

import random
import shutil
from pathlib import Path

import pytest

from bot.evidence import verify
from bot.evidence.rules.ledger import Head
from tests.evidence import forger, forger_with_the_ledger
from tests.evidence.example_pack import ledger, sealed_by
from tests.evidence.forging_tools import FORGERIES, REWRITTEN, Files, zipped

PACK, SEAL = sealed_by(ledger())
WHOLE = zipped(PACK)
HEAD = str(Head(SEAL.number, SEAL.hash))
ALL = FORGERIES | REWRITTEN  # filled by the two modules of forgeries
SEEDS = 6  # of each kind


def verified(files: Files, folder: Path, *arguments: str) -> int:
    """The exit code for a pack of these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return verify.main([*arguments, str(folder)])


def test_there_are_at_least_twenty_five_kinds_and_two_hundred_forgeries():
    assert {forge.__module__ for forge in ALL.values()} == {forger.__name__, forger_with_the_ledger.__name__}
    assert len(ALL) >= 25 and len(ALL) * SEEDS >= 200


@pytest.mark.parametrize("kind", ALL)
def test_every_forgery_is_found_with_the_head_of_the_export(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for seed in range(SEEDS):
        files = dict(WHOLE)
        ALL[kind](files, random.Random(seed))
        assert files != WHOLE, (kind, seed)

        assert verified(files, tmp_path / "pack", "--head", HEAD) == 1, (kind, seed)

        report = capsys.readouterr().out
        assert "NOT WHOLE: " in report and "Traceback" not in report and "cannot be read as a pack" not in report
        assert report.isascii() and report.replace("\n", "").isprintable()


@pytest.mark.parametrize("kind", ALL)
def test_without_a_head_only_a_ledger_written_again_passes_and_that_is_said(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    files = dict(WHOLE)
    ALL[kind](files, random.Random(1))

    status = verified(files, tmp_path / "pack")

    report = capsys.readouterr().out
    assert status == 1 or (kind in REWRITTEN and "Not shown: that nobody wrote the whole ledger again." in report)


def test_a_whole_pack_has_no_finding(tmp_path: Path):
    assert verified(WHOLE, tmp_path / "pack", "--head", HEAD) == 0
    assert verified(WHOLE, tmp_path / "pack") == 0
