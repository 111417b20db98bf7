"""Builds PDFs for tests, letter by letter where they are to stand."""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

LEFT, TOP = 60, 780


class Paper:
    """A PDF that is written line by line, from the top."""

    def __init__(self, header: str = "", footer: str = "") -> None:
        self._file = io.BytesIO()
        self._canvas = Canvas(self._file, pagesize=A4, invariant=1)
        self._header, self._footer = header, footer
        self._page = 1
        self.height = TOP
        self._around()

    def line(
        self, text: str, *, left: float = LEFT, size: float = 10, bold: bool = False, step: float = 13, font: str = ""
    ) -> None:
        """One line, and down to the next."""
        self._canvas.setFont(font or ("Helvetica-Bold" if bold else "Helvetica"), size)
        self._canvas.drawString(left, self.height, text)
        self.height -= step

    def lines(self, *texts: str, left: float = LEFT, gap: float = 6, size: float = 10) -> None:
        """A paragraph of lines, and a gap after it."""
        for text in texts:
            self.line(text, left=left, size=size)
        self.height -= gap

    def item(self, label: str, *texts: str, left: float = LEFT, hang: float = 30) -> None:
        """A paragraph with a number in front."""
        self._canvas.setFont("Helvetica", 10)
        self._canvas.drawString(left, self.height, label)
        self.lines(*texts, left=left + hang)

    def heading(self, text: str, size: float = 13) -> None:
        """A heading and the gap below it."""
        self.height -= 6
        self.line(text, size=size, bold=True, step=20)

    def raised(self, text: str, mark: str) -> None:
        """A line that ends with a footnote's mark."""
        self._canvas.setFont("Helvetica", 10)
        self._canvas.drawString(LEFT, self.height, text)
        width = self._canvas.stringWidth(text, "Helvetica", 10)
        self._canvas.setFont("Helvetica", 6)
        self._canvas.drawString(LEFT + width + 0.5, self.height + 4, mark)
        self.height -= 19

    def coloured(self, text: str) -> None:
        """A heading that is one by its colour only."""
        self._canvas.setFillColorRGB(0.1, 0.3, 0.6)
        self.line(text, step=18)
        self._canvas.setFillColorRGB(0, 0, 0)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A ruled table; a cell's lines are parted by line breaks."""
        for row in rows:
            count = max(len(cell.split("\n")) for cell in row)
            top, bottom, left = self.height + 11, self.height + 11 - count * 13 - 6, LEFT
            for cell, width in zip(row, widths, strict=True):
                self._canvas.rect(left, bottom, width, top - bottom)
                for number, text in enumerate(cell.split("\n")):
                    self._canvas.setFont("Helvetica", 10)
                    self._canvas.drawString(left + 4, self.height - 1 - number * 13, text)
                left += width
            self.height = bottom - 11
        self.height -= 8

    def next_page(self) -> None:
        """A new page with header and footer."""
        self._canvas.showPage()
        self._page += 1
        self.height = TOP
        self._around()

    def _around(self) -> None:
        self._canvas.setFont("Helvetica", 8)
        if self._header:
            self._canvas.drawString(LEFT, 815, self._header)
        if self._footer:
            self._canvas.drawString(LEFT, 30, self._footer.format(page=self._page))

    def saved(self) -> bytes:
        """The PDF's bytes."""
        self._canvas.save()
        return self._file.getvalue()
