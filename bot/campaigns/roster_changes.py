"""Follows the staff list: new people are asked from then on, people who left are asked no more."""

from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign, audience, usual_last_day
from bot.campaigns.rules.projection import CampaignProjection
from bot.evidence.rules.ledger import EventKind


async def follow_roster(book: CampaignBook) -> int:
    """Records who came and who left since the last look; returns how many. Safe to repeat at any time."""
    context, recorded = book.context, 0
    for campaign in (await book.projection()).open_campaigns():
        asked = audience(context.roster.people(), campaign.audience, context.today)
        pseudonyms = await context.store.enrol(asked)
        for person in asked:
            if pseudonyms[person.id] not in campaign.people:
                await _record_joined(book, campaign, pseudonyms[person.id])
                recorded += 1
    return recorded + await _record_leavers(book)


async def _record_joined(book: CampaignBook, campaign: Campaign, pseudonym: str) -> None:
    due = max(campaign.due, usual_last_day(book.context.today, book.context.calendar))
    key = f"join/{campaign.id}/{pseudonym}"
    facts = {"due": due.isoformat()}
    await book.context.write(EventKind.JOIN, key, subject=pseudonym, campaign=campaign.id, facts=facts)


async def _record_leavers(book: CampaignBook) -> int:
    """Records everybody who has left, and everybody who is back."""
    staff, left = await book.context.staff(), (await book.projection()).left
    have_left = {pseudonym for pseudonym in staff.known if staff.working_person(pseudonym) is None}
    had_left = {pseudonym for pseudonym in staff.known if ("", pseudonym) in left}
    changed = have_left ^ had_left
    for pseudonym in [pseudonym for pseudonym in staff.known if pseudonym in changed]:
        projection = await book.projection()
        if pseudonym in have_left:
            await _record_left(book, projection, pseudonym)
        else:
            await book.context.write(EventKind.JOIN, projection.head, subject=pseudonym)
    return len(changed)


async def _record_left(book: CampaignBook, projection: CampaignProjection, pseudonym: str) -> None:
    """Once for each campaign they never completed, and once for the school."""
    for campaign in projection.open_campaigns():
        if pseudonym in campaign.people and not projection.receipt(campaign, pseudonym):
            key = f"leave/{campaign.key}/{pseudonym}"
            await book.context.write(EventKind.LEAVE, key, subject=pseudonym, campaign=campaign.id)
    projection = await book.projection()
    if ("", pseudonym) not in projection.left:  # another process may have looked meanwhile
        await book.context.write(EventKind.LEAVE, projection.head, subject=pseudonym)
