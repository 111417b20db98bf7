"""Divides a message: into the questions it asks, or into short pieces."""

import re
from collections.abc import Sequence

from bot.ask.rules.words import words

MIN_PART_WORDS = 3  # fewer are not a question of their own
_BETWEEN_QUESTIONS = re.compile(
    r"(?<=[.?!])\s+|\s*[;\n]\s*|,?\s+(?:and also|and|also|or|plus|but)\s+(?=(?:{starts})\b)".replace(
        "{starts}",
        "can|could|may|am i|is it|is there|are we|do i|do we|does|should|must|what|who|when|where|how|why|will|would",
    ),
    re.IGNORECASE,
)
_QUESTION_START = re.compile(
    r"^(?:so |and |also |or |but |ok |hi |please )*"
    r"(?:can|could|may|am|is|are|do|does|did|should|must|what|whats|what's|who|when|where|which|how|why|will|would|have|has)\b",
    re.IGNORECASE,
)
MAX_SHORT_MESSAGE_WORDS = 12  # a longer message may mention a worry in passing
MIN_CLAUSE_WORDS = 5
_BETWEEN_CLAUSES = re.compile(r"[.!?;:,]\s+|\s+(?:and|then|but|because|that|who|says|said)\s+", re.IGNORECASE)


def parts(question: str) -> Sequence[str]:
    """The questions in a message, in order: several only if each of them asks something by itself.

    >>> parts("Can I use my phone at lunch and can I take photos of the kids?")
    ['Can I use my phone at lunch', 'can I take photos of the kids?']
    >>> parts("I was on duty and a pupil found my Instagram. What do I do?")
    ['I was on duty and a pupil found my Instagram. What do I do?']
    >>> parts("I'm on duty. Can I go on Facebook? Can I take photos?")
    ["I'm on duty. Can I go on Facebook?", "I'm on duty. Can I take photos?"]
    """
    pieces = [piece.strip() for piece in _BETWEEN_QUESTIONS.split(question) if piece and piece.strip()]
    asking = [
        piece
        for piece in pieces
        if len(words(piece)) >= MIN_PART_WORDS and (_QUESTION_START.match(piece) or piece.endswith("?"))
    ]
    if len(asking) < 2:
        return [question]
    introduction = " ".join(pieces[: pieces.index(asking[0])])  # "I'm on duty." is true for every part
    return [f"{introduction} {piece}".strip() for piece in asking]


def clauses(message: str) -> list[str]:
    """The pieces of a long message that are long enough to mean something; empty for a short message.

    >>> clauses("I put the chairs away and he told me he is scared to go home")
    ['I put the chairs away', 'he told me he is scared to go home']
    >>> clauses("can I use my phone at lunch, please?")
    []
    """
    if len(words(message)) <= MAX_SHORT_MESSAGE_WORDS:
        return []
    pieces = [piece.strip() for piece in _BETWEEN_CLAUSES.split(message)]
    return [piece for piece in pieces if len(words(piece)) >= MIN_CLAUSE_WORDS]
