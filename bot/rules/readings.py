"""How a question was understood, and whether that is enough for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.policy import Policy
from bot.rules.verdicts import Verdict

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
    such policy answers is one group, for a question about lunch or about parking is outside either way.
    """
    groups = _gather(reading, policy)
    outside, silence = groups.pop(SILENT, (0.0, ""))
    ranked = sorted(groups.values(), reverse=True)
    if silence and outside >= sure.silent:
        return Decision(silence, _near(ranked, policy, sure), outside)
    support, best = ranked[0]
    if policy.situations[best].offers:
        return Decision("", policy.situations[best].offers[:OFFERED], support)
    if support >= sure.answer and not _is_doubtful(best, reading, policy, sure):
        return Decision(best, _near(ranked[1:], policy, sure), support)
    return Decision("", _offers([id for _, id in ranked], policy), support)


def _gather(reading: Reading, policy: Policy) -> dict[str, tuple[float, str]]:
    """For every governing clause, and for silence: its likelihood and the likeliest situation that rests on it."""
    groups: dict[str, tuple[float, str]] = {}
    for id, share in reading.ranked:
        ground = _ground(id, policy)
        gathered, first = groups.get(ground, (0.0, id))
        groups[ground] = (gathered + share, first)
    return groups


def _ground(id: str, policy: Policy) -> str:
    if policy.situations[id].offers:
        return id
    return next(iter(policy.ruling(id).clauses), SILENT)


def _is_doubtful(best: str, reading: Reading, policy: Policy, sure: Thresholds) -> bool:
    """Whether giving this permission would be rash: something forbids it as likely, or a word is new to us."""
    if not policy.ruling(best).verdict.is_permission:
        return False
    against = sum(share for id, share in reading.ranked if _forbids(id, policy))
    return bool(reading.unknown) or against >= sure.doubt


def _forbids(id: str, policy: Policy) -> bool:
    return not policy.situations[id].offers and policy.ruling(id).verdict in {Verdict.NO, Verdict.REPORT}


def _near(ranked: Sequence[tuple[float, str]], policy: Policy, sure: Thresholds) -> tuple[str, ...]:
    return _offers([id for share, id in ranked if share >= sure.near], policy)


def _offers(best_first: Sequence[str], policy: Policy) -> tuple[str, ...]:
    offered = dict.fromkeys(one for id in best_first[:OFFERED] for one in policy.group(id))
    return tuple(offered)[:OFFERED]


def stricter_first(situations: Sequence[str], policy: Policy) -> list[str]:
    """The same situations with the strictest ruling on top; equals keep their order."""
    return sorted(situations, key=lambda id: -policy.ruling(id).verdict.strictness)
