"""Makes the reply to what a line was found to be: a question, a request to read, or a word about the answer before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.ask.rules.answers import Answer, PolicyReply, answer, explained, undecided
from bot.ask.rules.choose_situation import MAX_OFFERS, Decision, Reading
from bot.ask.rules.contact_replies import contact_meant, contacts_reply, whom_to_ask
from bot.ask.rules.languages import TOLD_WORDS, language_of
from bot.ask.rules.passages import PassageRequest, passage
from bot.ask.rules.policy import Policy
from bot.ask.rules.reading_requests import beside_what_is_asked
from bot.ask.rules.rulings import Situation
from bot.ask.rules.safeguarding import HandOff
from bot.ask.understanding import Understanding, by_signs, hand_off_for

OTHER_LANGUAGE, WHY, DISAGREE = "other-language", "why", "disagree"


def reply_with(
    line: str,
    decisions: Sequence[Decision],
    understanding: Understanding,
    today: date,
    *,
    hand_off: HandOff,
    as_written: str | None = None,
) -> PolicyReply:
    """The reply that gives these decisions, the first on top.

    `as_written` is what somebody wrote, if `line` is a follow-up in full: its other words are ours, so that they are
    no condition which somebody named.
    """
    asked = line if as_written is None else as_written

    def answer_to(situation: str, confidence: float) -> Answer:
        trusts_drafts = understanding.trusts_drafts
        not_ruled = _if_not_ruled(situation, asked, understanding, today, confidence)
        if not_ruled:
            return not_ruled
        return answer(situation, understanding.policy, today, confidence, trusts_drafts=trusts_drafts, question=asked)

    first = decisions[0]
    kind = contact_meant(first.situation, line) if len(decisions) == 1 else None
    if kind:
        contact = contacts_reply(kind, understanding.policy.contacts)
        return PolicyReply(line, (), (), hand_off, first.confidence, contact=contact)
    is_foreign = first.situation == OTHER_LANGUAGE
    return PolicyReply(
        question=line,
        answers=tuple(answer_to(d.situation, d.confidence) for d in decisions if d.is_answer),
        offers=tuple(answer_to(id, 0.0) for id in first.offers[:MAX_OFFERS]),
        hand_off=hand_off,
        confidence=first.confidence,
        language=language_of(line, understanding.languages, TOLD_WORDS) if is_foreign else None,
    )


def _if_not_ruled(
    situation: str, asked: str, understanding: Understanding, today: date, confidence: float
) -> Answer | None:
    """The answer if the school has not ruled on a situation; None if it has.

    What Staffroom itself says of lunch or leave is not said if the school's own clauses may speak of it.
    """
    policy = understanding.policy
    about = policy.situations[situation]
    is_decided = policy.is_decided(situation)
    is_own_words = is_decided and (about.chat or not policy.ruling(situation).is_common)
    if is_own_words or (confidence == 0.0 and is_decided):
        return None
    near = understanding.nearest(asked, f"{about.asks}. {about.about}", surely=is_decided) if confidence else ()
    if is_decided and not near:
        return None
    return undecided(about, policy, today, confidence, near, whom_to_ask(policy.contacts))


def in_another_language(line: str, understanding: Understanding, today: date) -> PolicyReply | None:
    """The reply to a message that is surely not in English, which is not read any further; None for any other."""
    if OTHER_LANGUAGE not in understanding.policy.situations or not language_of(line, understanding.languages):
        return None
    decision = Decision(OTHER_LANGUAGE, (), 1.0)
    return reply_with(line, [decision], understanding, today, hand_off=by_signs(line, understanding))


def about_last(
    asked: str, line: str, last: str, understanding: Understanding, today: date, *, hand_off: HandOff = HandOff.NONE
) -> PolicyReply:
    """The reply to "why?", or to "that is not right", after an answer on the situation `last`."""

    def reply_to(decision: Decision) -> PolicyReply:
        return replace(reply_with(line, [decision], understanding, today, hand_off=hand_off), topic=last)

    policy = understanding.policy
    why, ruling = policy.situations[last].why, policy.rulings.get(last)
    if asked == WHY and why and policy.is_decided(why):
        return reply_to(Decision(why, (), 1.0))
    if asked == WHY and ruling and ruling.clauses and policy.is_decided(last):
        reply = reply_to(Decision(last, (), 1.0))
        return replace(reply, answers=tuple(explained(given) for given in reply.answers))
    if asked == DISAGREE and ruling and ruling.see_also:
        return reply_to(Decision("", ruling.see_also, 1.0))
    return reply_to(Decision(asked, (), 1.0))


def next_readings(whole: Reading, reply: PolicyReply, policy: Policy) -> tuple[Situation, ...]:
    """What else a question may have meant, likeliest first, of what the reply does not show."""
    shown = {answer.situation.id for answer in (*reply.answers, *reply.offers)}
    situations = (policy.situations[id] for id, share in whole.ranked if share > 0 and id not in shown)
    return tuple(s for s in situations if not s.chat and policy.is_decided(s.id))[:MAX_OFFERS]


def read_passage(request: PassageRequest, understanding: Understanding, today: date, line: str = "") -> PolicyReply:
    """The reply to a request to read, from a message or a button. The words it looks for are no sign of a worry."""
    signs = by_signs(beside_what_is_asked(line, request), understanding)
    worry = signs or hand_off_for(request.beside, understanding)
    found = passage(request, understanding.policy, understanding.index, today)
    return PolicyReply(line, (), (), worry, 1.0, passage=found)
