"""What one message holds: one question, two, or a follow-up to the answer before."""

import re
from collections.abc import Sequence

from bot.rules.words import words

SHORTEST_PART = 3  # words; less is no question of its own
_ENDS = re.compile(
    r"(?<=[.?!])\s+|\s*[;\n]\s*|,?\s+(?:and also|and|also|or|plus|but)\s+(?=(?:{starts})\b)".replace(
        "{starts}",
        "can|could|may|am i|is it|is there|are we|do i|do we|does|should|must|what|who|when|where|how|why|will|would",
    ),
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:so |and |also |or |but |ok |hi |please )*"
    r"(?:can|could|may|am|is|are|do|does|did|should|must|what|whats|what's|who|when|where|which|how|why|will|would|have|has)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:and|but|or|so|ok so|then)?\s*(?:what|how) about\b|^(?:and|but|or) (?!i\b|we\b|he\b|she\b|they\b)|"
    r"^(?:even|only|not even|what) (?:if|when|at|on|in|for|though)\b|^same (?:for|with|on|at|if)\b|"
    r"^what if\b|^if (?:it|so|not)\b",
    re.IGNORECASE,
)
LONGEST_FOLLOW_UP = 9  # words


def parts(question: str) -> Sequence[str]:
    """The questions in a message, in order: several only where each asks something by itself.

    >>> parts("Can I use my phone at lunch and can I take photos of the kids?")
    ['Can I use my phone at lunch', 'can I take photos of the kids?']
    >>> parts("I was on duty and a pupil found my Instagram. What do I do?")
    ['I was on duty and a pupil found my Instagram. What do I do?']
    """
    pieces = [piece.strip() for piece in _ENDS.split(question) if piece and piece.strip()]
    asking = [
        piece for piece in pieces if len(words(piece)) >= SHORTEST_PART and (_ASKS.match(piece) or piece.endswith("?"))
    ]
    return asking if len(asking) > 1 else [question]


def is_follow_up(question: str) -> bool:
    """Whether a message leans on the answer before it.

    >>> [is_follow_up(q) for q in ("what about on the school wifi?", "and a volunteer?", "and can I post about it?")]
    [True, True, False]
    """
    return len(words(question)) <= LONGEST_FOLLOW_UP and bool(_LEANS.search(question))


def in_full(question: str, asks: str) -> str:
    """A follow-up together with what was asked before, in the situation's own words."""
    lean = re.sub(
        r"^(?:and|but|or|so|ok|then|what|how|about|if|even|same|for|\s)+\b", "", question, flags=re.IGNORECASE
    )
    return f"{asks}, {lean or question}"
