"""Which proposals a person must read one by one: the choice of clause was close, or it does not answer the question."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from bot.ask.rules.clause_search import content_words
from bot.ask.rules.rulings import Situation
from bot.ask.rules.verdicts import Verdict

MIN_SURE_SCORE = 0.7  # of the governing clause; docs/decisions/16-own-policy.md has the figures
MAX_SHARE_OF_RIVAL = 0.8  # of the governing clause's score, for a clause that does something else
_ASKS_A_FACT = re.compile(r"^(?:whether|what|which|why|how|who|when|where)\b|\b(?:guidance|polic(?:y|ies))\b", re.I)
_TELLS_OF_A_MISHAP = re.compile(
    r"\b(?:report\w*|went wrong|lost|stolen|broken|having (?:found|clicked)|by accident|harmed|gets in touch|threats|"
    r"abuse|not sure of|faked|does not work|breaks|worry|wrong person|got hold of|stranger|wants money)\b",
    re.I,
)
_OPPOSITES = (
    {"under", "over"},
    {"own", "school"},
    {"with", "without"},
    {"encrypted", "unencrypted"},
    {"child", "adult"},
    {"pupil", "pupils", "parent", "parents", "colleague", "colleagues"},
)
_GROUPS = (
    {"pupil", "child", "children", "student"},
    {"parent", "carer", "family", "families"},
    {"colleague", "staff", "adult", "employee", "teacher"},
    {"governor", "trustee"},
    {"volunteer", "helper"},
    {"visitor", "contractor"},
    {"relative", "relation"},
)
_QUALIFIERS = (
    {"former", "past", "old", "leaver", "left"},
    {"own", "personal", "private"},
    {"without"},
    {"outside", "home", "off"},
    {"over"},
    {"encrypted"},
    {"unencrypted"},
    {"already"},
    {"not"},
)
_GENERAL = {"online", "school", "policy", "policies", "rules", "technology", "work", "thing", "things", "does", "my"}
MIN_SHARE_OF_TOPIC = 0.5  # of the words of a situation's name that say what it is about
MIN_ROOT_CHARS = 4


class QuestionKind(StrEnum):
    """What somebody in a situation wants to know."""

    FACT = "fact"  # what the policy says, or why
    MISHAP = "mishap"  # what to do now
    DEED = "deed"  # whether it is allowed, and how it is done


_FITTING = {
    QuestionKind.FACT: {Verdict.INFO},
    QuestionKind.MISHAP: {Verdict.MUST, Verdict.REPORT},
    QuestionKind.DEED: {Verdict.NO, Verdict.MUST, Verdict.YES, Verdict.YES_IF},
}


def kind_of(situation: Situation) -> QuestionKind:
    """The kind of question, by how it is described.

    >>> [str(kind_of(Situation("s", asks, "", ""))) for asks in ("what happens to old laptops", "posting")]
    ['fact', 'deed']
    """
    if _ASKS_A_FACT.search(situation.asks):
        return QuestionKind.FACT
    return QuestionKind.MISHAP if _TELLS_OF_A_MISHAP.search(situation.asks) else QuestionKind.DEED


def fits(situation: Situation, verdict: Verdict) -> bool:
    """Whether a verdict can answer the question of a situation: "no" is no answer to "what must I report?"."""
    kind = kind_of(situation)
    if kind is QuestionKind.FACT and re.search(r"\bmust\b", situation.asks):
        return verdict in {Verdict.INFO, Verdict.MUST}
    return verdict in _FITTING[kind]


def is_on_topic(situation: Situation, text: str, heading: str = "") -> bool:
    """Whether a clause speaks of what a situation is named after, of all people it names, and of what narrows it.

    Its heading may name a part of it, but not all.

    >>> is_on_topic(Situation("s", "", "Parents of former pupils", ""), "Do not befriend a former pupil.")
    False
    """
    named, spoken = _words(situation.label), _words(f"{heading} {text}")
    narrowing = [group for group in (*_GROUPS, *_QUALIFIERS) if _has(named, group)]
    if "not" in named or not all(_has(spoken, group) for group in narrowing):
        return False
    set_apart = {word for group in (*_GROUPS, *_QUALIFIERS) for word in named if _has([word], group)}
    topic = {word for word in content_words(situation.label) if word not in _GENERAL | set_apart and len(word) > 1}
    shared = {word for word in topic if any(_have_one_root(word, other) for other in spoken)}
    is_in_text = any(_have_one_root(word, other) for word in shared for other in _words(text))
    return is_in_text and len(shared) >= len(topic) * MIN_SHARE_OF_TOPIC


def words_shared(name: str, text: str) -> int:
    """How many words of a name a text has, in whatever form."""
    spoken = _words(text)
    return sum(any(_have_one_root(word, other) for other in spoken) for word in content_words(name))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+(?:-\w+)*", text.lower())


def _has(words: Iterable[str], group: set[str]) -> bool:
    return any(word in group or word.rstrip("s") in group for word in words)


def _have_one_root(word: str, other: str) -> bool:
    """Whether two words begin alike: "posting" and "post", but not "sign" and "sign-in"."""
    if "-" in word or "-" in other or min(len(word), len(other)) < MIN_ROOT_CHARS:
        return word == other or word.rstrip("s") == other.rstrip("s")
    common = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return common >= max(MIN_ROOT_CHARS, min(len(word), len(other)) - 2)


def has_rival(score: float, verdict_class: str, others: Iterable[tuple[float, str]]) -> bool:
    """Whether a clause that does something else comes so near that either may be meant."""
    return any(other >= score * MAX_SHARE_OF_RIVAL and does != verdict_class for other, does in others)


def opposites(situations: Sequence[Situation]) -> set[str]:
    """The ids of situations that another one here contradicts: one clause can hardly answer both alike.

    >>> sorted(opposites([Situation("a", "", "Under 18", ""), Situation("b", "", "Over 18", "")]))
    ['a', 'b']
    """
    words = {situation.id: set(re.findall(r"\w+", situation.label.lower())) for situation in situations}
    return {
        id
        for id, own in words.items()
        for other_id, other in words.items()
        if id != other_id and len(own - other) == len(other - own) == 1 and _are_opposite(own ^ other)
    }


def _are_opposite(differing: set[str]) -> bool:
    return any(differing <= pair for pair in _OPPOSITES)
