"""The card that asks one person for several documents at once, and the receipt for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.campaigns.cards import (
    Addressee,
    change_values,
    clauses_as_text,
    guidance,
    heading_and_intro,
    signed_or_acknowledged,
    text_parts,
    who_acknowledged,
)
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign, CampaignItem, Receipt
from bot.campaigns.rules.versions import Difference, Version
from bot.desk.rules.messages import Outgoing
from bot.school.rules.calendar import london, written
from bot.school.rules.documents import listed, short_title

TICK = "agree_"  # begins the name of each tick, which ends with its text: a tick is for the words that were shown
TICK_LABEL = "Your acknowledgement: {title}"
DONE = "{title}, version {label}: receipt {number}, {at} (London)."
COMPLETE = 'Nothing more is needed. Write "my record" to me to see all I keep about you.'
CLOSED_BEFORE = "This closed before you acknowledged the rest. Please ask the office."


@dataclass(frozen=True, slots=True)
class AskedText:
    """One document as the card asks for it; `changes` are since its reader last acknowledged it."""

    version: Version
    agreement: Agreement
    changes: Sequence[Difference] = ()

    @property
    def title(self) -> str:
        """What it is called."""
        return short_title(self.version.title)


@dataclass(frozen=True, slots=True)
class DoneText:
    """One document that somebody has acknowledged."""

    title: str
    receipt: Receipt


def documents_card(
    asked: Sequence[AskedText], done: Sequence[DoneText], campaign: Campaign, head: str, addressee: Addressee
) -> Outgoing:
    """The card to read and acknowledge what is left, with the receipts of what is done."""
    title = listed([text.title for text in asked])
    heading, intro = heading_and_intro(title, campaign, head)
    agreement = asked[0].agreement
    values = {
        "fallback": f"{heading}: please read and acknowledge by {written(addressee.due)}.",
        "heading": heading,
        "intro": intro,
        "guidance": guidance(agreement),
        "notice": addressee.notice,
        "is_test": addressee.is_test,
        "test": "true" if addressee.is_test else "",
        "done": [{"text": _done(text)} for text in done],
        "changes": [_change(text, difference) for text in asked for difference in text.changes],
        "documents": [_document(number, text) for number, text in enumerate(asked, 1)],
        "wants_name": agreement.typed_name,
        "campaign": campaign.id,
        "to": addressee.pseudonym,
        "due": written(addressee.due),
    }
    return Outgoing("agreements", values, "\n\n".join(_as_text(values)))


def tick_name(digest: str) -> str:
    """The name of the tick under a text, by the text's digest."""
    return f"{TICK}{digest[:12]}"


def ticked_items(inputs: Mapping[str, str], campaign: Campaign) -> tuple[CampaignItem, ...]:
    """What somebody ticked of what a campaign asks for."""
    return tuple(item for item in campaign.items if inputs.get(tick_name(item.version)) == "true")


def has_old_tick(inputs: Mapping[str, str], campaign: Campaign) -> bool:
    """Whether the press came from a card with a text that is not in force any more."""
    names = {tick_name(item.version) for item in campaign.items}
    return any(name.startswith(TICK) and name not in names for name in inputs)


def _done(text: DoneText) -> str:
    receipt = text.receipt
    return DONE.format(title=short_title(text.title), label=receipt.label, number=receipt.number, at=london(receipt.at))


def _change(text: AskedText, difference: Difference) -> dict[str, Any]:
    values = change_values(difference)
    return {**values, "what": f"{text.title}. {values['what']}"}


def _document(number: int, text: AskedText) -> dict[str, Any]:
    """One document as the card shows it: `number` keeps the names of its sections apart from the others'."""
    version = text.version
    opening, sections = text_parts(version, text.agreement, f"d{number}s")
    return {
        "title": text.title,
        "opening": opening,
        "sections": [{**section, "title": f"{text.title}, {section['title']}"} for section in sections],
        "statement": text.agreement.statement,
        "tick": tick_name(version.digest),
        "tick_label": TICK_LABEL.format(title=text.title),
        "source": f"Version {version.label}; text {version.digest[:12]}.",
    }


def _as_text(values: Mapping[str, Any]) -> Iterator[str]:
    """The whole card as plain text, for the terminal and for notifications."""
    for name in ("heading", "notice", "intro"):
        if values[name]:
            yield str(values[name])
    for line in values["done"]:
        yield f"Done: {line['text']}"
    for document in values["documents"]:
        yield str(document["title"])
        yield from clauses_as_text(document)
        yield f"{document['statement']} {document['source']}"
    yield f"Please acknowledge by {values['due']}."


def receipts_card(done: Sequence[DoneText], name: str, *, is_complete: bool) -> Outgoing:
    """Who acknowledged which documents, and each receipt."""
    says = f"{who_acknowledged(name)} acknowledged: {listed([short_title(text.title) for text in done])}."
    facts = [{"title": short_title(text.title), "value": _receipt(text.receipt)} for text in done]
    keep = COMPLETE if is_complete else CLOSED_BEFORE
    lines = [f"Thank you. {says}", *(f"{fact['title']}: {fact['value']}" for fact in facts), keep]
    return Outgoing("receipt", {"fallback": says, "says": says, "facts": facts, "keep": keep}, "\n".join(lines))


def _receipt(receipt: Receipt) -> str:
    recorded = f"{london(receipt.at)} (London)"
    how = f", {signed_or_acknowledged(receipt)}" if receipt.signed else ""
    return f"receipt {receipt.number}, version {receipt.label}, text {receipt.short_digest}{how}, recorded {recorded}"
