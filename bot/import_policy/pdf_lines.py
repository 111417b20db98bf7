"""Letters on a page become lines; lines are put in reading order, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from bot.import_policy.rules.labels import split_label
from bot.import_policy.rules.lines import Line

SPACE = 0.16  # of the letter's size: a wider gap parts words where the file has no spaces
COLUMN_GAP = 1.8  # of the letter's size: a wider gap may part columns
RAISED = 0.82  # a footnote's mark is this much smaller
MIN_COLUMN_LINES = 6
MIN_COLUMN_WORDS = 3
MIN_OVERLAP = 40.0  # points that two columns must be beside each other
SUPERSCRIPTS = "¹²³⁴⁵⁶⁷⁸⁹⁰"
AS_DIGITS = str.maketrans(SUPERSCRIPTS, "1234567890")
MARKS = frozenset("0123456789*†‡" + SUPERSCRIPTS)


@dataclass(frozen=True, slots=True)
class Letter:
    """A printed letter; `baseline` grows down the page like `top`."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    size: float
    is_bold: bool
    colour: str = ""


def once(letters: Sequence[Letter]) -> list[Letter]:
    """The letters without those printed twice, a little beside themselves, to look bold."""
    kept: list[Letter] = []
    places: dict[tuple[str, int], list[int]] = {}
    for letter in letters:
        near = places.setdefault((letter.text, round(letter.baseline)), [])
        twin = next((n for n in near[-4:] if abs(kept[n].x0 - letter.x0) < letter.size * 0.12), None)
        if twin is None or not letter.text.strip():
            near.append(len(kept))
            kept.append(letter)
        else:
            kept[twin] = replace(kept[twin], is_bold=True)
    return kept


def lines_of(letters: Sequence[Letter], page: int) -> list[Line]:
    """The lines of a page or cell, from the top; parts far apart on one height are lines of their own."""
    rows: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: (letter.baseline, letter.x0)):
        for row in reversed(rows[-3:]):
            if _same_row(row, letter):
                row.append(letter)
                break
        else:
            rows.append([letter])
    lines = [line for row in rows for line in _lines_in_row(row, page)]
    return sorted(lines, key=lambda line: (round(line.bottom, 0), line.left))


def _same_row(row: Sequence[Letter], letter: Letter) -> bool:
    size = max(letter.size, row[0].size)
    if abs(row[0].baseline - letter.baseline) <= size * 0.25:
        return True
    smaller, larger = sorted((row[0], letter), key=lambda printed: printed.size)
    is_mark = smaller.size < larger.size * RAISED and smaller.text.strip() in MARKS
    return is_mark and abs(row[0].baseline - letter.baseline) <= size * 0.5


def _lines_in_row(row: list[Letter], page: int) -> list[Line]:
    row = sorted(row, key=lambda letter: letter.x0)
    pieces: list[list[Letter]] = []
    for letter in row:
        if not letter.text.strip():
            continue
        if pieces and letter.x0 - pieces[-1][-1].x1 <= max(letter.size, 6) * COLUMN_GAP:
            pieces[-1].append(letter)
        else:
            pieces.append([letter])
    spaces = [letter for letter in row if letter.text.isspace()]
    return [_line(piece, spaces, page) for piece in pieces]


def _line(letters: list[Letter], spaces: Sequence[Letter], page: int) -> Line:
    sizes = [letter.size for letter in letters]
    size = median(sizes)
    baseline = median(letter.baseline for letter in letters)
    marks = [
        letter for letter in letters
        if letter.text in SUPERSCRIPTS
        or (letter.size < size * RAISED and letter.baseline < baseline - size * 0.12 and letter.text in MARKS)
    ]  # fmt: skip
    mark = "".join(letter.text for letter in marks).translate(AS_DIGITS) if letters[0] not in marks else ""
    kept = [letter for letter in letters if not mark or letter not in marks]
    text, text_left = "", 0.0
    for before, letter in zip([None, *kept], kept, strict=False):
        if before is not None and _is_apart(before, letter, spaces):
            text += " "
            if not text_left and split_label(f"{text}x")[0] == text.strip():
                text_left = letter.x0
        text += letter.text
    bold = [letter.is_bold for letter in kept if letter.text.isalnum()]
    colours = {letter.colour for letter in kept if letter.text.isalnum()}
    return Line(
        text, page, kept[0].x0, kept[-1].x1, min(letter.top for letter in kept), baseline, size,
        is_bold=bool(bold) and all(bold), mark=mark, label_indent=text_left,
        colour=colours.pop() if len(colours) == 1 else "",
    )  # fmt: skip


def _is_apart(before: Letter, letter: Letter, spaces: Sequence[Letter]) -> bool:
    if letter.x0 - before.x1 > SPACE * letter.size:
        return True
    return any(before.x0 < space.x0 + 0.01 and space.x1 <= letter.x1 and space.x0 >= before.x1 - 0.6 * before.size
               and (space.x0 + space.x1) / 2 <= letter.x0 + 0.3 and (space.x0 + space.x1) / 2 >= before.x1 - 0.3
               for space in spaces)  # fmt: skip


def columns_of(lines: list[Line], tables: Sequence[Line], width: float) -> list[Line]:
    """Lines and tables in reading order: the left column before the right one, between lines that cross both."""
    gutter = _gutter(lines, width)
    if gutter is None:
        joined = _join_rows(lines)
        right = _right_edge(joined)
        placed = [replace(line, right=right) for line in joined]
        return sorted([*placed, *tables], key=lambda line: (line.bottom if not line.rows else line.top, line.left))
    return _by_column(lines, tables, gutter)


def _join_rows(lines: list[Line]) -> list[Line]:
    """The parts of each row as one line: without columns, a wide gap is only a tab."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if (
            last is not None
            and abs(last.bottom - line.bottom) <= max(line.size, last.size) * 0.25
            and line.left >= last.end
        ):
            is_label = split_label(f"{last.text} x")[0] == last.text.strip()
            joined[-1] = replace(
                last, text=f"{last.text} {line.text}", end=line.end, mark=last.mark or line.mark,
                is_bold=line.is_bold if is_label else last.is_bold and line.is_bold,
                size=line.size if is_label else last.size,
                label_indent=last.label_indent or (line.left if is_label else 0.0),
            )  # fmt: skip
        else:
            joined.append(line)
    return joined


def _right_edge(lines: Sequence[Line]) -> float:
    ends = sorted(line.end for line in lines)
    return ends[int(len(ends) * 0.95)] if ends else 0.0


def _gutter(lines: Sequence[Line], width: float) -> float | None:
    """The white strip between two columns; None if the page has one column."""
    scores = {}
    for step in range(30, 71):
        x = width * step / 100
        score = _score(lines, x)
        if score is not None:
            scores[x] = (score, -abs(x - width / 2))
    return max(scores, key=lambda x: scores[x]) if scores else None


def _score(lines: Sequence[Line], x: float) -> int | None:
    """How well a height-long strip at x parts the lines into two columns; None if it does not."""
    left = [line for line in lines if line.end <= x and not _is_label_only(line)]
    right = [line for line in lines if line.left >= x]
    crossing = len(lines) - len(left) - len(right)
    if len(left) < MIN_COLUMN_LINES or len(right) < MIN_COLUMN_LINES or crossing * 4 > len(lines):
        return None
    if not _aligned(right) or not _overlap(left, right):
        return None
    return len(left) + len(right) - crossing * 2


def _is_label_only(line: Line) -> bool:
    return split_label(f"{line.text} x")[0] == line.text.strip()


def _aligned(lines: Sequence[Line]) -> bool:
    """Whether most lines begin near the leftmost of them, as those of a column do."""
    edge = min(line.left for line in lines)
    return sum(line.left - edge < 60 for line in lines) * 5 >= len(lines) * 4


def _overlap(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether two columns are beside each other, both made of lines of several words."""
    top = max(min(line.bottom for line in column) for column in (left, right))
    bottom = min(max(line.bottom for line in column) for column in (left, right))
    words = median(len(line.text.split()) for line in (*left, *right))
    return bottom - top > MIN_OVERLAP and words >= MIN_COLUMN_WORDS


def _by_column(lines: Sequence[Line], tables: Sequence[Line], gutter: float) -> list[Line]:
    """Bands between crossing lines, each read column by column."""
    rows = sorted([*lines, *tables], key=lambda line: line.bottom if not line.rows else line.top)
    ordered: list[Line] = []
    band: list[Line] = []
    for line in rows:
        if line.left < gutter < line.end:
            ordered += [*_band(band, gutter), line]
            band = []
        else:
            band.append(line)
    ordered += _band(band, gutter)
    return [replace(line, right=line.right or _right_edge([line])) for line in ordered]


def _band(lines: Sequence[Line], gutter: float) -> list[Line]:
    left = _join_rows([line for line in lines if line.end <= gutter])
    right = _join_rows([line for line in lines if line.end > gutter])
    return [
        *(replace(line, column=1, right=_right_edge(left)) for line in left),
        *(replace(line, column=2, right=_right_edge(right)) for line in right),
    ]
