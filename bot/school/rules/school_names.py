"""Whether two names are of the same school."""

import re
import unicodedata

_WORDS = re.compile(r"\w+")
# What the names of many schools have in common. "St" is among them: with it alone, St Luke's would be St Mary's.
_OF_MANY = frozenset(
    _WORDS.findall(
        "the and of at in school schools primary secondary infant infants junior juniors nursery first middle high "
        "upper lower grammar special academy academies college trust federation community foundation voluntary aided "
        "controlled church england catholic roman ce cofe rc vc va c e st saint saints policy multi mat"
    )
)
_APOSTROPHES = re.compile(r"['’‘]")


def is_other_school(printed: str, ours: str) -> bool:
    """Whether a name that a document prints is certainly not the name of our school.

    Names with a word of their own in common count as the same school, because a cover says a name in many ways.

    >>> is_other_school("Marlpit Lane Primary School", "Marlpit Lane"), is_other_school("St Luke's", "St Mary's")
    (False, True)
    """
    theirs, own = _own_words(printed), _own_words(ours)
    return bool(theirs and own) and not theirs & own


def _own_words(name: str) -> frozenset[str]:
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return frozenset(_WORDS.findall(plain)) - _OF_MANY
