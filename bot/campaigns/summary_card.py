"""Tells the headteacher how a campaign stands and who is left."""

import base64
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.campaigns.preview import what_next
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import OUTSTANDING, Signatory
from bot.campaigns.rules.summary import NAMED_BELOW, SAID, Summary, summary_of
from bot.desk.rules.messages import Outgoing
from bot.evidence.records import Records
from bot.people.rules.person import Role
from bot.recordings.overview import for_the_head
from bot.school.rules.calendar import written

MOST_NAMES = 100
STARTS = {False: "emphasis", True: "good"}


@dataclass(frozen=True, slots=True)
class SummaryCards:
    """How summaries are made. `picture` draws progress by day, of how many, as a PNG."""

    records: Records
    picture: Callable[[Sequence[tuple[date, int]], int], bytes]

    async def of(self, campaign: Campaign) -> Summary:
        """A campaign's figures."""
        version = await self.records.text(campaign.version)
        return summary_of(
            campaign,
            version.title.split(" / ")[0],
            await self.records.signatories(campaign),
            await self.records.register(),
            await self.records.store.slots(),
            self.records.today,
        )

    async def summary(self, campaign: Campaign) -> Outgoing:
        """The summary as a card."""
        values = await self.values(campaign)
        return Outgoing("summary", values, _as_text(values), is_for_one=True, is_beside=True)

    async def values(self, campaign: Campaign) -> dict[str, Any]:
        """What the card and the page show."""
        made = await self.of(campaign)
        reasons = await what_next(self.records, campaign)
        few = 0 < len(made.outstanding) < NAMED_BELOW
        drawn = self.picture(made.progress, made.total) if len(made.progress) > 1 else b""
        return {
            "fallback": f"{made.title}, {campaign.year}: {made.line} {made.sum}",
            "heading": f"{made.title}, {campaign.year}",
            "campaign": campaign.id,
            "style": STARTS[made.done == made.total],
            "line": made.line,
            "sum": made.sum,
            "has_picture": bool(drawn),
            "picture": f"data:image/png;base64,{base64.b64encode(drawn).decode()}",
            "picture_says": made.picture_says,
            "has_last_year": bool(made.last_year),
            "last_year": made.last_year,
            "has_names": few,
            "names": [{"name": one.name, "what": _what(one, reasons)} for one in made.outstanding] if few else [],
            "has_groups": bool(made.outstanding) and not few,
            "groups": [] if few else _by_role(made.outstanding),
            "notes": [{"text": one} for one in [*_notes(made), *await for_the_head(self.records)]],
            "governors": made.governors,
            "is_open": campaign.closed is None,
            "is_closed": campaign.closed is not None,
            "ledger": str(made.head),
        }

    async def left(self, campaign: Campaign) -> Outgoing:
        """Everybody who still has to acknowledge, by standing."""
        made = await self.of(campaign)
        reasons = await what_next(self.records, campaign)
        shown = made.outstanding[:MOST_NAMES]
        groups = [
            {
                "title": f"{SAID[standing].capitalize()} ({made.counts[standing]})",
                "people": [{"text": f"{one.name}: {_when(one, reasons)}"} for one in shown if one.standing is standing],
            }
            for standing in OUTSTANDING
            if made.counts[standing]
        ]
        more = len(made.outstanding) - len(shown)
        values = {
            "fallback": made.sum,
            "campaign": campaign.id,
            "sum": made.sum,
            "groups": groups,
            "has_more": more > 0,
            "more": f"and {more} more; the evidence pack names everybody",
        }
        lines = [line for one in groups for line in (one["title"], *(person["text"] for person in one["people"]))]  # type: ignore[index]
        return Outgoing("left", values, "\n".join([made.sum, *lines]), is_for_one=True, is_beside=True)


def _what(one: Signatory, reasons: Mapping[str, str]) -> str:
    return f"{SAID[one.standing]}, {_when(one, reasons)}"


def _when(one: Signatory, reasons: Mapping[str, str]) -> str:
    asking = "; a question is open" if one.is_asking else ""
    return f"by {written(one.due)}; {reasons[one.pseudonym]}{asking}"


def _by_role(people: Sequence[Signatory]) -> list[dict[str, str]]:
    """Each person once, under the first that fits."""
    groups = {Role.STAFF: "staff", Role.VOLUNTEER: "volunteers", Role.GOVERNOR: "governors"}
    held = Counter(
        next((name for role, name in groups.items() if one.person and role in one.person.roles), "others")
        for one in people
    )
    return [{"text": f"{name}: {number}"} for name, number in sorted(held.items())]


def _notes(made: Summary) -> list[str]:
    """What else a headteacher would want to know."""
    found = []
    if made.campaign.closed:
        found.append(f"Closed on {written(made.campaign.closed)}.")
    else:
        found.append(f"Open since {written(made.campaign.opened)}, due {written(made.campaign.due)}.")
    if made.asking:
        found.append(f"{_people(made.asking)} waiting for an answer from you.")
    if made.doubtful or made.failed:
        found.append(f"Cards: {made.failed} could not be delivered, of {made.doubtful} nobody knows.")
    return found


def _people(number: int) -> str:
    return "1 person is" if number == 1 else f"{number} people are"


def _as_text(values: Mapping[str, Any]) -> str:
    lines = [values["heading"], values["line"], values["sum"], values["picture_says"], values["last_year"]]
    lines += [f"- {one['name']}: {one['what']}" for one in values["names"]]
    lines += [one["text"] for one in (*values["groups"], *values["notes"])]
    return "\n".join(line for line in (*lines, values["governors"], f"Ledger {values['ledger']}") if line)
