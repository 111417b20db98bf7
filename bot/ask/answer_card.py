"""Turns replies into cards to fill, with the same words as plain text beside them."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.ask.rules.answers import Answer, Reply, hand_off
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Situation
from bot.ask.rules.verdicts import Verdict
from bot.desk.rules.messages import Outgoing

Values: TypeAlias = Mapping[str, Any]

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


def show(reply: Reply, policy: Policy, *, is_private: bool) -> Outgoing:
    """The card for a reply: an answer, a silence, or choices."""
    worry = hand_off(policy, is_private=is_private) if reply.hand_off else ""
    common = {
        "has_hand_off": bool(worry),
        "hand_off": worry,
        "may_send": bool(reply.question) and not worry,
        "question": reply.question[:500],
    }
    others = [_button(one.situation) for one in reply.offers]
    if not reply.answers:
        said = _say_choices(reply, worry)
        return Outgoing("choose", {**common, "options": others, "fallback": said}, said)
    common |= {"has_others_meant": bool(others), "others_meant": others, "fallback": _say(reply, worry)}
    top = reply.answers[0]
    more = [_answer(one) for one in reply.answers[1:]]
    if not top.quotes:
        return Outgoing("silent", {**common, **_answer(top), "also": more}, _say(reply, worry), top.situation.id)
    return Outgoing("answer", {**common, **_answer(top), "also": more}, _say(reply, worry), top.situation.id)


def _answer(one: Answer) -> Values:
    governing, *more = [{"id": q.id, "text": q.text, "source": q.source} for q in one.quotes] or [
        {"id": "", "text": "", "source": ""}
    ]
    return {
        "situation": one.situation.id,
        "asks": one.situation.asks,
        "headline": f"{MARKS[one.verdict]}  {one.headline}",
        "style": STYLES[one.verdict],
        "says": one.says,
        "has_quote": bool(one.quotes),
        "governing": governing,
        "has_more": bool(more),
        "more_title": f"Show {len(more)} more clause{'s' if len(more) != 1 else ''}",
        "more": more,
        "has_conditions": bool(one.conditions),
        "conditions": [{"text": f"•  {condition}"} for condition in one.conditions],
        "notes": [{"text": note} for note in one.notes],
        "has_pointer": bool(one.pointer),
        "pointer": f"From the school, not this policy: {one.pointer}",
        "is_draft": one.is_draft and bool(one.quotes),
        "has_see_also": bool(one.see_also),
        "see_also": [_button(other) for other in one.see_also],
    }


def _button(situation: Situation) -> Values:
    return {"label": situation.label, "situation": situation.id}


def _say(reply: Reply, worry: str) -> str:
    blocks = [worry] if worry else []
    for one in reply.answers:
        lines = [f"{one.headline}: {one.says}"]
        lines += [f"  - {condition}" for condition in one.conditions]
        lines += [f'  "{quote.text}"\n    {quote.source}' for quote in one.quotes]
        lines += list(one.notes)
        lines += [f"From the school, not this policy: {one.pointer}"] if one.pointer else []
        lines.append(f"I read your question as: {one.situation.asks}.")
        lines += ["This answer is a draft: the school has not approved it yet."] if one.is_draft and one.quotes else []
        blocks.append("\n".join(lines))
    if reply.offers:
        blocks.append("Or did you mean: " + "; ".join(one.situation.label for one in reply.offers) + "?")
    return "\n\n".join(blocks)


def _say_choices(reply: Reply, worry: str) -> str:
    lines = [worry, ""] if worry else []
    lines.append(Verdict.CHOOSE.headline)
    lines += [f"  {number}. {one.situation.label}" for number, one in enumerate(reply.offers, 1)]
    return "\n".join(lines)


def as_json(reply: Reply, question: str) -> dict[str, Any]:
    """A reply as one JSON object for machines; the strictest answer on top, the others under `also`."""
    options = [
        {"situation": one.situation.id, "label": one.situation.label, "clauses": _clauses(one)} for one in reply.offers
    ]
    if not reply.answers:
        return _object(question, Verdict.CHOOSE, "", Verdict.CHOOSE.headline, [], options, reply.confidence)
    top, *others = [_as_object(one, question) for one in reply.answers]
    return {**top, "options": options, "also": others}


def _as_object(one: Answer, question: str) -> dict[str, Any]:
    made = _object(question, one.verdict, one.situation.id, one.says, _clauses(one), [], one.confidence)
    return {**made, "draft": one.is_draft}


def _object(
    question: str, verdict: Verdict, situation: str, says: str, clauses: list[Values], options: list[Any], sure: float
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
        "confidence": round(sure, 3),
    }


def refused_json(question: str, why: str) -> dict[str, Any]:
    """The object for a line that could not be read."""
    return _object(question, Verdict.NOT_COVERED, "", why, [], [], 0.0)


def _clauses(one: Answer) -> list[Values]:
    return [{"ref": quote.id, "document": quote.document, "text": quote.text} for quote in one.quotes]


def note(text: str) -> Outgoing:
    """A card with one plain sentence."""
    return Outgoing("note", {"text": text}, text)
