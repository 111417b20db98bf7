"""Where a ruling is otherwise: what is shown below its sentence, and what it does to a permission.

An exemption only ever takes a permission away. A "no" with an exemption stays a "no", with the exemption in sight.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from bot.ask.rules.clause_search import content_words
from bot.ask.rules.rulings import Exemption, Ruling
from bot.ask.rules.verdicts import Verdict

_ENDINGS = re.compile(r"(?:'s|ies|ied|ing|ed|es|s|y|e)$")


class Naming(IntEnum):
    """How much of a case a question names."""

    NOT = 0
    PARTLY = 1
    WHOLLY = 2


def shown_exemptions(ruling: Ruling) -> tuple[str, ...]:
    """One line for each exemption; a permission that nobody confirmed is left out.

    >>> shown_exemptions(Ruling("phone", Verdict.NO, "No.", exemptions=(Exemption(unless=("on trips",)),)))
    ('Except on trips.',)
    """
    return tuple(_line(exemption) for exemption in ruling.exemptions if _may_show(exemption, ruling))


def _may_show(exemption: Exemption, ruling: Ruling) -> bool:
    """Whether it is nothing, or only a guess, that would allow something: a bare "except" of a "no" does, too."""
    verdict = exemption.verdict or (Verdict.YES if not ruling.verdict.is_permission else Verdict.NO)
    return ruling.may_permit or not verdict.is_permission


def _line(exemption: Exemption) -> str:
    whom = [f"for {role}" for role in exemption.for_roles]
    cases = "; ".join(", ".join(part) for part in (whom, exemption.where, exemption.unless) if part)
    says = f": {exemption.says}" if exemption.says else "."
    return f"Except {cases}{says}"


def restricted_by(question: str, ruling: Ruling) -> Verdict | None:
    """The verdict of the exemptions that a question names, in place of the ruling's permission; None if it stays.

    What a question names only in part may or may not be meant: then it is information, with the exemption in sight.
    """
    verdicts = [_instead(exemption, question, ruling.verdict) for exemption in ruling.exemptions]
    stricter = [verdict for verdict in verdicts if verdict is not None]
    return max(stricter, key=lambda verdict: verdict.strictness, default=None)


def restriction(question: str, ruling: Ruling) -> Exemption | None:
    """The exemption that a question names wholly and that forbids or limits what the ruling allows."""
    named = [e for e in ruling.exemptions if naming(question, e.cases) is Naming.WHOLLY]
    stricter = [exemption for exemption in named if not _verdict(exemption).is_permission]
    return max(stricter, key=lambda exemption: _verdict(exemption).strictness, default=None)


def _verdict(exemption: Exemption) -> Verdict:
    return exemption.verdict or Verdict.NO


def _instead(exemption: Exemption, question: str, verdict: Verdict) -> Verdict | None:
    instead, named = _verdict(exemption), naming(question, exemption.cases)
    if not verdict.is_permission or named is Naming.NOT or instead.strictness <= verdict.strictness:
        return None
    if instead is Verdict.YES_IF:
        return Verdict.YES_IF
    return instead if named is Naming.WHOLLY else Verdict.INFO


def naming(question: str, cases: Sequence[str]) -> Naming:
    """How much of the cases a question names. Any one that is named wholly will do.

    >>> naming("what about a volunteer on a trip?", ["volunteers"]), naming("on a trip", ["on trips, for emergencies"])
    (<Naming.WHOLLY: 2>, <Naming.PARTLY: 1>)
    """
    asked = {_root(word) for word in content_words(question)}
    best = Naming.NOT
    for case in cases:
        roots = {_root(word) for word in content_words(case)}
        if roots and roots <= asked:
            return Naming.WHOLLY
        if roots & asked:
            best = Naming.PARTLY
    return best


def _root(word: str) -> str:
    return _ENDINGS.sub("", word) if len(word) > 3 else word
