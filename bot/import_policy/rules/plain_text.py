"""Letters as they are typed: no ligature glyphs, soft hyphens or hard spaces."""

UNFOLDED = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
            0x00AD: None, 0x2010: "-", 0x2011: "-", 0x00A0: " ", 0x202F: " ", 0x2009: " ", 0x200B: None, 0xFEFF: None,
            0x2060: None, 0x0000: None}  # fmt: skip


def plain(text: str) -> str:
    """A text without ligature glyphs, soft hyphens and hard spaces.

    >>> plain("of\\ufb01ce, co\\u00adpy, after\\u2011school")
    'office, copy, after-school'
    """
    return text.translate(UNFOLDED)
