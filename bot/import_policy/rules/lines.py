"""A line of a page with its place and look, and what runs along every page: headers, footers, page numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

EDGE_LINES = 5  # how many lines at the top and at the bottom of a page may be its header and footer
MIN_SHARE = 0.4  # of the pages: left and right pages may have different headers
MIN_LINES_BETWEEN = 4
SMALLER = 0.92
FAR = 2.5  # times the usual size
MAX_EDGE_WORDS = 12
PAGE_NUMBER = re.compile(r"^[\s\-–—|]*(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[\s\-–—|]*$", re.I)
A_PAGE = re.compile(r"\bpage\s+\d{1,3}(?:\s+of\s+\d{1,3})?\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: where it is on its page in points, from the top left, and how it looks.

    `gap` is the white space above it. `right` is the right edge of its column.
    """

    text: str
    page: int
    left: float
    end: float
    top: float
    bottom: float
    size: float
    is_bold: bool = False
    column: int = 0
    right: float = 0.0
    rows: tuple[tuple[str, ...], ...] = ()  # a table stands in the place of a line
    mark: str = ""  # the footnote whose mark is in this line
    label_indent: float = 0.0  # where the text begins after a label
    colour: str = ""


def running_lines(pages: Sequence[Sequence[Line]]) -> frozenset[int]:
    """Which lines (by id()) are headers, footers and page numbers: what is repeated at the edges of pages."""
    edges = [line for page in pages for line in _edges(page)]
    times = Counter(key for _, key in {(line.page, _key(line)) for line in edges})
    needed = max(2, round(len(pages) * MIN_SHARE))
    repeated = {id(line) for line in edges if len(pages) > 1 and times[_key(line)] >= needed}
    return frozenset(repeated | _page_numbers(pages, repeated) | _small_at_the_edges(pages))


def _small_at_the_edges(pages: Sequence[Sequence[Line]]) -> set[int]:
    """On a single page nothing is repeated: there a small line far above or below all others is header or footer."""
    lines = sorted((line for line in pages[0] if not line.rows), key=lambda line: line.top) if len(pages) == 1 else []
    if len(lines) < MIN_LINES_BETWEEN:
        return set()
    usual = median(line.size for line in lines)
    pairs = ((lines[0], lines[1]), (lines[-1], lines[-2]))
    return {
        id(line)
        for line, neighbour in pairs
        if line.size < usual * SMALLER
        and abs(line.bottom - neighbour.bottom) > FAR * usual
        and len(line.text.split()) <= MAX_EDGE_WORDS
        and not line.text[:1].isdigit()
    }


def _edges(page: Sequence[Line]) -> list[Line]:
    ordered = sorted((line for line in page if not line.rows), key=lambda line: line.top)
    return ordered if len(ordered) <= 2 * EDGE_LINES else [*ordered[:EDGE_LINES], *ordered[-EDGE_LINES:]]


def _key(line: Line) -> tuple[str, int]:
    """What is the same on every page: the words without numbers, and the height within a little."""
    return re.sub(r"\d+", "#", " ".join(line.text.lower().split())), round(line.bottom / 12)


def _page_numbers(pages: Sequence[Sequence[Line]], running: set[int]) -> set[int]:
    """Page numbers outside the running lines, the first or last line of their pages."""
    found = set()
    for page in pages:
        ordered = sorted(
            (line for line in page if not line.rows and id(line) not in running), key=lambda line: line.top
        )
        for line in {id(line): line for line in (*ordered[:1], *ordered[-1:])}.values():
            is_alone = len(ordered) > 1 or len(pages) > 1
            if is_alone and (
                PAGE_NUMBER.match(line.text) or (A_PAGE.search(line.text) and len(line.text.split()) <= 8)
            ):
                found.add(id(line))
    return found
