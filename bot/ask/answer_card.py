"""Turns replies into cards to fill, with the same words as plain text beside them, and into JSON for machines."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bot.ask.chat_card import chat_card
from bot.ask.command_card import command_button, command_label, command_option, command_request
from bot.ask.passage_card import contact_card, passage_card
from bot.ask.rules.answers import Answer, PolicyReply
from bot.ask.rules.card_buttons import CardButtons, card_buttons
from bot.ask.rules.contact_replies import with_phone_links
from bot.ask.rules.policy import Policy
from bot.ask.rules.quotes import Quote
from bot.ask.rules.rulings import Situation
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.worries import HandOffWords, hand_off_words
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
    """The card for a reply: an answer, a silence, choices, a passage, a contact, or a command for the desk."""
    worry = hand_off_words(reply.hand_off, policy.contacts, is_private=is_private)
    if reply.command:
        return command_request(reply.command, worry)
    if reply.passage:
        return passage_card(reply.passage, worry)
    if reply.contact:
        return contact_card(reply.contact, worry)
    if reply.is_chat:
        return chat_card(reply, policy, worry)
    common = {
        "hand_off": with_phone_links(worry.lead),
        "quiet_hand_off": with_phone_links(worry.quiet),
        "may_send": bool(reply.question) and not reply.hand_off,
        "question": reply.question[:MAX_QUESTION_SHOWN],
    }
    buttons = card_buttons(reply)
    if not reply.answers:
        command = [command_button(reply.offered_command, policy)] if reply.offered_command else []
        text = _choices_as_text(reply, buttons, policy, worry)
        looks = [_button(situation) for situation in buttons.others_meant]
        options = [{"situation": "", "name": "", **button} for button in [*command, *looks]]
        return Outgoing(
            "choose", {**common, "options": options, "fallback": text}, text, reply.topic, forgets_last=True
        )
    text = _as_text(reply, buttons, worry)
    top, *others = reply.answers
    card = "answer" if top.quotes else "silent"
    values = {**common, "fallback": text, **_values(top), **_button_values(buttons)}
    values["next"] = " ".join(situation.id for situation in reply.next_readings)
    values["also"] = [_values(other) for other in others]
    return Outgoing(card, values, text, reply.topic or top.situation.id)


def _values(answer: Answer) -> Values:
    return {
        "situation": answer.situation.id,
        "asks": answer.situation.asks,
        "headline": f"{MARKS[answer.verdict]}  {answer.headline}",
        "style": STYLES[answer.verdict],
        "says": answer.says,
        "governing": _quote(answer.quotes[0]) if answer.quotes else {},
        "conditions": [{"text": f"•  {condition}"} for condition in answer.conditions],
        "notes": [{"text": note} for note in answer.notes],
        "pointer": FROM_SCHOOL.format(pointer=answer.pointer) if answer.pointer else "",
        "is_draft": answer.is_draft and bool(answer.quotes),
    }


def _button_values(buttons: CardButtons) -> Values:
    count = len(buttons.further_clauses)
    title = f"Show {count} more clause{'s' if count != 1 else ''}" if count else ""
    return {
        "others_meant": [_button(situation) for situation in buttons.others_meant],
        "see_also": [_button(situation) for situation in buttons.see_also],
        "more": [_quote(quote) for quote in buttons.further_clauses],
        "more_button": title if buttons.has_room_for_clauses else "",
        "more_line": "" if buttons.has_room_for_clauses else title,
    }


def _quote(quote: Quote) -> Values:
    return {"id": quote.id, "text": quote.text, "source": quote.source}


def _button(situation: Situation) -> Values:
    return {"verb": "look", "label": situation.label, "situation": situation.id}


def _as_text(reply: PolicyReply, buttons: CardButtons, worry: HandOffWords) -> str:
    blocks = [worry.lead] if worry.lead else []
    blocks += [_answer_as_text(answer) for answer in reply.answers]
    if buttons.others_meant:
        blocks.append(f"Or did you mean: {_labels(buttons.others_meant)}?")
    if buttons.see_also:
        blocks.append(f"See also: {_labels(buttons.see_also)}.")
    if buttons.further_clauses:
        blocks.append("\n".join(_quote_as_text(quote) for quote in buttons.further_clauses))
    blocks += [worry.quiet] if worry.quiet else []
    return "\n\n".join(blocks)


def _answer_as_text(answer: Answer) -> str:
    lines = [f"{answer.headline}: {answer.says}"]
    lines += [f"  - {condition}" for condition in answer.conditions]
    lines += [_quote_as_text(quote) for quote in answer.quotes[:1]]
    lines.append(f"I read your question as: {answer.situation.asks}.")
    lines += list(answer.notes)
    lines += [FROM_SCHOOL.format(pointer=answer.pointer)] if answer.pointer else []
    lines += [DRAFT] if answer.is_draft and answer.quotes else []
    return "\n".join(lines)


def _quote_as_text(quote: Quote) -> str:
    return f'  "{quote.text}"\n    {quote.source}'


def _labels(situations: Sequence[Situation]) -> str:
    return "; ".join(situation.label for situation in situations)


def _choices_as_text(reply: PolicyReply, buttons: CardButtons, policy: Policy, worry: HandOffWords) -> str:
    command = [command_label(reply.offered_command.name, policy)] if reply.offered_command else []
    lines = [worry.lead, ""] if worry.lead else []
    lines.append(Verdict.CHOOSE.headline)
    labels = [*command, *(situation.label for situation in buttons.others_meant)]
    lines += [f"  {number}. {label}" for number, label in enumerate(labels, 1)]
    lines += ["", worry.quiet] if worry.quiet else []
    return "\n".join(lines)


def as_json(reply: PolicyReply, question: str, policy: Policy) -> dict[str, Any]:
    """A reply as one JSON object for machines; the strictest answer on top, the others under `also`.

    `options` are what the card offers to choose from, in the same order. A command that is offered is the first of
    them, with `command` and `parameters` instead of a situation.
    """
    command = {"command": reply.command.name, "parameters": dict(reply.command.parameters)} if reply.command else {}
    return {**_reply_as_object(reply, question, policy), "hand_off": reply.hand_off.value, **command}


def _reply_as_object(reply: PolicyReply, question: str, policy: Policy) -> dict[str, Any]:
    if reply.command:
        return _object(question, Verdict.COMMAND, "", "", [], [], reply.confidence)
    if reply.passage:
        says = reply.passage.note or reply.passage.title
        return _object(question, Verdict.INFO, "", says, _clauses(reply.passage.clauses), [], reply.confidence)
    if reply.contact:
        return _object(question, Verdict.NOT_COVERED, "", reply.contact.text, [], [], reply.confidence)
    if reply.note:
        return _object(question, Verdict.NOT_COVERED, "", reply.note, [], [], reply.confidence)
    clauses = {offer.situation.id: _clauses(offer.quotes) for offer in reply.offers}
    options: list[Values] = [
        {"situation": situation.id, "label": situation.label, "clauses": clauses[situation.id]}
        for situation in card_buttons(reply).others_meant
    ]
    if reply.offered_command:
        options = [command_option(reply.offered_command, policy), *options]
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
        "hand_off": "",
        "command": "",
        "parameters": {},
    }


def refused_json(question: str, why: str) -> dict[str, Any]:
    """The object for a line that could not be read."""
    return _object(question, Verdict.NOT_COVERED, "", why, [], [], 0.0)


def _clauses(quotes: Sequence[Quote]) -> list[Values]:
    return [{"ref": quote.id, "document": quote.document, "text": quote.text} for quote in quotes]
