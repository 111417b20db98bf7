"""Puts the lines of a document's pages together: paragraphs, across columns and pages, tables and footnotes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from bot.import_policy.rules.blocks import Block, BlockKind
from bot.import_policy.rules.hyphens import Hyphens
from bot.import_policy.rules.labels import LabelOrder, split_label
from bot.import_policy.rules.lines import Line, running_lines
from bot.import_policy.rules.roles import BLANKS, CONTENTS_LINE, LARGER, SIGNATURE_LINE

SAME_SIZE = 0.06
SAME_PLACE = 3.0  # points
WIDE_GAP = 1.45  # times the usual distance of lines
SMALL = 0.92  # a footnote's size
FOOTNOTE = re.compile(r"^\(?(\d{1,2}|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2})\)?\s*(?=[^\d\s.)])|^([*†‡])\s*")
AS_DIGITS = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")
SENTENCE_END = re.compile(r"[.!?:;][”’\"')\]]*$")
LOW_START = re.compile(r"^[a-z(“‘\"']")
GOES_ON = re.compile(r"(?:[,&/]|\b(?:and|or|for|of|the|a|to|in|on|with|by))$", re.I)  # a title in two lines
SHORT_OF_THE_EDGE = 0.82


def blocks_of_pages(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """The blocks of a document, from the lines of each page in reading order."""
    running = running_lines(pages)
    asides = dict.fromkeys(_without_numbers(line.text) for page in pages for line in page if id(line) in running)
    body = [line for page in pages for line in page if id(line) not in running]
    if not body:
        return [Block(text, BlockKind.ASIDE) for text in asides]
    body = _with_coloured_as_bold(body)
    usual = _usual_size(body)
    notes = _footnotes(body, usual)
    lines = [line for line in body if not any(line in note for note in notes.values())]
    hyphens = Hyphens(line.text for line in body)
    builder = _Builder(hyphens, usual, _usual_step(lines), {key: _joined(note, hyphens) for key, note in notes.items()})
    for line in lines:
        builder.add(line)
    return [*builder.finish(), *(Block(text, BlockKind.ASIDE) for text in asides)]


def _without_numbers(text: str) -> str:
    return (
        re.sub(r"(?:^|\s+)(?:page\s*)?\d{1,3}(?:\s*of\s*\d{1,3})?\s*$", "", " ".join(text.split()), flags=re.I) or text
    )


def _with_coloured_as_bold(lines: Sequence[Line]) -> list[Line]:
    """The lines, those wholly in another colour than the text counted as bold: headings may be coloured only."""
    letters: Counter[str] = Counter()
    for line in lines:
        letters[line.colour] += len(line.text)
    letters.pop("", None)
    usual = letters.most_common(1)[0][0] if letters else ""
    return [replace(line, is_bold=True) if line.colour not in {"", usual} and not line.rows else line for line in lines]


def _usual_size(lines: Sequence[Line]) -> float:
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    return letters.most_common(1)[0][0]


def _usual_step(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next, baseline to baseline."""
    steps = [
        round(after.bottom - line.bottom, 1)
        for line, after in pairwise(lines)
        if line.page == after.page and line.column == after.column and 0 < after.bottom - line.bottom < 40
        and not after.rows and not line.rows
    ]  # fmt: skip
    common = Counter(steps).most_common(3)
    return min((step for step, times in common if times * 3 >= common[0][1]), default=median(steps) if steps else 14.0)


def _footnotes(lines: Sequence[Line], usual: float) -> dict[str, list[Line]]:
    """The notes at the feet of pages: small lines at the end of a page that begin with the number of a mark."""
    marks = {line.mark for line in lines if line.mark}
    notes: dict[str, list[Line]] = {}
    for page in {line.page for line in lines}:
        on_page = [line for line in lines if line.page == page and not line.rows]
        small: list[Line] = []
        for line in sorted(on_page, key=lambda line: line.top, reverse=True):
            if line.size > usual * SMALL:
                break
            small.insert(0, line)
        key = ""
        for line in small:
            match = FOOTNOTE.match(line.text)
            begun = (match[1] or match[2]).translate(AS_DIGITS) if match else ""
            key = begun if begun in marks else key
            if key:
                notes.setdefault(key, []).append(line)
    return notes


def _joined(lines: Sequence[Line], hyphens: Hyphens) -> str:
    text = ""
    for line in lines:
        text = hyphens.join(text, line.text) if text else line.text
    return FOOTNOTE.sub("", text, count=1)


@dataclass(slots=True)
class _Builder:
    hyphens: Hyphens
    usual: float
    step: float
    notes: dict[str, str]
    order: LabelOrder = field(default_factory=LabelOrder)
    blocks: list[Block] = field(default_factory=list)
    open: list[Line] = field(default_factory=list)
    label: str = ""
    text_left: float = 0.0
    table_page: int = -1  # the page of the last table, if nothing came after it

    def add(self, line: Line) -> None:
        """Takes the next line in reading order."""
        if line.rows:
            self._add_table(line)
            return
        label, rest = self._label(line)
        if self.open and not label and self._continues(line):
            self.open.append(line)
            return
        self._close()
        self.label = label
        self.text_left = line.label_indent or line.left
        self.open = [replace(line, text=rest)]

    def finish(self) -> list[Block]:
        """All blocks; notes whose mark was not found come last."""
        self._close()
        self.blocks += [Block(text, BlockKind.FOOTNOTE, key) for key, text in self.notes.items()]
        return self.blocks

    def _label(self, line: Line) -> tuple[str, str]:
        printed, rest = split_label(line.text)
        if not printed or CONTENTS_LINE.search(line.text) or BLANKS.match(rest):
            return "", line.text
        if self.open and self._is_inside(line, printed):
            return "", line.text
        return (printed, rest) if self.order.accept(printed) else ("", line.text)

    def _is_inside(self, line: Line, printed: str) -> bool:
        """Whether a line that begins like an item only goes on with the paragraph, as "7.30 am" or a dash may."""
        last = self.open[-1]
        is_close = self._is_next_line(last, line)
        in_text = abs(line.left - self.text_left) < SAME_PLACE and self.text_left > self.open[0].left + SAME_PLACE
        if in_text and is_close and self.label and not SENTENCE_END.search(last.text):
            return True
        return (
            printed in {"-", "–", "—", "·", "*"}
            and is_close
            and not self.label
            and not last.text.endswith(":")
            and (not SENTENCE_END.search(last.text) and _is_full(last))
        )

    def _is_next_line(self, last: Line, line: Line) -> bool:
        if last.page != line.page or last.column != line.column:
            return False
        return 0 < line.bottom - last.bottom < self.step * WIDE_GAP

    def _continues(self, line: Line) -> bool:
        last = self.open[-1]
        if (
            CONTENTS_LINE.search(last.text)
            or CONTENTS_LINE.search(line.text)
            or _is_form(last.text)
            or _is_form(line.text)
        ):
            return False
        if abs(last.size - line.size) > last.size * SAME_SIZE or self._changes_look(last, line):
            return False
        if last.page != line.page or last.column != line.column:
            return self._goes_on_elsewhere(last, line)
        if not 0 < line.bottom - last.bottom < max(self.step, line.size * 1.1) * WIDE_GAP:
            return False
        if SENTENCE_END.search(last.text) and not _is_full(last) and not LOW_START.match(line.text):
            return False
        if _began_anew(last, line):
            return False
        is_at_text = abs(line.left - self.text_left) < SAME_PLACE or line.left > self.open[0].left - SAME_PLACE
        return is_at_text or not SENTENCE_END.search(last.text)

    def _changes_look(self, last: Line, line: Line) -> bool:
        """Whether a bold line ends and plain text begins, or the other way round: a heading and its text."""
        if last.is_bold == line.is_bold:
            return False
        all_bold = all(part.is_bold for part in self.open)
        return all_bold or not any(part.is_bold for part in self.open)

    def _goes_on_elsewhere(self, last: Line, line: Line) -> bool:
        """Whether a paragraph goes on in the next column or on the next page."""
        if last.is_bold and last.size >= self.usual * LARGER:
            return False
        if not SENTENCE_END.search(last.text):
            return _is_full(last) or LOW_START.match(line.text) is not None
        return False

    def _close(self) -> None:
        if not self.open:
            return
        first = self.open[0]
        text = ""
        for line in self.open:
            text = self.hyphens.join(text, line.text) if text else line.text
        is_bold = all(line.is_bold for line in self.open)
        size = round(first.size / self.usual, 2)
        self.blocks.append(
            Block(" ".join(text.split()), label=self.label, is_bold=is_bold, size=size, indent=first.left)
        )
        for line in self.open:
            if line.mark in self.notes:
                self.blocks.append(Block(self.notes.pop(line.mark), BlockKind.FOOTNOTE, line.mark))
        self.open, self.label = [], ""

    def _add_table(self, line: Line) -> None:
        self._close()
        before = self.blocks[-1] if self.blocks else None
        is_next_page, self.table_page = self.table_page == line.page - 1, line.page
        if is_next_page and before and before.kind is BlockKind.TABLE and _goes_on(before, line.rows):
            rows = line.rows[1:] if line.rows[0] == before.rows[0] else line.rows
            self.blocks[-1] = replace(before, rows=_with_rows(before.rows, rows, self.hyphens))
            return
        self.blocks.append(Block("", BlockKind.TABLE, rows=line.rows, has_head=line.is_bold))


def _began_anew(last: Line, line: Line) -> bool:
    """Whether a line begins with a capital or "Label:" though its first word had room on the line before."""
    first = line.text.split(" ")[0]
    if not (first[:1].isupper() or first[:1].isdigit()) or last.right <= last.left or GOES_ON.search(last.text):
        return False
    width = (len(first) * 0.55 + 0.5) * line.size
    return last.end + width < last.right - line.size * 0.5


def _is_full(line: Line) -> bool:
    """Whether a line reaches close to its column's right edge."""
    return line.end - line.left >= (line.right - line.left) * SHORT_OF_THE_EDGE


def _is_form(text: str) -> bool:
    return BLANKS.search(text) is not None or (
        SIGNATURE_LINE.match(text.strip()) is not None and len(text.split()) <= 6
    )


def _goes_on(table: Block, rows: tuple[tuple[str, ...], ...]) -> bool:
    return len(table.rows[0]) == len(rows[0])


def _with_rows(
    rows: tuple[tuple[str, ...], ...], more: tuple[tuple[str, ...], ...], hyphens: Hyphens
) -> tuple[tuple[str, ...], ...]:
    """A table's rows and those of the next page; a row that the page parted is put together."""
    if more and rows and not more[0][0].strip() and any(cell.strip() for cell in more[0]):
        joined = tuple(
            hyphens.join(cell, rest) if cell and rest else cell or rest
            for cell, rest in zip(rows[-1], more[0], strict=False)
        )
        return (*rows[:-1], joined, *more[1:])
    return (*rows, *more)
