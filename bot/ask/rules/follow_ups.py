"""Recognises what only makes sense after the answer before, and puts it into one question with what was asked then.

What was asked is known by its situation only: nobody's words are remembered (docs/privacy.md).
"""

import re
from collections.abc import Iterable, Mapping

from bot.ask.rules.words import words

MAX_FOLLOW_UP_WORDS = 9
MAX_REFERRING_WORDS = 12  # "does that go for ..." leans on the answer before however it goes on
MAX_PLACE_WORDS = 6  # of a fragment that only says where or when; more of them tell a story
REPLACEABLE = ("device", "time", "place", "channel", "party")  # groups of words.toml: one of each is asked about
ABOUT_WHAT = "About what? I have no question of yours just before this one. Could you ask in one whole sentence?"

_OPENING = re.compile(
    r"^(?:(?:and|but|or|so|ok|okay|then|right|yeah|also|no|what|wha|how|about|if|even|only|just|same|for|does|that|go"
    r"|count|apply|include|cover)\b[\s,]*)+",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"^(?:(?:and|but|or|so|ok|okay|then|right|yeah),? )*(?:what|wha|how) about\b|"
    r"^(?:(?:so|ok|okay|right|yeah),? )*(?:(?:and|or|but),? )+(?!i\b|we\b|he\b|she\b|they\b)|"
    r"^(?:even|only|not even|what) (?:if|when|at|on|in|for|with|though)\b|^same\b|^what if\b|"
    r"^if (?:it|its|it's|so|not)\b|^not (?:my|on|in|at|for|the|if)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:on|at|in|from|with|for|over|during|off)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"^(?:(?:and|but|or|so|ok)[, ]+(?:[^?]+, )?)*(?:is|does|do|would) (?:that|this|it|the same) "
    r"(?:different|the same|count|go|apply|include|cover|hold|matter)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:can|could|may|might|should|must|do|does|did|will|would|shall|have) "
    r"(?:i|we|you|they|he|she|it|my|our|the|staff)\b|"
    r"\b(?:am i|are (?:we|they|you|there)|is (?:it|there|my|the))\b|\bhow (?!about\b)\w|"
    r"(?:^|[,.] |\b(?:and|but|or|so|ok|then) )(?:who|where|why|which|whats)\b|"
    r"\bwhat (?!about\b|if\b|when\b)\w",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:(?:no+|nope|sorry|oh|wait|er|well|but)[\s,.!]+)*"
    r"(?:i|we) (?:meant|mean|was asking|am asking|was talking)\b(?:\s+about\b)?[\s,:]*(?P<instead>.+)$|"
    r"^(?:no[\s,]+)?not (?:my|the|on|in|at|a|his|her|our) [^,]+,\s*(?:but |i meant )?(?P<right>.+)$",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"(?:(?:and|but|ok|oh|so|um+)[ ,]+)*(?:why(?: not| though| is that| so)?|why's that|how come|says who|"
    r"who says(?: so)?|what for|for what reason|what(?:'s| is) the reason(?: for (?:that|it))?)",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    words(
        "and but or so ok then what wha how about if even only this that these those it them me us now here there same"
    )
)
_PREPOSITION = r"(?:on|at|in|from|over|during|with|by|via|off)"
_LEADING_PREPOSITION = re.compile(rf"{_PREPOSITION}\s+", re.IGNORECASE)
_DETERMINER = r"(?:the|a|an|your|my|our|their|his|her|another|own|personal|private|school|school's|class)"


def is_why(line: str) -> bool:
    """Whether all of a message asks for the reason of the answer before.

    >>> [is_why(line) for line in ("why?", "but why not", "why may I not tag pupils?")]
    [True, True, False]
    """
    return bool(_WHY.fullmatch(line.strip(" ?!.")))


def is_correction(line: str) -> bool:
    """Whether a message puts right what was understood.

    >>> [is_correction(line) for line in ("no, I meant the class ipad", "not my phone, the ipad", "no phones")]
    [True, True, False]
    """
    return len(words(line)) <= MAX_REFERRING_WORDS and bool(_CORRECTION.match(line))


def is_follow_up(line: str) -> bool:
    """Whether a message only makes sense after the answer before.

    >>> [is_follow_up(line) for line in ("at lunch?", "does that go for TAs?", "for how long are pictures kept?")]
    [True, True, False]
    """
    length = len(words(line))
    if is_correction(line) or (_REFERS.match(line) and length <= MAX_REFERRING_WORDS):
        return True
    if length > MAX_FOLLOW_UP_WORDS or _ASKS.search(line):
        return False
    return bool(_STARTS.match(line) or (_PLACE.match(line) and length <= MAX_PLACE_WORDS))


def says_nothing_alone(line: str) -> bool:
    """Whether a follow-up has no word of its own, such as "and this?": without a topic it is about nothing."""
    return is_follow_up(line) and set(words(line)) <= _EMPTY


def groups_of(phrases: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Of the words in words.toml ("device:school_device" -> phrases) those of which a question names one, by group."""
    return {
        group: tuple(phrase for key, listed in phrases.items() if key.startswith(f"{group}:") for phrase in listed)
        for group in REPLACEABLE
    }


def in_full(line: str, asks: str, groups: Mapping[str, Iterable[str]]) -> str:
    """A follow-up together with what was asked before; `asks` are the words of the earlier situation.

    What it names in place of something of the same group takes that one's place.

    >>> in_full("and on the school ipad?", "taking photos on your own phone", {"device": ("school ipad", "own phone")})
    'taking photos on the school ipad'
    >>> in_full("and a volunteer?", "taking photos on your own phone", {"device": ("own phone",)})
    'taking photos on your own phone, a volunteer?'
    """
    fragment = _fragment(line)
    plain = fragment.strip(" ?.!")
    for phrases in groups.values():
        named = _phrase_pattern(phrases)
        earlier = named.search(asks)
        if earlier and named.fullmatch(plain):
            return asks[: earlier.start()] + _in_place_of(earlier[0], plain) + asks[earlier.end() :]
    return f"{asks}, {fragment}"


def _fragment(line: str) -> str:
    correction = _CORRECTION.match(line)
    if correction:
        line = correction["instead"] or correction["right"]
    return _OPENING.sub("", line) or line


def _phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    listed = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) or r"(?!)"
    noun = rf"(?:{_DETERMINER}\s+)*(?:{listed})"
    return re.compile(rf"(?<!\w)(?:{_PREPOSITION}\s+)?{noun}(?:\s+(?:or|and)\s+{noun})*(?!\w)", re.IGNORECASE)


def _in_place_of(earlier: str, plain: str) -> str:
    """The new words: with a preposition if the earlier ones had one, without if they had none."""
    bare = _LEADING_PREPOSITION.sub("", plain)
    preposition = _LEADING_PREPOSITION.match(earlier)
    if not preposition:
        return bare
    return plain if bare != plain else f"{preposition[0]}{plain}"
