"""How a question was understood, and whether that is enough for an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict

SILENT = ""  # the ground of whatever the policy does not answer
OFFERED = 3  # buttons on a "Which do you mean?" card


@dataclass(frozen=True, slots=True)
class Reading:
    """Situations by how likely the question is about them, best first; the parts sum to 1.

    `unknown` are words of the question that nobody has taught.
    """

    ranked: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure is sure. All are shares of likelihood between 0 and 1, set by `make bench`."""

    answer: float  # the answer's own clause and verdict carry at least this much
    silent: float  # what no such policy answers carries at least this much
    doubt: float  # this much for "no" or "report it" keeps a permission back
    part: float  # one part of a two-part question is read on its own from here
    near: float  # another reading this likely is offered beside an answer
    harm: float  # this much for a worry about a child or an adult brings the hand-off


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a reading: answer one situation, or ask back when `situation` is empty.

    `offers`, best first, are the choices, or beside an answer that is not certain the other things it may have been.
    """

    situation: str
    offers: tuple[str, ...]
    confidence: float

    @property
    def is_answer(self) -> bool:
        """Whether there is one situation to answer, rather than several to offer."""
        return bool(self.situation)


def decide(reading: Reading, policy: Policy, sure: Thresholds) -> Decision:
    """Answer, say the policy is silent, or ask back. A permission is never given in doubt.

    Likelihood is gathered by what would be quoted: readings that rest on one clause support each other, and all that no
    such policy answers is one group, for a question about lunch or about parking is outside either way. What is offered
    is gathered by verdict as well, so that a permission never hides the prohibition that rests on the same clause.
    """
    groups = _gather(reading, policy, lambda id: _ground(id, policy))
    outside, silence = groups.pop(SILENT, (0.0, ""))
    others = _gather(reading, policy, lambda id: f"{_ground(id, policy)}, {_verdict(id, policy)}")
    ranked = sorted((share, id) for share, id in others.values() if _ground(id, policy) != SILENT)[::-1]
    if silence and outside >= sure.silent:
        return Decision(silence, _near(ranked, policy, sure), outside)
    support, best = max(groups.values())
    if policy.situations[best].offers:
        return Decision("", policy.situations[best].offers[:OFFERED], support)
    rest = [(share, id) for share, id in ranked if id != best]
    if support >= sure.answer and not _is_doubtful(best, reading, policy, sure):
        return Decision(best, _near(rest, policy, sure), support)
    return Decision("", _offers([best, *(id for _, id in rest)], policy), support)


def _gather(reading: Reading, policy: Policy, key: Callable[[str], str]) -> dict[str, tuple[float, str]]:
    """For every key its likelihood and the likeliest situation that has it."""
    groups: dict[str, tuple[float, str]] = {}
    for id, share in reading.ranked:
        gathered, first = groups.get(key(id), (0.0, id))
        groups[key(id)] = (gathered + share, first)
    return groups


def _ground(id: str, policy: Policy) -> str:
    """What an answer would rest on: its governing clause, itself where it is too wide, or nothing."""
    if policy.situations[id].offers:
        return id
    return next(iter(policy.ruling(id).clauses), SILENT)


def _verdict(id: str, policy: Policy) -> Verdict:
    return Verdict.CHOOSE if policy.situations[id].offers else policy.ruling(id).verdict


def _is_doubtful(best: str, reading: Reading, policy: Policy, sure: Thresholds) -> bool:
    """Whether giving this permission would be rash: something forbids it as likely, or a word is new to us."""
    if not policy.ruling(best).verdict.is_permission:
        return False
    against = sum(share for id, share in reading.ranked if _forbids(id, policy))
    return bool(reading.unknown) or against >= sure.doubt


def _forbids(id: str, policy: Policy) -> bool:
    return _verdict(id, policy) in {Verdict.NO, Verdict.REPORT}


def _near(ranked: Sequence[tuple[float, str]], policy: Policy, sure: Thresholds) -> tuple[str, ...]:
    return _offers([id for share, id in ranked if share >= sure.near], policy)


def _offers(best_first: Sequence[str], policy: Policy) -> tuple[str, ...]:
    offered = dict.fromkeys(one for id in best_first[:OFFERED] for one in policy.group(id))
    return tuple(offered)[:OFFERED]


def stricter_first(situations: Sequence[str], policy: Policy) -> list[str]:
    """The same situations with the strictest ruling on top; equals keep their order."""
    return sorted(situations, key=lambda id: -policy.ruling(id).verdict.strictness)
