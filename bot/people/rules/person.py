"""Who works here, and who is speaking."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the school; a person may have several."""

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
    DEMO = "demo"  # picked from the demo staff list in local mode
    TERMINAL = "terminal"  # the person at the keyboard


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the staff list. `account` is the id of their account in the school's directory, `slack` in Slack.

    Either is empty if the list names none. `days` are weekdays from 0, Monday; `hours` are London time. A deputy with
    `delegate_until` acts for the headteacher up to and including that day.
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
    slack: str = ""

    def works_here(self, day: date) -> bool:
        """Whether that day is between their first and their last."""
        return (self.starts is None or self.starts <= day) and not self.has_left(day)

    def has_left(self, day: date) -> bool:
        """Whether their last day was before that day."""
        return self.ends is not None and self.ends < day

    def is_delegate(self, day: date) -> bool:
        """Whether they act for the headteacher on that day."""
        return Role.DEPUTY in self.roles and self.delegate_until is not None and day <= self.delegate_until


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody as last seen on the staff list, under a pseudonym; erasing a person deletes this."""

    pseudonym: str
    id: str
    name: str
    email: str
    account: str
    slack: str = ""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not on the staff list: a pupil, a guest, another school."""


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
