"""The roster from a file: staff.csv with the columns id, name, email, account, roles, about."""

import csv
import re
from pathlib import Path

from bot.errors import SettingsError
from bot.rules.people import Person, Role

_ACCOUNT = re.compile(r"[A-Za-z0-9-]+")
COLUMNS = ("id", "name", "email", "account", "roles")


class FileRoster:
    """Who works here, read once; roles are separated by spaces."""

    def __init__(self, file: Path) -> None:
        self._people = _read(file)

    def people(self) -> tuple[Person, ...]:
        """Everybody in the file, in its order."""
        return self._people


def _read(file: Path) -> tuple[Person, ...]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as seen:
        raise SettingsError(f"{file.name} cannot be read: {seen}.") from seen
    if not rows:
        raise SettingsError(f"{file.name} names nobody.")
    people = tuple(_person(row, number, file) for number, row in enumerate(rows, 2))
    for field in ("id", "account"):
        seen_before: set[str] = set()
        for person in people:
            value = getattr(person, field)
            if value and value in seen_before:
                raise SettingsError(f"{file.name}: the {field} {value!r} stands twice.")
            seen_before.add(value)
    return people


def _person(row: dict[str, str], number: int, file: Path) -> Person:
    missing = [column for column in COLUMNS if row.get(column) is None]
    if missing:
        raise SettingsError(f"{file.name}, line {number}: the column {missing[0]!r} is missing.")
    if None in row:
        raise SettingsError(f"{file.name}, line {number}: there are more columns than in the first line.")
    row = {column: (value or "").strip() for column, value in row.items()}
    if row["account"] and not _ACCOUNT.fullmatch(row["account"]):
        raise SettingsError(
            f"{file.name}, line {number}: {row['account']!r} is no account; leave it empty, or give its id."
        )
    try:
        roles = frozenset(Role(role) for role in row["roles"].split())
    except ValueError as seen:
        raise SettingsError(f"{file.name}, line {number}: {seen}.") from seen
    if not row["id"]:
        raise SettingsError(f"{file.name}, line {number}: the id is missing.")
    return Person(row["id"], row["name"], row["email"], row["account"].lower(), roles, row.get("about") or "")
