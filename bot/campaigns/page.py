"""What the school pages show of campaigns: how one is doing, who is left, and what of it needs somebody."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from bot.campaigns.book import CampaignBook
from bot.campaigns.paper import sheet_page
from bot.campaigns.ports import FillPage
from bot.campaigns.preview import unreleased
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.preview import people
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.summary import STANDING_WORDS
from bot.campaigns.summary_card import SummaryCards
from bot.desk.routing import Command
from bot.desk.rules.messages import Attachment, Incoming, Outgoing, note
from bot.desk.rules.today import TodayItem
from bot.errors import BadInput
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.school.rules.calendar import written

NO_CAMPAIGN = "There has been no campaign yet. Open one when the policy is published."
ONLY_PROGRESS = "A campaign is open. Only {head} sees how everybody stands."
PAGE = "campaigns"
NOBODY_LEFT = "Nobody is left to sign a sheet. Nothing was made."
SHEETS = "The sheets to sign, one for each person. Open the file in a browser and print it."
PRINT_WORDS = ("print sheets", "sheets to sign")


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """The page of campaigns, and the sheets that are printed from it."""

    book: CampaignBook
    summaries: SummaryCards
    fill: FillPage

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it: the sheets to sign, as a file."""
        return (Command("print_sheets", self._print, Permission.PAPER, words=PRINT_WORDS, shows_only=True),)

    async def values(self, person: Person) -> dict[str, Any]:
        """What the page shows: to people who may not see progress, only whether a campaign is open."""
        campaign = await self._last()
        head = self.book.context.headteacher
        if campaign is None:
            return {"heading": "", "says": NO_CAMPAIGN}
        if not may(person, Permission.SUMMARY, self.book.context.today):
            says = ONLY_PROGRESS.format(head=head) if not campaign.closed else "No campaign is open."
            return {"heading": "", "says": says}
        values = await self.summaries.values(campaign)
        return {**values, "left": await self._left(campaign)}

    async def today(self, person: Person) -> list[TodayItem]:
        """What needs somebody."""
        campaign, today = await self._last(), self.book.context.today
        items = []
        drafts = await self.book.drafts()
        if drafts and may(person, Permission.PUBLISH, today):
            says = f"The files of {', '.join(sorted(drafts))} are not the text that was published."
            items.append(TodayItem("A draft waits to be published", says, "policy"))
        if campaign and not campaign.closed:
            items += [item async for item in self._of_campaign(campaign, person)]
        return items

    async def standings(self) -> dict[str, str]:
        """By the id of a person who is asked in the campaign that is open: how they stand, in words."""
        campaign = await self._last()
        if campaign is None or campaign.closed:
            return {}
        return {p.person.id: _standing(p) for p in await self.book.signatories(campaign) if p.person}

    async def _of_campaign(self, campaign: Campaign, person: Person) -> AsyncIterator[TodayItem]:
        today, projection = self.book.context.today, await self.book.projection()
        waiting = unreleased(projection, campaign)
        if waiting and may(person, Permission.RELEASE, today):
            says = f"{people(len(waiting))}: nothing goes to them before you look at the preview and press Send."
            yield TodayItem("A preview waits for you", says, PAGE)
        if may(person, Permission.SUMMARY, today):
            for item in _of_people(await self.book.signatories(campaign)):
                yield item

    async def last_day(self) -> str:
        """The last day of the campaign that is open; empty if none is."""
        campaign = await self._last()
        return written(campaign.due) if campaign and not campaign.closed else ""

    async def _last(self) -> Campaign | None:
        try:
            return await self.book.last_campaign()
        except BadInput:
            return None

    async def _left(self, campaign: Campaign) -> list[tuple[str, str, str, str]]:
        """Everybody who has not acknowledged: name, standing, last day, and what comes next."""
        summary, coming = await self.summaries.of(campaign), await self.summaries.coming(campaign)
        return [(p.name, _standing(p), written(p.due), coming[p.pseudonym]) for p in summary.outstanding]

    async def _print(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign, context = await self.book.campaign(""), self.book.context
        missing = [p for p in await self.book.signatories(campaign) if not p.receipt and p.person]
        if not missing:
            raise BadInput(NOBODY_LEFT)
        template, values = await sheet_page(self.book, campaign, missing)
        page = self.fill(template, {**values, "is_demo": context.is_demo, "is_large": False})
        name = f"{'DEMO-' if context.is_demo else ''}sheets-{campaign.id}.html"
        reply = note(SHEETS)
        return Outgoing(reply.card, reply.values, reply.text, attachment=Attachment(name, page.encode(), SHEETS))


def _of_people(signatories: tuple[Signatory, ...]) -> Iterator[TodayItem]:
    asking = sum(person.is_asking for person in signatories)
    overdue = [person.name for person in signatories if person.standing is Standing.OVERDUE]
    unreachable = [person.name for person in signatories if person.standing is Standing.UNREACHABLE]
    if asking:
        yield TodayItem("Questions for you", f"{people(asking)} asked before acknowledging.", PAGE)
    if overdue:
        yield TodayItem("Overdue", f"{people(len(overdue))} have passed their last day.", PAGE)
    if unreachable:
        yield TodayItem("Not reached", f"{people(len(unreachable))} cannot be written to. Paper will do.", "people")


def _standing(person: Signatory) -> str:
    words = STANDING_WORDS[person.standing]
    return f"{words}; a question is open" if person.is_asking else words
