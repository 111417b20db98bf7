"""What a language model may pick, and what its pick counts for beside our own reading.

The pick is evidence, not an order. docs/decisions/19-chooser.md has the reason for each figure; all were set before any
pick was replayed, and none is fitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.ask.rules.choose_situation import MAX_OFFERS, Decision, Reading, Thresholds, ask_back, decide, is_unopposed
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict

MAX_OPTIONS = 12  # situations that a model chooses among
NONE = "none"  # what it answers if none of them fits
SURE_SILENCE = 0.5  # from this share on, "this policy does not say" is sure, and no model is asked
MIN_OWN_SHARE = 0.02  # a pick to which our own reading gives less is not followed
PLAUSIBLE_ERRORS = 3  # situations among which a wrong pick falls: a model errs among near ones, not among all twelve
ANSWER_FROM = 0.5  # both readings together must make the answer likelier than everything else
PERMIT_FROM = 0.75  # and a permission three times as likely


class Sureness(StrEnum):
    """How sure a model says it is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"  # its pick then counts for nothing: two who doubt ask back


# How often a pick is taken to be right. It is less than was measured of a large model on two kept sets (0.89 and 0.87):
# a school's own may be smaller, and what a model says of its own sureness is half believed.
RELIABILITY: Mapping[Sureness, float] = {Sureness.HIGH: 0.8, Sureness.MEDIUM: 0.6}


@dataclass(frozen=True, slots=True)
class Option:
    """A situation to choose: its id, and what it is about, in our own words."""

    id: str
    about: str


@dataclass(frozen=True, slots=True)
class Pick:
    """A model's answer: the id of an option, empty for none of them, the next best one likewise, and how sure it is."""

    situation: str
    second: str
    sure: Sureness


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """Where questions go: the address of an OpenAI-compatible API, and the name of the model there."""

    address: str
    model: str


def is_unsure(decision: Decision, policy: Policy) -> bool:
    """Whether buttons would follow, or a silence that is not sure: only then is a model asked."""
    if not decision.is_answer:
        return True
    situation = policy.situations[decision.situation]
    is_silent = policy.is_decided(situation.id) and policy.verdict_on(situation.id) is Verdict.NOT_COVERED
    return is_silent and not situation.chat and decision.confidence < SURE_SILENCE


def options_for(reading: Reading, policy: Policy) -> tuple[Option, ...]:
    """The likeliest situations that can be answered, with what each is about; talk with the bot is none of them."""
    likely = (policy.situations[id] for id, share in reading.ranked if share > 0)
    fitting = [situation for situation in likely if not situation.chat and not situation.offers]
    return tuple(Option(situation.id, situation.about or situation.asks) for situation in fitting[:MAX_OPTIONS])


def decide_with_pick(own: Reading, pick: Pick, policy: Policy, thresholds: Thresholds) -> Decision | None:
    """What to answer now that a model has picked, with our other readings beside it; None if nothing changes.

    A permission also needs that our own reading, without the pick, points to no "no" and no "report".
    """
    reliability = RELIABILITY.get(pick.sure)
    own_share = dict(own.ranked).get(pick.situation, 0.0)
    if reliability is None or own_share < MIN_OWN_SHARE:
        return None
    needed = replace(thresholds, answer=ANSWER_FROM, silent=ANSWER_FROM, permit=PERMIT_FROM)
    joint = decide(weighed(own, pick.situation, reliability), policy, needed)
    if joint.situation != pick.situation:
        return None
    if policy.verdict_on(pick.situation).is_permission and _is_in_doubt(own, pick, policy, thresholds):
        return None
    second = [pick.second] if _is_offered(pick.second, own, policy) else []
    others = dict.fromkeys([*second, *ask_back(own, policy, MAX_OFFERS).offers])
    return Decision(pick.situation, tuple(id for id in others if id != pick.situation)[:MAX_OFFERS], joint.confidence)


def _is_in_doubt(own: Reading, pick: Pick, policy: Policy, thresholds: Thresholds) -> bool:
    """Whether a picked permission is held back: by our own reading, or by the model's own second pick if not sure."""
    refuses = pick.second in policy.rulings and policy.verdict_on(pick.second) in {Verdict.NO, Verdict.REPORT}
    is_wavering = refuses and pick.sure is not Sureness.HIGH
    return is_wavering or not is_unopposed(pick.situation, own, policy, thresholds)


def _is_offered(situation: str, own: Reading, policy: Policy) -> bool:
    """Whether the second pick is a button beside the first: something that is answered, and not unlikely to us."""
    is_likely = dict(own.ranked).get(situation, 0.0) >= MIN_OWN_SHARE
    return is_likely and policy.is_decided(situation) and policy.verdict_on(situation) is not Verdict.NOT_COVERED


def weighed(own: Reading, situation: str, reliability: float) -> Reading:
    """Our own reading with the pick as evidence, by Bayes' rule: our shares are what is believed before it.

    >>> reading = Reading((("photos", 0.5), ("lunch", 0.25), ("parking", 0.25)))
    >>> [share for _, share in weighed(reading, "lunch", 0.8).ranked]
    [0.8, 0.133333, 0.066667]
    """
    odds = reliability / ((1 - reliability) / PLAUSIBLE_ERRORS)
    raised = {id: share * (odds if id == situation else 1.0) for id, share in (*own.ranked, *own.commands)}
    total = sum(raised.values())
    shares = {id: round(share / total, 6) for id, share in raised.items()}
    commands = {id for id, _ in own.commands}
    best_first = sorted(shares.items(), key=lambda pair: -pair[1])
    return replace(
        own,
        ranked=tuple(pair for pair in best_first if pair[0] not in commands),
        commands=tuple(pair for pair in best_first if pair[0] in commands),
    )
