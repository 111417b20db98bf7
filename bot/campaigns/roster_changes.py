"""Follows the roster: who came is asked from then on, who left is asked no more and noted as never having completed."""

from bot.campaigns.rules.campaign import TIME_TO_ACKNOWLEDGE, Campaign, audience
from bot.campaigns.rules.projection import CampaignProjection
from bot.evidence.records import Records
from bot.evidence.rules.ledger import EventKind


async def follow_roster(records: Records) -> int:
    """Notes who came and who left since the last look; says how many. Safe to repeat at any time."""
    register = await records.register()
    here = {one.id: one for one in records.roster.people()}
    noted = 0
    for campaign in register.open_campaigns():
        asked = audience(here.values(), campaign.audience, records.today)
        pseudonyms = await records.store.enrol(asked)
        for person in asked:
            if pseudonyms[person.id] not in campaign.people:
                noted += await _joined(records, campaign, pseudonyms[person.id])
    return noted + await _leavers(records)


async def _joined(records: Records, campaign: Campaign, pseudonym: str) -> int:
    due = max(campaign.due, records.today + TIME_TO_ACKNOWLEDGE)
    await records.write(
        EventKind.JOIN,
        subject=pseudonym,
        campaign=campaign.id,
        facts={"due": due.isoformat()},
        key=f"join/{campaign.id}/{pseudonym}",
    )
    return 1


async def _leavers(records: Records) -> int:
    register, school = await records.register(), await records.school()
    noted = 0
    for pseudonym in school.known:
        person = school.person(pseudonym)
        has_gone = person is None or (person.ends is not None and person.ends < records.today)
        was_gone = ("", pseudonym) in register.left
        if has_gone and not was_gone:
            noted += await _left(records, register, pseudonym)
        elif was_gone and not has_gone:
            await records.write(EventKind.JOIN, subject=pseudonym)
            noted += 1
    return noted


async def _left(records: Records, register: CampaignProjection, pseudonym: str) -> int:
    """Once for the school, and once for each campaign they never completed."""
    for campaign in register.open_campaigns():
        if pseudonym in campaign.people and not register.receipt(campaign, pseudonym):
            key = f"leave/{campaign.subject}/{pseudonym}"
            await records.write(EventKind.LEAVE, subject=pseudonym, campaign=campaign.id, key=key)
    await records.write(EventKind.LEAVE, subject=pseudonym)
    return 1
