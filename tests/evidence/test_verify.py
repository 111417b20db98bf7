"""verify.py runs wherever Python 3.8 does, and each finding is a sentence that an inspector understands."""

import ast
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.evidence import verify
from bot.evidence.rules.ledger import Event, EventKind, Fact, head, seal
from tests.evidence.example_pack import NINE, ledger, old_pack, relinked, run_verify, sealed_by, unpacked
from tests.evidence.forging_tools import Files, change_line, close, rows_of, write_rows, zipped

PACK, _ = sealed_by(ledger())
SOURCE = Path(verify.__file__).read_text(encoding="utf-8")


def written(files: Files, folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def without_row(files: Files) -> None:
    write_rows(files, [row for row in rows_of(files) if row[0] != "5"])


def with_row(files: Files) -> None:
    rows = rows_of(files)
    write_rows(files, [*rows, ["99", *rows[1][1:]]])


def with_other_name(files: Files) -> None:
    rows = rows_of(files)
    rows[1][1] = "Somebody else"
    write_rows(files, rows)


def hidden(line: dict[str, str]) -> None:
    close(line, "what", "who")


def unnamed(line: dict[str, str]) -> None:
    close(line, "who")


@pytest.mark.parametrize(
    ("forge", "finding"),
    [
        (lambda files: change_line(files, 13, hidden), "Entry 13 should be open and is not."),
        (
            lambda files: change_line(files, 3, unnamed),
            "Entry 3 has no details of the person although the pack does not list it as erased.",
        ),
        (with_row, "The row for '99' in acknowledgements.csv is not in the ledger."),
        (without_row, "Entry 5 has no row in acknowledgements.csv."),
        (with_other_name, "acknowledgements.csv: the row for 3 is not what the ledger says."),
        (lambda files: files.pop("statement.txt"), "The file 'statement.txt' is missing."),
        (lambda files: files.pop("head.txt"), "The file head.txt is missing."),
        (lambda files: files.update(extra=b""), "The file 'extra' is not part of the pack."),
        (
            lambda files: files.update({"statement.txt": b"I agree to all."}),
            "The file 'statement.txt' was changed after the pack was made.",
        ),
        (lambda files: files.update({"ledger.jsonl": b"\xff\n"}), "The file ledger.jsonl is not text in UTF-8."),
        (lambda files: files.update({"head.txt": b"x"}), "head.txt is not the head of this ledger."),
        (lambda files: change_line(files, 14, hidden), "The pack has no seal"),
    ],
)
def test_each_finding_is_a_sentence(
    forge: Callable[[Files], object], finding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    files = zipped(PACK)
    forge(files)

    assert verify.main([], written(files, tmp_path)) == 1
    assert f"NOT WHOLE: {finding}" in capsys.readouterr().out


def test_it_is_written_for_python_3_8_and_needs_nothing_else():
    tree = ast.parse(SOURCE, feature_version=(3, 8))

    nodes = list(ast.walk(tree))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize("head", ["", "x", "12", "12:", "²:" + "0" * 64, "9" * 5000 + ":" + "0" * 64, "1:0\ud800"])
def test_a_head_that_is_none_is_refused(head: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    unpacked(tmp_path, ledger())

    assert verify.main(["--head", head], tmp_path) == 1
    assert "The head you gave does not look like 12:0a1b..." in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--nonsense"], ["one", "two"], ["no such folder"]])
def test_wrong_arguments_never_look_like_an_old_pack(arguments: list[str], tmp_path: Path):
    assert verify.main(arguments, tmp_path) == 1


def test_a_folder_in_the_place_of_a_file_and_an_empty_folder_end_in_a_sentence(tmp_path: Path):
    assert run_verify(tmp_path) == (1, "NOT WHOLE: The file ledger.jsonl is missing.\n")

    (tmp_path / "ledger.jsonl").mkdir()

    assert run_verify(tmp_path) == (1, "NOT WHOLE: 'ledger.jsonl' is not a file, and is not part of the pack.\n")


def test_what_a_computer_leaves_in_a_folder_is_named_so_that_it_can_be_deleted(tmp_path: Path):
    head = unpacked(tmp_path, ledger())
    (tmp_path / ".DS_Store").write_bytes(b"")

    code, printed = run_verify(tmp_path, "--head", str(head))

    assert code == 1 and "The file '.DS_Store' is not part of the pack. Delete it" in printed


class TestAPackFromBeforePacksWereSealed:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        zipfile.ZipFile(BytesIO(old_pack(ledger()))).extractall(tmp_path)
        return tmp_path

    def test_is_an_old_pack_with_and_without_a_head(self, folder: Path):
        for arguments in ([], ["--head", (folder / "head.txt").read_text()]):
            status, report = run_verify(folder, *arguments)

            assert status == 2
            assert "This is an old pack: its files are not bound to the ledger." in report

    @pytest.mark.parametrize("forge", [with_row, without_row, with_other_name, lambda files: files.update(extra=b"")])
    def test_is_checked_as_before(self, folder: Path, forge: Callable[[Files], object]):
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
        forge(files)

        assert verify.main([], written(files, folder)) == 1

    def test_of_a_store_that_went_on_with_a_new_release_is_sealed(self, tmp_path: Path):
        old = relinked(ledger(), 1)
        head = unpacked(tmp_path, old)

        assert '"format"' not in (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").splitlines()[0]
        assert run_verify(tmp_path, "--head", str(head))[0] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"opened": "all"},
        {"opened": ((3, 1),)},
        {"opened": ((0, 13),)},
        {"opened": ((1, 10**9),)},
        {"opened": ((True, 2),)},
        {"opened": [["1", "2"]]},
        {"opened": 7},
        {"erased": ((99, 99),)},
        {"before": "12"},
        {"files": {}},
        {"files": {"README.txt": 1}},
        {"files": ["README.txt"]},
        {"more": "than a seal says"},
    ],
    ids=str,
)
def test_a_seal_that_says_something_odd_ends_in_a_sentence(changes: Any, tmp_path: Path):
    unpacked(tmp_path, ledger(), **changes)

    status, report = run_verify(tmp_path)

    assert status == 1
    assert report.startswith("NOT WHOLE: ") and "Traceback" not in report


def test_the_head_of_another_export_is_refused_with_what_to_ask_for(tmp_path: Path):
    facts = {"opened": ((1, 1),), "erased": (), "before": str(head(ledger())), "files": {}}
    other = Event(EventKind.EXPORT_PREPARED, NINE, "", "p0", "AUP-2025-1", facts, {"name": "IT"})
    entries = [*ledger(), seal(other, head(ledger()), ("a" * 32, "b" * 32))]
    unpacked(tmp_path, entries)

    status, report = run_verify(tmp_path, "--head", str(head(entries)))

    assert status == 1
    assert "The head you gave sealed another pack. Ask for that pack, or for the head of entry" in report


@pytest.mark.parametrize("facts", [{}, {"before": "yesterday", "now": "today"}, {"before": 1, "now": 2}])
def test_a_note_that_does_not_say_how_the_clock_went_back_is_found(tmp_path: Path, facts: dict[str, Fact]):
    entries = ledger()
    note = seal(Event(EventKind.CLOCK_WENT_BACK, NINE, facts=facts), head(entries[-1:]), ("0" * 32, "1" * 32))
    unpacked(tmp_path, [*entries, note])

    status, printed = run_verify(tmp_path)

    assert status == 1
    assert printed == f"NOT WHOLE: Entry {note.number} does not say from when to when the clock went back.\n"
