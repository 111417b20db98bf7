"""Who works here, and who is speaking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the school; a person may be several."""

    STAFF = "staff"
    VOLUNTEER = "volunteer"
    GOVERNOR = "governor"
    HEAD = "head"
    DEPUTY = "deputy"
    CHAIR = "chair"
    OFFICE = "office"
    SAFEGUARDING = "safeguarding"
    IT = "it"


class Proof(StrEnum):
    """How a channel knows who is speaking."""

    TOKEN = "token"  # noqa: S105 - a validated token of the channel's own, not a secret
    DEMO = "demo"  # picked from the demo roster in local mode
    TERMINAL = "terminal"  # whoever sits at the keyboard


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster. `account` is the id the channel proves, empty where the person has none.

    `days` are weekdays from 0, Monday; `hours` are London time. A deputy with `delegate_until` stands in for the
    headteacher up to and including that day.
    """

    id: str
    name: str
    email: str
    account: str
    roles: frozenset[Role]
    about: str = ""
    days: frozenset[int] = frozenset(range(5))
    hours: tuple[time, time] | None = None
    starts: date | None = None
    ends: date | None = None
    delegate_until: date | None = None

    def works_here(self, day: date) -> bool:
        """Whether that day lies between their first and their last."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def has_left(self, day: date) -> bool:
        """Whether their last day lies before that one."""
        return self.ends is not None and self.ends < day

    def is_delegate(self, day: date) -> bool:
        """Whether they stand in for the headteacher on that day."""
        return Role.DEPUTY in self.roles and self.delegate_until is not None and day <= self.delegate_until


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not on the roster: a pupil, a guest, another school."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who spoke, as a channel proved it."""

    school: str
    channel: str
    tenant: str
    account: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Member:
    """What a channel itself says about an account: its sign-in name, its tenant, and whether it is a guest."""

    account: str
    tenant: str
    sign_in: str
    is_guest: bool


def who_is(
    caller: Caller, school: str, roster: Iterable[Person], pins: Mapping[str, str] | None = None
) -> Person | Stranger:
    """The person behind a caller: joined by school and account only, never by a displayed name.

    `pins` joins accounts to the ids of people whose row on the roster names no account.
    """
    if caller.school != school or not caller.account:
        return Stranger()
    rows = tuple(roster)
    pinned = (pins or {}).get(caller.account, "")
    named = (one for one in rows if one.account == caller.account)
    joined = (one for one in rows if pinned and one.id == pinned and not one.account)
    return next(named, next(joined, Stranger()))


def whose_row(
    caller: Caller, member: Member, school: str, roster: Iterable[Person], pins: Mapping[str, str]
) -> Person | Stranger:
    """The person whose row an account may be pinned to: once, by a sign-in name that is the row's e-mail address.

    A guest, another tenant's account, a row that names an account or has one pinned already, and an address that
    stands in two rows join nobody.
    """
    if caller.school != school or not member.sign_in:
        return Stranger()
    if member.is_guest or member.account != caller.account or member.tenant != caller.tenant:
        return Stranger()
    rows = [one for one in roster if one.email and one.email.casefold() == member.sign_in.casefold()]
    if len(rows) != 1 or rows[0].account or rows[0].id in pins.values() or caller.account in pins:
        return Stranger()
    return rows[0]


def record(person: Person, *, is_pinned: bool, is_reachable: bool) -> str:
    """What is kept about somebody, in words for that person alone."""
    roles = ", ".join(sorted(role.value for role in person.roles)) or "no role"
    lines = [
        f"The school's staff list says: {', '.join(said for said in (person.name, person.email) if said)} ({roles}).",
        "I keep that your Teams account belongs to this line of the list." if is_pinned else "",
        "I keep where our own chat is, so that I can write to you there." if is_reachable else "",
        "I do not keep what you ask me, nor who asked. A question is kept only when you send it to the school, "
        "without your name, for 90 days.",
    ]
    return "\n\n".join(line for line in lines if line)
