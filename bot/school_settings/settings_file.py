"""A school's school.toml as the page Settings changes it: comments kept, all or nothing, with an undo."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from bot.errors import PolicyFileError
from bot.toml_changes import with_fields
from bot.undoable_file import UndoableFile

MEANWHILE = (
    "Somebody else changed the settings meanwhile. Nothing was overwritten. What you typed is still here; look at what "
    "the settings say now, then save again."
)
NOT_SAFE = "school.toml is written in a way that I cannot change safely. Please change it by hand. Nothing was changed."


@dataclass(frozen=True, slots=True)
class SettingsEdit:
    """The file as it was and as it will be, and the sections that differ. Nothing is written yet."""

    before: str
    after: str
    sections: tuple[str, ...]
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """Makes edits of a school.toml, and writes them."""

    held: UndoableFile

    def text(self) -> str:
        """The file as it is now; raises PolicyFileError."""
        return self.held.text()

    def edited(self, seen: str, section: str, values: Mapping[str, Any]) -> SettingsEdit:
        """The file with these values in a section, and nothing else changed. `seen` is a digest.

        Raises BadInput if somebody changed the file meanwhile, PolicyFileError if it cannot be changed safely.
        """
        before = self.held.as_seen(seen)
        after = with_fields(before, {section: values}, NOT_SAFE) if values else before
        expected = deepcopy(tomllib.loads(before))
        expected.setdefault(section, {}).update(values)
        if values and tomllib.loads(after) != expected:
            raise PolicyFileError(NOT_SAFE)
        return SettingsEdit(before, after, _differing(before, after))

    def undone(self, seen: str) -> SettingsEdit:
        """The file as it was before the last change; raises BadInput."""
        after = self.held.as_seen(seen)
        earlier = self.held.earlier(after)
        return SettingsEdit(after, earlier, _differing(after, earlier), is_undo=True)

    def can_undo(self) -> bool:
        """Whether the last change was made here, and nobody changed the file since."""
        return self.held.can_undo()

    def write(self, edit: SettingsEdit) -> None:
        """Puts the new text in place of the old one; raises BadInput if somebody changed the file meanwhile."""
        self.held.write(edit.before, edit.after, is_undo=edit.is_undo)


def _differing(old: str, new: str) -> tuple[str, ...]:
    before, after = tomllib.loads(old), tomllib.loads(new)
    return tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))
