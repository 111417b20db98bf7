"""Who will read something, named in one sentence before it is sent."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.people.rules.person import Person, Role

ACTING = "the deputy who acts for the headteacher"
ROLES = {Role.HEAD: "the headteacher", Role.CHAIR: "the chair of governors", Role.OFFICE: "the school office"}


def named_readers(readers: Iterable[Person], today: date) -> str:
    """Everybody by name and role, in one sentence."""
    return listed([_named(reader, today) for reader in readers])


def _named(person: Person, today: date) -> str:
    role = ACTING if person.is_delegate(today) else next((ROLES[role] for role in ROLES if role in person.roles), "")
    return person.name if not role or person.name.casefold() == role else f"{person.name} ({role})"


def listed(names: Sequence[str]) -> str:
    """Names in one sentence.

    >>> listed(["Ann", "Ben", "Cem"]), listed(["Ann"]), listed([])
    ('Ann, Ben and Cem', 'Ann', '')
    """
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last
