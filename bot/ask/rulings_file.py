"""A school's rulings.toml as the pages change it: comments kept, all or nothing, with an undo of the last change."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask.rules.ruling_sections import without_parts, without_section
from bot.ask.rules.verdicts import Verdict
from bot.errors import BadInput, PolicyFileError
from bot.toml_changes import Fields, with_fields
from bot.undoable_file import UndoableFile

APPROVAL = ("approved_by", "approved_on", "digest")
REMARK, PROPOSED, DOUBTFUL, TO_WRITE = "remark", "proposed", "doubtful", "to_write"
# What goes once a person stands by an answer.
CONFIRMED_FIELDS: Fields = {PROPOSED: None, DOUBTFUL: None, REMARK: None, TO_WRITE: None}
MEANWHILE = "The file changed meanwhile. Please look at the answer as it is now, and press again. Nothing was changed."
NOT_SAFE = (
    "rulings.toml is written in a way that I cannot change safely. Please change it by hand. Nothing was changed."
)
NO_SUCH_RULING = "There is no such answer any more. Nothing was changed."

Checked = Callable[[Mapping[str, Any]], None]  # raises a StaffroomError if these tables cannot be the school's rulings


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it was and as it will be, and the situations whose sections differ. Nothing is written yet."""

    before: str
    after: str
    situations: tuple[str, ...]
    is_undo: bool = False

    @property
    def tables(self) -> dict[str, Any]:
        """What the file will say."""
        return tomllib.loads(self.after)


@dataclass(frozen=True, slots=True)
class RulingsFile:
    """`file` is rulings.toml; `kept` holds the text before the last change, for the undo."""

    file: Path
    kept: Path

    @property
    def _undoable(self) -> UndoableFile:
        return UndoableFile(self.file, self.kept, MEANWHILE)

    def text(self) -> str:
        """The file as it is now; raises PolicyFileError."""
        return self._undoable.text()

    def edited(self, seen: str, situation: str, fields: Fields) -> Edit:
        """The answer with these fields in place of the same ones; a None takes a field away. `seen` is a digest.

        A situation without a section gets one at the end. The approval in the file goes, whatever was changed.
        """
        before = self._as_seen(seen)
        return _edit(before, _with_fields(before, situation, {**dict.fromkeys(APPROVAL), **fields}), situation)

    def edited_alike(self, seen: str, situations: Sequence[str], fields: Fields) -> Edit:
        """The same as `edited`, with the same fields for several answers."""
        return self.edited_each(seen, dict.fromkeys(situations, fields))

    def edited_each(self, seen: str, changes: Mapping[str, Fields]) -> Edit:
        """The same as `edited`, for several answers with fields of their own."""
        before = self._as_seen(seen)
        sections: dict[str, Fields] = {id: {**dict.fromkeys(APPROVAL), **fields} for id, fields in changes.items()}
        return _edit(before, _with_sections(before, sections), *sections)

    def emptied(self, seen: str, situation: str, fields: Fields) -> Edit:
        """The answer with these fields and no others."""
        before = self._as_seen(seen)
        nothing = dict.fromkeys(tomllib.loads(before).get(situation, {}))
        simple = without_parts(before, situation)
        return _edit(before, _with_fields(simple, situation, {**nothing, **fields}), situation)

    def without(self, seen: str, situation: str) -> Edit:
        """The file without the answer."""
        before = self._as_seen(seen)
        if situation not in tomllib.loads(before):
            raise BadInput(NO_SUCH_RULING)
        return _edit(before, without_section(before, situation), situation)

    def refitted(self, unapproved: Sequence[str], to_confirm: Sequence[str], not_ruled: Sequence[str]) -> Edit:
        """The file once clauses changed: without these approvals, these only proposed, and these decided no more.

        An answer that is decided no more is a proposal without words of its own: what it said rested on what is gone.
        """
        before = self.text()
        tables, text = tomllib.loads(before), before
        for situation in not_ruled:
            text = without_parts(text, situation)
        nothing = {situation: dict.fromkeys(tables.get(situation, {})) for situation in not_ruled}
        fields: dict[str, Fields] = {situation: dict.fromkeys(APPROVAL) for situation in unapproved}
        fields |= {situation: {**dict.fromkeys(APPROVAL), PROPOSED: True} for situation in to_confirm}
        fields |= {id: {**nothing[id], "verdict": Verdict.NOT_COVERED.value, PROPOSED: True} for id in not_ruled}
        return _edit(before, _with_sections(text, fields), *fields)

    def restored(self, earlier: str, situations: Sequence[str]) -> Edit:
        """The file as it was, without the approvals of these answers and of all that differ from what is there now."""
        after = self.text()
        differing = {*situations, *_differing(tomllib.loads(earlier), tomllib.loads(after))}
        there = {id: dict.fromkeys(APPROVAL) for id in sorted(differing) if id in tomllib.loads(earlier)}
        return Edit(after, _with_sections(earlier, there), tuple(sorted(differing)), is_undo=True)

    def undone(self, seen: str) -> Edit:
        """The file as it was before the last change, without the approval of what was changed; raises BadInput."""
        after = self._as_seen(seen)
        text = earlier = self._undoable.earlier(after)
        situations = _differing(tomllib.loads(earlier), tomllib.loads(after))
        for situation in situations:
            if situation in tomllib.loads(text):  # a change never gives an approval back
                text = _with_fields(text, situation, dict.fromkeys(APPROVAL))
        return Edit(after, text, situations, is_undo=True)

    def can_undo(self) -> bool:
        """Whether the last change was made here, and nobody changed the file since."""
        return self._undoable.can_undo()

    def write(self, edit: Edit) -> None:
        """Puts the new text in place of the old one, unless somebody changed the file meanwhile; keeps the old one."""
        self._undoable.write(edit.before, edit.after, is_undo=edit.is_undo)

    def forget_earlier(self) -> None:
        """Takes away what an undo would bring back: it cites clauses as they were."""
        self._undoable.forget_earlier()

    def _as_seen(self, seen: str) -> str:
        return self._undoable.as_seen(seen)


def _with_fields(text: str, situation: str, fields: Fields) -> str:
    return _with_sections(text, {situation: fields})


def _with_sections(text: str, sections: Mapping[str, Fields]) -> str:
    """The text with these fields in each of these sections; raises PolicyFileError."""
    return with_fields(text, sections, NOT_SAFE)


def _edit(before: str, after: str, *situations: str) -> Edit:
    """The edit, once it is sure that nothing but these sections changed; raises PolicyFileError otherwise."""
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFileError(NOT_SAFE) from error
    if set(_differing(old, new)) - set(situations):
        raise PolicyFileError(NOT_SAFE)
    return Edit(before, after, situations)


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(id for id in {*old, *new} if old.get(id) != new.get(id)))
