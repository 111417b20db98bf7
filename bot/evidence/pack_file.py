"""Builds evidence packs: a zip that anybody can read, and that anybody with Python can check."""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyzipper
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.evidence import verify
from bot.evidence.rules.ledger import OLD_FORMAT, Entry, Head
from bot.evidence.rules.pack import Pack
from bot.evidence.verify import COLUMNS, LESSON_COLUMNS, NOT_IN_SHEETS, as_cell
from bot.school.rules.calendar import london
from bot.school.rules.documents import listed

FILE_TIME = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip, so that equal packs are equal bytes
NOT_ACKNOWLEDGED_COLUMNS = ("name", "where they are", "their last day")

SHEET_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # spreadsheets read _x0041_ as A: ISO/IEC 29500-1, ST_Xstring

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
verify.py                        the program that checks the pack, as the school has it

HOW TO CHECK
Do not use the verify.py in this pack: somebody who changes a pack can change that file too. Take verify.py from the
release of Staffroom that the school uses (bot/evidence/verify.py). It needs only Python 3.8 or newer.
Unpack this pack into an empty folder, and run:
  python3 verify.py --head NUMBER:HASH FOLDER
NUMBER:HASH is a head of the ledger that you, or anybody outside the school, were given. The best one is the head in
the reply to the export that made this pack. It is the head of the ledger's last entry, which seals the whole pack.
A head that was given earlier (each summary for the headteacher has one) shows only that nothing up to its entry was
taken away or written again.
Without a head, run:
  python3 verify.py FOLDER
This shows that the parts of the pack fit together. It does not show that nobody wrote all of it again.
The program prints a sentence for each thing that is wrong. Its exit code is 0 if the pack is whole, 1 if it is not,
and 2 if the pack was made by Staffroom 0.6.0 or earlier, which did not bind its files to the ledger.

HOW TO READ THE LEDGER
You can read the entries of this campaign and of its school year's recorded lessons, and the seals of other packs. Of
all other entries you see the hashes only. They are about other people, and they are in the pack because the chain can
only be checked as a whole.
The last entry is the seal. It says which entries can be read, which of these are without the details of the person,
and the SHA-256 of every file but ledger.jsonl and head.txt.
An entry without "who" is about somebody whose details were erased, as data protection law requires; what happened,
and when, is still there.
In the lists, the character U+FFFD stands for a character that a spreadsheet cannot hold. An apostrophe stands before
text that a spreadsheet would take for a formula.

WHAT IT DOES NOT PROVE
- That a recording is gone, if only its teacher said so ("by: teacher").
- That children read a notice that was posted.
- Who witnessed a signed sheet. The entry says that there was a witness; the name comes from the staff list on the day
  the pack was made.
- That somebody understood what they read.
- That the school's own staff list was right.
- That a signed sheet, kept in the office, says what its entry says.
- That nobody with access to the school's computer has written a whole new ledger. Only a head that was kept
  elsewhere shows this.
"""


@dataclass(frozen=True, slots=True)
class PackDraft:
    """A pack of which everything is made but its seal: the files that are bound, the zip with them, the ledger so far.

    Nothing is left that the ledger's content could make fail, so that what the seal records has been done.
    """

    hashes: Mapping[str, str]
    archive: bytes
    lines: str
    key: str

    @classmethod
    def of(cls, pack: Pack, key: str = "") -> "PackDraft":
        """The draft of a pack, which is encrypted with AES-256 if `key` is not empty."""
        files = dict(_files(pack))
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        return cls(hashes, _zipped(files, key), "".join(map(_as_line, pack.entries)), key)

    def sealed(self, seal: Entry) -> bytes:
        """The pack as a zip, with the ledger that ends with `seal`."""
        last = f"{Head(seal.number, seal.hash)}\n"
        return _zipped({"ledger.jsonl": self.lines + _as_line(seal), "head.txt": last}, self.key, self.archive)


def _zipped(files: Mapping[str, bytes | str], key: str, archive: bytes = b"") -> bytes:
    """A zip with files added to it, and encrypted if `key` is not empty."""
    buffer = io.BytesIO(archive)
    with pyzipper.AESZipFile(buffer, "a" if archive else "w", compression=zipfile.ZIP_DEFLATED) as zip_file:
        if key:
            zip_file.setpassword(key.encode())
            zip_file.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in files.items():
            zip_info = zip_file.zipinfo_cls(name, FILE_TIME)
            zip_info.compress_type = zipfile.ZIP_DEFLATED
            zip_file.writestr(zip_info, content)
    return buffer.getvalue()


def _files(pack: Pack) -> Iterator[tuple[str, bytes]]:
    """Every file that the seal binds."""
    demo = "DEMO: nothing in here happened.\n\n" if pack.is_demo else ""
    readme = README.format(
        demo=demo, school=pack.school, title=_title(pack), year=pack.year, made_at=london(pack.made_at)
    )
    yield "README.txt", _as_text(readme)
    yield "statement.txt", _as_text("\n".join([*demo.splitlines(), *_statements(pack)]))
    for text in pack.texts:
        yield f"policy-{text.digest[:12]}.txt", _as_text(f"{demo}{text.content}")
        yield f"policy-{text.digest[:12]}.json", text.canonical
    yield "acknowledgements.csv", _as_csv((COLUMNS, *pack.rows))
    yield "lessons.csv", _as_csv((LESSON_COLUMNS, *pack.lessons))
    yield "acknowledgements.xlsx", _as_xlsx(pack)
    yield "verify.py", Path(verify.__file__).read_bytes()


def _title(pack: Pack) -> str:
    return listed([text.title for text in pack.texts[-pack.in_force :]])


def _as_text(text: str) -> bytes:
    return NOT_IN_SHEETS.sub("\ufffd", text).encode()


def _statements(pack: Pack) -> Iterator[str]:
    for text in pack.texts:
        named = f"{text.title}. " if pack.in_force > 1 else ""
        yield f"{named}With version {text.label}, text {text.digest[:12]}:\n{text.statement}\n"


def _as_line(entry: Entry) -> str:
    row: dict[str, str | int] = {"number": entry.number, "previous": entry.previous, "hash": entry.hash}
    if entry.format != OLD_FORMAT:
        row["format"] = entry.format
    for half, leaf in (("what", entry.what), ("who", entry.who)):
        row[f"{half}_hash"] = leaf.hash
        if leaf.is_open:
            row |= {half: leaf.text, f"{half}_salt": leaf.salt}
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([as_cell(cell) for cell in row] for row in rows)
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
        cell = WriteOnlyCell(sheet, value=SHEET_ESCAPE.sub("_x005F_", as_cell(text)))
        cell.data_type = "s"
        cells.append(cell)
    return cells
