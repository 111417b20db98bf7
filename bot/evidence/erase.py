"""Erases people's details, on request and when their time is over, and forgets old messages."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import TypeAlias

from bot.errors import BadInput
from bot.evidence.context import Context
from bot.evidence.rules.ledger import Event, EventKind
from bot.evidence.rules.retention import Retention, years_before
from bot.outbox.rules.message import Message
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person

ERASED = (
    "Erased: Staffroom has no details of {id!r} any more. Entry {number} of the ledger says so, without a name. "
    "Older backups still have the details, and so has a copy that was made before an upgrade (a name with "
    "'.before-'). Delete them. A backup that is restored here is erased again."
)
GOES = (
    "What goes: name, e-mail address and account in every entry of the ledger about them, their row among the people "
    "known, the accounts and chats joined to them, and every message for or about them."
)
STAYS = (
    "What stays: what happened and when, under a random pseudonym that nothing leads back from; the ledger still "
    "verifies. Older backups, and a copy made before an upgrade, still have the details until you delete them."
)

Leavers: TypeAlias = Callable[[], Awaitable[Mapping[str, date]]]  # who has left the school and when, by pseudonym
IsNeeded: TypeAlias = Callable[[Message], Awaitable[bool]]  # whether a plan is made from a sent message


async def erase(context: Context, id: str, actor: Person) -> int:
    """Deletes everything that names somebody who is off the staff list; returns the number of that event."""
    refuse_unless(actor, Permission.ERASE, context.today)
    if any(person.id == id for person in context.roster.people()):
        raise BadInput(f"Take the row {id!r} out of the staff list first; nothing was erased.")
    pseudonym = await context.store.pseudonym_of(id)
    if not pseudonym:
        raise BadInput(f"Nothing is kept about {id!r}.")
    event = Event(EventKind.ERASE, context.now(), subject=pseudonym, actor=await context.pseudonym(actor))
    return (await context.store.erase(pseudonym, event)).number


async def remove_old_details(context: Context, retention: Retention, leavers: Leavers) -> int:
    """Deletes the details of everybody who left longer ago than the school keeps them; returns how many."""
    limit = years_before(context.today, retention.leavers_years)
    left = [pseudonym for pseudonym, day in (await leavers()).items() if day < limit]
    known = await context.store.known(left)
    for pseudonym in known:
        await context.store.erase(pseudonym, Event(EventKind.REMOVE, context.now(), subject=pseudonym))
    return len(known)


async def forget_old_messages(context: Context, retention: Retention, is_needed: IsNeeded) -> int:
    """Forgets messages that came to their end longer ago than the school keeps them; returns how many.

    Messages that a plan is made from stay: without them everything would be sent again.
    """
    limit = context.now() - timedelta(days=retention.outbox_days)
    old = [message for message in await context.store.old_messages(limit) if not await is_needed(message)]
    if not old:
        return 0
    head = await context.store.head()
    removed = await context.store.drop_messages(*old)
    await context.write(EventKind.REMOVE, f"messages/{limit.date()}/{head.number}", facts={"messages": removed})
    return removed
