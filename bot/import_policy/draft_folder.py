"""Drafts of documents in the school's folder, one file each: kept at every change, with an undo of the last one."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadInput, PolicyFileError, StaffroomError
from bot.import_policy.rules.clauses import Modality
from bot.import_policy.rules.names import slug
from bot.import_policy.rules.spans import Span
from bot.import_policy.rules.working_draft import PlacedClause, WorkingDraft
from bot.policies import write_file
from bot.toml_fields import read_text
from bot.undoable_file import digest_of

DRAFTS = "drafts"  # in the school's folder
FORM = 1  # of the file
MAX_DRAFTS = 20
A_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
NO_SUCH_DRAFT = "There is no such draft any more. Nothing was changed."
TOO_MANY = "There are 20 drafts already. Use or throw away one of them first. Nothing was changed."
MEANWHILE = "The draft changed meanwhile. Please look at it as it is now, and press again. Nothing was changed."
NOTHING_TO_UNDO = "There is no change to undo. Nothing was changed."
NOT_READABLE = "drafts/{name}.json is not as Staffroom wrote it. Put it right, or take it away."


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as its file has it. `seen` is the digest that a form carries, so that nothing is overwritten unseen."""

    name: str
    draft: WorkingDraft
    before: WorkingDraft | None
    seen: str

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return self.draft.title or "A policy without a title"


@dataclass(frozen=True, slots=True)
class DraftFolder:
    """The drafts of one school; `folder` need not be there yet."""

    folder: Path

    def names(self) -> list[str]:
        """The names of all drafts."""
        return sorted(file.stem for file in self.folder.glob("*.json") if A_NAME.fullmatch(file.stem))

    def add(self, draft: WorkingDraft) -> str:
        """Keeps a new draft beside the others; returns its name."""
        taken = self.names()
        if len(taken) >= MAX_DRAFTS:
            raise BadInput(TOO_MANY)
        base = slug(draft.title.split(": ")[0], "policy")
        name = next(name for name in (base, *(f"{base}-{n}" for n in range(2, MAX_DRAFTS + 3))) if name not in taken)
        write_file(self._file(name), _as_json(draft, None))
        return name

    def read(self, name: str) -> KeptDraft:
        """A draft; raises BadInput if there is none of this name, and PolicyFileError if its file was spoilt."""
        file = self._file(name)
        if not file.is_file():
            raise BadInput(NO_SUCH_DRAFT)
        text = read_text(file)
        try:
            entry = json.loads(text)
            source = _text(entry["source"])
            before = _draft(entry["before"], source) if entry["before"] else None
            return KeptDraft(name, _draft(entry["now"], source), before, digest_of(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PolicyFileError(NOT_READABLE.format(name=name)) from error

    def as_seen(self, name: str, seen: str) -> KeptDraft:
        """The draft, if it is as somebody saw it; raises BadInput."""
        kept = self.read(name)
        if kept.seen != seen:
            raise BadInput(MEANWHILE)
        return kept

    def change(self, kept: KeptDraft, draft: WorkingDraft) -> None:
        """Puts a draft in the place of one; the old one can be had back."""
        write_file(self._file(kept.name), _as_json(draft, kept.draft))

    def undo(self, kept: KeptDraft) -> None:
        """Takes the last change back; raises BadInput if there is none."""
        if kept.before is None:
            raise BadInput(NOTHING_TO_UNDO)
        write_file(self._file(kept.name), _as_json(kept.before, None))

    def remove(self, name: str) -> None:
        """Takes a draft away."""
        try:
            self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise StaffroomError(f"The draft could not be taken away: {error.strerror}.") from error

    def _file(self, name: str) -> Path:
        if not A_NAME.fullmatch(name):
            raise BadInput(NO_SUCH_DRAFT)
        return self.folder / f"{name}.json"


def _as_json(draft: WorkingDraft, before: WorkingDraft | None) -> str:
    """A draft with the one before it; the source, which never changes, is there once."""
    now, earlier = _entry(draft), _entry(before) if before else None
    entry = {"form": FORM, "now": now, "before": earlier, "source": draft.source}
    return json.dumps(entry, ensure_ascii=False, indent=1) + "\n"


def _entry(draft: WorkingDraft) -> dict[str, Any]:
    clauses = [
        {
            "ref": clause.ref,
            "heading": clause.heading,
            "modality": clause.modality.value,
            "binds": list(clause.binds),
            "head": list(clause.head),
            "is_left_out": clause.is_left_out,
            "places": [[span.begin, span.end] for span in clause.spans],
        }
        for clause in draft.clauses
    ]
    return {"id": draft.id, "facts": dict(draft.facts), "clauses": clauses}


def _draft(entry: Mapping[str, Any], source: str) -> WorkingDraft:
    """Raises ValueError, KeyError or TypeError for what is no draft of this source."""
    clauses = tuple(_clause(clause) for clause in entry["clauses"])
    last = 0
    for span in (span for clause in clauses for span in clause.spans):
        if not last <= span.begin < span.end <= len(source):
            raise ValueError("The places are not one after the other.")
        last = span.end
    facts = {str(name): _fact(value) for name, value in entry["facts"].items()}
    return WorkingDraft(source, _text(entry["id"]), facts, clauses)


def _clause(entry: Mapping[str, Any]) -> PlacedClause:
    spans = tuple(Span(int(begin), int(end)) for begin, end in entry["places"])
    if not spans:
        raise ValueError("A clause needs a place.")
    return PlacedClause(
        spans=spans,
        ref=_text(entry["ref"]),
        heading=_text(entry["heading"]),
        modality=Modality(entry["modality"]),
        binds=tuple(map(_text, entry["binds"])),
        head=tuple(map(_text, entry["head"])),
        is_left_out=entry["is_left_out"] is True,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("A text is expected.")
    return value


def _fact(value: object) -> str | list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else _text(value)
