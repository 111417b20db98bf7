"""The roster from the school's groups, as it was taken over last: directory.json in the data folder."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import SettingsError, StoreError
from bot.people.rules.directory import Account, Directory, DirectoryEntry, LeftOut, people
from bot.people.rules.person import Person, Role
from bot.ports import Roster


class GroupRoster:
    """Everybody of the groups, joined with the rows of the staff list; the list alone until a first sync.

    The file is written whole and put in the place of the old one, so that a stop leaves one or the other.
    """

    def __init__(self, rows: Roster, file: Path) -> None:
        self._rows = rows
        self._file = file
        self._held = _read(file)
        self._made: tuple[tuple[Person, ...], Directory, tuple[Person, ...]] | None = None

    @property
    def held(self) -> Directory:
        """What was taken over last."""
        return self._held

    def rows(self) -> tuple[Person, ...]:
        """What the school's own staff list says."""
        return self._rows.people()

    def people(self) -> tuple[Person, ...]:
        """Everybody."""
        rows = self._rows.people()
        if not self._held.entries:
            return rows
        if self._made is None or self._made[0] is not rows or self._made[1] is not self._held:
            self._made = (rows, self._held, people(self._held, rows))
        return self._made[2]

    def take_over(self, directory: Directory) -> None:
        """From now on the roster is this one; raises StoreError where it could not be kept."""
        text = json.dumps(_to_json(directory), ensure_ascii=False, indent=1)
        new = self._file.with_suffix(".new")
        try:
            new.touch(mode=0o600)
            with new.open("w", encoding="utf-8") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(opened.fileno())
            new.replace(self._file)
        except OSError as seen:
            raise StoreError(f"The staff list could not be kept: {seen.strerror}.") from seen
        self._held = directory


def _read(file: Path) -> Directory:
    if not file.is_file():
        return Directory()
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
        entries = [_entry(one) for one in made["people"]]
        left_out = tuple(LeftOut(str(one["name"]), str(one["why"])) for one in made["left_out"])
    except (OSError, ValueError, KeyError, TypeError) as seen:
        raise SettingsError(f"{file.name} is damaged: delete it, and read the groups again with a sync.") from seen
    return Directory({one.account.id: one for one in entries}, left_out)


def _entry(one: Mapping[str, Any]) -> DirectoryEntry:
    account = Account(one["account"], one["name"], one["email"], one["sign_in"])
    return DirectoryEntry(account, frozenset(Role(role) for role in one["roles"]), str(one["person"]))


def _to_json(directory: Directory) -> dict[str, Any]:
    return {
        "people": [
            {
                "person": one.person,
                "account": one.account.id,
                "name": one.account.name,
                "email": one.account.email,
                "sign_in": one.account.sign_in,
                "roles": sorted(one.roles),
            }
            for one in directory.entries.values()
        ],
        "left_out": [{"name": one.name, "why": one.why} for one in directory.left_out],
    }
