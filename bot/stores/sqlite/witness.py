"""The witness: a small file beside the store that says how far its ledger had come.

It is replaced after every transaction that adds entries, before anybody is told that they are kept. So it may be behind
the ledger, never ahead of it, and a ledger that is behind its witness has lost something.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import LedgerBroken, StoreError, StoreUnsafe
from bot.evidence.rules.ledger import Head
from bot.stores.sqlite.documents import DAMAGED
from bot.stores.sqlite.failures import store_error
from bot.stores.witness_file import read_heads, write_heads

HEADS = "SELECT id, body FROM document WHERE tab = ?"
ENTRY = HEADS + " AND id = ?"
RESTORE = "Put the missing files back, or restore the last backup: python -m bot restore BACKUP."
BEHIND = (
    "{store} is not whole: it has confirmed {kept} entries of the ledger, and now {what}. Nothing was changed. "
    + RESTORE
)
GONE = "{store} is gone or empty, but files that belong to it are still there. Nothing was changed. " + RESTORE
BEHIND_COPY = (
    "{store} is older than the witness in {folder} (STAFFROOM_WITNESS_COPY) says: that has seen {kept} entries of the "
    "ledger. Nothing was changed. " + RESTORE + " The restore renews that witness too."
)
COPY_NOT_WRITTEN = (
    "The second witness in {folder} (STAFFROOM_WITNESS_COPY) could not be written ({why}), so nothing is confirmed. "
    "Make its folder writable, or take the setting away, and start Staffroom again."
)
COPY_UNREADABLE = (
    "The second witness {file} (STAFFROOM_WITNESS_COPY) cannot be read, so nobody can tell whether the store is older "
    "than it. Nothing was changed. Ask who changed it; if you delete it, a new one begins with what the store has now."
)
NO_COPY_FOLDER = "There is no folder {folder} for the second witness (STAFFROOM_WITNESS_COPY). Make it, or mount it."
UNREADABLE = (
    "{witness} is missing or cannot be read. It says how many entries the ledger had, so nobody can tell whether some "
    "are lost. Nothing was changed. "
    + RESTORE
    + " If there is no backup, `python -m bot restore {store}` takes the store as it is, and the ledger says so."
)

EMPTIED = (
    "{witness} was emptied, or that of a new store was put there. It said how many entries the ledger had, so nobody "
    "can tell whether some are lost. Nothing was changed. "
    + RESTORE
    + " If there is no backup, `python -m bot restore {store}` takes the store as it is, and the ledger says so."
)
NO_WITNESS = "{witness} could not be written ({why}), so nothing is confirmed. Make room, and start Staffroom again."
COPY_BEGUN = "witness_copy"  # the row that says at which entries the copy on another volume began
WITNESSED = "witnessed"  # the row in which each transaction says how far the witness had come before it


@dataclass(frozen=True, slots=True)
class Witness:
    """The witness of a store: the head of each school's ledger.

    `copy_folder` is outside the store's folder, best on another volume: an older store that is put back together with
    its older witness is noticed there. The copy is written after the witness, so it lags and never leads.
    """

    store: Path
    copy_folder: Path | None = None

    @property
    def file(self) -> Path:
        """Where it is."""
        return self.store.with_name(f"{self.store.name}.witness")

    @property
    def unreadable(self) -> LedgerBroken:
        """What is said if it is missing or cannot be read."""
        return LedgerBroken(UNREADABLE.format(witness=self.file.name, store=self.store))

    def read(self) -> dict[str, Head] | None:
        """The heads by school; None if there is no witness. Raises LedgerBroken if it cannot be read."""
        try:
            return read_heads(self.file)
        except (OSError, ValueError, AttributeError, RecursionError, LedgerBroken) as error:
            raise self.unreadable from error

    @property
    def _copy(self) -> "Witness | None":
        return Witness(self.copy_folder / self.store.name) if self.copy_folder else None

    def refuse_if_behind_copy(self, db: sqlite3.Connection) -> None:
        """Raises StoreError if the copy has seen entries that a store lacks, or others, or has no folder."""
        if self._copy is None or self.copy_folder is None:
            return
        self.refuse_without_copy_folder()
        for school, head in (self.read_copy() or {}).items():
            if hash_of_entry(db, school, head.number) != head.hash:
                raise LedgerBroken(BEHIND_COPY.format(store=self.store.name, folder=self.copy_folder, kept=head.number))

    def refuse_without_copy_folder(self) -> None:
        """Raises StoreError if there is to be a copy and its folder is not there."""
        if self.copy_folder and not self.copy_folder.is_dir():
            raise StoreError(NO_COPY_FOLDER.format(folder=self.copy_folder))

    def read_copy(self) -> dict[str, Head] | None:
        """The heads of the copy; None if it is not there. Raises LedgerBroken with a sentence about the copy."""
        if self._copy is None:
            return None
        try:
            return self._copy.read()
        except LedgerBroken as error:
            raise LedgerBroken(COPY_UNREADABLE.format(file=self._copy.file)) from error

    @property
    def copy_is_missing(self) -> bool:
        """Whether there is to be a copy and there is none: the next one shows nothing about the time before."""
        return self._copy is not None and self.read_copy() is None

    def write(self, heads: Mapping[str, Head]) -> None:
        """Replaces it, then its copy, each in one step that also survives a power cut; raises StoreUnsafe."""
        try:
            write_heads(self.file, heads)
        except OSError as error:
            raise StoreUnsafe(NO_WITNESS.format(witness=self.file.name, why=error.strerror)) from error
        try:
            if self._copy:
                write_heads(self._copy.file, heads)
        except OSError as error:
            raise StoreUnsafe(COPY_NOT_WRITTEN.format(folder=self.copy_folder, why=error.strerror)) from error

    def refuse_if_behind(self, db: sqlite3.Connection, kept: Mapping[str, Head]) -> None:
        """Raises LedgerBroken if a store lacks an entry that it had, or has another in its place."""
        for school, head in kept.items():
            there = hash_of_entry(db, school, head.number)
            if there != head.hash:
                what = "another entry is in the place of the last" if there else "the last of them are missing"
                raise LedgerBroken(BEHIND.format(store=self.store.name, kept=head.number, what=what))

    def refuse_if_emptied(self, db: sqlite3.Connection, kept: Mapping[str, Head]) -> None:
        """Raises LedgerBroken if it knows nothing of a ledger of which it had known: it could hide any loss.

        Each transaction of the store says how far the witness had come before it.
        """
        for _, body in _bodies(db, HEADS, [WITNESSED]):
            if any(Head.read(head).number and not kept.get(school, Head()).number for school, head in _pairs(body)):
                raise LedgerBroken(EMPTIED.format(witness=self.file.name, store=self.store))


@dataclass(frozen=True, slots=True)
class WitnessCopy:
    """How the second witness stands: how far it and the ledger have come, and at which entry it began.

    `entries` is None if it is not there. `began_at` is 0 if it has been there since the ledger's first entry.
    """

    entries: int | None
    in_store: int
    began_at: int


def witness_copy_of(store: Path, folder: Path, school: str) -> WitnessCopy:
    """How the second witness of a store stands, also beside a running bot; raises StoreError."""
    witness = Witness(store, folder)
    witness.refuse_without_copy_folder()
    heads = witness.read_copy()  # before the store: a witness never leads
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = [body for _, body in _bodies(db, HEADS, [COPY_BEGUN])]
            in_store = heads_in(db).get(school, Head()).number
    except sqlite3.Error as error:
        raise store_error(store.name, "cannot be opened", error) from error
    began = [Head.read(head).number for body in rows for name, head in _pairs(body) if name == school]
    entries = None if heads is None else heads.get(school, Head()).number
    return WitnessCopy(entries, in_store, max(began, default=0))


def hash_of_entry(db: sqlite3.Connection, school: str, number: int) -> str:
    """The hash of an entry in a store of any form; empty if there is none."""
    if not number:
        return Head().hash
    bodies = _bodies(db, ENTRY, ["ledger", f"{school}/{number:08d}"])
    return str(_part(bodies[0][1], "hash")) if bodies else ""


def heads_in(db: sqlite3.Connection) -> dict[str, Head]:
    """The heads of all ledgers in a store of any form, by school."""
    bodies = _bodies(db, HEADS, ["head"])
    return {key.rpartition("/")[0]: Head(_part(body, "number"), _part(body, "hash")) for key, body in bodies}


def _bodies(db: sqlite3.Connection, sql: str, values: list[str]) -> list[tuple[str, str]]:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'document'").fetchone():
        return []
    return db.execute(sql, values).fetchall()


def _pairs(body: str) -> list[tuple[str, str]]:
    try:
        return list(json.loads(body).items())
    except (AttributeError, ValueError) as error:
        raise StoreError(DAMAGED) from error


def _part(body: str, name: str) -> Any:
    try:
        return json.loads(body)[name]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(DAMAGED) from error
