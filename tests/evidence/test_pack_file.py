"""The evidence pack: checked by whoever gets it, found out whatever is changed in it, harmless in a spreadsheet."""

import random
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import pyzipper
from openpyxl import load_workbook

from bot.campaigns.rules.campaign import Campaign, KnownPerson
from bot.campaigns.rules.versions import Passage, Version
from bot.evidence import pack_file, verify
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head, head, seal
from bot.evidence.rules.pack import ERASED, Pack, lessons, opened, rows
from bot.people.rules.person import Role
from bot.school.rules.calendar import LONDON

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
TEXT = Version("AUP", "Acceptable Use", "1", date(2027, 1, 1), (Passage("A-1", "1", "Safety", "Be “kind” – always."),))
CAMPAIGN = Campaign(
    "AUP-2026-1",
    "AUP",
    "1",
    TEXT.digest,
    TEXT.digest,
    frozenset({Role.STAFF}),
    NINE.date(),
    date(2026, 9, 28),
    frozenset(),
)
FILES = ("ledger.jsonl", "acknowledgements.csv", "lessons.csv", "head.txt")
NAMES = ("A teacher", '=HYPERLINK("x")', "Zoë Ł – “quoted”", "+44 1524", "A, comma")


def facts(**more: Fact) -> dict[str, Fact]:
    return {"document": "AUP", "label": "1", "version": TEXT.digest, "asked": TEXT.digest, "channel": "web"} | more


def ledger() -> list[Entry]:
    """A publication, an event of another campaign, and an acknowledgement by everybody, one of them on paper."""
    events = [
        Event(
            EventKind.PUBLISH,
            NINE,
            facts={"document": "AUP", "digest": TEXT.digest, "label": "1", "statement": "I have read it."},
        ),
        Event(EventKind.PAUSE, NINE, "p9", "p0", facts={"until": "2026-10-01"}, who={"name": "Somebody private"}),
    ]
    for number, name in enumerate(NAMES):
        who = {"name": name, "email": f"p{number}@school.example", "roles": "staff"}
        events.append(Event(EventKind.ACKNOWLEDGE, NINE, f"p{number}", f"p{number}", CAMPAIGN.id, facts(), who))
    paper = facts(signed="2026-09-07", witness="p0")
    events.append(Event(EventKind.PAPER, NINE, "p7", "p0", CAMPAIGN.id, paper, {"name": "V", "email": "", "roles": ""}))
    for id, starts in (("l1", NINE), ("l0", NINE - timedelta(days=365))):
        lesson: dict[str, Fact] = {"lesson": id, "starts": starts.isoformat(), "kept": 21}
        events.append(
            Event(EventKind.LESSON, NINE, "p1", "p1", facts=lesson, who={"name": "A colleague", "label": f"+{id}"})
        )
        events.append(Event(EventKind.LOOK, NINE, "p1", facts={"lesson": id, "found": "gone", "by": "tenant"}))
    events.append(Event(EventKind.CORRECT, NINE, "p7", "p0", CAMPAIGN.id, {"entry": 8}, {"reason": "wrong person"}))
    made: list[Entry] = []
    for number, event in enumerate(events):
        made.append(seal(event, head(made), (f"{number:032x}", f"{number + 100:032x}")))
    return made


def pack_of(entries: list[Entry]) -> Pack:
    known = {"p0": KnownPerson("p0", "t0", "The office", "", "")}
    shown = opened(entries, CAMPAIGN)
    return Pack(
        school="School",
        campaign=CAMPAIGN,
        versions=(TEXT,),
        statements=("I have read it.",),
        entries=shown,
        head=head(entries),
        rows=rows(shown, known),
        others=(("A late one", "past their day", "Monday 28 September 2026"),),
        lessons=lessons(shown),
        made_at=NINE,
        is_demo=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    zipfile.ZipFile(BytesIO(pack_file.build(pack_of(ledger())))).extractall(tmp_path / "pack")
    return tmp_path / "pack"


def checked(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-I", str(folder / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_whole_pack_verifies_with_nothing_but_python(folder: Path):
    status, said = checked(folder, "--head", str(head(ledger())))

    assert status == 0, said
    assert "13 entries" in said and "6 acknowledgements" in said and "2 events about recorded lessons" in said


def test_only_the_school_years_lessons_can_be_read(folder: Path):
    listed = (folder / "lessons.csv").read_text(encoding="utf-8-sig")

    assert '"lesson","l1"' in listed and "'+l1" in listed and "l0" not in listed
    assert "l0" not in (folder / "ledger.jsonl").read_text()


def test_a_pack_about_somebody_erased_still_verifies(tmp_path: Path):
    entries = [one.without_who() if one.number == 3 else one for one in ledger()]
    zipfile.ZipFile(BytesIO(pack_file.build(pack_of(entries)))).extractall(tmp_path)

    assert checked(tmp_path)[0] == 0
    assert ERASED in (tmp_path / "acknowledgements.csv").read_text(encoding="utf-8-sig")
    assert "A teacher" not in (tmp_path / "ledger.jsonl").read_text()


def test_other_peoples_events_are_bare_hashes(folder: Path):
    assert "Somebody private" not in (folder / "ledger.jsonl").read_text()
    assert "2026-10-01" not in (folder / "ledger.jsonl").read_text()


@pytest.mark.parametrize("witness", [Head(13, "0" * 64), Head(16, "a" * 64)])
def test_a_head_kept_outside_finds_a_ledger_written_anew_or_cut_short(folder: Path, witness: Head):
    status, said = checked(folder, "--head", str(witness))

    assert status == 1
    assert "outside" in said


def test_whatever_is_changed_in_a_pack_is_found(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
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
            one, other = chance.sample(range(1, len(lines)), 2)
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            held = bytearray(whole)
            witness = range(at := whole.find(b"The office"), at + 10)  # a name that the ledger does not seal
            at = chance.choice([at for at, byte in enumerate(held) if chr(byte).isalnum() and at not in witness])
            held[at] = ord("z") if held[at] != ord("z") else ord("y")
            return bytes(held)
    return b"".join(lines)


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


def test_with_a_key_nobody_reads_it_without_the_key():
    made = BytesIO(pack_file.build(pack_of(ledger()), "the school's own key"))

    with pytest.raises(RuntimeError, match="password"):
        zipfile.ZipFile(made).read("ledger.jsonl")
    with pyzipper.AESZipFile(made) as opened_pack:
        opened_pack.setpassword(b"the school's own key")
        assert b"A teacher" in opened_pack.read("ledger.jsonl")


def test_the_same_pack_is_the_same_to_the_byte_but_for_the_spreadsheet():
    one, other = (zipfile.ZipFile(BytesIO(pack_file.build(pack_of(ledger())))) for _ in range(2))

    names = [name for name in one.namelist() if not name.endswith("xlsx")]
    assert [one.read(name) for name in names] == [other.read(name) for name in names]


def test_a_corrected_receipt_is_listed_and_does_not_count():
    last = pack_of(ledger()).rows[-1]

    assert (last[4], last[9], last[10]) == ("on paper", "The office", "no, corrected")
