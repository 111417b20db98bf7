"""Word's styles: headings, numbers, bold and size that a paragraph has from its style."""

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from bot.import_policy.word_xml import W, on, value

HEADING = re.compile(r"^heading (\d)$", re.I)
MAX_PARENTS = 12
USUAL_HALF_POINTS = 22


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style with what it has from the styles it is based on. `size` is in half points."""

    name: str = ""
    heading_level: int = 0
    num_id: str = ""
    level: int | None = None
    is_bold: bool = False
    size: int = USUAL_HALF_POINTS
    is_hidden: bool = False
    indent: float = 0.0
    from_ids: tuple[str, ...] = ()  # the style and its parents, nearest first


class Styles:
    """A document's styles, by id."""

    def __init__(self, root: Element | None) -> None:
        elements = root.findall(f"{W}style") if root is not None else []
        self._elements = {element.get(f"{W}styleId", ""): element for element in elements}
        self._default = next(
            (
                id
                for id, e in self._elements.items()
                if e.get(f"{W}type") == "paragraph" and e.get(f"{W}default") in {"1", "true"}
            ),
            "",
        )
        size = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}sz") if root is not None else None
        self._base = Style(size=_number(size.get(f"{W}val") if size is not None else None, USUAL_HALF_POINTS))
        self._known: dict[str, Style] = {}

    def paragraph(self, id: str | None) -> Style:
        """A paragraph's style; the default style if it names none."""
        return self.style(id or self._default)

    def style(self, id: str) -> Style:
        """A style by its id."""
        if id not in self._known:
            self._known[id] = self._read(id)
        return self._known[id]

    def _read(self, id: str) -> Style:
        chain: list[str] = []
        while id in self._elements and id not in chain and len(chain) < MAX_PARENTS:
            chain.append(id)
            id = value(self._elements[id], "basedOn") or ""
        style = self._base
        for parent in reversed(chain):
            style = _with(style, self._elements[parent])
        return replace(style, from_ids=tuple(chain))


def _with(style: Style, element: Element) -> Style:
    name = value(element, "name") or ""
    heading = HEADING.match(name)
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    level = _number(outline.get(f"{W}val") if outline is not None else None, 9)
    numbers = element.find(f"{W}pPr/{W}numPr")
    run = element.find(f"{W}rPr")
    style = replace(style, name=name)
    if heading:
        style = replace(style, heading_level=int(heading[1]))
    elif outline is not None:
        style = replace(style, heading_level=level + 1 if level < 9 else 0)
    if numbers is not None:
        depth = value(numbers, "ilvl")
        style = replace(
            style,
            num_id=value(numbers, "numId") or style.num_id,
            level=int(depth) if depth and depth.isdigit() else style.level,
        )
    if run is not None:
        bold, size = run.find(f"{W}b"), run.find(f"{W}sz")
        style = replace(
            style,
            is_bold=on(bold) if bold is not None else style.is_bold,
            size=_number(size.get(f"{W}val"), style.size) if size is not None else style.size,
            is_hidden=on(run.find(f"{W}vanish")) or style.is_hidden,
        )
    return replace(style, indent=indent_of(element.find(f"{W}pPr"), style.indent))


def indent_of(properties: Element | None, usual: float) -> float:
    """A paragraph's left indent in points."""
    indent = properties.find(f"{W}ind") if properties is not None else None
    if indent is None:
        return usual
    left = indent.get(f"{W}left") or indent.get(f"{W}start")
    return _number(left, int(usual * 20)) / 20


def _number(text: str | None, usual: int) -> int:
    try:
        return int(float(text)) if text else usual
    except (ValueError, OverflowError):
        return usual
