"""Decides whether a question was understood well enough to answer it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict

SILENT = ""  # the ground of everything that the policy does not answer
UNDECIDED = "nothing decided"  # the ground of every situation that the school has not ruled on
MAX_OFFERS = 3  # buttons on a "Which do you mean?" card


@dataclass(frozen=True, slots=True)
class Reading:
    """The classifier's result: situations with their share of likelihood, best first.

    `commands` are ranked like situations; the shares of both together add up to 1. `unknown` are words of the question
    that are not in the bank. `worry` is how likely it reports harm to a child, or an adult who may cause it.
    """

    ranked: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...] = ()
    commands: tuple[tuple[str, float], ...] = ()
    worry: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure we must be: shares of likelihood between 0 and 1. thresholds.toml says how each was set."""

    answer: float  # to answer what forbids, obliges or informs: at least this much for the answer's clause
    permit: float  # to answer what allows something: at least this much for its clause
    silent: float  # to say that the policy is silent: at least this much for what no policy answers, and most of all
    doubt: float  # this much of a permission's share, for "no" or "report it", holds the permission back
    part: float  # to answer one part of a question of several parts on its own
    near: float  # another situation at least this likely is offered beside an answer
    command: float  # at least this much for all commands together, and the line is the likeliest of them
    lead: float  # a worry at least this likely brings the hand-off before everything else
    quiet: float  # a worry at least this likely adds a line that says whom to tell


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a reading: answer one situation, or ask back if `situation` is empty.

    `offers`, best first, are the choices; beside an answer they are the other things the question may have meant.
    """

    situation: str
    offers: tuple[str, ...]
    confidence: float

    @property
    def is_answer(self) -> bool:
        """Whether there is one situation to answer, rather than several to offer."""
        return bool(self.situation)


def decide(reading: Reading, policy: Policy, thresholds: Thresholds) -> Decision:
    """Answer, say the policy is silent, or ask back. A permission is never given in doubt.

    What forbids, obliges or informs is answered when it is likely, with what else may have been meant beside it: asking
    back costs the person more than a near miss.

    Shares are added up by what would be quoted: situations that rest on the same clause support each other. Everything
    that no such policy answers is one group, because a question about lunch or parking is outside the policy either
    way. Offers are grouped by verdict as well, so that a permission never hides a prohibition from the same clause.

    What the school has not ruled on yet is answered so if one such situation is the likeliest of all, or if they are
    the likeliest together and nothing else is sure.
    """
    groups = _likeliest_by(lambda id: _ground(id, policy), reading)
    silent_share, silent_situation = groups.pop(SILENT, (0.0, ""))
    offer_groups = _likeliest_by(lambda id: f"{_ground(id, policy)}, {_verdict(id, policy)}", reading)
    ranked = sorted((share, id) for share, id in offer_groups.values() if _is_offered(id, policy))[::-1]
    undecided_share, undecided = groups.pop(UNDECIDED, (0.0, ""))
    share, best = max(groups.values(), default=(0.0, ""))
    is_silent = silent_situation and silent_share >= max(thresholds.silent, share, undecided_share)
    if is_silent or not (best or undecided):
        return Decision(silent_situation, _near(ranked, policy, thresholds), silent_share)
    if undecided and _is_undecided(undecided, undecided_share, best, share, reading, policy, thresholds):
        return Decision(undecided, _near(ranked, policy, thresholds), undecided_share)
    if policy.situations[best].offers:
        return Decision("", policy.situations[best].offers[:MAX_OFFERS], share)
    others = [(other_share, id) for other_share, id in ranked if id != best]
    if _is_sure(best, share, reading, policy, thresholds):
        return Decision(best, _near(others, policy, thresholds), share)
    return Decision("", _offers([best, *(id for _, id in others)], policy), share)


def ask_back(reading: Reading, policy: Policy, count: int) -> Decision:
    """At most `count` situations to choose from, whatever their shares; what no policy answers is none of them."""
    groups = _likeliest_by(lambda id: f"{_ground(id, policy)}, {_verdict(id, policy)}", reading)
    ranked = sorted(((share, id) for share, id in groups.values() if _is_offered(id, policy)), reverse=True)
    share = ranked[0][0] if ranked else 0.0
    return Decision("", _offers([id for _, id in ranked], policy)[:count], share)


def _likeliest_by(key: Callable[[str], str], reading: Reading) -> dict[str, tuple[float, str]]:
    """The situations grouped by key: for each key the sum of their shares, and the likeliest of them."""
    groups: dict[str, tuple[float, str]] = {}
    for id, share in reading.ranked:
        total, likeliest = groups.get(key(id), (0.0, id))
        groups[key(id)] = (total + share, likeliest)
    return groups


def _ground(id: str, policy: Policy) -> str:
    """What an answer would rest on: its governing clause, itself if it is too wide, or nothing."""
    if not policy.is_decided(id):
        return UNDECIDED
    if policy.situations[id].offers:
        return id
    return next(iter(policy.ruling(id).clauses), SILENT)


def _is_offered(id: str, policy: Policy) -> bool:
    return _ground(id, policy) not in {SILENT, UNDECIDED}


def _verdict(id: str, policy: Policy) -> Verdict:
    return Verdict.CHOOSE if policy.situations[id].offers else policy.verdict_on(id)


def _is_undecided(
    undecided: str,
    undecided_share: float,
    best: str,
    share: float,
    reading: Reading,
    policy: Policy,
    thresholds: Thresholds,
) -> bool:
    """Whether to say that nothing is decided. Many unlikely situations together do not outweigh a sure answer."""
    alone = dict(reading.ranked)[undecided]
    return alone >= share or (
        undecided_share >= share and not (best and _is_sure(best, share, reading, policy, thresholds))
    )


def _is_sure(best: str, share: float, reading: Reading, policy: Policy, thresholds: Thresholds) -> bool:
    """Whether to answer; a permission not if a "no" is likely too, nor if the question has an unknown word."""
    if not policy.verdict_on(best).is_permission:
        return share >= thresholds.answer
    return share >= thresholds.permit and _is_unopposed(best, share, reading, policy, thresholds)


def is_unopposed(situation: str, reading: Reading, policy: Policy, thresholds: Thresholds) -> bool:
    """Whether nothing in a reading holds the permission on a situation back, however likely it is itself."""
    ground = _ground(situation, policy)
    share = sum(likelihood for id, likelihood in reading.ranked if _ground(id, policy) == ground)
    return _is_unopposed(situation, share, reading, policy, thresholds)


def _is_unopposed(best: str, share: float, reading: Reading, policy: Policy, thresholds: Thresholds) -> bool:
    """Whether neither a likely "no" nor an unknown word speaks against a permission.

    What forbids counts together. Only a "no" for want of a condition that an "only if" names counts by itself, and
    holds it back from half its likelihood on. A likely situation without a ruling counts as forbidden.
    """
    ruling = policy.ruling(best)
    likely = dict(reading.ranked)
    undecided = [id for id in likely if not policy.is_decided(id) and likely[id] >= thresholds.near]
    forbidden = [id for id in likely if _forbids(id, policy) and id not in ruling.otherwise]
    against = sum(likely[id] for id in (*forbidden, *undecided))
    is_unmet = any(likely.get(id, 0.0) >= likely[best] / 2 for id in ruling.otherwise)
    return against < thresholds.doubt * share and not is_unmet and not reading.unknown


def _forbids(id: str, policy: Policy) -> bool:
    return _verdict(id, policy) in {Verdict.NO, Verdict.REPORT}


def _near(ranked: Sequence[tuple[float, str]], policy: Policy, thresholds: Thresholds) -> tuple[str, ...]:
    return _offers([id for share, id in ranked if share >= thresholds.near], policy)


def _offers(best_first: Sequence[str], policy: Policy) -> tuple[str, ...]:
    offered = dict.fromkeys(situation for id in best_first[:MAX_OFFERS] for situation in policy.group(id))
    return tuple(offered)[:MAX_OFFERS]


def stricter_first(situations: Sequence[str], policy: Policy) -> list[str]:
    """The same situations, those with the strictest ruling first; equally strict ones keep their order."""
    return sorted(situations, key=lambda id: -policy.verdict_on(id).strictness)
