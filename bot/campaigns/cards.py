"""Makes the cards around one person's agreement: the text to read, the receipt, a question and its way to the head."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign, Method, Receipt
from bot.campaigns.rules.versions import Change, Difference, Version
from bot.desk.rules.messages import Outgoing
from bot.school.rules.calendar import london, written

INTRO = (
    "It takes about ten minutes: please do it in work time; ask {head} for the time if you need it. You may use a "
    "school device, your own, or paper from the office."
)
GUIDANCE = "The policy encourages you to consider your union's or association's guidance ({ref})."
SHOWN_AT_ONCE = 2  # clauses; longer sections open on a press, and all after the first of them
WHAT = {Change.ADDED: "New", Change.CHANGED: "Changed", Change.REMOVED: "Taken out"}


@dataclass(frozen=True, slots=True)
class Addressed:
    """What an agreement card says to one person. `to` is their pseudonym: nobody else's press counts."""

    to: str
    due: date
    changed: Sequence[Difference] = ()
    notice: str = ""
    is_test: bool = False


def agreement(version: Version, campaign: Campaign, about: Agreement, head: str, one: Addressed) -> Outgoing:
    """The card to read and acknowledge."""
    opening, sections = _parts(version, about)
    heading, intro = beginning(short_title(version), campaign, head)
    values = {
        "fallback": f"{heading}: please read it and acknowledge by {written(one.due)}.",
        "heading": heading,
        "intro": intro,
        "has_guidance": bool(about.union_note),
        "guidance": GUIDANCE.format(ref=about.union_note),
        "has_notice": bool(one.notice),
        "notice": one.notice,
        "is_test": one.is_test,
        "test": "true" if one.is_test else "",
        "has_changes": bool(one.changed),
        "changes": [change_shown(difference) for difference in one.changed],
        "opening": opening,
        "sections": sections,
        "statement": about.statement,
        "wants_name": about.typed_name,
        "campaign": campaign.id,
        "version": version.digest,
        "to": one.to,
        "due": written(one.due),
        "source": f"Version {version.label}; text {version.digest[:12]}.",
    }
    return Outgoing("agreement", values, "\n\n".join(_as_text(values)), is_for_one=True)


def short_title(version: Version) -> str:
    """A policy's name as cards say it."""
    return version.title.split(" / ")[0]


def beginning(title: str, campaign: Campaign, head: str) -> tuple[str, str]:
    """The card's heading, and the first it says."""
    return f"Our {title} for {campaign.year}", INTRO.format(head=head)


def _parts(version: Version, about: Agreement) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """What is shown at once (title and introduction) and what opens on a press, heading by heading, in order."""
    texts = [(heading, [one.text for one in found if one.id != about.clause]) for heading, found in version.sections]
    full = [(heading, found) for heading, found in texts if found]
    begins = next((at for at, (_, found) in enumerate(full) if len(found) > SHOWN_AT_ONCE), 0)
    opening = [{"text": text} for _, found in full[:begins] for text in found]
    sections = [
        {"id": f"s{number}", "title": heading.rstrip(":") or "More", "clauses": [{"text": text} for text in found]}
        for number, (heading, found) in enumerate(full[begins:], 1)
    ]
    return opening, sections


def change_shown(one: Difference) -> dict[str, Any]:
    """One changed clause as cards show it."""
    return {
        "what": f"{WHAT[one.change]}: {one.ref}",
        "has_now": bool(one.now),
        "now": one.now,
        "has_before": bool(one.before),
        "before": one.before,
    }


def _as_text(values: Mapping[str, Any]) -> Iterator[str]:
    """The card as plain text, whole, for the terminal and for notifications."""
    for name in ("heading", "notice", "intro"):
        if values[name]:
            yield str(values[name])
    for one in values["opening"]:
        yield one["text"]
    for section in values["sections"]:
        yield f"{section['title']}:"
        yield "\n".join(f"- {one['text']}" for one in section["clauses"])
    yield str(values["statement"])
    yield f"Please acknowledge by {values['due']}. {values['source']}"


def receipt(receipt: Receipt, name: str, title: str) -> Outgoing:
    """What takes the card's place once somebody has acknowledged: who, what, when, and the receipt's number."""
    who = name or "Somebody whose details were erased"
    on_paper = receipt.how is Method.PAPER and receipt.signed is not None
    how = f"signed the sheet on {written(receipt.signed)}" if receipt.signed else "acknowledged"
    says = f"{who} {how}: {title}, version {receipt.label}."
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
    return Outgoing("receipt", values, text, is_for_one=True)


def question(campaign: str, head: str, *, text: str = "", answer: str = "") -> Outgoing:
    """The way to ask: me first, then the headteacher, with the very words that will be sent shown before."""
    lines = [line for line in answer.splitlines() if line.strip()]
    values = {
        "fallback": "Your question",
        "campaign": campaign,
        "head": head,
        "is_first": not answer,
        "has_answer": bool(answer),
        "answer": [{"text": line} for line in lines],
        "question": text,
    }
    plain = f"{answer}\n\n{head} can be asked." if answer else "Ask me first: I may have the clause at hand."
    return Outgoing("asking", values, plain, is_for_one=True, is_beside=not answer)


def asked(name: str, words: str, campaign: str, subject: str) -> Outgoing:
    """A question as it comes to the headteacher."""
    text = f"{name} asks about the policy: {words}"
    values = {"fallback": text, "name": name, "question": words, "campaign": campaign, "subject": subject}
    return Outgoing("asked", values, text, is_for_one=True, is_beside=True)
