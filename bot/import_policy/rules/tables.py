"""A table's rows as clauses, with their heads; and tables that are not rules: covers, versions, forms to sign."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.import_policy.rules.blocks import Block, row_text
from bot.import_policy.rules.modality import column_modality
from bot.import_policy.rules.roles import SIGNATURE_LINE

MAX_HEAD_WORDS = 9
MAX_VALUE_WORDS = 25
COVER_LABEL = re.compile(
    r"^(?:(?:policy|document)\s+)?(?:title|name|owner|author|reference|ref\.?|number|version|status|approved|approval|agreed"
    r"|adopted|ratified|effective|date|review|next|last|lead|responsib\w+|written|prepared|produced|applies|governors?"
    r"|committee|signed|issue\w*|published|publication|category|type|location|chair|headteacher|school|audience|distribution"
    r"|policy|document|reviewed|frequency|key)\b",
    re.I,
)
VERSION_HEAD = re.compile(
    r"^(?:version|date|author|changes?|revision|amendments?|description|reviewed|approved|summary|by)\b", re.I
)


@dataclass(frozen=True, slots=True)
class TableClause:
    """A row, or a cell of a do-and-don't table: the end of its reference, its text, and the heads above it."""

    ref: str
    text: str
    head: tuple[str, ...] = ()
    column: str = ""


def is_cover_table(block: Block) -> bool:
    """Whether a table has labels and values of the document itself: owner, version, dates."""
    rows = [row for row in block.rows if any(cell.strip() for cell in row)]
    pairs = [row for row in rows if len([cell for cell in row if cell.strip()]) in (1, 2, 4)]
    if not rows or len(pairs) < len(rows):
        return False
    labels = [cell for row in rows for cell in row[::2] if cell.strip()]
    known = sum(bool(COVER_LABEL.match(label.strip())) for label in labels)
    short = all(len(cell.split()) <= MAX_VALUE_WORDS for row in rows for cell in row)
    return short and known * 2 > len(labels)


def is_version_table(block: Block) -> bool:
    """Whether a table lists the document's versions."""
    if len(block.rows) < 1 or len(block.rows[0]) < 3:
        return False
    heads = [cell.strip() for cell in block.rows[0] if cell.strip()]
    return len(heads) >= 3 and all(VERSION_HEAD.match(head) for head in heads)


def is_signature_table(block: Block) -> bool:
    """Whether a table is to be filled in by who signs."""
    cells = [cell.strip() for row in block.rows for cell in row]
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(SIGNATURE_LINE.match(" ".join(cell.replace("_", " ").split())) for cell in filled)


def heads_of(block: Block) -> tuple[str, ...]:
    """A table's heads; empty if its first row is a row like the others."""
    if len(block.rows) < 2:
        return ()
    first, *others = block.rows
    if any(len(cell.split()) > MAX_HEAD_WORDS or cell.rstrip().endswith((".", ";")) for cell in first):
        return ()
    if block.has_head or any(column_modality(cell) for cell in first):
        return first
    rest = [cell for row in others for cell in row if cell.strip()]
    longest = max((len(cell.split()) for cell in rest), default=0)
    return (
        first if all(cell.strip() for cell in first[1:]) and longest > max(len(cell.split()) for cell in first) else ()
    )


def _columns_of_duties(block: Block, heads: tuple[str, ...]) -> range:
    """The columns whose cells are clauses, as in "should" and "should not"; a first column may say what about."""
    for first in (0, 1):
        duties = [column_modality(head) for head in heads[first:]]
        cells = [cell for row in block.rows[1:] for cell in row[first:] if cell.strip()]
        words = sum(len(cell.split()) for cell in cells)
        if len(duties) >= 2 and all(duties) and len(set(duties)) > 1 and words >= 2 * len(cells):
            return range(first, len(heads))
    return range(0)


def labels_left_out(block: Block) -> list[str]:
    """The first cells of a do-and-don't table that only say what its rows are about."""
    columns = _columns_of_duties(block, heads_of(block))
    return [" ".join(row[0].split()) for row in block.rows[1:] if row[0].strip()] if columns.start else []


def table_clauses(block: Block, name: str) -> Iterator[TableClause]:
    """The clauses of a table that is cited as `name`, row by row; cell by cell where its columns say do and don't."""
    heads = heads_of(block)
    columns = _columns_of_duties(block, heads)
    rows = block.rows[1:] if heads else block.rows
    for number, row in enumerate((row for row in rows if row_text(row)), 1):
        label = next((" ".join(cell.split()) for cell in row if cell.strip()), "")
        if columns:
            topic = f" ({label})" if columns.start else ""
            first = columns.start
            yield from _cells(row[first:], heads[first:], f"{name}, row {number}{topic}")
        else:
            yield TableClause(f"{name}, row {number} ({label})", row_text(row), heads)


def _cells(row: tuple[str, ...], heads: tuple[str, ...], name: str) -> Iterator[TableClause]:
    for cell, head in zip(row, heads, strict=False):
        lines = [line.strip() for line in cell.splitlines() if line.strip()]
        ref = f"{name}, {head.strip()}"
        if len(lines) == 1:
            yield TableClause(ref, lines[0], (head.strip(),), head)
            continue
        for number, line in enumerate(lines, 1):
            yield TableClause(f"{ref}, bullet {number}", line, (head.strip(),), head)
