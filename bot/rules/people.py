"""Who works here, and who is speaking."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    """Somebody on the roster. `account` is the id the channel proves, empty where the person has none."""

    id: str
    name: str
    email: str
    account: str
    roles: frozenset[Role]
    about: str = ""


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


def who_is(caller: Caller, school: str, roster: Iterable[Person]) -> Person | Stranger:
    """The person behind a caller: joined by school and account only, never by a displayed name."""
    if caller.school != school or not caller.account:
        return Stranger()
    return next((person for person in roster if person.account == caller.account), Stranger())
