"""Builds evidence packs: a zip that anybody can read, and that anybody with Python can check."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyzipper
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.evidence import verify
from bot.evidence.rules.ledger import Entry
from bot.evidence.rules.pack import Pack
from bot.evidence.rules.spreadsheet_text import disarmed
from bot.evidence.verify import COLUMNS, LESSON_COLUMNS
from bot.school.rules.calendar import london

FILE_TIME = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip, so that equal packs are equal bytes
NOT_ACKNOWLEDGED_COLUMNS = ("name", "where they are", "their last day")

README = """{demo}EVIDENCE OF ACKNOWLEDGEMENT
{school}
{title}, {year}. Made on {made_at} (London time).

WHAT IS IN THIS PACK
acknowledgements.csv and .xlsx   who acknowledged which text and when, and who has not
statement.txt                    the words they acknowledged
lessons.csv                      this school year's recorded lessons: each notice, answer and check, in order
policy-*.txt, policy-*.json      each exact text, to read and to check (the name has the start of its SHA-256)
ledger.jsonl                     the school's whole list of events, one on each line, each sealed to the one before it
head.txt                         number and hash of the ledger's last entry
verify.py                        checks all of this; it needs only Python

HOW TO CHECK
Unpack, then run:  python3 verify.py
If you, or anybody outside the school, were given a head of the ledger earlier (each summary for the headteacher
has one), run:
  python3 verify.py --head NUMBER:HASH
Only this shows that nothing was taken away or written again since then.

HOW TO READ THE LEDGER
You can read the entries of this campaign and of its school year's recorded lessons. Of all other entries you see the
hashes only. They are about other people, and they are in the pack because the chain can only be checked as a whole.
An entry without "who" is about somebody whose details were erased, as data protection law requires; what happened,
and when, is still there.

WHAT IT DOES NOT PROVE
- That a recording is gone, if only its teacher said so ("by: teacher").
- That children read a notice that was posted.
- Who witnessed a signed sheet. The ledger seals that there was a witness; the name comes from today's staff list.
- That somebody understood what they read.
- That the school's own staff list was right.
- That a signed sheet, kept in the office, says what its entry says.
- That nobody with access to the school's computer has written a whole new ledger. Only a head that was kept
  elsewhere shows this.
"""


def build(pack: Pack, key: str = "") -> bytes:
    """The pack as a zip, encrypted with AES-256 if `key` is not empty."""
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        if key:
            archive.setpassword(key.encode())
            archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in _files(pack):
            zip_info = archive.zipinfo_cls(name, FILE_TIME)
            zip_info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(zip_info, content)
    return buffer.getvalue()


def _files(pack: Pack) -> Iterator[tuple[str, bytes]]:
    demo = "DEMO: nothing in here happened.\n\n" if pack.is_demo else ""
    readme = README.format(
        demo=demo, school=pack.school, title=pack.texts[-1].title, year=pack.year, made_at=london(pack.made_at)
    )
    yield "README.txt", readme.encode()
    yield "statement.txt", "\n".join([*demo.splitlines(), *_statements(pack)]).encode()
    for text in pack.texts:
        yield f"policy-{text.digest[:12]}.txt", f"{demo}{text.content}".encode()
        yield f"policy-{text.digest[:12]}.json", text.canonical
    yield "acknowledgements.csv", _as_csv((COLUMNS, *pack.rows))
    yield "lessons.csv", _as_csv((LESSON_COLUMNS, *pack.lessons))
    yield "acknowledgements.xlsx", _as_xlsx(pack)
    yield "ledger.jsonl", "".join(f"{_as_line(entry)}\n" for entry in pack.entries).encode()
    yield "head.txt", f"{pack.head}\n".encode()
    yield "verify.py", Path(verify.__file__).read_bytes()


def _statements(pack: Pack) -> Iterator[str]:
    for text in pack.texts:
        yield f"With version {text.label}, text {text.digest[:12]}:\n{text.statement}\n"


def _as_line(entry: Entry) -> str:
    row = {"number": entry.number, "previous": entry.previous, "hash": entry.hash}
    for half, leaf in (("what", entry.what), ("who", entry.who)):
        row[f"{half}_hash"] = leaf.hash
        if leaf.is_open:
            row |= {half: leaf.text, f"{half}_salt": leaf.salt}
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _as_xlsx(pack: Pack) -> bytes:
    book = Workbook(write_only=True)
    for name, header, rows in (
        ("Acknowledged", COLUMNS, pack.rows),
        ("Not acknowledged", NOT_ACKNOWLEDGED_COLUMNS, pack.others),
        ("Recorded lessons", LESSON_COLUMNS, pack.lessons),
    ):
        sheet = book.create_sheet(f"DEMO {name}" if pack.is_demo else name)
        sheet.freeze_panes = "A2"
        for row in (header, *rows):
            sheet.append(_cells(sheet, row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cells(sheet: object, row: Iterable[str]) -> list[WriteOnlyCell]:
    """Cells that no spreadsheet reads as a formula, whatever text they have."""
    cells = []
    for text in row:
        cell = WriteOnlyCell(sheet, value=disarmed(text))
        cell.data_type = "s"
        cells.append(cell)
    return cells
