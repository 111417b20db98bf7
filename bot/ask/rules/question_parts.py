"""What one message holds: one question, two, or a follow-up to the answer before."""

import re
from collections.abc import Sequence

from bot.ask.rules.words import words

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
LONG_MESSAGE = 12  # words; a longer one may hold a worry in passing
SHORTEST_CLAUSE = 5  # words
_BREATHS = re.compile(r"[.!?;:,]\s+|\s+(?:and|then|but|because|that|who|says|said)\s+", re.IGNORECASE)


def parts(question: str) -> Sequence[str]:
    """The questions in a message, in order: several only where each asks something by itself.

    >>> parts("Can I use my phone at lunch and can I take photos of the kids?")
    ['Can I use my phone at lunch', 'can I take photos of the kids?']
    >>> parts("I was on duty and a pupil found my Instagram. What do I do?")
    ['I was on duty and a pupil found my Instagram. What do I do?']
    >>> parts("I'm on duty. Can I go on Facebook? Can I take photos?")
    ["I'm on duty. Can I go on Facebook?", "I'm on duty. Can I take photos?"]
    """
    pieces = [piece.strip() for piece in _ENDS.split(question) if piece and piece.strip()]
    asking = [
        piece for piece in pieces if len(words(piece)) >= SHORTEST_PART and (_ASKS.match(piece) or piece.endswith("?"))
    ]
    if len(asking) < 2:
        return [question]
    told = " ".join(pieces[: pieces.index(asking[0])])  # "I'm on duty." holds for every part
    return [f"{told} {piece}".strip() for piece in asking]


def clauses(message: str) -> list[str]:
    """The pieces of a long message, each long enough to mean something; none of a short one.

    >>> clauses("I put the chairs away and he told me he is scared to go home")
    ['I put the chairs away', 'he told me he is scared to go home']
    >>> clauses("can I use my phone at lunch, please?")
    []
    """
    if len(words(message)) <= LONG_MESSAGE:
        return []
    pieces = [piece.strip() for piece in _BREATHS.split(message)]
    return [piece for piece in pieces if len(words(piece)) >= SHORTEST_CLAUSE]


def is_follow_up(question: str) -> bool:
    """Whether a message leans on the answer before it.

    >>> [is_follow_up(q) for q in ("what about on the school wifi?", "and a volunteer?", "can I post about it?")]
    [True, True, False]
    """
    return len(words(question)) <= LONGEST_FOLLOW_UP and bool(_LEANS.search(question))


def in_full(question: str, asks: str) -> str:
    """A follow-up together with what was asked before, in the situation's own words."""
    lean = re.sub(
        r"^(?:and|but|or|so|ok|then|what|how|about|if|even|same|for|\s)+\b", "", question, flags=re.IGNORECASE
    )
    return f"{asks}, {lean or question}"
