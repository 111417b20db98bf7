"""The roster from a file: staff.csv with the columns id, name, email, account, roles, about."""

import csv
import logging
import re
from pathlib import Path

from bot.errors import SettingsError
from bot.rules.people import Person, Role

LOG = logging.getLogger("staffroom.roster")
_ACCOUNT = re.compile(r"[A-Za-z0-9-]+")
COLUMNS = ("id", "name", "email", "account", "roles")


class FileRoster:
    """Who works here. Roles are separated by spaces.

    The file is read again when it has changed. One with a mistake changes nothing: the last good one stays in force.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _stamp(file)
        self._people = _read(file)

    def people(self) -> tuple[Person, ...]:
        """Everybody in the file, in its order."""
        stamp = _stamp(self._file)
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._people = _read(self._file)
                LOG.info("staff_list_read people=%d", len(self._people))
            except SettingsError:
                LOG.warning("staff_list_refused")  # its sentence, which `doctor` tells, may hold an account
        return self._people


def _stamp(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except OSError:
        return (0, 0)
    return (about.st_mtime_ns, about.st_size)


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
