"""Understands a question and answers it from the policy. Holds no state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.ask.rules.answers import Answer, Reply, answer
from bot.ask.rules.decide import OFFERED, Decision, Reading, Thresholds, decide, stricter_first
from bot.ask.rules.policy import Policy
from bot.ask.rules.question_parts import clauses, in_full, is_follow_up, parts
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.words import MAX_QUESTION_CHARS, tidy
from bot.errors import BadInput
from bot.ports import QuestionReader

MOST_PARTS = 3


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that understanding needs. `trusts_drafts` is true in local mode only."""

    policy: Policy
    recogniser: QuestionReader
    sure: Thresholds
    signs: HarmSigns
    trusts_drafts: bool


def ask(question: str, mind: Understanding, today: date, last: str = "") -> Reply:
    """The reply to a question; `last` is the situation answered before, for a follow-up.

    Raises BadInput where there is nothing to read. Takes milliseconds of processor time: keep it off the event loop.
    """
    line = tidy(question)
    is_long_worry = len(line) > MAX_QUESTION_CHARS and worries(line, mind)
    if len(line) > MAX_QUESTION_CHARS and not is_long_worry:
        raise BadInput(
            f"That is longer than I can read ({MAX_QUESTION_CHARS} characters). "
            "Could you put the question in a sentence or two?"
        )
    line = line[:MAX_QUESTION_CHARS]
    if last and is_follow_up(line):
        line = in_full(line, mind.policy.situations[last].asks)
    readings = _read(line, mind)
    whole = readings[line]
    is_worrying = is_long_worry or _is_worrying(line, readings, mind)
    chosen = _parts_chosen(line, readings, mind) or [decide(whole, mind.policy, mind.sure)]
    if is_worrying:
        chosen = [_never_a_permission(decision, whole, mind.policy) for decision in chosen]
    return _reply(line, chosen, mind, today, hand_off=is_worrying)


def look(situation: str, mind: Understanding, today: date) -> Reply:
    """The reply to a pressed button: exactly that situation, asked back where it is too wide."""
    if situation not in mind.policy.situations:
        raise BadInput("That button belongs to an older version of me. Please ask again.")
    offers = mind.policy.situations[situation].offers
    decision = Decision("" if offers else situation, offers, 1.0)
    return _reply("", [decision], mind, today, hand_off=mind.policy.situations[situation].hand_off)


def worries(text: str, mind: Understanding) -> bool:
    """Whether a text of any length sounds like harm: all its words, and what its beginning and its end say."""
    line = tidy(text)
    ends = {line[:MAX_QUESTION_CHARS], line[-MAX_QUESTION_CHARS:]}
    return mind.signs.suggest_harm(line) or any(_is_worrying(end, _read(end, mind), mind) for end in ends)


def _read(line: str, mind: Understanding) -> dict[str, Reading]:
    """The readings of a message and of its pieces, all in one pass."""
    texts = list(dict.fromkeys([line, *_several(line), *clauses(line)]))
    return dict(zip(texts, mind.recogniser.read(texts), strict=True))


def _several(line: str) -> Sequence[str]:
    pieces = parts(line)
    return pieces if 1 < len(pieces) <= MOST_PARTS else ()


def _is_worrying(line: str, readings: Mapping[str, Reading], mind: Understanding) -> bool:
    """Whether a worry stands anywhere in a message: in a long one it may be a few words of the story."""
    heard = [line, *clauses(line)]
    return mind.signs.suggest_harm(line) or any(_worry(readings[one], mind.policy) >= mind.sure.harm for one in heard)


def _worry(reading: Reading, policy: Policy) -> float:
    return sum(share for id, share in reading.ranked if policy.situations[id].hand_off)


def _parts_chosen(line: str, readings: Mapping[str, Reading], mind: Understanding) -> list[Decision]:
    """What to answer to each part, the strictest first; empty unless the message holds several clear questions."""
    decisions = [decide(readings[piece], mind.policy, mind.sure) for piece in _several(line)]
    clear = [one for one in decisions if one.is_answer and one.confidence >= mind.sure.part]
    governing = {_governing(one.situation, mind.policy) for one in clear}
    if not clear or len(clear) < len(decisions) or len(governing) < len(clear):
        return []
    by_situation = {one.situation: one for one in clear}
    return [by_situation[id] for id in stricter_first(list(by_situation), mind.policy)]


def _governing(situation: str, policy: Policy) -> str:
    return next(iter(policy.ruling(situation).clauses), situation)


def _never_a_permission(decision: Decision, whole: Reading, policy: Policy) -> Decision:
    """Where harm is suggested, an answer that allows something gives way to the likeliest that asks for help."""
    if not decision.is_answer or not policy.ruling(decision.situation).verdict.is_permission:
        return decision
    instead = next(id for id, _ in whole.ranked if policy.situations[id].hand_off)
    return Decision(instead, (), decision.confidence)


def _reply(line: str, chosen: list[Decision], mind: Understanding, today: date, *, hand_off: bool) -> Reply:
    def shown(situation: str, confidence: float) -> Answer:
        return answer(situation, mind.policy, today, confidence, trusts_drafts=mind.trusts_drafts)

    first = chosen[0]
    return Reply(
        question=line,
        answers=tuple(shown(one.situation, one.confidence) for one in chosen if one.is_answer),
        offers=tuple(shown(id, 0.0) for id in first.offers[:OFFERED]),
        hand_off=hand_off,
        confidence=first.confidence,
    )
