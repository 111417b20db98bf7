"""What a new staff list changes, and whether it must wait until somebody confirms it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.outside import email_address, identifier
from bot.people.rules.identity import rows_by_address
from bot.people.rules.person import Person
from bot.roster.rules.directory import TRUSTED, RoleChange, is_many, trusted_sentence

MAX_LINES = 40


@dataclass(frozen=True, slots=True)
class ListChange:
    """From the accepted list to a new one, in which people keep the ids they had.

    `doubts` are sentences that say why it must wait for confirmation, if it must; `problem` why it can never be taken.
    """

    before: tuple[Person, ...]
    after: tuple[Person, ...]
    role_changes: tuple[RoleChange, ...]
    leaving: tuple[Person, ...]
    doubts: tuple[str, ...]
    problem: str = ""

    @property
    def lines(self) -> list[str]:
        """Whose roles would change, and who would come and go, by name; the first 40 if there are more."""
        known = {person.id for person in self.before}
        lines = [line for change in self.role_changes for line in change.lines]
        lines += [f"New: {person.name or person.id}" for person in self.after if person.id not in known]
        lines += [f"Gone: {person.name or person.id}" for person in self.leaving]
        more = [f"and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
        return [*lines[:MAX_LINES], *more]

    @property
    def digest(self) -> str:
        """Different for every different list, and for every different reason to wait."""
        parts = [_written(person) for person in (*self.before, *self.after)]
        return hashlib.sha256("\n".join([*parts, *self.doubts]).encode("utf-8", "replace")).hexdigest()[:16]


def _written(person: Person) -> str:
    fields = (person.id, person.name, person.email, person.account, sorted(person.roles), sorted(person.days))
    written = repr((*fields, person.hours, person.starts, person.ends, person.delegate_until))
    return f"{written} {person.slack}" if person.slack else written


def list_change(before: tuple[Person, ...], listed: tuple[Person, ...]) -> ListChange:
    """What a list changes. The first list of all has nothing to be compared with and is never in doubt."""
    if not before:
        return ListChange((), listed, (), (), ())
    try:
        after = keep_ids(before, listed)
    except ValueError as error:
        return ListChange(before, before, (), (), (), str(error))
    known = {person.id: person for person in before}
    now = {person.id: person for person in after}
    changes = tuple(change for person in after if (change := _role_change(known.get(person.id), person)))
    leaving = tuple(p for p in before if p.id not in now or _leaves_sooner(p, now[p.id]))
    return ListChange(before, after, changes, leaving, _doubts(known, after, changes, leaving))


def keep_ids(before: Iterable[Person], listed: Sequence[Person]) -> tuple[Person, ...]:
    """The people of a new list with the ids they were first known by: what was acknowledged hangs on them.

    Somebody is known by their account, their e-mail address or their account in Slack, else by their id. Raises
    ValueError if the list gives an id to one person while another, known by one of these, has it.
    """
    known = tuple(before)
    accounts = {person.account: person for person in known if person.account}
    addresses, in_slack = rows_by_address(known), {person.slack: person for person in known if person.slack}
    by_address = [
        accounts.get(person.account) or addresses.get(_address(person)) or in_slack.get(person.slack)
        for person in listed
    ]
    taken = {_key(match.id) for match in by_address if match}
    ids = {_key(person.id): person.id for person in known}
    kept = []
    for person, match in zip(listed, by_address, strict=True):
        if not match and _key(person.id) in taken:
            raise ValueError(f"the id {person.id!r} is the id of somebody else in the list that was accepted last")
        kept.append(replace(person, id=match.id if match else ids.get(_key(person.id), person.id)))
    if len({_key(person.id) for person in kept}) < len(kept):
        raise ValueError("two people of the list would be one and the same person of the list that was accepted last")
    return tuple(kept)


def _address(person: Person) -> str:
    """The address as addresses are compared. What an old list kept that is none is compared as it is written."""
    return email_address(person.email) or person.email


def _key(id: str) -> str:
    return identifier(id) or id


def _role_change(had: Person | None, person: Person) -> RoleChange | None:
    """Roles somebody gains or loses; all leading roles of somebody who is new, or whom another account would speak for.

    A leading role for longer than before is a gain too.
    """
    roles = had.roles if had else frozenset()
    gains = person.roles - roles if had else person.roles & TRUSTED
    if had and (_is_elsewhere(had, person) or _leads_longer(had, person)):
        gains |= person.roles & TRUSTED
    loses = roles - person.roles
    return RoleChange(person.account or person.id, person.name, gains, loses) if gains or loses else None


def _is_elsewhere(had: Person, person: Person) -> bool:
    return (had.account, had.slack, _address(had)) != (person.account, person.slack, _address(person))


def _leads_longer(had: Person, person: Person) -> bool:
    is_later = (person.ends or date.max) > (had.ends or date.max)
    is_earlier = (person.starts or date.min) < (had.starts or date.min)
    return is_later or is_earlier or (person.delegate_until or date.min) > (had.delegate_until or date.min)


def _leaves_sooner(had: Person, person: Person) -> bool:
    is_sooner = (person.ends or date.max) < (had.ends or date.max)
    return is_sooner or (person.starts or date.min) > (had.starts or date.min)


def _doubts(
    known: Mapping[str, Person], after: Sequence[Person], changes: Sequence[RoleChange], leaving: Sequence[Person]
) -> tuple[str, ...]:
    roles_of_known = [person for person in after if person.id in known and person.roles != known[person.id].roles]
    touched = {person.id for person in (*leaving, *roles_of_known)}
    sentences = []
    if is_many(len(touched), len(known)):
        sentences.append(f"{len(touched)} people would go or change their roles at once.")
    sentences += trusted_sentence(changes)
    others = [person for person in after if person.id in known and _is_somebody_else(known[person.id], person)]
    if others:
        sentences.append(f"{len(others)} would have the id of somebody with another name and another e-mail address.")
    return tuple(sentences)


def _is_somebody_else(had: Person, person: Person) -> bool:
    is_renamed = had.name.casefold() != person.name.casefold()
    return is_renamed and _address(had) != _address(person) and bool(had.email and person.email)
