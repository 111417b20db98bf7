"""Turns replies into cards to fill, with the same words as plain text beside them, and into JSON for machines."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bot.ask.chat_card import chat_card
from bot.ask.passage_card import contact_card, passage_card
from bot.ask.rules.answers import Answer, PolicyReply, hand_off
from bot.ask.rules.contact_replies import with_phone_links
from bot.ask.rules.policy import Policy
from bot.ask.rules.quotes import Quote
from bot.ask.rules.rulings import Situation
from bot.ask.rules.verdicts import Verdict
from bot.desk.rules.messages import Outgoing

Values: TypeAlias = Mapping[str, Any]

MAX_QUESTION_SHOWN = 500  # characters
MARKS = {
    Verdict.YES: "✓",
    Verdict.YES_IF: "◐",
    Verdict.NO: "✕",
    Verdict.MUST: "!",
    Verdict.REPORT: "⚑",
    Verdict.INFO: "i",
    Verdict.NOT_COVERED: "–",
}
STYLES = {
    Verdict.YES: "good",
    Verdict.YES_IF: "warning",
    Verdict.NO: "attention",
    Verdict.MUST: "accent",
    Verdict.REPORT: "attention",
    Verdict.INFO: "emphasis",
    Verdict.NOT_COVERED: "emphasis",
}
FROM_SCHOOL = "From the school, not this policy: {pointer}"
DRAFT = "This answer is a draft: the school has not approved it yet."


def answer_card(reply: PolicyReply, policy: Policy, *, is_private: bool) -> Outgoing:
    """The card for a reply: an answer, a silence, choices, a passage of the policy, or a contact."""
    worry = hand_off(policy.contacts, is_private=is_private) if reply.hand_off else ""
    if reply.passage:
        return passage_card(reply.passage, worry)
    if reply.contact:
        return contact_card(reply.contact, worry)
    if reply.is_chat:
        return chat_card(reply, policy, worry)
    common = {
        "hand_off": with_phone_links(worry),
        "may_send": bool(reply.question) and not worry,
        "question": reply.question[:MAX_QUESTION_SHOWN],
    }
    offers = [_button(offer.situation) for offer in reply.offers]
    if not reply.answers:
        text = _choices_as_text(reply, worry)
        return Outgoing("choose", {**common, "options": offers, "fallback": text}, text, reply.topic, forgets_last=True)
    text = _as_text(reply, worry)
    top, *others = reply.answers
    card = "answer" if top.quotes else "silent"
    values = {**common, "others_meant": offers, "fallback": text, **_values(top)}
    values["next"] = " ".join(situation.id for situation in reply.next_readings)
    return Outgoing(
        card, {**values, "also": [_values(other) for other in others]}, text, reply.topic or top.situation.id
    )


def _values(answer: Answer) -> Values:
    quotes = [{"id": quote.id, "text": quote.text, "source": quote.source} for quote in answer.quotes]
    more = quotes[1:]
    return {
        "situation": answer.situation.id,
        "asks": answer.situation.asks,
        "headline": f"{MARKS[answer.verdict]}  {answer.headline}",
        "style": STYLES[answer.verdict],
        "says": answer.says,
        "governing": quotes[0] if quotes else {},
        "more_title": f"Show {len(more)} more clause{'s' if len(more) != 1 else ''}",
        "more": more,
        "conditions": [{"text": f"•  {condition}"} for condition in answer.conditions],
        "notes": [{"text": note} for note in answer.notes],
        "pointer": FROM_SCHOOL.format(pointer=answer.pointer) if answer.pointer else "",
        "is_draft": answer.is_draft and bool(answer.quotes),
        "see_also": [_button(situation) for situation in answer.see_also],
    }


def _button(situation: Situation) -> Values:
    return {"verb": "look", "label": situation.label, "situation": situation.id}


def _as_text(reply: PolicyReply, worry: str) -> str:
    blocks = [worry] if worry else []
    blocks += [_answer_as_text(answer) for answer in reply.answers]
    if reply.offers:
        blocks.append("Or did you mean: " + "; ".join(offer.situation.label for offer in reply.offers) + "?")
    return "\n\n".join(blocks)


def _answer_as_text(answer: Answer) -> str:
    lines = [f"{answer.headline}: {answer.says}"]
    lines += [f"  - {condition}" for condition in answer.conditions]
    lines += [f'  "{quote.text}"\n    {quote.source}' for quote in answer.quotes]
    lines += list(answer.notes)
    lines += [FROM_SCHOOL.format(pointer=answer.pointer)] if answer.pointer else []
    lines.append(f"I read your question as: {answer.situation.asks}.")
    lines += [DRAFT] if answer.is_draft and answer.quotes else []
    return "\n".join(lines)


def _choices_as_text(reply: PolicyReply, worry: str) -> str:
    lines = [worry, ""] if worry else []
    lines.append(Verdict.CHOOSE.headline)
    lines += [f"  {number}. {offer.situation.label}" for number, offer in enumerate(reply.offers, 1)]
    return "\n".join(lines)


def as_json(reply: PolicyReply, question: str) -> dict[str, Any]:
    """A reply as one JSON object for machines; the strictest answer on top, the others under `also`."""
    if reply.passage:
        says = reply.passage.note or reply.passage.title
        return _object(question, Verdict.INFO, "", says, _clauses(reply.passage.clauses), [], reply.confidence)
    if reply.contact:
        return _object(question, Verdict.NOT_COVERED, "", reply.contact.text, [], [], reply.confidence)
    if reply.note:
        return _object(question, Verdict.NOT_COVERED, "", reply.note, [], [], reply.confidence)
    options = [
        {"situation": offer.situation.id, "label": offer.situation.label, "clauses": _clauses(offer.quotes)}
        for offer in reply.offers
    ]
    if not reply.answers:
        return _object(question, Verdict.CHOOSE, "", Verdict.CHOOSE.headline, [], options, reply.confidence)
    top, *others = [_as_object(answer, question) for answer in reply.answers]
    return {**top, "options": options, "also": others}


def _as_object(answer: Answer, question: str) -> dict[str, Any]:
    situation = answer.situation.id
    fields = _object(question, answer.verdict, situation, answer.says, _clauses(answer.quotes), [], answer.confidence)
    return {**fields, "draft": answer.is_draft}


def _object(
    question: str,
    verdict: Verdict,
    situation: str,
    says: str,
    clauses: list[Values],
    options: list[Any],
    confidence: float,
) -> dict[str, Any]:
    return {
        "question": question,
        "verdict": verdict.value,
        "situation": situation,
        "in_short": says,
        "clauses": clauses,
        "options": options,
        "also": [],
        "draft": False,
        "confidence": round(confidence, 3),
    }


def refused_json(question: str, why: str) -> dict[str, Any]:
    """The object for a line that could not be read."""
    return _object(question, Verdict.NOT_COVERED, "", why, [], [], 0.0)


def _clauses(quotes: Sequence[Quote]) -> list[Values]:
    return [{"ref": quote.id, "document": quote.document, "text": quote.text} for quote in quotes]
