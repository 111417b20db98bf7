"""Takes people's details away: on request, and when their time is over."""

from datetime import date, timedelta

from bot.errors import BadInput
from bot.evidence.records import Records
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person

SUMMED = timedelta(days=14)  # in which a summary is looked for, be it the one after a campaign's close


async def erase(records: Records, id: str, actor: Person) -> int:
    """Takes away everything that names somebody who is off the staff list; the number of the event that says so."""
    refuse_unless(actor, Permission.ERASE, records.today)
    if any(one.id == id for one in records.roster.people()):
        raise BadInput(f"Take the row {id!r} out of the staff list first; nothing was erased.")
    pseudonym = next((known.pseudonym for known in (await records.store.known()).values() if known.id == id), "")
    if not pseudonym:
        raise BadInput(f"Nothing is kept about {id!r}.")
    event = Event(EventKind.ERASE, records.now(), subject=pseudonym, actor=await records.pseudonym(actor))
    return (await records.store.erase(pseudonym, event)).number


async def remove_old(records: Records) -> int:
    """Takes away the details of everybody who left longer ago than the school keeps them; says how many."""
    register, known = await records.register(), await records.store.known()
    limit = _years_before(records.today, records.policy.retention.leavers_years)
    gone = [who for (campaign, who), on in register.left.items() if not campaign and on < limit and who in known]
    for pseudonym in gone:
        await records.store.erase(pseudonym, Event(EventKind.REMOVE, records.now(), subject=pseudonym))
    return len(gone)


async def clear_outbox(records: Records) -> int:
    """Forgets messages that came to their end longer ago than the school keeps them; says how many.

    Those that the plan of a running campaign is made from stay: without them it would send everything anew.
    """
    limit = records.today - timedelta(days=records.policy.retention.outbox_days)
    over = {DeliveryState.SENT, DeliveryState.DOUBT, DeliveryState.FAILED}
    running = {one.subject for one in (await records.register()).open_campaigns()}
    old = [
        one
        for one in await records.store.slots()
        if one.on < limit and one.state in over and not _is_planned_from(one, running, records.today)
    ]
    if not old:
        return 0
    removed = await records.store.drop_slots(*old)
    await records.write(EventKind.REMOVE, facts={"messages": removed})
    return removed


def _is_planned_from(slot: Message, running: set[str], today: date) -> bool:
    if slot.sort is MessageKind.SUMMARY:
        return slot.on > today - SUMMED
    return slot.subject in running or bool(running & set(slot.about))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
