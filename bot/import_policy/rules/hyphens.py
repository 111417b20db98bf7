"""Words parted at the end of a line: joined where the hyphen is the printer's, kept where it is the word's."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
ENDS_PARTED = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-\u00ad\u2010]$")
BEGINS_LOW = re.compile(r"[^\W\d_A-Z]+")


def words(text: str) -> list[str]:
    """The words of a list."""
    return text.split()


# First halves of words that keep their hyphen, whatever follows; those that do before a whole word; those that never
# have one; and second halves that are no words.
ALWAYS_WITH_HYPHEN = frozenset(words("self non multi cross"))
WITH_HYPHEN_BEFORE_A_WORD = frozenset(
    words(
        """
        one two three four first second third face day full part well half high low long short end term anti post all so
        year age child school mid peer life time work ex after before
        """
    )
)
NEVER_WITH_HYPHEN = frozenset(
    words(
        """
        co pre re un dis mis inter in im de sub con com pro per ad ap ac en em be a
        """
    )
)
ENDINGS = frozenset(
    words(
        """
        able ible ment ments ing tion tions sion ness ful less ly ally ship hood ward wards er ers ed al ity
        ies ate age ages ance ence ant ent ous ive ise ised ises ising ren
        """
    )
)


class Hyphens:
    """Decides from the words of the document itself."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        is_parted = False
        for text in texts:
            # The two halves of a parted word are no words of the document.
            whole = re.sub(r"^\s*\S+", "", text) if is_parted else text
            is_parted = ENDS_PARTED.search(text.rstrip()) is not None
            whole = re.sub(r"\S+[-\u00ad\u2010]$", "", whole.rstrip())
            self._words.update(word.lower() for word in WORD.findall(whole))

    def join(self, text: str, following: str) -> str:
        """Two lines as one text.

        >>> hyphens = Hyphens(["A phone is off in after-school clubs", "the office is"])
        >>> hyphens.join("to regis-", "ter a phone"), hyphens.join("the after-", "school club")
        ('to register a phone', 'the after-school club')
        """
        text, following = text.rstrip(), following.lstrip()
        parted, rest = ENDS_PARTED.search(text), BEGINS_LOW.match(following)
        if parted is None or (text.endswith("\u00ad") and rest is None):
            return (
                f"{text}{following}"
                if re.search(r"\w[/–—]$", text) and "://" in text
                else f"{text} {following}".strip()
            )
        if text.endswith("\u00ad"):
            return text[:-1] + following
        if rest is None:
            return text + following
        return text + following if self._keeps(parted[1].lower(), rest[0].lower()) else text[:-1] + following

    def _keeps(self, left: str, right: str) -> bool:
        if f"{left}-{right}" in self._words:
            return True
        last = left.split("-")[-1]
        if left + right in self._words or last + right in self._words:
            return False
        if last != left:
            return True  # one-to-one: a word that has a hyphen already
        if left in NEVER_WITH_HYPHEN or right in ENDINGS:
            return False
        is_first_half = left in WITH_HYPHEN_BEFORE_A_WORD or left in self._words
        return left in ALWAYS_WITH_HYPHEN or (is_first_half and right in self._words)
