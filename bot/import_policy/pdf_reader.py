"""Reads a PDF with a text layer into blocks: its lines by their place, ruled tables, and the looks of letters."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from bot.errors import BadInput
from bot.import_policy.pdf_lines import Letter, columns_of, lines_of, once
from bot.import_policy.rules.blocks import Block, BlockKind
from bot.import_policy.rules.hyphens import Hyphens
from bot.import_policy.rules.lines import Line
from bot.import_policy.rules.paragraphs import blocks_of_pages
from bot.import_policy.rules.plain_text import plain

MAX_PAGES = 300
MIN_LETTERS_A_PAGE = 12
ENCRYPTED = (
    "This PDF is protected by a password. Save a copy without the password, or use the Word file it was made from."
)
DAMAGED = "This PDF is damaged. Export it again from Word or Google Docs, or use the Word file (.docx) itself."
A_SCAN = (
    "This PDF is a picture of pages, with no text in it. Use the Word file it was printed from, or have the scan read"
    " by text recognition (OCR) and save it as .docx."
)
TOO_LONG = f"This PDF has more than {MAX_PAGES} pages. Save the policy itself as a file of its own."
LINE_MARGIN = 1.5
UNKNOWN_SIGN = "•"
SIGNS_FONT = re.compile(r"wingdings|dingbats|webdings")  # their letters are pictures: bullets, arrows and ticks
NO_LETTER = re.compile(r"\(cid:\d+\)")  # a sign without a letter: most often a bullet of a font of signs
MAX_SHARE_WITHOUT_LETTER = 0.2
NO_LETTERS = "The letters of this PDF cannot be read. Export it again, or use the Word file (.docx) itself."


def read_pdf(content: bytes) -> list[Block]:
    """The blocks of a PDF; raises BadInput with one sentence for a file that cannot be read."""
    try:
        pages = _pages(content)
    except (BadInput, MemoryError):
        raise
    except Exception as error:  # a damaged PDF can raise anything from inside the library
        inner = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        raise BadInput(ENCRYPTED if isinstance(inner, PDFPasswordIncorrect) else DAMAGED) from error
    letters = sum(char.isalpha() for page in pages for line in page for char in line.text + str(line.rows or ""))
    signs = sum(line.text.count(UNKNOWN_SIGN) for page in pages for line in page)
    if signs > max(letters, 20) * MAX_SHARE_WITHOUT_LETTER:
        raise BadInput(NO_LETTERS)
    if letters < MIN_LETTERS_A_PAGE * len(pages):
        raise BadInput(A_SCAN)
    blocks = blocks_of_pages(pages)
    if not any(block.kind is not BlockKind.ASIDE for block in blocks):
        raise BadInput(A_SCAN)
    return blocks


def _pages(content: bytes) -> list[list[Line]]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        if len(pdf.pages) > MAX_PAGES:
            raise BadInput(TOO_LONG)
        return [_page_lines(page, number) for number, page in enumerate(pdf.pages)]


def _page_lines(page: Any, number: int) -> list[Line]:
    """A page's lines and tables in reading order; memory for it is given back."""
    letters = once([_letter(char) for char in page.chars if char.get("upright", True) and char["text"]])
    letters = [
        letter
        for letter in letters
        if 0 <= letter.x1 <= float(page.width) + 5 and -5 <= letter.top <= float(page.height)
    ]
    tables = list(_tables(page, letters, number))
    taken = {id(letter) for _, inside in tables for letter in inside}
    free = [letter for letter in letters if id(letter) not in taken]
    lines = columns_of(lines_of(free, number), [table for table, _ in tables], float(page.width))
    page.close()
    return lines


def _letter(char: dict[str, Any]) -> Letter:
    matrix = char.get("matrix") or (1, 0, 0, 1, 0, 0)
    font = str(char.get("fontname", "")).lower()
    height = float(char["bottom"]) - float(char["top"])
    size = float(char.get("size") or height)
    return Letter(
        text=UNKNOWN_SIGN if SIGNS_FONT.search(font) and char["text"].strip() else _text(char["text"]),
        x0=float(char["x0"]),
        x1=float(char["x1"]),
        top=float(char["top"]),
        bottom=float(char["bottom"]),
        baseline=float(char["bottom"]) - (float(matrix[5]) - float(char["y0"]))
        if "y0" in char
        else float(char["bottom"]),
        size=size,
        is_bold=any(word in font for word in ("bold", "black", "heavy", "semibold", "demi")),
        colour=str(char.get("non_stroking_color") or ""),
    )


def _text(text: str) -> str:
    if NO_LETTER.fullmatch(text):
        return UNKNOWN_SIGN
    return text if text == "\u00ad" else plain(text)


def _tables(page: Any, letters: Sequence[Letter], number: int) -> Iterator[tuple[Line, list[Letter]]]:
    """The ruled tables of two columns or more, each as a line, with the letters in it."""
    if not (page.lines or page.rects or page.curves):
        return
    for table in page.find_tables():
        rows = [[cell for cell in row.cells if cell is not None] for row in table.rows]
        if max((len(row) for row in rows), default=0) < 2:
            continue
        x0, top, x1, bottom = table.bbox
        inside = [letter for letter in letters if _is_in(letter, (x0, top, x1, bottom))]
        texts = tuple(tuple(_cell_text(cell, inside, number) for cell in row) for row in rows)
        texts = tuple(row for row in texts if any(row))
        if not texts or not any(len([cell for cell in row if cell]) > 1 for row in texts):
            continue
        head = [letter for letter in inside if any(_is_in(letter, cell) for cell in rows[0]) and letter.text.strip()]
        has_head = bool(head) and all(letter.is_bold for letter in head)
        yield Line("", number, x0, x1, top, bottom, 10.0, is_bold=has_head, right=x1, rows=texts), inside


def _is_in(letter: Letter, box: tuple[float, float, float, float]) -> bool:
    x0, top, x1, bottom = box
    middle, height = (letter.x0 + letter.x1) / 2, (letter.top + letter.bottom) / 2
    return x0 - LINE_MARGIN <= middle <= x1 + LINE_MARGIN and top - LINE_MARGIN <= height <= bottom + LINE_MARGIN


def _cell_text(cell: tuple[float, float, float, float], letters: Sequence[Letter], number: int) -> str:
    """A cell's text; its paragraphs on lines of their own where they have bullets."""
    lines = lines_of([letter for letter in letters if _is_in(letter, cell)], number)
    hyphens = Hyphens(line.text for line in lines)
    text = ""
    for line in lines:
        starts_item = line.text[:1] in "•▪●◦✓✗✔✘"
        piece = line.text[1:].strip() if starts_item else line.text
        text = f"{text}\n{piece}" if starts_item and text else hyphens.join(text, piece) if text else piece
    return text.strip()
