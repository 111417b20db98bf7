"""Works out what must go out, and keeps it as slots; what is due is computed, never remembered."""

from datetime import time, timedelta

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.first_cards import deliveries
from bot.campaigns.rules.standing import Standing
from bot.evidence.records import Records
from bot.outbox.rules.message import Message, MessageKind

SUMMARY_AT = time(8)
WEEK = timedelta(days=7)


async def plan_cards(records: Records) -> int:
    """Keeps a slot for every card that must go out and has none; says how many. Safe to repeat at any time."""
    register, school = await records.register(), await records.school()
    new = deliveries(register, school, await records.store.slots(MessageKind.AGREEMENT), records.now())
    return await records.store.keep_slots(*new) if new else 0


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
        Message(MessageKind.SUMMARY, subject, recipient, on)
        for campaign, subject, on in due
        for recipient in await _told(records, campaign)
    ]
    return await records.store.keep_slots(*slots) if slots else 0


async def _told(records: Records, campaign: Campaign) -> list[str]:
    heads = await records.heads()
    late = {one.person for one in await records.signatories(campaign) if one.standing is Standing.OVERDUE}
    told = [*heads, *(one for one in records.chairs() if late & set(heads) and one not in heads)]
    return list((await records.store.enrol(told)).values())
