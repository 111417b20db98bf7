"""What somebody typed, cleaned once before any command or question reads it."""

import html
import re
import unicodedata

from bot.outside import REPLACEMENT, clean_text

BOT_NAME = "staffroom"
MAX_TYPED_CHARS = 100_000  # far more than chats send: a worry at the end of a long message must be read
_TAG_NAMES = (
    "p|div|span|br|b|i|u|s|em|strong|strike|del|at|a|ul|ol|li|pre|code|blockquote|font|h[1-6]|table|tbody|thead|tr|td|th"
    "|img|emoji|attachment|systemeventmessage|html|body|hr|sub|sup|mark"
)
_MENTION = re.compile(rf"<at\b[^<>]*>\s*@?{BOT_NAME}\s*</at>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|td|th|blockquote|h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_TAG_NAMES})\b[^<>]*>", re.IGNORECASE)
_IS_WRAPPED = re.compile(rf"\s*<(?P<tag>{_TAG_NAMES})\b[^<>]*>.*</(?P=tag)\s*>\s*", re.IGNORECASE | re.DOTALL)
_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # letters and signs that show nothing
_LONE_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])|(?<=[A-Za-z])[\ufe00-\ufe0f]")
_CALLED = re.compile(rf"@{BOT_NAME}\b(?!\.\w)[ \t]*[,:;]?", re.IGNORECASE)
_CALLED_FIRST = re.compile(rf"\s*{BOT_NAME}\s*(?:[,:]|[-–—](?=\s))", re.IGNORECASE)
_NAME_FIRST = re.compile(rf"{BOT_NAME}\b[ ,:;.!–—-]*")
_LEADING = re.compile(r"[\s,;:.!*>•‣▪●◦·#–—-]+(?=[^\W_]|[\"'“”‘’«»(@])")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "”": "”", "’": "’", "`": "`", "*": "*", "_": "_", "(": ")"}
_PLAIN = str.maketrans("‘’‛′“”„«»–—‑−…", '\'\'\'\'"""""----.')
_AROUND = "!.?,;: \n\t\"'`*_-()[]•·>#"


def typed_text(text: str) -> str:
    """The text without what its client, a keyboard or a copied line added around it; the words are as they were typed.

    >>> [typed_text(text) for text in ("@Staffroom: help", "<p>summary</p>", "\\u201chelp\\u200b\\u201d", "• help")]
    ['help', 'summary', 'help', 'help']
    """
    text = without_tags(text) if _IS_WRAPPED.fullmatch(text) else _MENTION.sub(" ", text)
    text = clean_text(text, MAX_TYPED_CHARS).replace(REPLACEMENT, "")
    text = _LONE_JOINER.sub("", _BLANKS.sub(" ", text))
    text = _CALLED.sub(" ", text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _without_wrapping("\n".join(lines).strip())


def _without_wrapping(text: str) -> str:
    """Takes off bullets, a name that was called, and quotes around everything, in any order, until none is left."""
    while True:
        shorter = _CALLED_FIRST.sub(
            "", _LEADING.sub("", text, count=1) if _LEADING.match(text) else text, count=1
        ).strip()
        closing = _QUOTES.get(shorter[:1])
        if closing and len(shorter) > 1 and shorter.endswith(closing) and closing not in shorter[1:-1]:
            shorter = shorter[1:-1].strip()
        if shorter == text:
            return text
        text = shorter


def without_tags(text: str) -> str:
    """The text of HTML as chat clients write it; a tag that ends a line becomes a space.

    >>> without_tags("<div><at id='0'>Staffroom</at>&nbsp;who is left?</div>").strip()
    'who is left?'
    """
    without_mention = _MENTION.sub(" ", text)
    return html.unescape(_TAG.sub("", _BLOCK_TAG.sub(" ", without_mention)))


def plain_words(text: str) -> str:
    """The text to compare with the words of a command: no capitals, one kind of quotes, no punctuation around it.

    >>> plain_words(" Who\\u2019s  left? "), plain_words("Staffroom help!")
    ("who's left", 'help')
    """
    plain = unicodedata.normalize("NFKC", text.casefold().translate(_PLAIN)).strip(_AROUND)
    return (
        " ".join(_NAME_FIRST.sub("", plain, count=1).split()) if _NAME_FIRST.match(plain) else " ".join(plain.split())
    )
