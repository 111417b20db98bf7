"""The evidence pack: anybody can check it, every change is found, and it does no harm in a spreadsheet."""

import random
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import pyzipper
from openpyxl import load_workbook

from bot.evidence import pack_file, verify
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head, head, seal
from bot.evidence.rules.pack import ERASED, Pack, PackScope, PackText, acknowledgement_rows, lesson_rows, opened
from bot.people.rules.person import KnownPerson
from bot.school.rules.calendar import LONDON

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
CANONICAL = '{"clauses":[["A-1","1","Safety","Be “kind” – always."]],"document":"AUP","version":"1"}'.encode()
DIGEST = sha256(CANONICAL).hexdigest()
TEXT = PackText("Acceptable Use", "1", DIGEST, "I have read it.", "Be “kind” – always.", CANONICAL)
CAMPAIGN = "AUP-2026-1"
SCOPE = PackScope(CAMPAIGN, "AUP", date(2026, 9, 1), date(2027, 8, 31))
FILES = ("ledger.jsonl", "acknowledgements.csv", "lessons.csv", "head.txt")
NAMES = ("A teacher", '=HYPERLINK("x")', "Zoë Ł – “quoted”", "+44 1524", "A, comma")


def facts(**more: Fact) -> dict[str, Fact]:
    return {"document": "AUP", "label": "1", "version": DIGEST, "asked": DIGEST, "channel": "web"} | more


def ledger() -> list[Entry]:
    """A publication, an event of another campaign, and an acknowledgement by everybody, one of them on paper."""
    events = [
        Event(
            EventKind.PUBLISH,
            NINE,
            facts={"document": "AUP", "digest": DIGEST, "label": "1", "statement": "I have read it."},
        ),
        Event(EventKind.PAUSE, NINE, "p9", "p0", facts={"until": "2026-10-01"}, who={"name": "Somebody private"}),
    ]
    for number, name in enumerate(NAMES):
        who = {"name": name, "email": f"p{number}@school.example", "roles": "staff"}
        events.append(Event(EventKind.ACKNOWLEDGE, NINE, f"p{number}", f"p{number}", CAMPAIGN, facts(), who))
    paper = facts(signed="2026-09-07", witness="p0")
    events.append(Event(EventKind.PAPER, NINE, "p7", "p0", CAMPAIGN, paper, {"name": "V", "email": "", "roles": ""}))
    for id, starts in (("l1", NINE), ("l0", NINE - timedelta(days=365))):
        lesson: dict[str, Fact] = {"lesson": id, "starts": starts.isoformat(), "kept": 21}
        events.append(
            Event(EventKind.LESSON, NINE, "p1", "p1", facts=lesson, who={"name": "A colleague", "label": f"+{id}"})
        )
        events.append(Event(EventKind.LOOK, NINE, "p1", facts={"lesson": id, "found": "gone", "by": "tenant"}))
    events.append(Event(EventKind.CORRECT, NINE, "p7", "p0", CAMPAIGN, {"entry": 8}, {"reason": "wrong person"}))
    entries: list[Entry] = []
    for number, event in enumerate(events):
        entries.append(seal(event, head(entries), (f"{number:032x}", f"{number + 100:032x}")))
    return entries


def pack_of(entries: list[Entry]) -> Pack:
    known = {"p0": KnownPerson("p0", "t0", "The office", "", "")}
    shown = opened(entries, SCOPE)
    return Pack(
        school="School",
        campaign=CAMPAIGN,
        year="2026/27",
        texts=(TEXT,),
        entries=shown,
        head=head(entries),
        rows=acknowledgement_rows(shown, known),
        others=(("A late colleague", "past their day", "Monday 28 September 2026"),),
        lessons=lesson_rows(shown),
        made_at=NINE,
        is_demo=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    zipfile.ZipFile(BytesIO(pack_file.build(pack_of(ledger())))).extractall(tmp_path / "pack")
    return tmp_path / "pack"


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit status of the pack's own verify.py, and what it printed."""
    command = [sys.executable, "-I", str(folder / "verify.py"), *arguments]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.returncode, process.stdout


def test_a_whole_pack_verifies_with_nothing_but_python(folder: Path):
    status, report = check(folder, "--head", str(head(ledger())))

    assert status == 0, report
    for figure in ("13 entries", "6 acknowledgements", "2 events about recorded lessons"):
        assert figure in report


def test_only_the_school_years_lessons_can_be_read(folder: Path):
    listed = (folder / "lessons.csv").read_text(encoding="utf-8-sig")

    assert '"lesson","l1"' in listed and "'+l1" in listed and "l0" not in listed
    assert "l0" not in (folder / "ledger.jsonl").read_text()


def test_a_pack_about_somebody_erased_still_verifies(tmp_path: Path):
    entries = [entry.without_who() if entry.number == 3 else entry for entry in ledger()]
    zipfile.ZipFile(BytesIO(pack_file.build(pack_of(entries)))).extractall(tmp_path)

    assert check(tmp_path)[0] == 0
    assert ERASED in (tmp_path / "acknowledgements.csv").read_text(encoding="utf-8-sig")
    assert "A teacher" not in (tmp_path / "ledger.jsonl").read_text()


def test_other_peoples_events_are_bare_hashes(folder: Path):
    assert "Somebody private" not in (folder / "ledger.jsonl").read_text()
    assert "2026-10-01" not in (folder / "ledger.jsonl").read_text()


@pytest.mark.parametrize("witness", [Head(13, "0" * 64), Head(16, "a" * 64)])
def test_a_head_kept_outside_finds_a_ledger_written_again_or_cut_short(folder: Path, witness: Head):
    status, report = check(folder, "--head", str(witness))

    assert status == 1
    assert "outside" in report


def test_every_change_to_a_pack_is_found(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Three hundred seeded changes to the files that count; the check runs in this process to be quick."""
    chance = random.Random(7)
    for number in range(300):
        name = chance.choice([*FILES, next(folder.glob("*.json")).name])
        file = folder / name
        whole = file.read_bytes()
        file.write_bytes(changed(whole, name, chance))
        assert verify_in(folder) == 1, (number, name)
        file.write_bytes(whole)
    assert verify_in(folder) == 0


def changed(whole: bytes, name: str, chance: random.Random) -> bytes:
    lines = whole.splitlines(keepends=True)
    match chance.choice(["byte", "drop", "swap"]) if name.endswith(("jsonl", "csv")) else "byte":
        case "drop":
            del lines[chance.randrange(1, len(lines))]
        case "swap":
            first, second = chance.sample(range(1, len(lines)), 2)
            lines[first], lines[second] = lines[second], lines[first]
        case _:
            return with_another_byte(whole, chance)
    return b"".join(lines)


def with_another_byte(whole: bytes, chance: random.Random) -> bytes:
    start = whole.find(b"The office")  # a name that the ledger does not seal
    unsealed = range(start, start + 10) if start >= 0 else ()
    at = chance.choice([at for at, byte in enumerate(whole) if chr(byte).isalnum() and at not in unsealed])
    return whole[:at] + (b"z" if whole[at : at + 1] != b"z" else b"y") + whole[at + 1 :]


def verify_in(folder: Path) -> int:
    return verify.main([], folder)


def test_names_are_harmless_in_a_spreadsheet(folder: Path):
    text = (folder / "acknowledgements.csv").read_text(encoding="utf-8-sig")
    book = load_workbook(folder / "acknowledgements.xlsx")

    assert "\"'=HYPERLINK" in text and "\"'+44" in text
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value]
    assert all(cell.data_type == "s" for cell in cells)
    assert all(not str(cell.value).startswith(("=", "+")) for cell in cells)
    assert book.sheetnames == ["DEMO Acknowledged", "DEMO Not acknowledged", "DEMO Recorded lessons"]


def test_a_pack_with_a_key_is_read_by_nobody_without_it():
    file = BytesIO(pack_file.build(pack_of(ledger()), "the school's own key"))

    with pytest.raises(RuntimeError, match="password"):
        zipfile.ZipFile(file).read("ledger.jsonl")
    with pyzipper.AESZipFile(file) as opened_pack:
        opened_pack.setpassword(b"the school's own key")
        assert b"A teacher" in opened_pack.read("ledger.jsonl")


def test_the_same_pack_is_the_same_to_the_byte_but_for_the_spreadsheet():
    first, second = (zipfile.ZipFile(BytesIO(pack_file.build(pack_of(ledger())))) for _ in range(2))

    names = [name for name in first.namelist() if not name.endswith("xlsx")]
    assert [first.read(name) for name in names] == [second.read(name) for name in names]


def test_a_corrected_receipt_is_listed_and_does_not_count():
    last = pack_of(ledger()).rows[-1]

    assert (last[4], last[9], last[10]) == ("on paper", "The office", "no, corrected")
