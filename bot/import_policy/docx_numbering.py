"""Word's automatic numbers, computed from numbering.xml: what Word prints in front of a paragraph."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from bot.import_policy.word_xml import W, on, value

MAX_LEVELS = 9
ROMANS = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
BULLET = "•"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. `text` is Word's pattern, such as "%1.%2"."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    is_legal: bool = False
    restarts_after: int | None = None  # the level whose number restarts this one; 0 for never
    indent: float = 0.0
    style: str = ""


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)  # startOverride by level


class Numbering:
    """Counts through a document's lists. Ask for each numbered paragraph once, in the document's order."""

    def __init__(self, root: Element | None) -> None:
        self._abstracts: dict[str, dict[int, Level]] = {}
        self._linked: dict[str, str] = {}  # abstract list -> the numbering style that defines it
        self._defines: dict[str, str] = {}  # numbering style -> the abstract list that defines it
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root)

    def _read(self, root: Element) -> None:
        for abstract in root.findall(f"{W}abstractNum"):
            id = abstract.get(f"{W}abstractNumId", "")
            self._abstracts[id] = {
                int(level.get(f"{W}ilvl", "0") or 0): _level(level) for level in abstract.findall(f"{W}lvl")
            }
            if link := value(abstract, "numStyleLink"):
                self._linked[id] = link
            if link := value(abstract, "styleLink"):
                self._defines[link] = id
        for num in root.findall(f"{W}num"):
            self._lists[num.get(f"{W}numId", "")] = self._list(num)

    def _list(self, num: Element) -> _List:
        abstract = value(num, "abstractNumId") or ""
        abstract = self._defines.get(self._linked.get(abstract, ""), abstract)
        levels = dict(self._abstracts.get(abstract, {}))
        starts: dict[int, int] = {}
        for override in num.findall(f"{W}lvlOverride"):
            number = int(override.get(f"{W}ilvl", "0") or 0)
            level = override.find(f"{W}lvl")
            if level is not None:
                levels[number] = _level(level)
            start = value(override, "startOverride")
            if start and start.isdigit():
                starts[number] = int(start)
        return _List(abstract, levels, starts)

    def level_of_style(self, num_id: str, style: str) -> int:
        """The level at which a list has a paragraph style; 0 if none."""
        found = self._lists.get(num_id)
        return next((n for n, level in found.levels.items() if level.style == style), 0) if found else 0

    def level(self, num_id: str, number: int) -> Level | None:
        """A level of a list; None if there is no such list."""
        found = self._lists.get(num_id)
        return found.levels.get(number) if found else None

    def next_label(self, num_id: str, number: int) -> str:
        """What Word prints in front of the next paragraph of this list and level; "" if nothing."""
        found = self._lists.get(num_id)
        if found is None or number not in found.levels:
            return ""
        level = found.levels[number]
        if level.format == "bullet":
            return BULLET
        counts = self._counts.setdefault(found.abstract, [None] * MAX_LEVELS)
        self._count(num_id, found, number, counts)
        return "" if level.format == "none" and "%" not in level.text else self._written(found, number, counts)

    def _count(self, num_id: str, found: _List, number: int, counts: list[int | None]) -> None:
        for above in range(number):
            if counts[above] is None:
                counts[above] = self._start(found, above)
        first = (num_id, number) not in self._begun
        self._begun.add((num_id, number))
        current = counts[number]
        if (first and number in found.starts) or current is None:
            counts[number] = self._start(found, number)
        else:
            counts[number] = current + 1
        for below in range(number + 1, MAX_LEVELS):
            level = found.levels.get(below)
            after = level.restarts_after if level else None
            if after is None or (after > 0 and number < after):
                counts[below] = None

    def _start(self, found: _List, number: int) -> int:
        level = found.levels.get(number)
        return found.starts.get(number, level.start if level else 1)

    def _written(self, found: _List, number: int, counts: list[int | None]) -> str:
        level, text = found.levels[number], found.levels[number].text
        for above in range(number + 1):
            given = found.levels.get(above)
            format = "decimal" if level.is_legal and above < number else (given.format if given else "decimal")
            if f"%{above + 1}" in text:
                text = text.replace(f"%{above + 1}", written(counts[above] or 0, format))
        return text.strip()


def _level(element: Element) -> Level:
    start, restart = value(element, "start"), value(element, "lvlRestart")
    indent = element.find(f"{W}pPr/{W}ind")
    left = (indent.get(f"{W}left") or indent.get(f"{W}start") or "0") if indent is not None else "0"
    return Level(
        start=int(start) if start and start.isdigit() else 1,
        format=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        is_legal=on(element.find(f"{W}isLgl")),
        restarts_after=int(restart) if restart and restart.isdigit() else None,
        indent=float(left) / 20 if left.lstrip("-").isdigit() else 0.0,
        style=value(element, "pStyle") or "",
    )


def written(number: int, format: str) -> str:
    """A number as a list writes it.

    >>> [written(4, format) for format in ("decimal", "lowerLetter", "upperRoman", "decimalZero")]
    ['4', 'd', 'IV', '04']
    >>> written(28, "lowerLetter")
    'bb'
    """
    if format in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""
        return letter.upper() if format == "upperLetter" else letter
    if format in {"lowerRoman", "upperRoman"}:
        roman = _roman(number)
        return roman.upper() if format == "upperRoman" else roman
    if format == "none":
        return ""
    return f"{number:02}" if format == "decimalZero" else str(number)


def _roman(number: int) -> str:
    text = ""
    for worth, letters in ROMANS:
        count, number = divmod(number, worth)
        text += letters * min(count, 20)
    return text
