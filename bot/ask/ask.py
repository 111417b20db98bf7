"""Understands a question and answers it from the policy. Holds no state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.ask.ports import QuestionReader
from bot.ask.rules.answers import Answer, PolicyReply, answer, explained
from bot.ask.rules.choose_situation import MAX_OFFERS, Decision, Reading, Thresholds, decide, stricter_first
from bot.ask.rules.clause_search import EMPTY_INDEX, ClauseIndex
from bot.ask.rules.contact_replies import contact_asked_for, contacts_reply
from bot.ask.rules.follow_ups import ABOUT_WHAT, in_full, is_correction, is_follow_up, is_why, says_nothing_alone
from bot.ask.rules.languages import NO_LANGUAGES, TOLD_WORDS, Languages, language_of
from bot.ask.rules.passages import PassageRequest, passage
from bot.ask.rules.policy import Policy
from bot.ask.rules.question_parts import clauses, parts
from bot.ask.rules.reading_requests import beside_what_is_asked, passage_request
from bot.ask.rules.rulings import Situation
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.words import MAX_QUESTION_CHARS, tidy
from bot.desk.rules.messages import ASK_AGAIN
from bot.errors import BadInput

MAX_PARTS = 3
OTHER_LANGUAGE, WHY, DISAGREE = "other-language", "why", "disagree"
TOO_LONG = (
    f"That is longer than I can read ({MAX_QUESTION_CHARS} characters). "
    "Could you put the question in a sentence or two?"
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything that understanding a question needs. `trusts_drafts` is true in local mode only.

    `index` is what the policy itself is searched with; `languages` are those that a message not in English may be in;
    `groups` are words of which a question names one, such as devices: a follow-up replaces it.
    """

    policy: Policy
    reader: QuestionReader
    thresholds: Thresholds
    signs: HarmSigns
    trusts_drafts: bool
    index: ClauseIndex = EMPTY_INDEX
    languages: Languages = NO_LANGUAGES
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def ask(question: str, understanding: Understanding, today: date, last: str = "") -> PolicyReply:
    """The reply to a question; `last` is the situation answered before, for a follow-up.

    Raises BadInput if there is nothing to read. Takes milliseconds of processor time: keep it off the event loop.
    """
    line = tidy(question)
    is_long_worry = len(line) > MAX_QUESTION_CHARS and sounds_like_harm(line, understanding)
    if len(line) > MAX_QUESTION_CHARS and not is_long_worry:
        raise BadInput(TOO_LONG)
    line = line[:MAX_QUESTION_CHARS]
    direct = _without_reading(line, understanding, today, last)
    if direct:
        return direct
    if last and is_follow_up(line):
        line = _in_full(line, last, understanding)
    readings = _read(line, understanding)
    whole = readings[line]
    is_worrying = is_long_worry or _is_worrying(line, readings, understanding)
    decisions = _decisions_for_parts(line, readings, understanding)
    decisions = decisions or [decide(whole, understanding.policy, understanding.thresholds)]
    if is_worrying:
        decisions = [_never_a_permission(decision, whole, understanding.policy) for decision in decisions]
    if last and decisions[0].situation in {WHY, DISAGREE}:
        return _about_last(decisions[0].situation, line, last, understanding, today, hand_off=is_worrying)
    reply = _reply(line, decisions, understanding, today, hand_off=is_worrying)
    return replace(reply, next_readings=_next_readings(whole, reply, understanding.policy))


def _in_full(line: str, last: str, understanding: Understanding) -> str:
    """A follow-up as a whole question; as it stands if only that is clear, as another question or as small talk."""
    policy, thresholds = understanding.policy, understanding.thresholds
    whole = in_full(line, policy.situations[last].asks, understanding.groups)
    readings = understanding.reader.read([whole, line])
    together, alone = (decide(reading, policy, thresholds) for reading in readings)
    is_small_talk = alone.is_answer and policy.situations[alone.situation].chat
    is_other_question = alone.is_answer and not together.is_answer
    return line if (is_small_talk or is_other_question) and not is_correction(line) else whole


def _about_last(
    asked: str, line: str, last: str, understanding: Understanding, today: date, *, hand_off: bool = False
) -> PolicyReply:
    """The reply to "why?", or to "that is not right", after an answer on the situation `last`."""
    policy = understanding.policy
    why = policy.situations[last].why
    if asked == WHY and why:
        reply = _reply(line, [Decision(why, (), 1.0)], understanding, today, hand_off=hand_off)
    elif asked == WHY and last in policy.rulings and policy.rulings[last].clauses:
        reply = _reply(line, [Decision(last, (), 1.0)], understanding, today, hand_off=hand_off)
        reply = replace(reply, answers=tuple(explained(given) for given in reply.answers))
    elif asked == DISAGREE and last in policy.rulings and policy.rulings[last].see_also:
        offers = policy.rulings[last].see_also
        reply = _reply(line, [Decision("", offers, 1.0)], understanding, today, hand_off=hand_off)
    else:
        reply = _reply(line, [Decision(asked, (), 1.0)], understanding, today, hand_off=hand_off)
    return replace(reply, topic=last)


def _next_readings(whole: Reading, reply: PolicyReply, policy: Policy) -> tuple[Situation, ...]:
    shown = {answer.situation.id for answer in (*reply.answers, *reply.offers)}
    situations = (policy.situations[id] for id, share in whole.ranked if share > 0 and id not in shown)
    return tuple(situation for situation in situations if not situation.chat)[:MAX_OFFERS]


def _without_reading(line: str, understanding: Understanding, today: date, last: str) -> PolicyReply | None:
    """The reply to who wants to read the policy itself, asks who is who, or writes in another language; else None."""
    if last and is_why(line):
        return _about_last(WHY, line, last, understanding, today)
    if not last and says_nothing_alone(line):
        return PolicyReply(line, (), (), hand_off=False, confidence=1.0, note=ABOUT_WHAT)
    request = passage_request(line, understanding.policy, last)
    if request:
        return read_passage(request, understanding, today, line)
    kind = contact_asked_for(line)
    if not kind:
        return _in_another_language(line, understanding, today)
    contact = contacts_reply(kind, understanding.policy.contacts)
    return PolicyReply(line, (), (), understanding.signs.suggest_harm(line), 1.0, contact=contact)


def _in_another_language(line: str, understanding: Understanding, today: date) -> PolicyReply | None:
    """The reply to a message that is surely not in English, which is not read any further; None for any other."""
    if OTHER_LANGUAGE not in understanding.policy.situations or not language_of(line, understanding.languages):
        return None
    worry = understanding.signs.suggest_harm(line)
    return _reply(line, [Decision(OTHER_LANGUAGE, (), 1.0)], understanding, today, hand_off=worry)


def read_passage(request: PassageRequest, understanding: Understanding, today: date, line: str = "") -> PolicyReply:
    """The reply to a request to read, from a message or a button. The words it looks for are no sign of a worry."""
    is_worrying = understanding.signs.suggest_harm(beside_what_is_asked(line, request))
    is_worrying = is_worrying or (bool(request.beside) and sounds_like_harm(request.beside, understanding))
    found = passage(request, understanding.policy, understanding.index, today)
    return PolicyReply(line, (), (), is_worrying, 1.0, passage=found)


def look_up(situation: str, understanding: Understanding, today: date) -> PolicyReply:
    """The reply to a pressed button: exactly that situation, or its choices if it is too wide. Raises BadInput."""
    situations = understanding.policy.situations
    if situation not in situations:
        raise BadInput(ASK_AGAIN)
    offers = situations[situation].offers
    decision = Decision("" if offers else situation, offers, 1.0)
    return _reply("", [decision], understanding, today, hand_off=situations[situation].hand_off)


def sounds_like_harm(text: str, understanding: Understanding) -> bool:
    """Whether a text of any length sounds like harm: all its words, and what its beginning and its end say."""
    line = tidy(text)
    ends = {line[:MAX_QUESTION_CHARS], line[-MAX_QUESTION_CHARS:]}
    return understanding.signs.suggest_harm(line) or any(
        _is_worrying(end, _read(end, understanding), understanding) for end in ends
    )


def _read(line: str, understanding: Understanding) -> dict[str, Reading]:
    """The readings of a message and of its pieces, all in one pass."""
    texts = list(dict.fromkeys([line, *_several(line), *clauses(line)]))
    return dict(zip(texts, understanding.reader.read(texts), strict=True))


def _several(line: str) -> Sequence[str]:
    pieces = parts(line)
    return pieces if 1 < len(pieces) <= MAX_PARTS else ()


def _is_worrying(line: str, readings: Mapping[str, Reading], understanding: Understanding) -> bool:
    """Whether there is a worry anywhere in a message: in a long one it may be a few words of the story."""
    if understanding.signs.suggest_harm(line):
        return True
    limit = understanding.thresholds.harm
    return any(_worry(readings[text], understanding.policy) >= limit for text in [line, *clauses(line)])


def _worry(reading: Reading, policy: Policy) -> float:
    return sum(share for id, share in reading.ranked if policy.situations[id].hand_off)


def _decisions_for_parts(line: str, readings: Mapping[str, Reading], understanding: Understanding) -> list[Decision]:
    """What to answer to each part, the strictest first; empty unless the message is several clear questions."""
    policy, thresholds = understanding.policy, understanding.thresholds
    decisions = [decide(readings[piece], policy, thresholds) for piece in _several(line)]
    clear = [decision for decision in decisions if decision.is_answer and decision.confidence >= thresholds.part]
    governing = {_governing_clause(decision.situation, policy) for decision in clear}
    if not clear or len(clear) < len(decisions) or len(governing) < len(clear):
        return []
    by_situation = {decision.situation: decision for decision in clear}
    return [by_situation[id] for id in stricter_first(list(by_situation), policy)]


def _governing_clause(situation: str, policy: Policy) -> str:
    return next(iter(policy.ruling(situation).clauses), situation)


def _never_a_permission(decision: Decision, whole: Reading, policy: Policy) -> Decision:
    """If harm is suggested, an answer that allows something gives way to the likeliest that asks for help."""
    if not decision.is_answer or not policy.ruling(decision.situation).verdict.is_permission:
        return decision
    instead = next(id for id, _ in whole.ranked if policy.situations[id].hand_off)
    return Decision(instead, (), decision.confidence)


def _reply(
    line: str, decisions: list[Decision], understanding: Understanding, today: date, *, hand_off: bool
) -> PolicyReply:
    def answer_to(situation: str, confidence: float) -> Answer:
        return answer(situation, understanding.policy, today, confidence, trusts_drafts=understanding.trusts_drafts)

    first = decisions[0]
    is_foreign = first.situation == OTHER_LANGUAGE
    return PolicyReply(
        question=line,
        answers=tuple(answer_to(d.situation, d.confidence) for d in decisions if d.is_answer),
        offers=tuple(answer_to(id, 0.0) for id in first.offers[:MAX_OFFERS]),
        hand_off=hand_off,
        confidence=first.confidence,
        language=language_of(line, understanding.languages, TOLD_WORDS) if is_foreign else None,
    )
