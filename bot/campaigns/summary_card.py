"""How a campaign is doing and who is left, as cards and as the values of a page."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.campaigns.book import CampaignBook
from bot.campaigns.ports import DrawProgress, Remarks
from bot.campaigns.preview import left_to_do, next_messages
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import OUTSTANDING, Signatory, Standing
from bot.campaigns.rules.summary import NAMED_BELOW, STANDING_WORDS, Summary, summary_of
from bot.desk.rules.messages import Attachment, Outgoing, card_beside
from bot.outbox.rules.message import MessageKind
from bot.people.rules.person import Role
from bot.school.rules.calendar import short, written
from bot.school.rules.documents import listed

MAX_NAMES = 100  # in the tables of who is left
MAX_NAMED_ON_CARD = 2  # with more, the summary would not fit on one screen; a button shows everybody
CLOSED = "Closed on {day}."
EVERYBODY_LEFT = "everybody who still has to acknowledge, with their last day and what comes next"
STYLES = {False: "emphasis", True: "good"}
UNDELIVERED = "Cards: {failed} could not be delivered; for {doubtful} it is not known whether they arrived."
AUDIENCES = {Role.STAFF: "staff", Role.VOLUNTEER: "volunteers", Role.GOVERNOR: "governors"}


@dataclass(frozen=True, slots=True)
class SummaryCards:
    """How summaries are made. `draw` draws progress by day; `remarks` are what else the headteacher should know."""

    book: CampaignBook
    draw: DrawProgress
    remarks: Remarks

    async def of(self, campaign: Campaign) -> Summary:
        """A campaign's figures."""
        titles = await self.book.titles(campaign.items)
        return summary_of(
            campaign,
            listed(titles),
            await self.book.signatories(campaign),
            await self.book.projection(),
            await self.book.context.store.messages(MessageKind.AGREEMENT, campaign=campaign.id),
            self.book.context.today,
            titles,
        )

    async def coming(self, campaign: Campaign) -> dict[str, str]:
        """By pseudonym, in words: what comes next, and which of several documents are left."""
        left = await left_to_do(self.book, campaign)
        messages = await next_messages(self.book, campaign)
        return {p: f"{says}; left: {left[p]}" if p in left else says for p, says in messages.items()}

    async def summary(self, campaign: Campaign) -> Outgoing:
        """The summary as a card."""
        values = await self.values(campaign)
        return card_beside("summary", values, _as_text(values))

    async def values(self, campaign: Campaign) -> dict[str, Any]:
        """What the card and the page show."""
        summary = await self.of(campaign)
        coming = await self.coming(campaign)
        are_named = 0 < len(summary.outstanding) < NAMED_BELOW
        names = [_named(person, coming) for person in summary.outstanding] if are_named else []
        picture = self.draw(summary.progress, summary.total) if len(summary.progress) > 1 else b""
        heading = f"{summary.title}, {campaign.year}"
        return {
            "fallback": f"{heading}: {summary.line} {summary.sum}",
            "heading": heading,
            "campaign": campaign.id,
            "style": STYLES[summary.done == summary.total],
            "line": summary.line,
            "sum": summary.sum,
            "picture": data_address(picture) if picture else "",
            "picture_says": summary.picture_says,
            "last_year": summary.last_year,
            "few": names if len(names) <= MAX_NAMED_ON_CARD else [],
            "by_role": "" if 0 < len(names) <= MAX_NAMED_ON_CARD else _by_role(summary.outstanding),
            "names": names,
            "groups": "" if are_named else _by_role(summary.outstanding),
            "notes": [{"text": text} for text in [*_notes(summary), *await self.remarks()]],
            "governors": summary.governors,
            "open_questions": str(summary.open_questions or ""),
            "is_open": campaign.closed is None,
            "is_closed": campaign.closed is not None,
            "is_anybody_left": bool(summary.outstanding),
            "ledger": str(summary.head),
        }

    async def left(self, campaign: Campaign) -> Outgoing:
        """Everybody who still has to acknowledge, by standing; as a file as well if the card cannot hold them all."""
        summary = await self.of(campaign)
        coming = await self.coming(campaign)
        number = min(len(summary.outstanding), MAX_NAMES)
        while not self.book.limits.fits(card := _left_card(summary, coming, number)) and number:
            number = number * 2 // 3
        if number == len(summary.outstanding):
            return card
        name, text = ("who-is-left.txt", _left_card(summary, coming, len(summary.outstanding)).text)
        if self.book.context.is_demo:
            name, text = f"DEMO-{name}", f"DEMO. {text}"
        return replace(card, attachment=Attachment(name, text.encode(), EVERYBODY_LEFT))


def data_address(picture: bytes) -> str:
    """A PNG as the address that cards and pages show it from."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _left_card(summary: Summary, coming: Mapping[str, str], number: int) -> Outgoing:
    """Who is left, in tables of at most so many people together; as text, all that the tables say."""
    shown = summary.outstanding[:number]
    groups = [
        _left_group(standing, summary.counts[standing], [p for p in shown if p.standing is standing], coming)
        for standing in OUTSTANDING
        if summary.counts[standing]
    ]
    hidden = len(summary.outstanding) - number
    closed = summary.campaign.closed
    values = {
        "fallback": summary.sum,
        "campaign": summary.campaign.id,
        "sum": summary.sum,
        "closed": CLOSED.format(day=written(closed)) if closed else "",
        "groups": [group for group in groups if group["people"]],
        "more": f"and {hidden} more: the file has everybody." if hidden else "",
    }
    lines = [line for group in groups for line in (group["title"], group["text"]) if line]
    return card_beside("left", values, "\n".join(line for line in (summary.sum, values["closed"], *lines) if line))


def _left_group(
    standing: Standing, count: int, people: Sequence[Signatory], coming: Mapping[str, str]
) -> dict[str, Any]:
    """A heading, the rows of a table, and the rows as text for clients without tables."""
    return {
        "title": f"{STANDING_WORDS[standing].capitalize()} ({count})",
        "people": [{"name": p.name, "by": short(p.due), "next": _next(p, coming)} for p in people],
        "text": "\n".join(f"- {p.name}: {_when(p, coming)}" for p in people),
    }


def _named(person: Signatory, coming: Mapping[str, str]) -> dict[str, str]:
    return {"name": person.name, "what": f"{STANDING_WORDS[person.standing]}, {_when(person, coming)}"}


def _when(person: Signatory, coming: Mapping[str, str]) -> str:
    return f"by {short(person.due)}; {_next(person, coming)}"


def _next(person: Signatory, coming: Mapping[str, str]) -> str:
    return coming[person.pseudonym] + ("; a question is open" if person.is_asking else "")


def _by_role(people: Sequence[Signatory]) -> str:
    """How many in each group; each person once, in the first that fits."""
    counts = Counter(_group_of(person) for person in people)
    return ", ".join(f"{name}: {number}" for name, number in sorted(counts.items()))


def _group_of(person: Signatory) -> str:
    roles = person.person.roles if person.person else frozenset()
    return next((name for role, name in AUDIENCES.items() if role in roles), "others")


def _notes(summary: Summary) -> list[str]:
    """What else a headteacher would want to know."""
    campaign, notes = summary.campaign, list(summary.by_document)
    if campaign.closed:
        notes.append(CLOSED.format(day=written(campaign.closed)))
    else:
        notes.append(f"Open since {written(campaign.opened)}, due {written(campaign.due)}.")
    if summary.asking:
        waiting = "1 person is" if summary.asking == 1 else f"{summary.asking} people are"
        notes.append(f"{waiting} waiting for an answer from you.")
    if summary.doubtful or summary.failed:
        notes.append(UNDELIVERED.format(failed=summary.failed, doubtful=summary.doubtful))
    return notes


def _as_text(values: Mapping[str, Any]) -> str:
    lines = [values["heading"], values["line"], values["sum"], values["picture_says"], values["last_year"]]
    lines += [f"- {person['name']}: {person['what']}" for person in values["names"]]
    lines += [f"Who is left, by role: {values['groups']}"] if values["groups"] else []
    lines += [line["text"] for line in values["notes"]]
    return "\n".join(line for line in (*lines, values["governors"], f"Ledger {values['ledger']}") if line)
