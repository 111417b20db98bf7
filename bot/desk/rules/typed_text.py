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
# A tag that a client left open, or closed only, wraps the text as well; one inside it was typed.
_IS_WRAPPED = re.compile(
    rf"\s*<(?:!--|(?:{_TAG_NAMES})\b[^<>]*>)|.*</(?:{_TAG_NAMES})\s*>\s*\Z", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--[^<>]*-->")
_ESCAPED_SPACE = re.compile("&(?:nbsp|#160|#xa0);|^(?:\\s*&gt;)+", re.IGNORECASE)
_TERMINAL_STYLE = re.compile(r"\x1b\[[0-9;?]*[@-~]")
_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # letters and signs that show nothing
_LONE_JOINER = re.compile(
    "(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])|(?<=[A-Za-z])[\ufe00-\ufe0f]|\u034f"
)
_NAME_CALLED = rf"[@\uff20][ \"'\u201c\u2018]?{BOT_NAME}\b(?!\.\w)[\"'\u201d\u2019]?(?: bot\b)?"
_CALLED = re.compile(rf"(?:\[{_NAME_CALLED}\]\([^()\s]*\)|{_NAME_CALLED})[ \t]*[,:;]?", re.IGNORECASE)
# "Hey Staffroom, help" asks for help; "Hey Staffroom" is a greeting.
_GREETED = re.compile(
    rf"\s*(?:hi|hiya|hey|hello|ok|okay|dear)[ ,!]+(?:{_NAME_CALLED}|{BOT_NAME}(?=\s*[,:!]))[\s,:;!]*(?=[^\W_])",
    re.IGNORECASE,
)
_CALLED_FIRST = re.compile(rf"\s*{BOT_NAME}\s*(?:[,:]|[-–—](?=\s))", re.IGNORECASE)
_NAME_FIRST = re.compile(rf"{BOT_NAME}\b[ ,:;.!–—-]*")
_LEADING = re.compile(r"(?:[\s,;:.!*>•‣▪●◦·#~/\\–—-]|(?<!\w)\d[.)]\s)+(?=[^\W_]|[\"'“”‘’«»(@])")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "”": "”", "’": "’", "`": "`", "*": "*", "_": "_", "(": ")"}
_QUOTES |= {"„": "“", "[": "]", "{": "}", "<": ">", "~": "~"}
_PLAIN = str.maketrans("‘’‛′“”„«»–—‑−…", '\'\'\'\'"""""----.')
_AROUND = "!.?,;: \n\t\"'`*_-()[]{}•·<>#~/\\"
_SHOWN_ONLY = frozenset({"So", "Sk", "Mn", "Cf"})  # emoji, their skin colours and what joins them


def typed_text(text: str) -> str:
    """The text without what its client, a keyboard or a copied line added around it; the words are as they were typed.

    >>> [typed_text(text) for text in ("@Staffroom: help", "<p>summary</p>", "\\u201chelp\\u200b\\u201d", "• help")]
    ['help', 'summary', 'help', 'help']
    """
    text = _TERMINAL_STYLE.sub("", text)
    text = without_tags(text) if _IS_WRAPPED.match(text) else _ESCAPED_SPACE.sub(" ", _MENTION.sub(" ", text))
    text = clean_text(text, MAX_TYPED_CHARS).replace(REPLACEMENT, "")
    text = _LONE_JOINER.sub("", _BLANKS.sub(" ", text))
    text = _CALLED.sub(" ", _GREETED.sub("", text, count=1) if _GREETED.match(text) else text)
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
    without_mention = _MENTION.sub(" ", _COMMENT.sub("", text))
    return html.unescape(_TAG.sub("", _BLOCK_TAG.sub(" ", without_mention)))


def plain_words(text: str) -> str:
    """The text to compare with the words of a command: no capitals, one kind of quotes, no punctuation around it.

    >>> plain_words(" Who\\u2019s  left? "), plain_words("Staffroom help!")
    ("who's left", 'help')
    """
    plain = unicodedata.normalize("NFKC", text.casefold().translate(_PLAIN)).strip(_AROUND)
    plain = _without_emoji(_without_emoji(plain)[::-1])[::-1].strip(_AROUND)
    return (
        " ".join(_NAME_FIRST.sub("", plain, count=1).split()) if _NAME_FIRST.match(plain) else " ".join(plain.split())
    )


def _without_emoji(text: str) -> str:
    """The text without the emoji it begins with."""
    places = (place for place, char in enumerate(text) if unicodedata.category(char) not in _SHOWN_ONLY)
    return text[next(places, 0) :].lstrip()
