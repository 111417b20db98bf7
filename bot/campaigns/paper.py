"""The sheets that are printed for people who sign on paper."""

from collections.abc import Sequence
from typing import Any

from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.sheets import sheets, sheets_for_several
from bot.campaigns.rules.standing import Signatory


async def sheet_page(book: CampaignBook, campaign: Campaign, people: Sequence[Signatory]) -> tuple[str, dict[str, Any]]:
    """The name of the page with a sheet for each of these people, and what fills it."""
    if campaign.others:
        texts = {i.document: (await book.text(i.version), await book.agreement_to(i)) for i in campaign.items}
        return "sheet_documents", sheets_for_several(texts, campaign, people)
    return "sheet", sheets(await book.text(campaign.version), campaign, await book.agreement_of(campaign), people)
