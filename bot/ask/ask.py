"""Understands a question and answers it from the policy. Holds no state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.ask.ports import QuestionReader
from bot.ask.rules.answers import Answer, PolicyReply, answer
from bot.ask.rules.choose_command import command_meant, command_offered, command_share, meant_as
from bot.ask.rules.choose_situation import MAX_OFFERS, Decision, Reading, Thresholds, ask_back, decide, stricter_first
from bot.ask.rules.clause_search import EMPTY_INDEX, ClauseIndex
from bot.ask.rules.command_parameters import parameters
from bot.ask.rules.contact_replies import contact_asked_for, contact_meant, contacts_reply
from bot.ask.rules.passages import PassageRequest, passage
from bot.ask.rules.policy import Policy
from bot.ask.rules.question_parts import clauses, in_full, is_follow_up, parts
from bot.ask.rules.reading_requests import READING_INTENTS, beside_what_is_asked, passage_request, request_for
from bot.ask.rules.safeguarding import HandOff, HarmSigns
from bot.ask.rules.words import MAX_QUESTION_CHARS, tidy
from bot.ask.rules.worries import grade, gravest, told_besides
from bot.desk.rules.messages import ASK_AGAIN, CommandRequest
from bot.errors import BadInput

MAX_PARTS = 3
TOO_LONG = (
    f"That is longer than I can read ({MAX_QUESTION_CHARS} characters). "
    "Could you put the question in a sentence or two?"
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything that understanding a question needs. `trusts_drafts` is true in local mode only.

    `index` is what the policy itself is searched with.
    """

    policy: Policy
    reader: QuestionReader
    thresholds: Thresholds
    signs: HarmSigns
    trusts_drafts: bool
    index: ClauseIndex = EMPTY_INDEX


def ask(
    question: str, understanding: Understanding, today: date, last: str = "", *, takes_commands: bool = True
) -> PolicyReply:
    """The reply to a question; `last` is the situation answered before, for a follow-up.

    A line that asks the bot to do something gets a reply with a command, unless `takes_commands` is false.
    Raises BadInput if there is nothing to read. Takes milliseconds of processor time: keep it off the event loop.
    """
    line = tidy(question)
    is_too_long = len(line) > MAX_QUESTION_CHARS
    long_worry = hand_off_for(line, understanding) if is_too_long else HandOff.NONE
    if is_too_long and not long_worry:
        raise BadInput(TOO_LONG)
    line = as_written = line[:MAX_QUESTION_CHARS]
    direct = _without_reading(line, understanding, today, last)
    if direct:
        return direct
    if last and is_follow_up(line):
        line = in_full(line, understanding.policy.situations[last].asks)
    readings = _read(line, understanding, as_written, takes_commands=takes_commands)
    command = command_meant(readings[as_written], understanding.thresholds)
    if command:
        reply = _reply_to_command(command, as_written, readings[as_written], understanding, today, last)
        return replace(reply, hand_off=gravest([reply.hand_off, long_worry]))
    reply = _reply_to_question(line, readings, understanding, today, long_worry)
    offered = command_offered(readings[as_written], understanding.thresholds)
    if not offered or len(reply.answers) > 1:
        return reply
    choices = ask_back(readings[line], understanding.policy, MAX_OFFERS - 1)
    beside = _reply(line, [choices], understanding, today, hand_off=reply.hand_off)
    return replace(beside, offered_command=offered)


def _reply_to_question(
    line: str, readings: Mapping[str, Reading], understanding: Understanding, today: date, long_worry: HandOff
) -> PolicyReply:
    policy, thresholds = understanding.policy, understanding.thresholds
    whole = readings[line]
    decisions = _decisions_for_parts(line, readings, understanding) or [decide(whole, policy, thresholds)]
    answered = [_hand_off_of_answer(decision, understanding) for decision in decisions]
    worry = gravest([long_worry, _hand_off_in(line, readings, understanding), *answered])
    if worry:
        decisions = [_never_a_permission(decision, whole, policy) for decision in decisions]
    return _reply(line, decisions, understanding, today, hand_off=worry)


def _reply_to_command(
    name: str, line: str, reading: Reading, understanding: Understanding, today: date, last: str
) -> PolicyReply:
    """What is asked for by a command. Its own words are no sign of a worry, but the rest of the line may be."""
    if name in READING_INTENTS:
        request = request_for(name, line, understanding.policy, last)
        reply = read_passage(request, understanding, today, line)
        besides = told_besides(beside_what_is_asked(line, request))
        return replace(reply, hand_off=gravest([reply.hand_off, hand_off_for(besides, understanding)]))
    share = command_share(reading)
    signs = HandOff.LEAD if understanding.signs.suggest_harm(line) else HandOff.NONE
    # A line that is more surely a worry than a command is read as a whole.
    whole = grade(reading.worry, understanding.thresholds) if reading.worry > share else HandOff.NONE
    worry = gravest([signs, whole, hand_off_for(told_besides(line), understanding)])
    return PolicyReply(line, (), (), worry, share, command=CommandRequest(name, parameters(name, line)))


def _without_reading(line: str, understanding: Understanding, today: date, last: str) -> PolicyReply | None:
    """The reply to who wants to read the policy itself, or asks who is who; None for a question."""
    request = passage_request(line, understanding.policy, last)
    if request:
        return read_passage(request, understanding, today, line)
    kind = contact_asked_for(line)
    if not kind:
        return None
    contact = contacts_reply(kind, understanding.policy.contacts)
    worry = HandOff.LEAD if understanding.signs.suggest_harm(line) else HandOff.NONE
    return PolicyReply(line, (), (), worry, 1.0, contact=contact)


def read_passage(request: PassageRequest, understanding: Understanding, today: date, line: str = "") -> PolicyReply:
    """The reply to a request to read, from a message or a button. The words it looks for are no sign of a worry."""
    signs = understanding.signs.suggest_harm(beside_what_is_asked(line, request))
    worry = HandOff.LEAD if signs else hand_off_for(request.beside, understanding)
    found = passage(request, understanding.policy, understanding.index, today)
    return PolicyReply(line, (), (), worry, 1.0, passage=found)


def look_up(situation: str, understanding: Understanding, today: date) -> PolicyReply:
    """The reply to a pressed button: exactly that situation, or its choices if it is too wide. Raises BadInput."""
    situations = understanding.policy.situations
    if situation not in situations:
        raise BadInput(ASK_AGAIN)
    offers = situations[situation].offers
    decision = Decision("" if offers else situation, offers, 1.0)
    worry = HandOff.LEAD if situations[situation].hand_off else HandOff.NONE
    return _reply("", [decision], understanding, today, hand_off=worry)


def sounds_like_harm(text: str, understanding: Understanding) -> bool:
    """Whether a text on its way to a person sounds like harm, surely or not."""
    return bool(hand_off_for(tidy(text), understanding))


def hand_off_for(line: str, understanding: Understanding) -> HandOff:
    """The hand-off for a tidy line of any length, even none: by all its words, and by its beginning and its end."""
    if not line:
        return HandOff.NONE
    if understanding.signs.suggest_harm(line):
        return HandOff.LEAD
    ends = dict.fromkeys([line[:MAX_QUESTION_CHARS], line[-MAX_QUESTION_CHARS:]])
    return gravest(_hand_off_in(end, _read(end, understanding), understanding) for end in ends)


def _hand_off_in(line: str, readings: Mapping[str, Reading], understanding: Understanding) -> HandOff:
    """The hand-off for a worry anywhere in a message: in a long one it may be a few words of the story."""
    if understanding.signs.suggest_harm(line):
        return HandOff.LEAD
    return grade(max(readings[text].worry for text in [line, *clauses(line)]), understanding.thresholds)


def _hand_off_of_answer(decision: Decision, understanding: Understanding) -> HandOff:
    """The hand-off that belongs to what is answered, if that is sure enough."""
    is_sure = decision.is_answer and decision.confidence >= understanding.thresholds.answer
    is_worry = is_sure and understanding.policy.situations[decision.situation].hand_off
    return HandOff.LEAD if is_worry else HandOff.NONE


def _read(
    line: str, understanding: Understanding, as_written: str = "", *, takes_commands: bool = True
) -> dict[str, Reading]:
    """The readings of a message and of its pieces, all in one pass. `as_written` is a follow-up's own words."""
    texts = list(dict.fromkeys([as_written or line, line, *_several(line), *clauses(line)]))
    pairs = zip(texts, understanding.reader.read(texts), strict=True)
    return {text: meant_as(text, reading, takes_commands=takes_commands) for text, reading in pairs}


def _several(line: str) -> Sequence[str]:
    pieces = parts(line)
    return pieces if 1 < len(pieces) <= MAX_PARTS else ()


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
    line: str, decisions: list[Decision], understanding: Understanding, today: date, *, hand_off: HandOff
) -> PolicyReply:
    def answer_to(situation: str, confidence: float) -> Answer:
        trusts_drafts = understanding.trusts_drafts
        return answer(situation, understanding.policy, today, confidence, trusts_drafts=trusts_drafts, question=line)

    first = decisions[0]
    kind = contact_meant(first.situation, line) if len(decisions) == 1 else None
    if kind:
        contact = contacts_reply(kind, understanding.policy.contacts)
        return PolicyReply(line, (), (), hand_off, first.confidence, contact=contact)
    return PolicyReply(
        question=line,
        answers=tuple(answer_to(d.situation, d.confidence) for d in decisions if d.is_answer),
        offers=tuple(answer_to(id, 0.0) for id in first.offers[:MAX_OFFERS]),
        hand_off=hand_off,
        confidence=first.confidence,
    )
