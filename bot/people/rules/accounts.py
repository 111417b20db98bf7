"""Which person an account belongs to: by the staff list, or by a pin that joined the two for good."""

from collections.abc import Iterable, Mapping

from bot.outside import email_address
from bot.people.rules.identity import rows_by_address
from bot.people.rules.person import Caller, Member, Person, Stranger


def person_behind(caller: Caller, school: str, roster: Iterable[Person], pinned: str = "") -> Person | Stranger:
    """The person behind a caller: joined by school and account only, never by a displayed name.

    `pinned` is the id of the person the caller's account is pinned to; it counts only for people whose row on the staff
    list names no account.
    """
    if caller.school != school or not caller.account:
        return Stranger()
    people = tuple(roster)
    named = (person for person in people if person.account == caller.account)
    joined = (person for person in people if pinned and person.id == pinned and not person.account)
    return next(named, next(joined, Stranger()))


def person_to_pin(caller: Caller, member: Member, school: str, roster: Iterable[Person]) -> Person | Stranger:
    """The person an account may be pinned to: the one row whose e-mail address is the sign-in name.

    A guest, another tenant's account, a row that names an account, and an address that is in two rows pin nobody.
    Whether either is pinned already in this channel is the store's to say.
    """
    if caller.school != school or not member.sign_in:
        return Stranger()
    if member.is_guest or member.account != caller.account or member.tenant != caller.tenant:
        return Stranger()
    row = rows_by_address(roster).get(email_address(member.sign_in) or "")
    return Stranger() if row is None or row.account else row


def accounts_of(person: Person, pins: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of channel and account under which somebody can be reached.

    `pins` are their pinned accounts by channel. The account in their row is the school directory's own and counts on
    every channel that knows it; its channel is empty here.
    """
    if person.account:
        return (("", person.account),)
    return tuple(pins.items())


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
