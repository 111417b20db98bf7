"""Tells whether names were read with the letters of the computer that wrote them: Windows' or an old Mac's.

Both write one byte a letter, and every byte is some letter to both. Only the shape of a word tells them apart:
"Jos\u017d" and "\u0192dith" are no names, and the Mac's reading of the same bytes is.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\s,;|\"()@/]*[^\x00-\x7f][^\s,;|\"()@/]*")  # with a letter that ASCII does not have
_PARTS = re.compile(r"[-.'\u2019\u2018\u2013\u2014\u201c\u201d]+")
_SIGNS_OF_WORDS = frozenset("\u2018\u2019\u2013\u2014\u201c\u201d\u20ac\u00a0")
_JOINING_SIGNS = "\u2019\u2018\u2013\u2014\u201c\u201d"
_SMALL_AT_THE_START = frozenset("\u00e9\u00e8\u00e0\u00e2\u0153")  # of French words; the Mac's readings begin no name
_LIGATURE = re.compile(r"\u0153(?![ui])")  # coeur and oeil have it; elsewhere it is the Mac's u with an accent
_NO_NAME_ALONE = frozenset("\u00d0\u00d1")  # the Mac's dashes, read as Windows' letters
# A capital within a word begins a new part only after these: McDonald, MacLeod, O'Brien, FitzGerald, DeVries.
_PREFIX = re.compile(r"(?:Mc|Mac|O|Fitz|De|Di|Du|La|Le|Van|Von|St)\Z")
_SHORT_PREFIX_CHARS = 2  # D'arcy, N'golo, Sa'id


def is_of_another_computer(content: bytes, text: str) -> bool:
    """Whether a file's bytes, read as Windows' `text`, have words that are none, or an old Mac's words are better.

    >>> [is_of_another_computer(name.encode(code), name.encode(code).decode("cp1252"))
    ...  for name, code in (("\u00c9dith", "mac_roman"), ("\u00c9dith", "cp1252"), ("Mac\u00c9wan", "cp1252"))]
    [True, False, False]
    """
    windows = _WORD.findall(text)
    if not any(_is_odd(word) for word in windows):
        return False
    of_mac = _WORD.findall(content.decode("mac_roman"))
    return any(map(_is_foreign, windows)) or sum(map(_is_odd, of_mac)) < sum(map(_is_odd, windows))


def is_of_mac(content: bytes) -> bool:
    """Whether a file with an old Mac's line ends, which is no UTF-8, has its letters too, and not Windows'."""
    windows, of_mac = (_WORD.findall(content.decode(code, "replace")) for code in ("cp1252", "mac_roman"))
    return sum(map(_is_odd, of_mac)) <= sum(map(_is_odd, windows))


def _is_foreign(word: str) -> bool:
    return any(char.isalpha() for char in word) and not _is_word(word)


def _is_odd(word: str) -> bool:
    """Whether a word does not have the shape of a name or of a sentence's word."""
    if not any(char.isalpha() for char in word):
        return False  # an amount, a dash
    return (
        not _is_word(word)
        or _LIGATURE.search(word) is not None
        or word in _NO_NAME_ALONE
        or _has_lone_sign(word)
        or any(_is_mixed(part) for part in _PARTS.split(word))
    )


def _is_word(word: str) -> bool:
    """Whether it has only letters that European names are written with, and the signs between them."""
    return all(char.isascii() or char in _SIGNS_OF_WORDS or _is_letter(char) for char in word)


def _is_letter(char: str) -> bool:
    return unicodedata.category(char) in ("Ll", "Lu") and char not in "\u0192\u00b5"


def _has_lone_sign(word: str) -> bool:
    """Whether a curly apostrophe or a dash is where no name has one: the Mac's i, n or o with an accent."""
    for sign in _JOINING_SIGNS:
        before, found, after = word.partition(sign)
        if not found or not before[-1:].isalpha():
            continue
        if sign == "\u2019":
            is_short = len(before) <= _SHORT_PREFIX_CHARS or after in ("s", "t")
            if (after[:1].islower() and not is_short) or (not after and not before.lower().endswith("s")):
                return True
        elif after[:1].islower() or (not after and sign in "\u2018\u201c"):
            return True
    return False


def _is_mixed(part: str) -> bool:
    """Whether capitals and small letters are mixed as in no name."""
    if part.islower():
        return (
            not part[0].isascii() and part[0] not in _SMALL_AT_THE_START and len(part) > 1
        )  # a name that begins with a small letter with an accent
    if part.isupper() or part.istitle():
        return False
    pieces = re.split(r"(?<=[^\W\d_])(?=[A-Z\u00c0-\u00d6\u00d8-\u00de\u0160\u017d\u0178\u0152])", part)
    return not all(_PREFIX.search(piece) for piece in pieces[:-1]) or any(not p[1:].islower() for p in pieces if p[1:])
