"""Text that every spreadsheet can hold, and that none of them reads as a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import unicodedata

from bot.evidence.verify import GUARD
from bot.outside import clean_text

MAX_CELL_CHARS = 32_767  # Excel's own limit
FORMULA_STARTS = frozenset("=+-@|%")
_QUOTATION_MARKS = frozenset("\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2032\u2033")
_SKIPPED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"))  # spreadsheets may not see them


def disarmed(text: str) -> str:
    """Text for one cell: with a guard before it if a spreadsheet could read it as a formula, and clean.

    >>> disarmed("=HYPERLINK(1)"), disarmed(" +44 1524"), disarmed("A teacher")
    ("'=HYPERLINK(1)", "' +44 1524", 'A teacher')
    >>> disarmed("\\ufeff=1+1"), disarmed("\\ufe62" + "1"), disarmed("Phonics\\x16")
    ("'=1+1", "'\ufe621", 'Phonics\ufffd')
    """
    cell = _clean_cell(text)
    return f"{GUARD}{cell}" if _may_be_formula(text) else cell


def _clean_cell(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text[:MAX_CELL_CHARS]
    return clean_text(text, MAX_CELL_CHARS)


def _may_be_formula(text: str) -> bool:
    """Whether the first character that counts begins a formula, or the text begins with a tab or a new line."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    first = next((char for char in text if not _is_skipped(char)), "")
    return any(char in FORMULA_STARTS for char in unicodedata.normalize("NFKC", first))


def _is_skipped(char: str) -> bool:
    return char in _QUOTATION_MARKS or unicodedata.category(char) in _SKIPPED
