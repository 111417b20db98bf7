"""How grave a worry is, where in a message it is looked for, and the words that the reply has for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.ask.rules.answers import hand_off
from bot.ask.rules.choose_situation import Thresholds
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.words import words
from bot.school.rules.settings import Contacts

MIN_PIECE_WORDS = 2  # fewer beside a command are a name or a reason, not a story
_BETWEEN_PIECES = re.compile(
    r"[,.;:!?]+\s+|\s+-+\s+|\s+(?:and|but|because|cause|cos|coz|as|since|after|who|so)\s+|\s+(?=(?:he|she|they|there)(?:'s)?\s)",
    re.IGNORECASE,
)
_GRAVEST_LAST = (HandOff.NONE, HandOff.QUIET, HandOff.LEAD)


@dataclass(frozen=True, slots=True)
class HandOffWords:
    """What a reply says of a worry: `lead` comes before everything else, `quiet` is one line below the answer."""

    lead: str = ""
    quiet: str = ""

    @property
    def any(self) -> str:
        """The one of them that is there; empty if neither is."""
        return self.lead or self.quiet


def grade(worry: float, thresholds: Thresholds) -> HandOff:
    """The grade of a worry that is so likely, between 0 and 1."""
    if worry >= thresholds.lead:
        return HandOff.LEAD
    return HandOff.QUIET if worry >= thresholds.quiet else HandOff.NONE


def gravest(grades: Iterable[HandOff]) -> HandOff:
    """The gravest of several grades; none if there are none."""
    return max(grades, key=_GRAVEST_LAST.index, default=HandOff.NONE)


def told_pieces(line: str) -> list[str]:
    """The pieces of a line that asks for a command: one of them is the command, the others are told before or after it.

    >>> told_pieces("pause Sam, he came in bruised")
    ['pause Sam', 'he came in bruised']
    >>> told_pieces("There were marks on his arm again. Show me the list")
    ['There were marks on his arm again', 'Show me the list']
    >>> told_pieces("pause Sam, please")
    ['pause Sam']
    """
    return [piece for piece in _BETWEEN_PIECES.split(line) if len(words(piece)) >= MIN_PIECE_WORDS]


def hand_off_words(grade: HandOff, contacts: Contacts, *, is_private: bool) -> HandOffWords:
    """What a reply of that grade says, with the school's contacts."""
    match grade:
        case HandOff.LEAD:
            return HandOffWords(lead=hand_off(contacts, is_private=is_private))
        case HandOff.QUIET:
            return HandOffWords(quiet=quiet_hand_off(contacts))
        case HandOff.NONE:
            return HandOffWords()


def quiet_hand_off(contacts: Contacts) -> str:
    """The line below an answer to a message that may report a worry."""
    phone = f" on {contacts.phone}" if contacts.phone else ""
    lead = contacts.safeguarding or "the safeguarding lead"
    return f"If a child may be at risk, tell {lead}{phone} now: I have told nobody."
