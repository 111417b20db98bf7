"""Understands a line and replies to it: a question, a command, a request to read, or talk. Holds no state."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.ask.replies import (
    DISAGREE,
    WHY,
    about_last,
    in_another_language,
    next_readings,
    read_passage,
    reply_with,
)
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.choose_command import command_meant, command_offered, command_share
from bot.ask.rules.choose_situation import MAX_OFFERS, Decision, Reading, ask_back, decide, stricter_first
from bot.ask.rules.command_parameters import parameters
from bot.ask.rules.contact_replies import contact_asked_for, contacts_reply
from bot.ask.rules.follow_ups import ABOUT_WHAT, in_full, is_correction, is_follow_up, is_why, says_nothing_alone
from bot.ask.rules.model_pick import Pick, decide_with_pick, is_unsure
from bot.ask.rules.policy import Policy
from bot.ask.rules.reading_requests import READING_INTENTS, beside_what_is_asked, passage_request, request_for
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.words import MAX_QUESTION_CHARS, tidy
from bot.ask.rules.worries import grade, gravest, told_pieces
from bot.ask.understanding import Understanding, by_signs, hand_off_for, hand_off_in, read_line, several
from bot.desk.rules.messages import ASK_AGAIN, CommandRequest
from bot.errors import BadInput

TOO_LONG = (
    f"That is longer than I can read ({MAX_QUESTION_CHARS} characters). "
    "Could you put the question in a sentence or two?"
)


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
        return replace(direct, hand_off=gravest([direct.hand_off, long_worry]))
    if last and is_follow_up(line):
        line = _in_full(line, last, understanding)
    readings = read_line(line, understanding, as_written, takes_commands=takes_commands)
    command = command_meant(readings[as_written], understanding.thresholds)
    if command and understanding.policy.offers(command):
        reply = _reply_to_command(command, as_written, readings[as_written], understanding, today, last)
        return replace(reply, hand_off=gravest([reply.hand_off, long_worry]))
    reply = _reply_to_question(line, as_written, readings, understanding, today, last, long_worry)
    return _with_command_offered(reply, line, readings[as_written], readings[line], understanding, today)


def look_up(situation: str, understanding: Understanding, today: date) -> PolicyReply:
    """The reply to a pressed button: exactly that situation, or its choices if it is too wide. Raises BadInput."""
    situations = understanding.policy.situations
    if situation not in situations:
        raise BadInput(ASK_AGAIN)
    offers = situations[situation].offers
    decision = Decision("" if offers else situation, offers, 1.0)
    worry = HandOff.LEAD if situations[situation].hand_off else HandOff.NONE
    return reply_with("", [decision], understanding, today, hand_off=worry)


def answer_picked(reply: PolicyReply, pick: Pick, understanding: Understanding, today: date) -> PolicyReply:
    """The reply to the same question with what a language model picked as one more reading; often the same reply."""
    own, policy = reply.unsure, understanding.policy
    decision = decide_with_pick(own, pick, policy, understanding.thresholds) if own else None
    if own is None or decision is None:
        return reply
    worry = _hand_off_of_answer(decision, understanding)
    picked = reply_with(reply.question, [decision], understanding, today, hand_off=worry)
    return replace(picked, next_readings=next_readings(own, picked, policy))


def _without_reading(line: str, understanding: Understanding, today: date, last: str) -> PolicyReply | None:
    """The reply to who wants to read the policy itself, asks who is who, or writes in another language; else None."""
    if last and is_why(line):
        return about_last(WHY, line, last, understanding, today)
    if not last and says_nothing_alone(line):
        return PolicyReply(line, (), (), HandOff.NONE, 1.0, note=ABOUT_WHAT)
    request = passage_request(line, understanding.policy, last)
    if request:
        return read_passage(request, understanding, today, line)
    kind = contact_asked_for(line)
    if not kind:
        return in_another_language(line, understanding, today)
    contact = contacts_reply(kind, understanding.policy.contacts)
    return PolicyReply(line, (), (), by_signs(line, understanding), 1.0, contact=contact)


def _in_full(line: str, last: str, understanding: Understanding) -> str:
    """A follow-up as a whole question; as it stands if only that is clear, as another question or as small talk."""
    policy, thresholds = understanding.policy, understanding.thresholds
    whole = in_full(line, policy.situations[last].asks, understanding.groups)
    readings = understanding.reader.read([whole, line])
    together, alone = (decide(reading, policy, thresholds) for reading in readings)
    is_small_talk = alone.is_answer and policy.situations[alone.situation].chat
    is_other_question = alone.is_answer and not together.is_answer
    return line if (is_small_talk or is_other_question) and not is_correction(line) else whole


def _reply_to_question(
    line: str,
    as_written: str,
    readings: Mapping[str, Reading],
    understanding: Understanding,
    today: date,
    last: str,
    long_worry: HandOff,
) -> PolicyReply:
    policy, thresholds = understanding.policy, understanding.thresholds
    whole = readings[line]
    decisions = _decisions_for_parts(line, readings, understanding) or [decide(whole, policy, thresholds)]
    answered = [_hand_off_of_answer(decision, understanding) for decision in decisions]
    worry = gravest([long_worry, hand_off_in(as_written, line, readings, understanding), *answered])
    if worry:
        decisions = [_never_a_permission(decision, whole, policy) for decision in decisions]
    if last and decisions[0].situation in {WHY, DISAGREE}:
        return about_last(decisions[0].situation, line, last, understanding, today, hand_off=worry)
    reply = reply_with(line, decisions, understanding, today, hand_off=worry, as_written=as_written)
    # A follow-up is read with words of what was answered before, which no model is told.
    is_whole = line == as_written and not worry and not reply.contact
    unsure = whole if is_whole and len(decisions) == 1 and is_unsure(decisions[0], policy) else None
    return replace(reply, next_readings=next_readings(whole, reply, policy), unsure=unsure)


def _with_command_offered(
    reply: PolicyReply, line: str, as_written: Reading, whole: Reading, understanding: Understanding, today: date
) -> PolicyReply:
    """The reply; or, if a command is likely but not certain, the command beside the likeliest situations."""
    offered = command_offered(as_written, understanding.thresholds)
    is_answered_surely = reply.contact or len(reply.answers) > 1 or reply.confidence >= command_share(as_written)
    if not offered or is_answered_surely or not understanding.policy.offers(offered):
        return reply
    choices = ask_back(whole, understanding.policy, MAX_OFFERS - 1)
    beside = reply_with(line, [choices], understanding, today, hand_off=reply.hand_off)
    return replace(beside, offered_command=CommandRequest(offered, parameters(offered, line)))


def _reply_to_command(
    name: str, line: str, reading: Reading, understanding: Understanding, today: date, last: str
) -> PolicyReply:
    """What is asked for by a command. Its own words are no sign of a worry, but the rest of the line may be."""
    if name in READING_INTENTS:
        request = request_for(name, line, understanding.policy, last)
        reply = read_passage(request, understanding, today, line)
        worry = _hand_off_beside(beside_what_is_asked(line, request), understanding)
        return replace(reply, hand_off=gravest([reply.hand_off, worry]))
    share = command_share(reading)
    # A line that is more surely a worry than a command is read as a whole.
    whole = grade(reading.worry, understanding.thresholds) if reading.worry > share else HandOff.NONE
    worry = gravest([by_signs(line, understanding), whole, _hand_off_beside(line, understanding)])
    return PolicyReply(line, (), (), worry, share, command=CommandRequest(name, parameters(name, line)))


def _hand_off_beside(line: str, understanding: Understanding) -> HandOff:
    """The hand-off for what is told before or after a command: all pieces of the line but that which is the command."""
    pieces = told_pieces(line)
    if len(pieces) < 2:
        return HandOff.NONE
    surely = [(command_share(reading), -reading.worry) for reading in understanding.reader.read(pieces)]
    command = surely.index(max(surely))
    return gravest(hand_off_for(piece, understanding) for number, piece in enumerate(pieces) if number != command)


def _hand_off_of_answer(decision: Decision, understanding: Understanding) -> HandOff:
    """The hand-off that belongs to what is answered, if that is sure enough."""
    is_sure = decision.is_answer and decision.confidence >= understanding.thresholds.answer
    is_worry = is_sure and understanding.policy.situations[decision.situation].hand_off
    return HandOff.LEAD if is_worry else HandOff.NONE


def _decisions_for_parts(line: str, readings: Mapping[str, Reading], understanding: Understanding) -> list[Decision]:
    """What to answer to each part, the strictest first; empty unless the message is several clear questions."""
    policy, thresholds = understanding.policy, understanding.thresholds
    decisions = [decide(readings[piece], policy, thresholds) for piece in several(line)]
    clear = [decision for decision in decisions if decision.is_answer and decision.confidence >= thresholds.part]
    governing = {_governing_clause(decision.situation, policy) for decision in clear}
    if not clear or len(clear) < len(decisions) or len(governing) < len(clear):
        return []
    by_situation = {decision.situation: decision for decision in clear}
    return [by_situation[id] for id in stricter_first(list(by_situation), policy)]


def _governing_clause(situation: str, policy: Policy) -> str:
    return next(iter(policy.ruling(situation).clauses), situation) if policy.is_decided(situation) else situation


def _never_a_permission(decision: Decision, whole: Reading, policy: Policy) -> Decision:
    """If harm is suggested, an answer that allows something gives way to the likeliest that asks for help."""
    if not decision.is_answer or not policy.verdict_on(decision.situation).is_permission:
        return decision
    instead = next((id for id, _ in whole.ranked if policy.situations[id].hand_off), "")
    return Decision(instead, (), decision.confidence)
