"""The witness: a small file outside the store that says how far the ledger of each school had come.

It is replaced after every transaction that adds entries, before anybody is told that they are kept. So it may be behind
the ledger, never ahead of it, and a ledger that is behind its witness has lost something.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from bot.evidence.rules.ledger import Head


def read_heads(file: Path) -> dict[str, Head] | None:
    """The heads by school; None if there is no witness. Raises OSError, ValueError or the like, or LedgerBroken."""
    try:
        heads = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return {school: Head.read(head) for school, head in heads.items()}


def write_heads(file: Path, heads: Mapping[str, Head]) -> None:
    """Replaces the witness in one step that also survives a power cut; raises OSError."""
    part = file.with_name(f"{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(json.dumps(heads_as_text(heads)))
        written.flush()
        os.fsync(written.fileno())
    part.replace(file)
    sync_folder(file.parent)


def heads_as_text(heads: Mapping[str, Head]) -> dict[str, str]:
    """Heads as they are written, by school."""
    return {school: str(head) for school, head in sorted(heads.items())}


def sync_folder(folder: Path) -> None:
    """Makes it durable which files a folder has; Windows does so by itself and cannot open a folder."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
