"""What people are joined by: ids, e-mail addresses and accounts, each well formed and in one row only.

Every reader compares them by the functions here, so that no two readers decide differently about one row.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.outside import email_address, identifier
from bot.people.rules.person import Person

_ACCOUNT = re.compile(r"[A-Za-z0-9-]+")
_SLACK_ACCOUNT = re.compile(r"[UW][A-Z0-9]{1,30}", re.ASCII)


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


def checked_id(text: str) -> str:
    """The id as it is written; raises ValueError with the rest of a sentence that begins with the line."""
    if identifier(text) is None:
        raise ValueError(f"{text!a} is not an id; write it with letters, digits and signs only, without spaces")
    return text


def checked_address(text: str) -> str:
    """The e-mail address in the form in which addresses are compared, empty if there is none; else ValueError."""
    address = email_address(text) if text else ""
    if address is None:
        raise ValueError(f"{text!a} is not an e-mail address")
    return address


def checked_account(text: str) -> str:
    """The account's id in the form in which accounts are compared, empty if there is none; else ValueError."""
    if text and not _ACCOUNT.fullmatch(text):
        raise ValueError(f"{text!a} is not the id of an account; leave it empty, or give its id")
    return account_id(text)


def is_slack_account(text: object) -> bool:
    """Whether it is the id of somebody in Slack: U or W, then capitals and digits, never small letters.

    >>> is_slack_account("U012AB3CD"), is_slack_account("u012ab3cd"), is_slack_account(None)
    (True, False, False)
    """
    return isinstance(text, str) and _SLACK_ACCOUNT.fullmatch(text) is not None


def checked_slack_account(text: str) -> str:
    """The id of an account in Slack as Slack writes it, empty if there is none; else ValueError."""
    if text and not is_slack_account(text):
        raise ValueError(f"{text!a} is not a member ID of Slack; leave it empty, or copy it, such as U012AB3CD")
    return text


def repeated(people: Mapping[int, Person]) -> tuple[RowProblem, ...]:
    """One problem for each line whose id, e-mail address or account an earlier line has; `people` by their line."""
    problems, lines = [], dict[tuple[str, str], int]()
    for line, person in people.items():
        values = [value for value in _values(person) if value[1]]
        name, text = next((value for value in values if value in lines), ("", ""))
        if name:
            says = f"the {name} {text!r} is there twice, first in line {lines[name, text]}"
            problems.append(RowProblem(line, says))
        for value in values:
            lines.setdefault(value, line)
    return tuple(problems)


def _values(person: Person) -> tuple[tuple[str, str], ...]:
    """What nobody else may have, by its name and in the form in which it is compared."""
    return (
        ("id", identifier(person.id) or person.id),
        ("e-mail address", email_address(person.email) or ""),
        ("account", account_id(person.account)),
        ("account in Slack", person.slack),
    )
