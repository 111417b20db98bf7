"""Joins an account of a channel to somebody on the roster, once, on the channel's own word."""

from bot.errors import StoreError
from bot.people.rules.person import Caller, Member, Person, Stranger, who_is, whose_row
from bot.ports import Roster, Store


async def known(caller: Caller, school: str, roster: Roster, store: Store) -> Person | Stranger:
    """The person behind a caller, by the account in their row or the one pinned to it."""
    return who_is(caller, school, roster.people(), await store.pins())


async def join(caller: Caller, member: Member, school: str, roster: Roster, store: Store) -> bool:
    """Pins a caller's account to the row with their sign-in name; whether they are known now.

    Safe to repeat. Raises StoreError where the pin could not be kept.
    """
    person = whose_row(caller, member, school, roster.people(), await store.pins())
    if isinstance(person, Stranger):
        return False
    try:
        await store.pin(caller.account, person.id)
    except StoreError:
        pins = await store.pins()
        if caller.account not in pins and person.id not in pins.values():
            raise
        return pins.get(caller.account) == person.id  # another message, or another account, was a moment earlier
    return True
