"""A file of the school's folder that the pages change: nothing is overwritten unseen, one change can go back."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadInput
from bot.policies import write_file
from bot.toml_fields import read_text

NOTHING_TO_UNDO = "There is no change to undo, or the file was changed since. Nothing was changed."


@dataclass(frozen=True, slots=True)
class UndoableFile:
    """`file` is a TOML file; `kept` holds the text before the last change. `meanwhile` is what a late press is told."""

    file: Path
    kept: Path
    meanwhile: str

    def text(self) -> str:
        """The file as it is now; raises PolicyFileError."""
        return read_text(self.file)

    def as_seen(self, seen: str) -> str:
        """The file as it is now; raises BadInput unless it still has this digest."""
        text = self.text()
        if digest_of(text) != seen:
            raise BadInput(self.meanwhile)
        return text

    def earlier(self, after: str) -> str:
        """The text before the last change; raises BadInput if that did not end in `after`, or nothing was kept."""
        kept = self._kept()
        if kept is None or kept["after"] != digest_of(after):
            raise BadInput(NOTHING_TO_UNDO)
        return kept["text"]

    def can_undo(self) -> bool:
        """Whether the last change was made here, and nobody changed the file since."""
        kept = self._kept()
        return kept is not None and kept["after"] == digest_of(self.text())

    def write(self, before: str, after: str, *, is_undo: bool = False) -> None:
        """Puts the new text in place of the old one, unless somebody changed the file meanwhile; keeps the old one."""
        self.as_seen(digest_of(before))
        if is_undo:
            self.forget_earlier()
        else:
            write_file(self.kept, json.dumps({"after": digest_of(after), "text": before}))
        write_file(self.file, after)

    def forget_earlier(self) -> None:
        """Takes away what an undo would bring back."""
        self.kept.unlink(missing_ok=True)

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
