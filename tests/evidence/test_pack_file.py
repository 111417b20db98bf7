"""The evidence pack: anybody can check it, nothing in the ledger can stop it, and it does no harm in a spreadsheet."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import pyzipper
from openpyxl import load_workbook

from bot.evidence import pack_file, verify
from bot.evidence.rules.ledger import Event, EventKind, Head, seal
from bot.evidence.rules.pack import ERASED
from tests.evidence.example_pack import CAMPAIGN, NINE, facts, ledger, pack_of, run_verify, sealed_by, unpacked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    unpacked(tmp_path / "pack", ledger())
    return tmp_path / "pack"


def test_a_whole_pack_verifies_with_nothing_but_python(folder: Path):
    status, report = run_verify(folder, "--head", (folder / "head.txt").read_text())

    assert status == 0, report
    for figure in ("14 entries", "6 acknowledgements", "2 events about recorded lessons"):
        assert figure in report


def test_only_the_school_years_lessons_can_be_read(folder: Path):
    listed = (folder / "lessons.csv").read_text(encoding="utf-8-sig")

    assert '"lesson","l1"' in listed and "'+l1" in listed and "l0" not in listed
    assert "l0" not in (folder / "ledger.jsonl").read_text()


def test_a_pack_about_somebody_erased_still_verifies(tmp_path: Path):
    entries = [entry.without_who() if entry.number == 3 else entry for entry in ledger()]
    unpacked(tmp_path, entries)

    assert run_verify(tmp_path)[0] == 0
    assert ERASED in (tmp_path / "acknowledgements.csv").read_text(encoding="utf-8-sig")
    assert "A teacher" not in (tmp_path / "ledger.jsonl").read_text()


def test_other_peoples_events_are_bare_hashes(folder: Path):
    assert "Somebody private" not in (folder / "ledger.jsonl").read_text()
    assert "2026-10-01" not in (folder / "ledger.jsonl").read_text()


@pytest.mark.parametrize("witness", [Head(13, "0" * 64), Head(16, "a" * 64)])
def test_a_head_kept_outside_finds_a_ledger_written_again_or_cut_short(folder: Path, witness: Head):
    status, report = run_verify(folder, "--head", str(witness))

    assert status == 1
    assert "outside" in report


def test_names_are_harmless_in_a_spreadsheet(folder: Path):
    text = (folder / "acknowledgements.csv").read_text(encoding="utf-8-sig")
    book = load_workbook(folder / "acknowledgements.xlsx")

    assert "\"'=HYPERLINK" in text and "\"'+44" in text
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value]
    assert all(cell.data_type == "s" for cell in cells)
    assert all(not str(cell.value).startswith(("=", "+")) for cell in cells)
    assert book.sheetnames == ["DEMO Acknowledged", "DEMO Not acknowledged", "DEMO Recorded lessons"]


def test_a_pack_with_a_key_is_read_by_nobody_without_it():
    file = BytesIO(sealed_by(ledger(), "the school's own key")[0])

    with pytest.raises(RuntimeError, match="password"):
        zipfile.ZipFile(file).read("ledger.jsonl")
    with pyzipper.AESZipFile(file) as opened_pack:
        opened_pack.setpassword(b"the school's own key")
        assert b"A teacher" in opened_pack.read("ledger.jsonl")


def test_the_same_pack_is_the_same_to_the_byte_but_for_the_spreadsheet_and_the_seal_of_it():
    first, second = (zipfile.ZipFile(BytesIO(sealed_by(ledger())[0])) for _ in range(2))

    others = {"acknowledgements.xlsx", "ledger.jsonl", "head.txt"}  # a workbook holds the second in which it was made
    names = [name for name in first.namelist() if name not in others]
    assert [first.read(name) for name in names] == [second.read(name) for name in names]


def test_a_corrected_receipt_is_listed_and_does_not_count():
    last = pack_of(ledger()).rows[-1]

    assert (last[4], last[9], last[10]) == ("on paper", "The office", "no, corrected")


def test_what_a_sheet_cannot_hold_becomes_the_replacement_character(tmp_path: Path):
    for number, odd in enumerate(("\x00", "\x0b", "\x16", "\x1b", "\ufffe", "\uffff")):
        event = Event(EventKind.ACKNOWLEDGE, NINE, "p1", "p1", CAMPAIGN, facts(), {"name": f"A{odd}B"})
        folder = tmp_path / str(number)

        unpacked(folder, [seal(event, Head(), ("a" * 32, "b" * 32))])

        assert run_verify(folder)[0] == 0
        assert "A\ufffdB" in (folder / "acknowledgements.csv").read_text(encoding="utf-8-sig")
        assert load_workbook(folder / "acknowledgements.xlsx").worksheets[0]["B2"].value == "A\ufffdB"


def test_a_name_outside_the_ledger_with_half_a_character_does_not_stop_a_pack():
    pack = replace(pack_of(ledger()), others=(("A\ud800B", "past their day", "Monday"),), school="St\udfff Luke's")

    draft = pack_file.PackDraft.of(pack)

    book = load_workbook(BytesIO(zipfile.ZipFile(BytesIO(draft.archive)).read("acknowledgements.xlsx")))
    assert book.worksheets[1]["A2"].value == "A\ufffdB"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\ufe62", "\ufe63", "\ufe66", "\ufe6b"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\n", "\u00a0", "\u200b", "\ufeff", "\u2060 \u202e"])
def test_no_text_is_read_as_a_formula(before: str, start: str):
    shown = before.replace("\u202e", "\ufffd")  # it would turn the words around it
    assert verify.as_cell(f"{before}{start}1+1") == f"'{shown}{start}1+1"


def test_a_pack_with_its_seal_says_in_plain_words_how_to_check_it(folder: Path):
    readme = (folder / "README.txt").read_text(encoding="utf-8")

    assert "Do not use the verify.py in this pack" in readme
    assert "The best one is the head in\nthe reply to the export" in readme
    assert max(map(len, readme.splitlines())) <= 120
