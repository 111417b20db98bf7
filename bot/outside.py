"""What comes from outside (a file, a form, a header, a service), checked and cleaned once where it comes in."""

import math
import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MAX_TEXT_CHARS = 5_000
MAX_LINE_CHARS = 300
MAX_EMAIL_CHARS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

_LINE_BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_JOINERS = frozenset("\u200c\u200d")  # emoji and several scripts are spelt with them
# Letters and symbols that are drawn as nothing (Hangul fillers, the empty Braille pattern), and what was cleaned away.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0" + REPLACEMENT)
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_IDENTIFIER = re.compile(r"[!-~]{1,200}")


def clean_text(text: str, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Text that every writer of ours can hold: a ledger, a sheet, a card, XML.

    Composed (NFC). Line breaks are "\\n". Control characters, lone surrogates and noncharacters become U+FFFD.
    Invisible characters that mislead a reader or a comparison are left out: text direction controls, zero-width spaces,
    byte order marks, tags.

    >>> clean_text("Phonics\\x16 \\u202erecorded\\r\\n"), clean_text("sum\\u200bmary")
    ('Phonics\ufffd recorded\\n', 'summary')
    """
    composed = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text[: 2 * max_chars]))
    return "".join(_clean_char(char) for char in composed)[:max_chars]


def _clean_char(char: str) -> str:
    if char in "\n\t" or char in _JOINERS:
        return char
    match unicodedata.category(char):
        case "Cc" | "Cs":
            return REPLACEMENT
        case "Cf":
            return ""
        case "Cn" if ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
            return REPLACEMENT
    return char


def clean_line(text: str, max_chars: int = MAX_LINE_CHARS) -> str:
    """Clean text on one line, for names and titles: every run of spaces of any kind is one space, none at the ends.

    >>> clean_line("  Half\\u00a0term\\n")
    'Half term'
    """
    return _SPACES.sub(" ", clean_text(text, 2 * max_chars)).strip()[:max_chars].rstrip()


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: spaces, blanks that count as letters, joiners, marks on nothing, and U+FFFD.

    U+FFFD is what `clean_text` leaves of characters that nobody typed on purpose.

    >>> is_blank(" \u2800\u3164\u200d\ufe0f\ufffd"), is_blank("?"), is_blank("\N{THUMBS UP SIGN}")
    (True, False, False)
    """
    return all(char in _BLANKS or unicodedata.category(char)[0] in "CMZ" for char in text)


def written_text(text: str, max_chars: int = MAX_TEXT_CHARS) -> str:
    """What somebody wrote into a field, clean and without spaces at its ends; empty if a reader would see nothing.

    >>> written_text(" Yes.\\n"), written_text("\\u2800 \\x07")
    ('Yes.', '')
    """
    cleaned = clean_text(text, 2 * max_chars).strip()[:max_chars].rstrip()
    return "" if is_blank(cleaned) else cleaned


def email_address(text: str) -> str | None:
    """The address in the form in which addresses are compared, ASCII in lower case; None if it is not one.

    Nothing is folded to ASCII: a Kelvin sign is not a "k". `mailto:`, display names and hidden characters are refused.

    >>> email_address(" Head@Example.sch.uk "), email_address("head@\\u212aent.sch.uk"), email_address("not an address")
    ('head@example.sch.uk', None, None)
    """
    address = text.strip(" \t\r\n")
    if not address.isascii() or len(address) > MAX_EMAIL_CHARS or address.lower().startswith("mailto:"):
        return None
    address = address.lower()
    is_address = _EMAIL.fullmatch(address) and len(address.partition("@")[0]) <= 64
    return address if is_address else None


def identifier(text: str) -> str | None:
    """An id in the form in which ids are compared, visible ASCII in lower case; None if it has other characters.

    >>> identifier(" T-017 "), identifier("t\\u200b17"), identifier("two words")
    ('t-017', None, None)
    """
    id = text.strip(" \t\r\n")
    return id.lower() if _IDENTIFIER.fullmatch(id) else None


def number(value: object, low: float, high: float) -> float | None:
    """A finite number from text or JSON, moved into the range; None if it is no number (a truth value is none).

    >>> number("1e9", 0, 3600.0), number("nan", 0, 1), number("1e400", 0, 1), number(True, 0, 1), number("7", 0, 60)
    (3600.0, None, None, None, 7.0)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > 40 or not value.isascii() or "_" in value):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    return min(max(amount, low), high) if math.isfinite(amount) else None
