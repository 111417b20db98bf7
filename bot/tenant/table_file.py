"""Cuts a table file into rows: CSV as Excel, Google, LibreOffice and school systems save it, and .xlsx."""

import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl

from bot.errors import SettingsError
from bot.roster.rules.letters import is_of_another_computer, is_of_mac
from bot.roster.rules.staff_columns import Row, find_header, header_score

MAX_FILE_BYTES, MAX_UNPACKED_BYTES = 5_000_000, 60_000_000
MAX_ROWS, MAX_CELLS = 2_500, 300  # 20,000 rows would keep everybody waiting for 5 seconds
TOO_MANY_ROWS = f"it has more than {MAX_ROWS} lines, and no school has so many staff; it may be the wrong file."
MAX_CELL_LINES = 30
SEPARATORS = ",;\t|"
LINES_TO_CHOOSE_BY = 60
SAVE_AS_CSV = "open it in a spreadsheet and save it as CSV UTF-8"
OTHER_SIGNS = (
    "{name} cannot be read: names in it would come out wrong, because it was saved with the letters of another kind of "
    f"computer; {SAVE_AS_CSV}."
)
QUOTE_OPEN = "a quotation mark is opened and not closed, or there is one too many"
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?[,;\t|]*\s*", re.IGNORECASE)


def read_table(file: Path) -> list[Row]:
    """The rows of a file with the lines they begin in; raises SettingsError with one sentence if it is no table."""
    return table_rows(_content(file), file.name)


def table_rows(content: bytes, name: str) -> list[Row]:
    """The rows of a file's content; raises SettingsError with one sentence if it is no table, or too large."""
    if len(content) > MAX_FILE_BYTES:
        raise SettingsError(f"{name} cannot be read: it has more than {MAX_FILE_BYTES // 1_000_000} MB.")
    if content.startswith(b"PK\x03\x04"):
        return _workbook_rows(name, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SettingsError(f"{name} is a workbook of an old Excel (.xls): {SAVE_AS_CSV}.")
    text = _decoded(name, content)
    if text.lstrip()[:300].lower().startswith(("<!doctype", "<html", "<?xml", "<table", "{\\rtf", "%pdf")):
        raise SettingsError(f"{name} is a page or a document, not a table: {SAVE_AS_CSV}.")
    return text_rows(text, name)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file.name} cannot be read: {error.strerror or 'it is no file'}.") from error
    except ValueError as error:
        raise SettingsError("The file cannot be read: its name is not a file's.") from error
    return content


def _decoded(name: str, content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and is_of_another_computer(content, text):
            raise SettingsError(OTHER_SIGNS.format(name=name))
        if "\0" not in text:
            return text.removeprefix("\ufeff")
    raise SettingsError(f"{name} cannot be read: it is not a text; {SAVE_AS_CSV}.")


def _encodings(content: bytes) -> tuple[str, ...]:
    """The encodings to try in turn, by the byte order mark, else by where the zero bytes are."""
    if content.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = content[:2000]
    if start.count(0) * 4 > len(start):
        return ("utf-16-le",) if start[1::2].count(0) > start[::2].count(0) else ("utf-16-be",)
    has_ends_of_mac = b"\r" in content and b"\n" not in content  # Excel's "CSV (Macintosh)" is in Mac Roman
    return ("utf-8", "mac_roman") if has_ends_of_mac and is_of_mac(content) else ("utf-8", "cp1252")


def text_rows(text: str, name: str) -> list[Row]:
    """The rows of a text. The separator is the one of its first line `sep=;`, else the one that shows known columns."""
    lines = list(StringIO(text, newline=""))
    if len(lines) > MAX_ROWS:
        raise SettingsError(f"{name} cannot be read: {TOO_MANY_ROWS}")
    match = _SEP_LINE.fullmatch(lines[0]) if lines else None
    if match:
        return _cut(lines, match[1], 1)
    return _cut(lines, _separator(lines[:LINES_TO_CHOOSE_BY]), 0)


def _separator(lines: Sequence[str]) -> str:
    def known_columns(separator: str) -> tuple[int, int]:
        rows = _cut(lines, separator, 0)
        place = find_header(rows)
        return (0, 0) if place is None else (header_score(rows[place]), len(rows[place].cells))

    return max(SEPARATORS, key=known_columns)


def _cut(lines: Sequence[str], separator: str, place: int) -> list[Row]:
    """Rows from that line on. A row that cannot be cut is one line, so that a stray quote takes no others with it."""
    rows = []
    while place < len(lines):
        reader = csv.reader(lines[place : place + MAX_CELL_LINES], delimiter=separator, strict=True)
        try:
            cells = next(reader)
            is_whole = not any(_holds_a_row(cell, separator) for cell in cells)
        except (csv.Error, StopIteration):
            cells, is_whole = [], False
        rows.append(Row(place + 1, tuple(cells)) if is_whole else Row(place + 1, (), QUOTE_OPEN))
        place += reader.line_num if is_whole else 1
    return rows


def _holds_a_row(cell: str, separator: str) -> bool:
    """Whether a quote that was never closed made the next row a part of this cell."""
    parts = cell.splitlines()
    return len(parts) > 1 and any(part.count(separator) > 1 or '"' in part for part in parts)


def _workbook_rows(name: str, content: bytes) -> list[Row]:
    """The rows of the first sheet with columns that are known."""
    try:
        _refuse_bombs(content)
        workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheets = [
            _sheet_rows(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_CELLS)) for sheet in workbook.worksheets
        ]
        workbook.close()
    except Exception as error:  # a library that reads strangers' files raises anything
        raise SettingsError(f"{name} is a workbook that cannot be read: {SAVE_AS_CSV}.") from error
    rows = max(sheets, key=_best_score) if sheets else []
    if len(rows) > MAX_ROWS and not rows[MAX_ROWS].is_empty:
        raise SettingsError(f"{name} cannot be read: {TOO_MANY_ROWS}")
    return rows


def _best_score(rows: Sequence[Row]) -> int:
    place = find_header(rows)
    return 0 if place is None else header_score(rows[place])


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise ValueError("too large")
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(member):
                raise ValueError("entities")


def _sheet_rows(rows: Iterable[Sequence[object]]) -> list[Row]:
    return [
        Row(line, tuple(_cell_text(getattr(cell, "value", None)) for cell in row)) for line, row in enumerate(rows, 1)
    ]


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
