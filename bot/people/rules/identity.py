"""What people are joined by: ids, e-mail addresses and accounts, each well formed and in one row only.

Every reader compares them by the functions here, so that no two readers decide differently about one row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.outside import email_address, identifier
from bot.people.rules.person import Person


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a line of the staff list, as the rest of a sentence that begins with the line."""

    line: int
    says: str


def rows_by_address(rows: Iterable[Person]) -> dict[str, Person]:
    """The row with each e-mail address. An address that two rows have says nothing, so it is left out."""
    owners: dict[str, list[Person]] = defaultdict(list)
    for row in rows:
        address = email_address(row.email)
        if address:
            owners[address].append(row)
    return {address: people[0] for address, people in owners.items() if len(people) == 1}


def account_id(text: object) -> str:
    """An account's id in the form in which accounts are compared; empty if it is not an id.

    >>> account_id("0E5C-A1"), account_id("\\u212a1"), account_id(None)
    ('0e5c-a1', '', '')
    """
    return (identifier(text) or "") if isinstance(text, str) else ""


def problems_of(people: Mapping[int, Person]) -> tuple[RowProblem, ...]:
    """What is wrong with the ids, addresses and accounts of a staff list, by line; `people` are keyed by their line.

    An address and an account may be empty, an id may not.
    """
    problems = [RowProblem(line, says) for line, person in people.items() for says in _malformed(person)]
    for field, form in _FORMS.items():
        values = {line: form(getattr(person, field)) for line, person in people.items()}
        problems += _repeated(_NAMES[field], values)
    return tuple(sorted(problems, key=lambda problem: problem.line))


_NAMES = {"id": "id", "email": "e-mail address", "account": "account"}
_FORMS: Mapping[str, Callable[[str], str | None]] = {
    "id": identifier,
    "email": email_address,
    "account": identifier,
}


def _malformed(person: Person) -> Iterable[str]:
    if identifier(person.id) is None:
        yield f"{person.id!a} is not an id; use letters, digits and signs such as - and _, without spaces"
    if person.email and email_address(person.email) is None:
        yield f"{person.email!a} is not an e-mail address; write it like a.teacher@example.sch.uk, or leave it empty"
    if person.account and identifier(person.account) is None:
        yield f"{person.account!a} is not the id of an account; leave it empty, or give its id"


def _repeated(name: str, values: Mapping[int, str | None]) -> Iterable[RowProblem]:
    """A problem for each line whose value an earlier line has too; lines without a value do not count."""
    lines: dict[str, list[int]] = defaultdict(list)
    for line, value in values.items():
        if value:
            lines[value].append(line)
    for value, (first, *others) in lines.items():
        yield from (RowProblem(line, f"the {name} {value!r} is in line {first} already") for line in others)
