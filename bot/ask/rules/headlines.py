"""The headline that answers a question as it was asked: "No" to "can I leave it logged in?", not "You must".

What is not certain keeps the ruling's own headline. A permission needs every condition named in the question.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.ask.rules.rulings import Ruling
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.words import words

NOT_ALLOWED = "Not allowed"  # where "No" could be read as "no, you need not" or "no, it is not forbidden"
MAX_GAP_WORDS = 4  # what "..." in a phrase stands for
NEGATION_WORDS = 3  # a "not" so many words before a phrase turns it round

_PERSON = (
    r"(?:i|we|one|he|she|they|it|staff|teachers?|tas?|volunteers?|parents?|people|any(?:one|body)|some(?:one|body)|"
    r"you(?! (?:please |just )?(?:tell|explain|help|show|remind|say|confirm|read|give|find|quote|let)))"
)
_THING = r"(?:a|an|the|my|our|another) (?:\w+ )?\w+"
_FINE = r"(?:ok|okay|fine|alright|all right|allowed|acceptable|permitted|permissible|safe)"
_LEAVE = re.compile(
    rf"(?<!why )\b(?:can|can't|cant|could|couldn't|couldnt|may) (?:{_PERSON}|{_THING})\b|\bcan(?:i|we)\b|"
    rf"^(?:can|could|may) (?!you\b)\w+|\b(?:surely|presumably|so) (?:i|we) can\b|\b(?:do you )?mind if (?:i|we)\b|"
    rf"(?<!why )\b(?:am|are|is) (?:{_PERSON}|{_THING}) (?:\w+ )?{_FINE}\b|"
    rf"\b(?:is|isn't|isnt|would|will) (?:it|that|this) (?:be )?(?:\w+ )?{_FINE}\b|"
    rf"(?:^|\b(?:it|that|this) ){_FINE} (?:to|if|for|with|\w+ing)\b|"
    rf"\b{_FINE}(?: (?:or not|then|yeah|please|pls))?$"
)
_OBLIGED = re.compile(
    r"\b(?:do|does|did|have|has|am|are|is|will|would) \w+ (?:\w+ )?(?:have to|need to|need|got to|required|obliged|"
    r"supposed|meant|expected|made to)\b|\bmust (?:i|we|you|he|she|they|staff)\b|\bgotta\b|"
    r"\bshould (?:i|we) (?:stop|avoid|refuse|decline|remove|block)\b"
)
_FORBIDDEN = re.compile(
    r"\b(?:banned|forbidden|prohibited|disallowed|disciplined|sacked|"
    r"against (?:the |our |school )*(?:rules?|policy|law)|"
    r"(?:is|are|isn't|isnt) (?:it|that|this|they|we) (?:illegal|wrong|a problem|a breach)|wrong (?:to|if|of me)|"
    r"problem (?:if|with)|in the wrong|break(?:ing)? (?:the |a |any )*rules?|breach(?:ing)? of|in(?:to)? trouble|"
    r"(?:not|never) (?:\w+ )?(?:allowed|ok|okay|acceptable|permitted|fine))\b"
)
_POLITE = r"(?:(?:so|and|but|ok|okay|hi|hello|sorry|please|just|then|well|also|wondering) )*"
_WHY = re.compile(
    rf"^{_POLITE}(?:why (?!(?:not|don't i|don't we|dont i|dont we|can't i just|cant i just) \w)\w|how come\b|"
    r"(?:what's|whats|what is) the (?:reason|reasoning|thinking|point|logic|purpose|rationale)\b|for what reason\b)|"
    rf"^{_POLITE}why$|\bwhy not$"
)
_REFUSING = re.compile(  # leave to keep out of what is forbidden: "No" would say the contrary
    r"\b(?:can|could|may|should|allowed to|ok to|okay to|free to|right to) (?:\w+ )?(?:decline|refuse|say no|opt out|"
    r"turn (?:\w+ )?down|keep (?:\w+ )?out|stop (?:a|my|the|him|her|them|somebody|someone)|object|unfriend|unfollow)\b"
)
_NEGATIONS = frozenset(
    words(
        """
        not never no nobody none nor without unless cannot can't couldn't don't doesn't didn't isn't aren't wasn't
        weren't hasn't haven't hadn't won't wouldn't shouldn't ain't cant couldnt dont doesnt didnt isnt arent wasnt
        werent hasnt havent hadnt wont wouldnt shouldnt aint neither nowt refused refuses forgot forgotten
        """
    )
)
_DOUBTS = frozenset(
    words(
        """
        or until till before after afterwards later except but although though despite even whether maybe perhaps
        probably might think thinks hope hopes assume guess sure unsure need needs must should supposed will going gonna
        soon someday instead rather only what who whose which where when why how nearly almost half some partly yet
        other another else
        """
    )
)
# Who may have agreed in the place of the person whose leave it takes.
_THIRD_PERSONS = frozenset(
    words(
        """
        head headteacher deputy assistant boss manager leader office secretary bursar business technician guy bloke
        friend husband wife mum dad mate ta caretaker governor chair senco slt leadership everybody everyone somebody
        someone
        """
    )
)
_HIM, _HER = frozenset({"he", "him", "his", "he's"}), frozenset({"she", "her", "hers", "she's"})
_ASKED_WITH_NOT = re.compile(r"\b(?:can't|cant|couldn't|couldnt|isn't|isnt) (?=(?:i|we|it|that|they|staff)\b)")
_SENTENCES = re.compile(r"[.?!;]+")
_PIECES = re.compile(r"[.?!;,]+")


@dataclass(frozen=True, slots=True)
class Headline:
    """What stands over an answer, and the verdict that agrees with it."""

    verdict: Verdict
    text: str


def headline(question: str, ruling: Ruling, *, may_confirm: bool) -> Headline:
    """The headline of a ruling for a question as it was typed; the ruling's own if there is no question.

    `may_confirm` says whether "Only if" may become "Yes": not if the ruling rests on a policy we do not hold.
    """
    own = Headline(ruling.verdict, ruling.shown_headline)
    asked = _Asked(question)
    if _wants_information(asked, ruling):
        return Headline(Verdict.INFO, Verdict.INFO.headline)
    if _asks_for_the_contrary(asked, ruling) or _breaks_a_condition(asked, ruling):
        return Headline(Verdict.NO, Verdict.NO.headline if asked.is_for_leave else NOT_ALLOWED)
    if may_confirm and _is_confirmed(asked, ruling):
        return Headline(Verdict.YES, Verdict.YES.headline)
    if own.text == Verdict.NO.headline and asked.is_for_a_duty:
        return Headline(Verdict.NO, NOT_ALLOWED)
    return own


class _Asked:
    """A question's words, and what kind of question it is."""

    def __init__(self, question: str) -> None:
        self.text = " ".join(words(question))
        sentences = [" ".join(words(sentence)) for sentence in _SENTENCES.split(question)]
        self.asks_why = any(_WHY.search(sentence) for sentence in sentences)
        self.is_for_a_duty = bool(_OBLIGED.search(self.text) or _FORBIDDEN.search(self.text))
        self.leave_asked = sum(_times_leave_is_asked(sentence) for sentence in _SENTENCES.split(question))
        self.is_for_leave = bool(self.leave_asked) and not self.is_for_a_duty
        self.wants_to_refuse = bool(_REFUSING.search(self.text))

    def names(self, phrase: str) -> bool:
        """Whether a phrase is there, not turned round by a "not" shortly before it, nor after an "or"."""
        return any(not self._is_turned_round(match) for match in _pattern(phrase).finditer(self.text))

    def names_any(self, phrases: Iterable[str]) -> bool:
        return any(self.names(phrase) for phrase in phrases)

    def without(self, phrases: Iterable[str]) -> list[str]:
        """The words that are left when phrases are taken out, the longest first."""
        text = self.text
        for phrase in sorted(phrases, key=len, reverse=True):
            text = _pattern(phrase).sub(" ", text)
        return text.split()

    def _is_turned_round(self, match: re.Match[str]) -> bool:
        before = _ASKED_WITH_NOT.sub(" ", self.text[: match.start()])
        return bool(_NEGATIONS & set(before.split()[-NEGATION_WORDS:])) or "or" in before.split()


def _times_leave_is_asked(sentence: str) -> int:
    """How often a sentence asks whether something is allowed; a sentence that asks why does not."""
    if _WHY.search(" ".join(words(sentence))):
        return 0
    return sum(len(_LEAVE.findall(" ".join(words(piece)))) for piece in _PIECES.split(sentence))


def _pattern(phrase: str) -> re.Pattern[str]:
    """Finds the words of a phrase in a row; "..." in it stands for up to MAX_GAP_WORDS words.

    >>> bool(_pattern("leave ... open").search("can i leave my laptop open"))
    True
    """
    pieces = [re.escape(" ".join(words(piece))) for piece in phrase.split("...")]
    gap = rf"(?: \S+){{0,{MAX_GAP_WORDS}}} "
    return re.compile(rf"(?<!\S){gap.join(pieces)}(?!\S)")


def _wants_information(asked: _Asked, ruling: Ruling) -> bool:
    """Whether somebody asks what a rule says or why it is there, and not whether they may."""
    if ruling.verdict is Verdict.NO and asked.wants_to_refuse:
        return True
    if ruling.verdict not in {Verdict.NO, Verdict.MUST} or asked.leave_asked:
        return False
    return asked.names_any(ruling.asked.informs) or asked.asks_why


def _asks_for_the_contrary(asked: _Asked, ruling: Ruling) -> bool:
    """Whether a question asks for leave to do the contrary of a duty, and not to do what the duty asks for as well."""
    if ruling.verdict not in {Verdict.MUST, Verdict.REPORT} or not asked.is_for_leave:
        return False
    does_it = any(asked.names_any(phrases) for phrases in ruling.asked.meets)
    return asked.names_any(ruling.asked.contrary) and not does_it


def _breaks_a_condition(asked: _Asked, ruling: Ruling) -> bool:
    """Whether a question breaks a condition by its own words; a plain story keeps a prohibition's own headline."""
    if ruling.verdict is Verdict.NO and not (asked.is_for_leave or asked.is_for_a_duty):
        return False
    return ruling.verdict in {Verdict.YES_IF, Verdict.NO} and asked.names_any(ruling.asked.breaks)


def _is_confirmed(asked: _Asked, ruling: Ruling) -> bool:
    """Whether one plain question for leave names every condition, with no doubt and no "not" about the rest.

    A phrase with "..." in it names no condition here: the gap could hide a "not".
    """
    conditions = [[phrase for phrase in phrases if "..." not in phrase] for phrases in ruling.asked.meets]
    if ruling.verdict is not Verdict.YES_IF or not conditions or len(conditions) != len(ruling.conditions):
        return False
    if not asked.is_for_leave or asked.leave_asked > 1:
        return False
    rest = asked.without(phrase for phrases in conditions for phrase in phrases)
    asked_words = set(asked.text.split())
    is_somebody_else = bool(asked_words & _HIM and asked_words & _HER)
    is_doubtful = is_somebody_else or bool((_NEGATIONS | _DOUBTS | _THIRD_PERSONS) & set(rest))
    return not is_doubtful and all(asked.names_any(phrases) for phrases in conditions)
