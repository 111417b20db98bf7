"""Links an account of a channel to somebody on the staff list, once, on the channel's own word."""

from bot.errors import StoreError
from bot.people.ports import Accounts, Roster
from bot.people.rules.accounts import person_behind, person_to_pin
from bot.people.rules.person import Caller, Member, Person, Stranger


async def identify(caller: Caller, school: str, roster: Roster, accounts: Accounts) -> Person | Stranger:
    """The person behind a caller, by the account in their row or the one pinned to it."""
    pinned = await accounts.person_of(caller.channel, caller.account) if caller.account else ""
    return person_behind(caller, school, roster.people(), pinned)


async def link_account(caller: Caller, member: Member, school: str, roster: Roster, accounts: Accounts) -> bool:
    """Pins a caller's account to the row with their sign-in name; returns whether they are known now.

    Safe to repeat. Raises StoreError if the pin could not be kept.
    """
    person = person_to_pin(caller, member, school, roster.people())
    if isinstance(person, Stranger):
        return False
    try:
        await accounts.pin(caller.channel, caller.account, person.id)
    except StoreError:
        pinned = await accounts.person_of(caller.channel, caller.account)
        if not pinned and caller.channel not in (await accounts.pins_of([person.id])).get(person.id, {}):
            raise
        return pinned == person.id  # another message, or another account, was a moment earlier
    return True
