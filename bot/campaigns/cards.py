"""The cards around one person's agreement: the text to read, and the receipt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign, Method, Receipt
from bot.campaigns.rules.versions import Change, Difference, Version
from bot.desk.rules.messages import Outgoing
from bot.school.rules.calendar import london, written
from bot.school.rules.documents import short_title

INTRO = (
    "It takes about ten minutes: please do it in work time; ask {head} for the time if you need it. You may use a "
    "school device, your own, or paper from the office."
)
INTRO_TO_SEVERAL = (
    "It takes about ten minutes for each document: please do it in work time; ask {head} for the time if you need it. "
    "You may use a school device, your own, or paper from the office. You can tick one now and the others another day."
)
GUIDANCE = "The policy encourages you to consider your union's or association's guidance ({ref})."
SHOWN_AT_ONCE = 2  # clauses; longer sections open on a press, and so do all after the first of them
CHANGE_WORDS = {Change.ADDED: "New", Change.CHANGED: "Changed", Change.REMOVED: "Taken out"}


@dataclass(frozen=True, slots=True)
class Addressee:
    """What an agreement card says to one person. `pseudonym` is theirs: nobody else's press is recorded."""

    pseudonym: str
    due: date
    changes: Sequence[Difference] = ()
    notice: str = ""
    is_test: bool = False


def agreement_card(
    version: Version, campaign: Campaign, agreement: Agreement, head: str, addressee: Addressee
) -> Outgoing:
    """The card to read and acknowledge."""
    opening, sections = text_parts(version, agreement)
    heading, intro = heading_and_intro(short_title(version.title), campaign, head)
    values = {
        "fallback": f"{heading}: please read it and acknowledge by {written(addressee.due)}.",
        "heading": heading,
        "intro": intro,
        "guidance": guidance(agreement),
        "notice": addressee.notice,
        "is_test": addressee.is_test,
        "test": "true" if addressee.is_test else "",
        "changes": [change_values(difference) for difference in addressee.changes],
        "opening": opening,
        "sections": sections,
        "statement": agreement.statement,
        "wants_name": agreement.typed_name,
        "campaign": campaign.id,
        "version": version.digest,
        "to": addressee.pseudonym,
        "due": written(addressee.due),
        "source": f"Version {version.label}; text {version.digest[:12]}.",
    }
    return Outgoing("agreement", values, "\n\n".join(_as_text(values)))


def heading_and_intro(title: str, campaign: Campaign, head: str) -> tuple[str, str]:
    """The card's heading, and the first thing it says."""
    intro = INTRO_TO_SEVERAL if campaign.others else INTRO
    return f"Our {title} for {campaign.year}", intro.format(head=head)


def guidance(agreement: Agreement) -> str:
    """The sentence about guidance by unions; empty if the policy has no such clause."""
    return GUIDANCE.format(ref=agreement.union_note) if agreement.union_note else ""


def text_parts(
    version: Version, agreement: Agreement, ids: str = "s"
) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """What is shown at once (title and introduction) and what opens on a press, heading by heading, in order.

    `ids` begins the id of each section: no two in one card may be the same.
    """
    texts = [
        (heading, [passage.text for passage in passages if passage.id != agreement.clause])
        for heading, passages in version.sections
    ]
    full = [(heading, clauses) for heading, clauses in texts if clauses]
    first_long = next((place for place, (_, clauses) in enumerate(full) if len(clauses) > SHOWN_AT_ONCE), 0)
    opening = [{"text": text} for _, clauses in full[:first_long] for text in clauses]
    sections = [
        {
            "id": f"{ids}{number}",
            "title": heading.rstrip(":") or "More",
            "clauses": [{"text": text} for text in clauses],
        }
        for number, (heading, clauses) in enumerate(full[first_long:], 1)
    ]
    return opening, sections


def change_values(difference: Difference) -> dict[str, Any]:
    """One changed clause as cards show it."""
    return {
        "what": f"{CHANGE_WORDS[difference.change]}: {difference.ref}",
        "now": difference.now,
        "before": difference.before,
    }


def _as_text(values: Mapping[str, Any]) -> Iterator[str]:
    """The whole card as plain text, for the terminal and for notifications."""
    for name in ("heading", "notice", "intro"):
        if values[name]:
            yield str(values[name])
    yield from clauses_as_text(values)
    yield str(values["statement"])
    yield f"Please acknowledge by {values['due']}. {values['source']}"


def clauses_as_text(values: Mapping[str, Any]) -> Iterator[str]:
    """The clauses of a document, section by section, as plain text."""
    for clause in values["opening"]:
        yield clause["text"]
    for section in values["sections"]:
        yield f"{section['title']}:"
        yield "\n".join(f"- {clause['text']}" for clause in section["clauses"])


def receipt_card(receipt: Receipt, name: str, title: str) -> Outgoing:
    """What replaces the card once somebody has acknowledged: who, what, when, and the receipt's number."""
    on_paper = receipt.how is Method.PAPER and receipt.signed is not None
    says = f"{who_acknowledged(name)} {signed_or_acknowledged(receipt)}: {title}, version {receipt.label}."
    facts = {
        "Receipt": str(receipt.number),
        "Recorded": f"{london(receipt.at)} (London)",
        "Version": receipt.label,
        "Text": receipt.short_digest,
    }
    keep = "The office recorded your sheet. " if on_paper else ""
    keep += 'Nothing more is needed. Write "my record" to me to see all I keep about you.'
    values = {
        "fallback": says,
        "says": says,
        "facts": [{"title": title, "value": value} for title, value in facts.items()],
        "keep": keep,
    }
    text = "\n".join([f"Thank you. {says}", *(f"{title}: {value}" for title, value in facts.items()), keep])
    return Outgoing("receipt", values, text)


def who_acknowledged(name: str) -> str:
    """Whose receipt it is; `name` is empty once it was erased."""
    return name or "Somebody whose details were erased"


def signed_or_acknowledged(receipt: Receipt) -> str:
    """How somebody acknowledged, in words."""
    return f"signed the sheet on {written(receipt.signed)}" if receipt.signed else "acknowledged"
