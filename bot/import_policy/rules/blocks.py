"""What a reader finds in a document, in reading order: paragraphs, tables, notes, and what is printed around them."""

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is, as far as the file itself says so."""

    PARAGRAPH = "paragraph"
    TABLE = "table"
    FOOTNOTE = "footnote"
    TITLE = "title"  # the document's title or subtitle, by its style
    CAPTION = "caption"
    CONTENTS = "contents"  # a line of the table of contents
    ASIDE = "aside"  # running headers and footers, page numbers, hidden text: printed around the text, or not at all


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, table or note.

    `label` is its number or bullet as printed, apart from the text. `size` is relative to the document's usual size,
    `indent` in points. `heading_level` is 1 to 9 if the file marks it as a heading. `rows` are a table's cells; a cell
    of several paragraphs has a line for each. `has_head` says whether the file marks the first row as a table's head.
    """

    text: str = ""
    kind: BlockKind = BlockKind.PARAGRAPH
    label: str = ""
    heading_level: int = 0
    is_bold: bool = False
    size: float = 1.0
    indent: float = 0.0
    rows: tuple[tuple[str, ...], ...] = ()
    has_head: bool = False

    @property
    def printed(self) -> str:
        """The block as one piece of text, its label in front, a table's rows on lines of their own."""
        if self.kind is BlockKind.TABLE:
            return "\n".join(row_text(row) for row in self.rows)
        return f"{self.label} {self.text}".strip()


def row_text(row: tuple[str, ...]) -> str:
    """A row's cells on one line.

    >>> row_text(("Staff room", "", "At lunch\\nand breaks"))
    'Staff room At lunch and breaks'
    """
    return " ".join(" ".join(row).split())
