"""Reads a Word file (.docx) into blocks, in reading order."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from bot.errors import BadInput
from bot.import_policy.docx_numbering import Numbering
from bot.import_policy.rules.blocks import Block, BlockKind
from bot.import_policy.rules.labels import split_label
from bot.import_policy.rules.plain_text import plain
from bot.import_policy.word_styles import Style, Styles, indent_of
from bot.import_policy.word_text import MC, ParagraphText, read_paragraph
from bot.import_policy.word_xml import DAMAGED, W, WordFile, on, value

MAIN = "word/document.xml"
CONTENTS_STYLE = re.compile(r"^(?:toc \d|toc heading|table of figures)$", re.I)
TITLE_STYLES = {"title", "subtitle"}
BULLET_STYLE = re.compile(r"^list bullet", re.I)
LABEL_STYLE = re.compile(r"caption", re.I)
CONTAINERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink")}
NO_TEXT = "This Word file has no text in it. If it holds scanned pages, ask for the file they were printed from."
MAX_TABLE_DEPTH = 5


def read_docx(content: bytes) -> list[Block]:
    """The blocks of a Word file; raises BadInput with one sentence for a file that cannot be read."""
    file = WordFile(content)
    main = MAIN if MAIN in file.names else next(iter(file.like(r"word/document\d*\.xml")), MAIN)
    root = file.part(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise BadInput(DAMAGED)
    reader = _DocxReader(file)
    blocks = [*reader.blocks(body), *reader.endnotes(), *reader.around()]
    if not any(block.kind is not BlockKind.ASIDE and block.printed.strip() for block in blocks):
        raise BadInput(NO_TEXT)
    return _relative_sizes(blocks)


def _relative_sizes(blocks: list[Block]) -> list[Block]:
    """The blocks with sizes relative to the size most of the text has."""
    letters: Counter[float] = Counter()
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH:
            letters[block.size] += len(block.text)
    usual = letters.most_common(1)[0][0] if letters else 22.0
    return [replace(block, size=round(block.size / (usual or 22.0), 3)) for block in blocks]


@dataclass(slots=True)
class _DocxReader:
    file: WordFile
    styles: Styles = field(init=False)
    numbering: Numbering = field(init=False)
    notes: dict[tuple[str, str], Element] = field(init=False, default_factory=dict)
    note_count: int = 0
    pending: str = ""  # the text of a paragraph whose end was deleted: it goes on in the next
    waiting: list[Block] = field(default_factory=list)  # endnotes
    cell_blocks: list[Block] = field(default_factory=list)  # footnotes of a table's cells

    def __post_init__(self) -> None:
        self.styles = Styles(self.file.part("word/styles.xml"))
        self.numbering = Numbering(self.file.part("word/numbering.xml"))
        for kind in ("footnote", "endnote"):
            root = self.file.part(f"word/{kind}s.xml")
            for note in root.findall(f"{W}{kind}") if root is not None else []:
                if note.get(f"{W}type", "normal") == "normal":
                    self.notes[kind, note.get(f"{W}id", "")] = note

    def blocks(self, container: Element, *, in_contents: bool = False, depth: int = 0) -> Iterator[Block]:
        """The blocks of a body, cell or text box."""
        if depth > MAX_TABLE_DEPTH * 4:
            return
        for child in container:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, in_contents)
            elif child.tag == f"{W}tbl":
                yield from self._table(child, depth)
            elif child.tag == f"{MC}AlternateContent":
                chosen = child.find(f"{MC}Choice")
                yield from self.blocks(
                    chosen if chosen is not None else child, in_contents=in_contents, depth=depth + 1
                )
            elif child.tag in CONTAINERS:
                is_contents = in_contents or _is_contents(child)
                yield from self.blocks(child, in_contents=is_contents, depth=depth + 1)

    def _paragraph(self, paragraph: Element, in_contents: bool) -> Iterator[Block]:
        properties = paragraph.find(f"{W}pPr")
        style = self.styles.paragraph(value(properties, "pStyle") if properties is not None else None)
        content = read_paragraph(paragraph, self.styles, style)
        if _mark_deleted(properties):
            self.pending += content.text
            return
        content.text, self.pending = self.pending + content.text, ""
        if content.text.strip():
            yield from self._text_blocks(content, properties, style, in_contents)
        if content.hidden.strip():
            yield Block(plain(content.hidden).strip(), BlockKind.ASIDE)
        for kind, id in content.notes:
            yield from self._note(kind, id)
        for box in content.boxes:
            yield from self.blocks(box)

    def _text_blocks(
        self, content: ParagraphText, properties: Element | None, style: Style, in_contents: bool
    ) -> Iterator[Block]:
        label, indent = self._label(properties, style)
        indent = indent_of(properties, indent or style.indent)
        size = max(Counter(content.sizes).items(), key=lambda item: item[1])[0] if content.sizes else style.size
        block = Block(
            content.text.strip(),
            _kind(style, in_contents),
            label,
            self._heading_level(properties, style),
            content.is_bold,
            float(size),
            indent,
        )
        pieces = _lines_with_labels(block.text)
        if len(pieces) == 1:
            yield replace(
                block, text=pieces[0] if block.kind is BlockKind.CONTENTS else " ".join(pieces[0].split("\n"))
            )
            return
        for number, piece in enumerate(pieces):
            yield replace(block, text=piece, label=label if number == 0 else "")

    def _heading_level(self, properties: Element | None, style: Style) -> int:
        outline = value(properties, "outlineLvl") if properties is not None else None
        if outline and outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
        return style.heading_level

    def _label(self, properties: Element | None, style: Style) -> tuple[str, float]:
        """The automatic number or bullet of a paragraph, and its list's indent."""
        numbers = properties.find(f"{W}numPr") if properties is not None else None
        num_id = (value(numbers, "numId") if numbers is not None else None) or style.num_id
        if not num_id or num_id == "0":
            return ("•", style.indent) if BULLET_STYLE.match(style.name) and num_id != "0" else ("", 0.0)
        depth = value(numbers, "ilvl") if numbers is not None else None
        if depth and depth.isdigit():
            number = int(depth)
        elif style.level is not None:
            number = style.level
        else:
            number = next((n for id in style.from_ids if (n := self.numbering.level_of_style(num_id, id))), 0)
        level = self.numbering.level(num_id, number)
        label = self.numbering.next_label(num_id, number)
        if level is None:
            return ("•", style.indent) if BULLET_STYLE.match(style.name) else ("", 0.0)
        return label, level.indent

    def _note(self, kind: str, id: str) -> Iterator[Block]:
        note = self.notes.pop((kind, id), None)
        if note is None:
            return
        self.note_count += kind == "footnote"
        label = str(self.note_count) if kind == "footnote" else ""
        texts = [read_paragraph(p, self.styles, Style()).text.strip() for p in note.iter(f"{W}p")]
        text = " ".join(text for text in texts if text)
        if not text:
            return
        block = Block(text, BlockKind.FOOTNOTE, label, size=22.0)
        if kind == "footnote":
            yield block
        else:
            self.waiting.append(block)

    def endnotes(self) -> Iterator[Block]:
        """The notes at the end, and those that no paragraph refers to."""
        for number, block in enumerate(self.waiting, 1):
            yield replace(block, label=f"Endnote {number}")
        for note in self.notes.values():
            text = " ".join(plain("".join(t.text or "" for t in note.iter(f"{W}t"))).split())
            if text:
                yield Block(text, BlockKind.ASIDE)

    def around(self) -> Iterator[Block]:
        """Headers and footers, each once."""
        texts: dict[str, None] = {}
        for name in self.file.like(r"word/(?:header|footer)\d*\.xml"):
            root = self.file.part(name)
            for paragraph in root.iter(f"{W}p") if root is not None else []:
                text = read_paragraph(paragraph, self.styles, Style()).text.strip()
                if text:
                    texts[text] = None
        return (Block(text, BlockKind.ASIDE) for text in texts)

    def _table(self, table: Element, depth: int) -> Iterator[Block]:
        rows = [(row, list(_cells(row))) for row in _rows(table) if not _row_deleted(row)]
        widest = max((len(cells) for _, cells in rows), default=0)
        if widest <= 1 or depth >= MAX_TABLE_DEPTH:
            for _, cells in rows:
                for cell in cells:
                    yield from self.blocks(cell, depth=depth + 1)
            return
        texts = tuple(tuple(self._cell_text(cell, depth) for cell in cells) for _, cells in rows)
        notes, self.cell_blocks = list(self.cell_blocks), []
        yield Block("", BlockKind.TABLE, size=22.0, rows=texts, has_head=self._has_head(rows))
        yield from notes

    def _cell_text(self, cell: Element, depth: int) -> str:
        lines: list[str] = []
        for block in self.blocks(cell, depth=depth + 1):
            if block.kind is BlockKind.FOOTNOTE:
                self.cell_blocks.append(block)
            elif block.kind is BlockKind.TABLE:
                lines += block.printed.splitlines()
            else:
                is_bullet = split_label(f"{block.label} x")[0] == block.label and not any(
                    c.isalnum() for c in block.label
                )
                lines.append(block.text if is_bullet else block.printed)
        return "\n".join(lines)

    def _has_head(self, rows: list[tuple[Element, list[Element]]]) -> bool:
        """Whether a table's first row is marked as its head, or is bold and the next is not."""
        if len(rows) < 2:
            return False
        if on(rows[0][0].find(f"{W}trPr/{W}tblHeader")):
            return True
        return self._all_bold(rows[0][1]) and not self._all_bold(rows[1][1])

    def _all_bold(self, cells: list[Element]) -> bool:
        contents = [
            read_paragraph(
                p,
                self.styles,
                self.styles.paragraph(value(pPr, "pStyle") if (pPr := p.find(f"{W}pPr")) is not None else None),
            )
            for cell in cells
            for p in cell.iter(f"{W}p")
        ]
        written = [content for content in contents if content.letters]
        return bool(written) and all(content.is_bold for content in written)


def _kind(style: Style, in_contents: bool) -> BlockKind:
    name = style.name.lower()
    if in_contents or CONTENTS_STYLE.match(name):
        return BlockKind.CONTENTS
    if name in TITLE_STYLES:
        return BlockKind.TITLE
    return BlockKind.CAPTION if LABEL_STYLE.search(name) else BlockKind.PARAGRAPH


def _is_contents(sdt: Element) -> bool:
    gallery = sdt.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and "table of contents" in gallery.get(f"{W}val", "").lower()


def _mark_deleted(properties: Element | None) -> bool:
    if properties is None:
        return False
    return any(properties.find(f"{W}rPr/{W}{name}") is not None for name in ("del", "moveFrom"))


def _row_deleted(row: Element) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == f"{W}tr":
            yield child
        elif child.tag in CONTAINERS:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == f"{W}tc":
            if child.find(f"{W}tcPr/{W}cellDel") is None:
                yield child
        elif child.tag in CONTAINERS:
            yield from _cells(child)


def _lines_with_labels(text: str) -> list[str]:
    """A paragraph's text; in pieces where line breaks part items that have labels of their own."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    labelled = sum(bool(split_label(line)[0]) for line in lines)
    if len(lines) < 2 or labelled < 2 or labelled < len(lines) - 1:
        return [text]
    return lines
