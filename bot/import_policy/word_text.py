"""The text of a Word paragraph as Word shows it with all changes accepted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from bot.import_policy.rules.plain_text import plain
from bot.import_policy.word_styles import Style, Styles
from bot.import_policy.word_xml import W, on, value

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
DROPPED = frozenset(
    f"{W}{name}"
    for name in (
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "delInstrText",
        "rPr",
        "pPr",
        "sdtPr",
        "sdtEndPr",
        "commentReference",
    )
)
NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}noBreakHyphen": "-", f"{W}cr": "\n", f"{W}softHyphen": ""}
MAX_DEPTH = 60


@dataclass(slots=True)
class ParagraphText:
    """A paragraph's text, the looks of its letters, its notes, and the text boxes anchored in it."""

    text: str = ""
    hidden: str = ""
    letters: int = 0
    bold_letters: int = 0
    sizes: list[int] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # footnote or endnote, and its id
    boxes: list[Element] = field(default_factory=list)

    @property
    def is_bold(self) -> bool:
        """Whether all of its letters are bold."""
        return self.letters > 0 and self.bold_letters == self.letters


def read_paragraph(paragraph: Element, styles: Styles, style: Style) -> ParagraphText:
    """Reads a paragraph: what was inserted is there, what was deleted or moved away is not."""
    result = ParagraphText()
    _Reader(styles, style, result).read(paragraph, 0)
    result.text = plain(result.text)
    return result


@dataclass(slots=True)
class _Reader:
    styles: Styles
    style: Style
    result: ParagraphText

    def read(self, element: Element, depth: int) -> None:
        if depth > MAX_DEPTH:
            return
        for child in element:
            if child.tag in DROPPED:
                continue
            if child.tag == f"{W}r":
                self._run(child, depth)
            elif child.tag == f"{MC}AlternateContent":
                self._alternate(child, depth)
            elif child.tag == f"{W}txbxContent":
                self.result.boxes.append(child)
            else:
                self.read(child, depth + 1)

    def _alternate(self, element: Element, depth: int) -> None:
        """A drawing is written twice, for new and old Word: one of them is read."""
        chosen = element.find(f"{MC}Choice")
        chosen = element.find(f"{MC}Fallback") if chosen is None else chosen
        if chosen is not None:
            self.read(chosen, depth + 1)

    def _run(self, run: Element, depth: int) -> None:
        properties = run.find(f"{W}rPr")
        text = "".join(self._pieces(run, depth))
        if self._is_hidden(properties):
            self.result.hidden += text
            return
        self.result.text += text
        letters = sum(char.isalnum() for char in text)
        if letters:
            self.result.letters += letters
            self.result.bold_letters += letters if self._is_bold(properties) else 0
            self.result.sizes += [self._size(properties)] * letters

    def _pieces(self, run: Element, depth: int) -> Iterator[str]:
        for child in run:
            if child.tag == f"{W}t":
                yield child.text or ""
            elif child.tag == f"{W}br":
                yield "" if child.get(f"{W}type") in {"page", "column"} else "\n"
            elif child.tag in SIGNS:
                yield SIGNS[child.tag]
            elif child.tag == f"{W}sym":
                yield _symbol(child)
            elif child.tag in NOTES:
                if not on(child.find(f"{W}customMarkFollows")):
                    self.result.notes.append((NOTES[child.tag], child.get(f"{W}id", "")))
            elif child.tag == f"{MC}AlternateContent":
                self._alternate(child, depth)
            elif child.tag not in DROPPED:
                self.read(child, depth + 1)

    def _is_hidden(self, properties: Element | None) -> bool:
        mark = properties.find(f"{W}vanish") if properties is not None else None
        return on(mark) if mark is not None else self.style.is_hidden

    def _is_bold(self, properties: Element | None) -> bool:
        if properties is None:
            return self.style.is_bold
        if (value(properties, "u") or "none") != "none":
            return True  # a heading may be underlined instead
        mark = properties.find(f"{W}b")
        if mark is not None:
            return on(mark)
        name = value(properties, "rStyle")
        return self.style.is_bold or (self.styles.style(name).is_bold if name else False)

    def _size(self, properties: Element | None) -> int:
        size = value(properties, "sz") if properties is not None else None
        return int(size) if size and size.isdigit() else self.style.size


def _symbol(element: Element) -> str:
    """A sign of a symbol font: the bullets and ticks of Wingdings as a bullet, others left out."""
    return "•" if re.fullmatch(r"[Ff]0[0-9A-Fa-f]{2}", element.get(f"{W}char", "")) else ""
