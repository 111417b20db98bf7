"""The witness of a replica: a small file outside the database that says how far each school's ledger had come.

Each transaction that adds entries adds a line with the heads of all schools, with one sync, before anybody is told.
Only the last whole line counts: a line that a power cut left half written was confirmed to nobody.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from bot.errors import LedgerBroken
from bot.evidence.rules.ledger import Head
from bot.stores.witness_file import heads_as_text, sync_folder

MAX_BYTES = 1_000_000  # then the file begins anew
BEHIND = (
    "The ledger in the database is not whole: it has confirmed {kept} entries, and now {what}. Nothing was changed. "
    "Restore the database to a later moment: docs/postgres.md."
)


def read_witness(file: Path) -> dict[str, Head] | None:
    """The heads by school; None if there is no witness. Raises OSError, ValueError or the like, or LedgerBroken."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    *whole, _ = text.split("\n")
    if not whole:
        raise ValueError("There is no whole line in the witness.")
    return {school: Head.read(head) for school, head in json.loads(whole[-1]).items()}


def refuse_if_behind(kept: Head, hash_there: str) -> None:
    """Raises LedgerBroken unless the entry of a kept head is in the database; its hash is empty if there is none."""
    if kept.number and hash_there != kept.hash:
        what = "another entry is in the place of the last" if hash_there else "the last of them are missing"
        raise LedgerBroken(BEHIND.format(kept=kept.number, what=what))


def add_to_witness(file: Path, heads: Mapping[str, Head]) -> None:
    """Adds a line with the heads, in one step that also survives a power cut; raises OSError if the file is gone."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(descriptor, _line(heads))
        os.fsync(descriptor)
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if size > MAX_BYTES:
        replace_witness(file, heads)


def replace_witness(file: Path, heads: Mapping[str, Head]) -> None:
    """Begins the witness anew with these heads, in one step; raises OSError."""
    part = file.with_name(f"{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, _line(heads))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(file)
    sync_folder(file.parent)


def add_school(file: Path, school: str, head: Head) -> dict[str, Head]:
    """Adds a school's head to a witness, or makes one; returns all of its heads. Raises as reading and writing do."""
    file.parent.mkdir(parents=True, exist_ok=True)
    heads = {**(read_witness(file) or {}), school: head}
    replace_witness(file, heads)
    return heads


def _line(heads: Mapping[str, Head]) -> bytes:
    return f"{json.dumps(heads_as_text(heads))}\n".encode()
