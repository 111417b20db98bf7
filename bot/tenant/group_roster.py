"""The staff list from the school's groups, as it was adopted last: a file in the data folder, one for each source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.people.ports import Roster
from bot.people.rules.person import Person, Role
from bot.roster.rules.directory import Account, Directory, DirectoryEntry, LeftOut, Source, people
from bot.tenant.kept_file import write_whole


@dataclass(frozen=True, slots=True)
class _Joined:
    """Everybody, and the rows and the directory they were joined from."""

    rows: tuple[Person, ...]
    directory: Directory
    people: tuple[Person, ...]


class GroupRoster:
    """Everybody in the groups, joined with the rows of the staff list; the list alone until a first sync.

    The file is written whole and put in place of the old one, so that a stop leaves one or the other.
    """

    def __init__(self, rows: Roster, file: Path, source: Source = Source.MICROSOFT) -> None:
        self._rows = rows
        self._file = file
        self._source = source
        self._directory = _read(file)
        self._joined: _Joined | None = None

    @property
    def directory(self) -> Directory:
        """What was adopted last."""
        return self._directory

    def rows(self) -> tuple[Person, ...]:
        """What the school's own staff list says."""
        return self._rows.people()

    def people(self) -> tuple[Person, ...]:
        """Everybody; the same tuple until the list or the directory changes."""
        rows = self._rows.people()
        if not self._directory.entries:
            return rows
        joined = self._joined
        if joined is None or joined.rows is not rows or joined.directory is not self._directory:
            joined = self._joined = _Joined(rows, self._directory, people(self._directory, rows, self._source))
        return joined.people

    def adopt(self, directory: Directory) -> None:
        """From now on the staff list is this one; raises StoreError if it could not be kept."""
        text = json.dumps(_to_json(directory), indent=1)  # in ASCII, so that every name can be written
        write_whole(self._file, text)
        self._directory = directory


def _read(file: Path) -> Directory:
    if not file.is_file():
        return Directory()
    try:
        tables = json.loads(file.read_text(encoding="utf-8"))
        entries = [_entry(row) for row in tables["people"]]
        left_out = tuple(LeftOut(str(row["name"]), str(row["why"])) for row in tables["left_out"])
    except Exception as error:  # whatever is wrong with it
        raise SettingsError(f"{file.name} is damaged: delete it, and read the groups again with a sync.") from error
    return Directory({entry.account.id: entry for entry in entries}, left_out)


def _entry(row: Mapping[str, Any]) -> DirectoryEntry:
    account = Account(row["account"], row["name"], row["email"], row["sign_in"])
    return DirectoryEntry(account, frozenset(Role(role) for role in row["roles"]), str(row["person"]))


def _to_json(directory: Directory) -> dict[str, Any]:
    return {
        "people": [
            {
                "person": entry.person,
                "account": entry.account.id,
                "name": entry.account.name,
                "email": entry.account.email,
                "sign_in": entry.account.sign_in,
                "roles": sorted(entry.roles),
            }
            for entry in directory.entries.values()
        ],
        "left_out": [{"name": left_out.name, "why": left_out.why} for left_out in directory.left_out],
    }
