"""Works out which cards must go out, and keeps them as slots; what is due is computed, never remembered."""

from datetime import time, timedelta

from bot.flows.records import Records, failed
from bot.rules.campaigns import USUAL_TIME, Campaign, audience
from bot.rules.dates import written
from bot.rules.ledger import Kind
from bot.rules.people import Role
from bot.rules.preview import Line
from bot.rules.register import Register
from bot.rules.slots import Slot, Sort, State
from bot.rules.standing import Signatory, Standing, signatories

WAITING = frozenset({Standing.PENDING, Standing.OVERDUE})
SUMMARY_AT = time(8)
WEEK = timedelta(days=7)


async def plan(records: Records) -> int:
    """Keeps a slot for every card that must go out and has none yet; says how many. Safe to repeat at any time."""
    register, school, slots = await records.register(), await records.school(), await records.store.slots()
    had = {(one.subject, one.recipient) for one in slots if one.sort is Sort.AGREEMENT}
    new = [
        Slot(Sort.AGREEMENT, campaign.subject, one.pseudonym, records.today)
        for campaign in register.open_campaigns()
        for one in signatories(campaign, register, school)
        if one.standing in WAITING and (campaign.subject, one.pseudonym) not in had
    ]
    return await records.store.keep_slots(*new) if new else 0


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
    due = max(campaign.due, records.today + USUAL_TIME)
    await records.write(
        Kind.JOIN,
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
            await records.write(Kind.JOIN, subject=pseudonym)
            noted += 1
    return noted


async def _left(records: Records, register: Register, pseudonym: str) -> int:
    """Once for the school, and once for each campaign they never completed."""
    for campaign in register.open_campaigns():
        if pseudonym in campaign.people and not register.receipt(campaign, pseudonym):
            key = f"leave/{campaign.subject}/{pseudonym}"
            await records.write(Kind.LEAVE, subject=pseudonym, campaign=campaign.id, key=key)
    await records.write(Kind.LEAVE, subject=pseudonym)
    return 1


async def preview(records: Records, campaign: Campaign) -> tuple[Line, ...]:
    """For everybody in a campaign: exactly what will go to them and when, or why nothing will."""
    return tuple(Line(one.name, *what) for one, what in await _next(records, campaign))


async def what_next(records: Records, campaign: Campaign) -> dict[str, str]:
    """The same by pseudonym, in words."""
    return {one.pseudonym: what for one, (_, what) in await _next(records, campaign)}


async def _next(records: Records, campaign: Campaign) -> list[tuple[Signatory, tuple[bool, str]]]:
    slots = await records.store.slots()
    last = {one.recipient: one for one in slots if one.sort is Sort.AGREEMENT and one.subject == campaign.subject}
    people = signatories(campaign, await records.register(), await records.school())
    return [(one, _what(one, last.get(one.pseudonym), failed(slots))) for one in people]


def _what(one: Signatory, slot: Slot | None, failed: set[str]) -> tuple[bool, str]:
    match one.standing:
        case Standing.ACKNOWLEDGED | Standing.PAPER:
            return False, "has acknowledged already"
        case Standing.LEFT:
            return False, "does not work here any more"
        case Standing.PAUSED:
            return False, "is paused"
        case Standing.UNREACHABLE:
            return False, "cannot be reached here" if one.pseudonym in failed else "has no account here, so on paper"
    if slot is None or (slot.state is State.DUE and slot.not_before is None):
        return True, f"the card, at once, to acknowledge by {written(one.due)}"
    if slot.state is State.DUE and slot.not_before:
        return True, f"the card again, on {written(slot.not_before.date())}"
    return False, f"has the card since {written(slot.on)}"


async def plan_summaries(records: Records) -> int:
    """Keeps a slot for the weekly summary of each open campaign, and one for a campaign that has closed.

    They go to the headteacher; where the head's own day has passed, the chair of governors gets them as well.
    """
    register = await records.register()
    monday = records.today - timedelta(days=records.today.weekday())
    is_time = records.now().time() >= SUMMARY_AT and records.calendar.is_school_day(records.today)
    due = [(one, one.id, monday) for one in register.open_campaigns() if is_time and one.opened < monday]
    closed = [one for one in register.campaigns.values() if one.closed and one.closed > monday - WEEK]
    due += [(one, f"{one.id}.closed", one.closed) for one in closed if one.closed]
    slots = [
        Slot(Sort.SUMMARY, subject, recipient, on)
        for campaign, subject, on in due
        for recipient in await _told(records, campaign)
    ]
    return await records.store.keep_slots(*slots) if slots else 0


async def _told(records: Records, campaign: Campaign) -> list[str]:
    heads = await records.heads()
    late = {one.person for one in await records.signatories(campaign) if one.standing is Standing.OVERDUE}
    chairs = [one for one in records.roster.people() if Role.CHAIR in one.roles and one.works_here(records.today)]
    told = [*heads, *(one for one in chairs if late & set(heads) and one not in heads)]
    return list((await records.store.enrol(told)).values())
