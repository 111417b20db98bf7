"""A school's rulings.toml as the pages change it: comments kept, all or nothing, with an undo of the last change."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from bot.ask.rules.ruling_sections import without_parts, without_section
from bot.ask.rules.verdicts import Verdict
from bot.errors import BadInput, PolicyFileError
from bot.policies import write_file
from bot.toml_fields import read_text

APPROVAL = ("approved_by", "approved_on", "digest")
REMARK, PROPOSED = "remark", "proposed"
MEANWHILE = "The file changed meanwhile. Please look at the answer as it is now, and press again. Nothing was changed."
NOT_SAFE = (
    "rulings.toml is written in a way that I cannot change safely. Please change it by hand. Nothing was changed."
)
NOTHING_TO_UNDO = "There is no change to undo, or the file was changed since. Nothing was changed."
NO_SUCH_RULING = "There is no such answer any more. Nothing was changed."

Fields = Mapping[str, Any]
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

    def text(self) -> str:
        """The file as it is now; raises PolicyFileError."""
        return read_text(self.file)

    def edited(self, seen: str, situation: str, fields: Fields) -> Edit:
        """The answer with these fields in place of the same ones; a None takes a field away. `seen` is a digest.

        A situation without a section gets one at the end. The approval in the file goes, whatever was changed.
        """
        before = self._as_seen(seen)
        return _edit(before, _with_fields(before, situation, {**dict.fromkeys(APPROVAL), **fields}), situation)

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
        after, earlier = self._as_seen(seen), self._kept()
        if earlier is None or earlier["after"] != digest_of(after):
            raise BadInput(NOTHING_TO_UNDO)
        situations = _differing(tomllib.loads(earlier["text"]), tomllib.loads(after))
        text = earlier["text"]
        for situation in situations:
            if situation in tomllib.loads(text):  # a change never gives an approval back
                text = _with_fields(text, situation, dict.fromkeys(APPROVAL))
        return Edit(after, text, situations, is_undo=True)

    def can_undo(self) -> bool:
        """Whether the last change was made here, and nobody changed the file since."""
        earlier = self._kept()
        return earlier is not None and earlier["after"] == digest_of(self.text())

    def write(self, edit: Edit) -> None:
        """Puts the new text in place of the old one, unless somebody changed the file meanwhile; keeps the old one."""
        self._as_seen(digest_of(edit.before))
        if edit.is_undo:
            self.kept.unlink(missing_ok=True)
        else:
            write_file(self.kept, json.dumps({"after": digest_of(edit.after), "text": edit.before}))
        write_file(self.file, edit.after)

    def forget_earlier(self) -> None:
        """Takes away what an undo would bring back: it cites clauses as they were."""
        self.kept.unlink(missing_ok=True)

    def _as_seen(self, seen: str) -> str:
        text = self.text()
        if digest_of(text) != seen:
            raise BadInput(MEANWHILE)
        return text

    def _kept(self) -> dict[str, str] | None:
        """What was kept; None if nothing was, or if it is broken."""
        try:
            kept = json.loads(self.kept.read_text(encoding="utf-8"))
            tomllib.loads(kept["text"])
            return {"after": str(kept["after"]), "text": str(kept["text"])}
        except (OSError, ValueError, TypeError, KeyError):
            return None


def digest_of(text: str) -> str:
    """The digest of a file's text: what a form carries, so that nothing is overwritten unseen."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _with_fields(text: str, situation: str, fields: Fields) -> str:
    return _with_sections(text, {situation: fields})


def _with_sections(text: str, sections: Mapping[str, Fields]) -> str:
    """The text with these fields in each of these sections; raises PolicyFileError."""
    try:
        document = tomlkit.parse(text)
        for situation, fields in sections.items():
            _set_fields(document, situation, fields)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise PolicyFileError(NOT_SAFE) from error


def _set_fields(document: TOMLDocument, situation: str, fields: Fields) -> None:
    if situation not in document:
        if document.body:
            document.add(tomlkit.nl())
        document.add(situation, tomlkit.table())
    table = document[situation]
    if not isinstance(table, Table):
        raise PolicyFileError(NOT_SAFE)
    for field, value in fields.items():
        if value is not None:
            table[field] = _item(value)
        elif field in table:
            del table[field]


def _item(value: Any) -> Any:
    """A list of several texts has one to a line."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tomlkit.item(list(value)).multiline(len(value) > 1)
    return value


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
