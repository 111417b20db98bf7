"""Which person an account belongs to: by the staff list, or by a pin that joined the two for good."""

from collections.abc import Iterable, Mapping

from bot.outside import email_address
from bot.people.rules.identity import rows_by_address
from bot.people.rules.person import Caller, Member, Person, Stranger

# Channels whose accounts are not those of the school's directory: the account in a row of the staff list is none of
# theirs, and people are joined to them by pins alone.
OWN_ACCOUNTS = frozenset({"slack"})


def person_behind(caller: Caller, school: str, roster: Iterable[Person], pinned: str = "") -> Person | Stranger:
    """The person behind a caller: joined by school and account only, never by a displayed name.

    `pinned` is the id of the person the caller's account is pinned to. On a channel with the directory's accounts it
    counts only for people whose row on the staff list names none.
    """
    if caller.school != school or not caller.account:
        return Stranger()
    people = tuple(roster)
    named = (person for person in people if _row_account(person, caller.channel) == caller.account)
    joined = (person for person in people if person.id == pinned and not _row_account(person, caller.channel))
    return next(named, next(joined, Stranger()) if pinned else Stranger())


def person_to_pin(caller: Caller, member: Member, school: str, roster: Iterable[Person]) -> Person | Stranger:
    """The person an account may be pinned to: the one row whose e-mail address is the sign-in name.

    A guest, another tenant's account, a row that names an account of that channel, and an address that is in two rows
    pin nobody.
    Whether either is pinned already in this channel is the store's to say.
    """
    if caller.school != school or not member.sign_in:
        return Stranger()
    if member.is_guest or member.account != caller.account or member.tenant != caller.tenant:
        return Stranger()
    row = rows_by_address(roster).get(email_address(member.sign_in) or "")
    return Stranger() if row is None or _row_account(row, caller.channel) else row


def accounts_of(person: Person, pins: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of channel and account under which somebody can be reached.

    `pins` are their pinned accounts by channel. The account in their row is the school directory's own and counts on
    every channel that knows it, in place of pins there; its channel is empty here.

    >>> person = Person("t1", "A teacher", "", "0e5c", frozenset())
    >>> accounts_of(person, {"msteams": "9f1b", "slack": "U012AB3CD"})
    (('', '0e5c'), ('slack', 'U012AB3CD'))
    """
    if not person.account:
        return tuple(pins.items())
    own = tuple((channel, account) for channel, account in pins.items() if channel in OWN_ACCOUNTS)
    return (("", person.account), *own)


def counts_on(account_channel: str, channel: str) -> bool:
    """Whether an account of `accounts_of`, given by its channel, is one of a channel.

    >>> counts_on("", "msteams"), counts_on("", "slack"), counts_on("slack", "slack"), counts_on("slack", "web")
    (True, False, True, False)
    """
    return account_channel == channel or (not account_channel and channel not in OWN_ACCOUNTS)


def _row_account(person: Person, channel: str) -> str:
    """The account in somebody's row, if accounts of that channel are the directory's; else empty."""
    return "" if channel in OWN_ACCOUNTS else person.account


def personal_record(person: Person, *, is_pinned: bool, is_reachable: bool) -> str:
    """What is kept about somebody outside the ledger, in words for that person alone."""
    roles = ", ".join(sorted(role.value for role in person.roles)) or "no role"
    row = ", ".join(detail for detail in (person.name, person.email) if detail)
    lines = [
        f"The school's staff list says: {row} ({roles}).",
        "I keep that your Teams account belongs to this line of the list." if is_pinned else "",
        "I keep where our own chat is, so that I can write to you there." if is_reachable else "",
        "I do not keep what you ask me, nor who asked, unless you send it on. A question to the school is kept "
        "without your name, for 90 days. A question to the headteacher is kept with your name until it is answered or "
        "you withdraw it, for 90 days at most.",
    ]
    return "\n\n".join(line for line in lines if line)
