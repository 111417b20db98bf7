"""How a campaign is doing and who is left, as cards and as the values of a page."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.campaigns.book import CampaignBook
from bot.campaigns.ports import DrawProgress, Remarks
from bot.campaigns.preview import next_messages
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import OUTSTANDING, Signatory
from bot.campaigns.rules.summary import NAMED_BELOW, STANDING_WORDS, Summary, summary_of
from bot.desk.rules.messages import Outgoing, private
from bot.outbox.rules.message import MessageKind
from bot.people.rules.person import Role
from bot.school.rules.calendar import written
from bot.school.rules.documents import short_title

MAX_NAMES = 100
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
        version = await self.book.text(campaign.version)
        return summary_of(
            campaign,
            short_title(version.title),
            await self.book.signatories(campaign),
            await self.book.projection(),
            await self.book.context.store.messages(MessageKind.AGREEMENT, campaign=campaign.id),
            self.book.context.today,
        )

    async def summary(self, campaign: Campaign) -> Outgoing:
        """The summary as a card."""
        values = await self.values(campaign)
        return private("summary", values, _as_text(values))

    async def values(self, campaign: Campaign) -> dict[str, Any]:
        """What the card and the page show."""
        summary = await self.of(campaign)
        coming = await next_messages(self.book, campaign)
        are_named = 0 < len(summary.outstanding) < NAMED_BELOW
        picture = self.draw(summary.progress, summary.total) if len(summary.progress) > 1 else b""
        heading = f"{summary.title}, {campaign.year}"
        return {
            "fallback": f"{heading}: {summary.line} {summary.sum}",
            "heading": heading,
            "campaign": campaign.id,
            "style": STYLES[summary.done == summary.total],
            "line": summary.line,
            "sum": summary.sum,
            "picture": f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else "",
            "picture_says": summary.picture_says,
            "last_year": summary.last_year,
            "names": [_named(person, coming) for person in summary.outstanding] if are_named else [],
            "groups": [] if are_named else _by_role(summary.outstanding),
            "notes": [{"text": text} for text in [*_notes(summary), *await self.remarks()]],
            "governors": summary.governors,
            "open_questions": str(summary.open_questions or ""),
            "is_open": campaign.closed is None,
            "is_closed": campaign.closed is not None,
            "ledger": str(summary.head),
        }

    async def left(self, campaign: Campaign) -> Outgoing:
        """Everybody who still has to acknowledge, by standing."""
        summary = await self.of(campaign)
        coming = await next_messages(self.book, campaign)
        shown = summary.outstanding[:MAX_NAMES]
        groups: list[dict[str, Any]] = [
            {
                "title": f"{STANDING_WORDS[standing].capitalize()} ({summary.counts[standing]})",
                "people": [{"text": f"{p.name}: {_when(p, coming)}"} for p in shown if p.standing is standing],
            }
            for standing in OUTSTANDING
            if summary.counts[standing]
        ]
        hidden = len(summary.outstanding) - len(shown)
        values = {
            "fallback": summary.sum,
            "campaign": campaign.id,
            "sum": summary.sum,
            "groups": groups,
            "more": f"and {hidden} more; the evidence pack names everybody" if hidden > 0 else "",
        }
        lines = [line for group in groups for line in (group["title"], *(person["text"] for person in group["people"]))]
        return private("left", values, "\n".join([summary.sum, *lines]))


def _named(person: Signatory, coming: Mapping[str, str]) -> dict[str, str]:
    return {"name": person.name, "what": f"{STANDING_WORDS[person.standing]}, {_when(person, coming)}"}


def _when(person: Signatory, coming: Mapping[str, str]) -> str:
    asking = "; a question is open" if person.is_asking else ""
    return f"by {written(person.due)}; {coming[person.pseudonym]}{asking}"


def _by_role(people: Sequence[Signatory]) -> list[dict[str, str]]:
    """How many in each group; each person once, in the first that fits."""
    counts = Counter(_group_of(person) for person in people)
    return [{"text": f"{name}: {number}"} for name, number in sorted(counts.items())]


def _group_of(person: Signatory) -> str:
    roles = person.person.roles if person.person else frozenset()
    return next((name for role, name in AUDIENCES.items() if role in roles), "others")


def _notes(summary: Summary) -> list[str]:
    """What else a headteacher would want to know."""
    campaign, notes = summary.campaign, []
    if campaign.closed:
        notes.append(f"Closed on {written(campaign.closed)}.")
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
    lines += [line["text"] for line in (*values["groups"], *values["notes"])]
    return "\n".join(line for line in (*lines, values["governors"], f"Ledger {values['ledger']}") if line)
