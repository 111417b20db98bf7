"""Links an account of a channel to somebody on the staff list, once, on the channel's own word."""

from bot.errors import AccountTaken
from bot.people.ports import Accounts, Roster
from bot.people.rules.accounts import is_still_theirs, person_behind, person_to_pin
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
    except AccountTaken:  # by another message or another account a moment earlier, or by somebody else before
        return await accounts.person_of(caller.channel, caller.account) == person.id
    return True


async def recheck_account(caller: Caller, member: Member, school: str, roster: Roster, accounts: Accounts) -> bool:
    """Takes back a pin whose account has another address by now, or may be nobody's; returns whether it did.

    `member` is what the channel says of the account now. Safe to repeat. Raises StoreError.
    """
    pinned = await accounts.person_of(caller.channel, caller.account)
    if not pinned or is_still_theirs(caller, member, school, roster.people(), pinned):
        return False
    await accounts.unpin(caller.channel, caller.account)
    return True
