"""Which person an account belongs to: by the staff list, or by a pin that joined the two."""

from collections.abc import Collection, Iterable, Mapping

from bot.outside import email_address
from bot.people.rules.identity import rows_by_address
from bot.people.rules.person import Caller, Member, Person, Stranger

SLACK = "slack"
# Channels whose accounts are not those of the school's directory: the directory's account in a row of the staff list is
# none of theirs.
OWN_ACCOUNTS = frozenset({SLACK})
CHANNEL_NAMES = {"msteams": "Teams", SLACK: "Slack", "web": "the web chat"}


def person_behind(caller: Caller, school: str, roster: Iterable[Person], pinned: str = "") -> Person | Stranger:
    """The person behind a caller: joined by school and account only, never by a displayed name.

    `pinned` is the id of the person the caller's account is pinned to. It counts only for people whose row on the staff
    list names no account for that channel.
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


def is_still_theirs(caller: Caller, member: Member, school: str, roster: Iterable[Person], pinned: str) -> bool:
    """Whether a pinned account may stay with the person (an id) it was pinned to: it would be pinned to them today."""
    person = person_to_pin(caller, member, school, roster)
    return isinstance(person, Person) and person.id == pinned


def accounts_of(person: Person, pins: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of channel and account under which somebody can be reached.

    `pins` are their pinned accounts by channel. An account in their row counts in place of a pin. The row's account in
    the school's directory counts on every channel that knows it; its channel is empty here.

    >>> person = Person("t1", "A teacher", "", "0e5c", frozenset())
    >>> accounts_of(person, {"msteams": "9f1b", "slack": "U012AB3CD"})
    (('', '0e5c'), ('slack', 'U012AB3CD'))
    """
    named = tuple(pair for pair in (("", person.account), (SLACK, person.slack)) if pair[1])
    pinned = tuple((channel, account) for channel, account in pins.items() if not _row_account(person, channel))
    return (*named, *pinned)


def counts_on(account_channel: str, channel: str) -> bool:
    """Whether an account of `accounts_of`, given by its channel, is one of a channel.

    >>> counts_on("", "msteams"), counts_on("", "slack"), counts_on("slack", "slack"), counts_on("slack", "web")
    (True, False, True, False)
    """
    return account_channel == channel or (not account_channel and channel not in OWN_ACCOUNTS)


def _row_account(person: Person, channel: str) -> str:
    """The account in somebody's row that is one of a channel; empty if the row names none."""
    return person.slack if channel == SLACK else person.account


def personal_record(person: Person, *, pinned: Collection[str] = (), chats: Collection[str] = ()) -> str:
    """What is kept about somebody outside the ledger, in words for that person alone.

    `pinned` are the channels in which an account is pinned to them, `chats` those in which their own chat is known.
    """
    roles = ", ".join(sorted(role.value for role in person.roles)) or "no role"
    row = ", ".join(detail for detail in (person.name, person.email) if detail)
    named = [name for name, account in (("Teams", person.account), ("Slack", person.slack)) if account]
    lines = [
        f"The school's staff list says: {row} ({roles}).",
        f"It names your {_account(named)} as well." if named else "",
        _about_pins(_names(pinned)),
        _about_chats(_names(chats)),
        "I do not keep what you ask me, nor who asked, unless you send it on. A question to the school is kept "
        "without your name, for 90 days. A question to the headteacher is kept with your name until it is answered or "
        "you withdraw it, for 90 days at most.",
    ]
    return "\n\n".join(line for line in lines if line)


def _names(channels: Collection[str]) -> list[str]:
    """What people call these channels, each once, in the order of the alphabet, Slack before Teams."""
    return sorted({CHANNEL_NAMES.get(channel, channel) for channel in channels})


def _account(names: list[str]) -> str:
    return f"{' account and your '.join(names)} account"


def _about_pins(names: list[str]) -> str:
    if len(names) > 1:
        return f"I keep that your {_account(names)} belong to this line of the list."
    return f"I keep that your {_account(names)} belongs to this line of the list." if names else ""


def _about_chats(names: list[str]) -> str:
    if len(names) > 1:
        return f"I keep where our own chats are, in {' and in '.join(names)}, so that I can write to you there."
    return "I keep where our own chat is, so that I can write to you there." if names else ""
