"""The number or bullet in front of a paragraph: "4.1", "(b)", "iv.", "•", and whether it continues a list."""

import re
from dataclasses import dataclass
from enum import StrEnum

BULLET_SIGNS = "•◦▪▫●○■□◆◇➢➤►▶✓✔✗✘❖‣⁃∙·–—-*\uf0b7\uf0a7\uf0d8\uf076\uf0fc\u2610\u2611\u2612"
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
A_LABEL = re.compile(
    rf"""\s*(?P<label>
        \d{{1,3}}(?:\.\d{{1,3}}){{1,5}}\.?\)?          # 4.1  4.2.1.  1.1)
        | \d{{1,3}}(?:\.\d{{1,3}})*(?:\([a-z]{{1,4}}\))+   # 4.2(a)(i)
        | \(?\d{{1,3}}[.)]                         # 1.  1)  (1)
        | \(?[ivxlc]{{1,6}}[.)]                    # (iv)  iv.
        | \(?[a-zA-Z]{{1,2}}\)                     # (a)  a)
        | [a-zA-Z]\.                               # a.  A.
        | [IVXLC]{{1,6}}[.)]                       # IV.
        | [{re.escape(BULLET_SIGNS)}]              # a bullet
        | o(?=\s)                                  # Word's second bullet
    )(?P<gap>\s+|(?<=[\d][.)])(?=[A-Z][a-z]))(?P<rest>\S.*)$""",
    re.VERBOSE | re.DOTALL,
)
BARE_NUMBER = re.compile(r"\s*(?P<label>\d{1,2})\s+(?P<rest>[A-Z].*)$", re.DOTALL)
NOT_AFTER_A_LABEL = re.compile(r"(?:[ap]\.?m\b|%|per cent\b|million\b)", re.IGNORECASE)
MAX_GAP_IN_NUMBERS = 2  # a document whose author left out a number is still in order


class LabelKind(StrEnum):
    """What a label counts in."""

    BULLET = "bullet"
    DOTTED = "dotted"  # 4.1, which names its parents
    NUMBER = "number"
    LETTER = "letter"
    CAPITAL = "capital"
    ROMAN = "roman"


@dataclass(frozen=True, slots=True)
class Label:
    """A label taken apart. `value` counts: (4, 1) for "4.1", (2,) for "(b)"; empty for a bullet."""

    printed: str
    kind: LabelKind
    value: tuple[int, ...] = ()

    @property
    def style(self) -> tuple[LabelKind, str]:
        """What tells one level of a list from another: "(a)" and "a." are two levels."""
        return self.kind, "".join(char for char in self.printed if char in "().")[:2]

    @property
    def cited(self) -> str:
        """The label as a reference has it: a number without its full stop or bracket.

        >>> [parse_label(label).cited for label in ("4.1.", "3)", "(b)", "a.")]
        ['4.1', '3', '(b)', 'a.']
        """
        if self.kind is LabelKind.DOTTED:
            return self.printed.rstrip(".") if "(" in self.printed else self.printed.rstrip(".)")
        if self.kind is LabelKind.NUMBER and not self.printed.startswith("("):
            return self.printed.rstrip(".)")
        return self.printed


def roman_value(text: str) -> int:
    """The value of a roman number.

    >>> [roman_value(text) for text in ("iv", "ix", "xii")]
    [4, 9, 12]
    """
    values = [ROMAN_VALUES[char] for char in text.lower()]
    signs = (-1 if value < following else 1 for value, following in zip(values, [*values[1:], 0], strict=True))
    return sum(sign * value for sign, value in zip(signs, values, strict=True))


def parse_label(text: str, after: Label | None = None) -> Label:
    """Takes a label apart; `after` decides between letter and roman number: "(i)" follows "(h)" or begins a list."""
    core = text.strip("(). \t")
    if re.fullmatch(r"\d+(?:\.\d+)+|\d+(?:\.\d+)*(?:\(\w+|\))*", core) and ("." in core or "(" in core):
        return Label(text, LabelKind.DOTTED, tuple(int(number) for number in re.findall(r"\d+", core)))
    if core.isdigit():
        return Label(text, LabelKind.NUMBER, (int(core),))
    if re.fullmatch(r"[ivxlc]+|[IVXLC]+", core) and not _follows_as_letter(core, after):
        return Label(text, LabelKind.ROMAN, (roman_value(core),))
    if re.fullmatch(r"[a-z]{1,2}", core) and core != "o":
        return Label(text, LabelKind.LETTER, (_letter_value(core),))
    if re.fullmatch(r"[A-Z]{1,2}", core):
        return Label(text, LabelKind.CAPITAL, (_letter_value(core.lower()),))
    return Label(text, LabelKind.BULLET)


def _letter_value(letters: str) -> int:
    return ord(letters[0]) - ord("a") + 1 + 26 * (len(letters) - 1)


def _follows_as_letter(core: str, after: Label | None) -> bool:
    if len(core) > 1:
        return False
    if after is None or after.kind not in {LabelKind.LETTER, LabelKind.CAPITAL}:
        return core not in "iI"
    return after.value[0] + 1 == _letter_value(core.lower()) or core not in "iI"


def split_label(text: str) -> tuple[str, str]:
    """The label typed in front of a text, and the rest; an empty label if there is none.

    >>> split_label("1.1\\tPhones are off."), split_label("6.30 pm is late."), split_label("Phones are off.")
    (('1.1', 'Phones are off.'), ('', '6.30 pm is late.'), ('', 'Phones are off.'))
    """
    match = A_LABEL.match(text)
    if match is None or NOT_AFTER_A_LABEL.match(match["rest"]):
        return "", text
    return match["label"], match["rest"]


def split_bare_number(text: str) -> tuple[str, str]:
    """A number without a full stop in front of a heading, as in "3 Accounts"; an empty label if there is none."""
    match = BARE_NUMBER.match(text)
    return (match["label"], match["rest"]) if match else ("", text)


class LabelOrder:
    """Tells whether a typed label is the next of a list, so that "12. " in a sentence is not taken for a number."""

    def __init__(self) -> None:
        self._last: dict[tuple[LabelKind, str], Label] = {}
        self._previous: Label | None = None

    def accept(self, printed: str) -> Label | None:
        """The label if it begins or continues a list, and remembers it; None if it does neither."""
        label = parse_label(printed, self._letter_before(printed))
        if not self._is_next(label):
            return None
        if label.kind is not LabelKind.BULLET:
            self._last[label.style] = label
        self._previous = label
        return label

    def _letter_before(self, printed: str) -> Label | None:
        style = "".join(char for char in printed if char in "().")[:2]
        capital = printed.strip("().").isupper()
        roman = self._last.get((LabelKind.ROMAN, style))
        if roman is not None and self._previous is roman:
            return None
        return self._last.get((LabelKind.CAPITAL if capital else LabelKind.LETTER, style))

    def _is_next(self, label: Label) -> bool:
        if label.kind is LabelKind.BULLET:
            return True
        if label.kind is LabelKind.DOTTED:
            return self._is_next_dotted(label.value)
        last = self._last.get(label.style)
        number = label.value[0]
        known = [value.value[0] for value in self._last.values() if value.kind in {LabelKind.NUMBER, LabelKind.DOTTED}]
        if label.kind is LabelKind.NUMBER and any(0 < number - value <= MAX_GAP_IN_NUMBERS for value in known):
            return True
        return number == 1 or (last is not None and 0 < number - last.value[0] <= MAX_GAP_IN_NUMBERS)

    def _is_next_dotted(self, value: tuple[int, ...]) -> bool:
        if value[-1] > 99 or 0 in value[1:-1]:
            return False
        last = [label.value for label in self._last.values() if label.kind in {LabelKind.DOTTED, LabelKind.NUMBER}]
        if not last or value[0] == 1 or value[-1] == 1:
            return value[-1] <= MAX_GAP_IN_NUMBERS or any(before[0] == value[0] for before in last)
        return any(value > before and value[0] - before[0] <= MAX_GAP_IN_NUMBERS for before in last)
