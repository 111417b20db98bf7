"""Builds evidence packs: a zip that can be checked by anybody with Python, and read by anybody at all."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyzipper
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.campaigns.rules.versions import Version
from bot.evidence import verify
from bot.evidence.rules.ledger import Entry
from bot.evidence.rules.pack import Pack
from bot.evidence.verify import COLUMNS, LESSON_COLUMNS
from bot.school.rules.calendar import london, written

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # what a zip says of a file's time when nobody should care
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
OTHERS = ("name", "where they stand", "their last day")

README = """{demo}EVIDENCE OF ACKNOWLEDGEMENT
{school}
{title}, {year}. Made on {made} (London time).

WHAT IS IN HERE
acknowledgements.csv and .xlsx   who acknowledged which text and when, and who has not
statement.txt                    the words they acknowledged
lessons.csv                      this school year's recorded lessons: each notice, answer and look, in order
policy-*.txt, policy-*.json      each exact text, to read and to check (its SHA-256 is its name's number)
ledger.jsonl                     the school's whole list of events, one a line, each sealed to the one before it
head.txt                         number and hash of its last entry
verify.py                        checks all of this with nothing but Python

HOW TO CHECK
Unpack, then run:  python3 verify.py
Were you, or was anybody outside, given a head of the ledger earlier (each summary for the headteacher prints one)?
  python3 verify.py --head NUMBER:HASH
That alone shows that nothing was taken away or written anew since.

HOW TO READ THE LEDGER
Only the entries of this campaign, and of its school year's recorded lessons, can be read here. All others are bare
hashes: they hold other people's details, and they are here because the chain can only be checked whole. An entry whose
"who" is missing is about somebody whose details were erased, as data protection law asks; what happened, and when,
still stands.

WHAT IT DOES NOT PROVE
That a recording is gone because its teacher said so ("by: teacher"); that children read a notice that was posted.
Who witnessed a signed sheet: that there was a witness is sealed, the name in the list is today's staff list's.
That somebody understood what they read. That the school's own staff list was right. That a signed sheet, kept in
the office, says what its entry says. And whoever holds the school's computer could write a whole new ledger: only
a head that was kept elsewhere shows that this did not happen.
"""


def build(pack: Pack, key: str = "") -> bytes:
    """The pack as a zip, encrypted with AES-256 where there is a key."""
    made = io.BytesIO()
    with pyzipper.AESZipFile(made, "w", compression=zipfile.ZIP_DEFLATED) as opened:
        if key:
            opened.setpassword(key.encode())
            opened.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in _files(pack):
            about = opened.zipinfo_cls(name, FIRST_DAY)
            about.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(about, content)
    return made.getvalue()


def _files(pack: Pack) -> Iterator[tuple[str, bytes]]:
    demo = "DEMO: nothing in here happened.\n\n" if pack.is_demo else ""
    about = README.format(
        demo=demo,
        school=pack.school,
        title=pack.versions[-1].title,
        year=pack.campaign.year,
        made=london(pack.made_at),
    )
    yield "README.txt", about.encode()
    yield "statement.txt", "\n".join([*demo.splitlines(), *_statements(pack)]).encode()
    for version in pack.versions:
        yield f"policy-{version.digest[:12]}.txt", f"{demo}{_as_text(version)}".encode()
        yield f"policy-{version.digest[:12]}.json", version.canonical
    yield "acknowledgements.csv", _as_csv((COLUMNS, *pack.rows))
    yield "lessons.csv", _as_csv((LESSON_COLUMNS, *pack.lessons))
    yield "acknowledgements.xlsx", _as_xlsx(pack)
    yield "ledger.jsonl", "".join(f"{_as_line(entry)}\n" for entry in pack.entries).encode()
    yield "head.txt", f"{pack.head}\n".encode()
    yield "verify.py", Path(verify.__file__).read_bytes()


def _statements(pack: Pack) -> Iterator[str]:
    for version, statement in zip(pack.versions, pack.statements, strict=True):
        yield f"With version {version.label}, text {version.digest[:12]}:\n{statement}\n"


def _as_text(version: Version) -> str:
    lines = [version.title, f"Version {version.label}. SHA-256 {version.digest}", ""]
    lines.append(f"To be reviewed by {written(version.review_due)}.\n")
    for heading, passages in version.sections:
        lines += [heading, ""] if heading else []
        lines += [f"{one.ref} ({one.id})\n{one.text}\n" for one in passages]
    return "\n".join(lines)


def _as_line(entry: Entry) -> str:
    row = {"number": entry.number, "previous": entry.previous, "hash": entry.hash}
    for half, leaf in (("what", entry.what), ("who", entry.who)):
        row[f"{half}_hash"] = leaf.hash
        if leaf.is_open:
            row |= {half: leaf.text, f"{half}_salt": leaf.salt}
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    made = io.StringIO()
    lines = csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerows([disarmed(one) for one in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def _as_xlsx(pack: Pack) -> bytes:
    book = Workbook(write_only=True)
    for name, head, rows in (
        ("Acknowledged", COLUMNS, pack.rows),
        ("Not acknowledged", OTHERS, pack.others),
        ("Recorded lessons", LESSON_COLUMNS, pack.lessons),
    ):
        sheet = book.create_sheet(f"DEMO {name}" if pack.is_demo else name)
        sheet.freeze_panes = "A2"
        for row in (head, *rows):
            sheet.append(_cells(sheet, row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _cells(sheet: object, row: Iterable[str]) -> list[WriteOnlyCell]:
    """Cells that no spreadsheet takes for a formula, whatever somebody is called."""
    cells = []
    for text in row:
        cell = WriteOnlyCell(sheet, value=disarmed(text))
        cell.data_type = "s"
        cells.append(cell)
    return cells


def disarmed(text: str) -> str:
    """Text that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection).

    >>> disarmed("=HYPERLINK(1)"), disarmed(" +44 1524"), disarmed("A teacher")
    ("'=HYPERLINK(1)", "' +44 1524", 'A teacher')
    """
    is_armed = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if is_armed else text
