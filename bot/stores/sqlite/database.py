"""The file of a store: one connection writes, in units of all or nothing; another reads only what is durable."""

import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import LedgerBroken, StoreError, StoreUnsafe
from bot.evidence.rules.ledger import Head
from bot.stores.rows import body_of
from bot.stores.sqlite.checks import check_whole
from bot.stores.sqlite.copies import connect
from bot.stores.sqlite.documents import check_row, delete_rows, insert_bodies, put_bodies
from bot.stores.sqlite.migrations import (
    FORM,
    MESSAGE_CONDITIONS,
    MESSAGE_VALUES,
    bring_up_to_date,
    checked_form,
    has_documents,
    refuse_older,
)
from bot.stores.sqlite.open_files import OpenFiles
from bot.stores.sqlite.witness import COPY_BEGUN, GONE, WITNESSED, Witness, heads_in
from bot.stores.witness_file import heads_as_text

LOG = logging.getLogger("staffroom.store")
T = TypeVar("T")
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
ALWAYS_CHECKED_BYTES = 32_000_000  # a file up to this size is checked whole at every start, in under half a second
NO_STORE = (
    "There is no store at {store}. For a new school, make one: python -m bot store new. If there was one, it is gone; "
    "restore the last backup: python -m bot restore BACKUP."
)
ANOTHER_WRITER = (
    "Another Staffroom has opened {store} to write. From now on this one saves nothing: stop both, and start one."
)
NOT_YET = "There is no store at {store} yet. The demo makes one when it is started."
THERE_ALREADY = "{what} is there already and is never replaced; nothing was changed. Restore the last backup."
TOKEN_BYTES = 8
CANNOT_READ = "The store could not be read; please try again."
_SELECT = "SELECT id, body, sum FROM document"
_RANGE = "tab = ? AND id > ? AND id < ?"


class Reader:
    """Reads documents on one connection, from any thread. Every row is checked when it is read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.turn = threading.Lock()

    def body(self, tab: str, key: str) -> str | None:
        """One document as it is written; None if there is none."""
        rows = self.select(f"{_SELECT} WHERE tab = ? AND id = ?", tab, key)
        return check_row(tab, *rows[0]) if rows else None

    def bodies(self, tab: str, after: str, before: str, containing: str = "") -> list[tuple[str, str]]:
        """Pairs of key and document, by key, for the keys between two; only those that hold a text, if one is given."""
        condition = " AND instr(body, ?) > 0" if containing else ""
        values = [containing] if containing else []
        rows = self.select(f"{_SELECT} WHERE {_RANGE}{condition} ORDER BY id", tab, after, before, *values)
        return [(key, check_row(tab, key, body, sum)) for key, body, sum in rows]

    def messages_in(self, index: str, after: str, before: str) -> list[tuple[str, str]]:
        """The messages that an index holds, whatever their value there, by key."""
        return self._messages(index, f"{MESSAGE_CONDITIONS[index]}", [], after, before)

    def messages_by(self, index: str, operator: str, value: str, after: str, before: str) -> list[tuple[str, str]]:
        """The messages whose value in an index is (=) or is below (<) the given one, by key."""
        return self._messages(index, f"{MESSAGE_VALUES[index]} {operator} ?", [value], after, before)

    def _messages(
        self, index: str, condition: str, values: Sequence[str], after: str, before: str
    ) -> list[tuple[str, str]]:
        chosen = f"INDEXED BY {index} WHERE tab = 'message' AND {condition} AND id > ? AND id < ? ORDER BY id"
        rows = self.select(f"{_SELECT} {chosen}", *values, after, before)
        return [(key, check_row("message", key, body, sum)) for key, body, sum in rows]

    def select(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """The rows of a query; raises sqlite3.Error."""
        with self.turn:
            return self._connection.execute(sql, values).fetchall()


class DurableReader(Reader):
    """A reader for everybody who is not writing; what SQLite cannot read is said in our own words."""

    def select(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """The rows of a query; raises StoreError."""
        try:
            return super().select(sql, *values)
        except sqlite3.Error as error:
            raise StoreError(CANNOT_READ) from error


class Database:
    """The opened file. `durable` sees what was committed, `current` what the unit being written sees.

    `copy_before_migration` is where the store was copied to before it was brought to today's form, if it was.
    """

    def __init__(self, path: Path, *, writes: bool, creates: bool, witness_copy: Path | None = None) -> None:
        was_stopped_cleanly = not path.with_name(f"{path.name}-wal").exists()  # SQLite removes it at the last close
        self._path = path
        self._witness = Witness(path, witness_copy)
        kept = self._witness.read()  # before the store, which may be written to meanwhile: a witness never leads
        self._token: str | None = None  # of somebody who only reads
        self._refuse_or_touch(kept, creates=writes and creates, sentence=NOT_YET if creates else NO_STORE)
        self._connection = connect(path, "rwc" if writes else "ro")
        self.copy_before_migration: Path | None = None
        try:
            if writes:
                for pragma in PRAGMAS:
                    self._connection.execute(f"PRAGMA {pragma}")
            self._refuse_if_behind(kept, creates=creates, writes=writes)
            self._copy_begins = writes and self._witness.copy_is_missing
            if writes:
                self.copy_before_migration = bring_up_to_date(
                    self._connection, path, before_commit=lambda db: self._witness.write(heads_in(db))
                )
            else:
                refuse_older(self._connection)
            if path.stat().st_size <= ALWAYS_CHECKED_BYTES or (writes and not was_stopped_cleanly):
                check_whole(self._connection)
            if writes:
                self._claim()
            self._reading = connect(path, "ro") if writes else self._connection
        except BaseException:
            self._connection.close()
            raise
        self.current = Reader(self._connection)
        self.durable = DurableReader(self._reading)

    def _refuse_or_touch(self, kept: Mapping[str, Head] | None, *, creates: bool, sentence: str) -> None:
        """Makes an empty file for a new store; raises StoreError if the store is missing and must not be made."""
        path, log = self._path, self._path.with_name(f"{self._path.name}-wal")
        if path.is_file() and path.stat().st_size:
            return
        # SQLite would throw away the log of an empty file, and with it what could still be put back.
        if kept or (log.is_file() and log.stat().st_size):
            raise LedgerBroken(GONE.format(store=path.name))
        if not creates:
            raise StoreError(sentence.format(store=path))
        path.touch(mode=0o600)  # for this account's eyes only; SQLite gives its side files the same mode

    def _refuse_if_behind(self, kept: Mapping[str, Head] | None, *, creates: bool, writes: bool) -> None:
        """Raises StoreError for a store that has lost entries, has no witness, or was never made."""
        form = checked_form(self._connection)
        if kept is None and form == FORM:  # older forms had none: they get theirs when they are brought up to date
            raise self._witness.unreadable
        self._witness.refuse_if_behind(self._connection, kept or {})
        if writes:  # who only reads sees the witness at another moment than the store
            self._witness.refuse_if_emptied(self._connection, kept or {})
            self._witness.refuse_if_behind_copy(self._connection)
        if not creates and not has_documents(self._connection):
            raise StoreError(NO_STORE.format(store=self._path))

    def _claim(self) -> None:
        """Says in the store that this process writes from now on: any other that did so notices."""
        self._heads = heads_in(self._connection)
        self._witness.write(self._heads)  # it may have been behind after a kill
        self._token = body_of({"token": secrets.token_hex(TOKEN_BYTES)})
        self._connection.execute("BEGIN IMMEDIATE")
        self.put("writer", [("writer", self._token)])
        if self._copy_begins:  # what it cannot show is said by `doctor`: it knows nothing of the entries until now
            LOG.warning("witness_copy_begins entries=%d", sum(head.number for head in self._heads.values()))
            self.put(COPY_BEGUN, [(COPY_BEGUN, body_of(heads_as_text(self._heads)))])
        self._connection.execute("COMMIT")
        self._files = OpenFiles(self._path)  # now there is a log for certain

    def put(self, tab: str, bodies: Iterable[tuple[str, str]]) -> None:
        """Inside a unit: writes documents, given as pairs of key and body, in place of those that are there."""
        put_bodies(self._connection, tab, bodies)

    def insert(self, tab: str, bodies: Sequence[tuple[str, str]]) -> None:
        """Inside a unit: writes documents that are new; raises LedgerBroken if one is there already."""
        try:
            insert_bodies(self._connection, tab, bodies)
        except sqlite3.IntegrityError as error:
            what = f"Entry {int(bodies[0][0].rpartition('/')[2])}" if tab == "ledger" else "A key of the ledger"
            raise LedgerBroken(THERE_ALREADY.format(what=what)) from error

    def delete(self, tab: str, keys: Iterable[str]) -> None:
        """Inside a unit: deletes documents by key."""
        delete_rows(self._connection, tab, keys)

    def begin(self) -> None:
        """Begins a transaction of units; raises StoreUnsafe if another process has written since."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._refuse_another_writer()

    def _refuse_another_writer(self) -> None:
        if self._token is not None and self.current.body("writer", "writer") != self._token:
            raise StoreUnsafe(ANOTHER_WRITER.format(store=self._path.name))

    def refuse_unless_ours(self) -> None:
        """Raises StoreUnsafe if the files were deleted or replaced, or if another process has written."""
        self._files.refuse_if_replaced()
        self._refuse_another_writer()

    def run(self, unit: Callable[[], T]) -> T:
        """Does one unit of the transaction; if it fails, only its own changes are undone."""
        self._connection.execute("SAVEPOINT unit")
        try:
            outcome = unit()
        except BaseException:
            if self.is_under_way:  # SQLite itself ends the whole transaction when a disk is full
                self._connection.execute("ROLLBACK TO unit")
                self._connection.execute("RELEASE unit")
            raise
        self._connection.execute("RELEASE unit")
        return outcome

    @property
    def is_under_way(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def commit(self, heads: Mapping[str, Head]) -> None:
        """Makes the transaction durable; only then `durable` sees it. `heads` are those that ledgers got, by school.

        Raises StoreUnsafe if it cannot be promised that what was written is there at the next start.
        """
        self._files.refuse_if_replaced()
        if heads:
            self.put(WITNESSED, [(WITNESSED, body_of(heads_as_text(self._heads)))])
        self._connection.execute("COMMIT")
        self._files.refuse_if_replaced()  # the log may have gone while it was being written
        if heads:
            self._heads = {**self._heads, **heads}
            self._witness.write(self._heads)

    def roll_back(self) -> None:
        """Undoes the whole transaction; raises sqlite3.Error if even that fails."""
        if self.is_under_way:
            self._connection.execute("ROLLBACK")

    def check_whole(self) -> None:
        """Reads every page and every row on a connection of its own; raises StoreError if one is damaged."""
        try:
            db = connect(self._path, "ro")
            try:
                check_whole(db)
            finally:
                db.close()
        except sqlite3.Error as error:
            raise StoreError(CANNOT_READ) from error

    def empty_log(self) -> None:
        """Leaves no deleted words in the write-ahead log; the file itself has none (secure_delete)."""
        with self.durable.turn:  # a reader in the middle of a query would keep the log
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def checkpoint(self) -> None:
        """Copies what the log holds into the file itself, as far as nobody reads it; nobody waits for that.

        Then a log that is deleted takes little with it.
        """
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def wipe(self) -> None:
        """Writes the whole file again, so that not a byte of what was deleted is left anywhere in it."""
        self._connection.execute("VACUUM")
        self.empty_log()

    def close(self) -> None:
        """Closes the file; the writing connection last, which tidies up."""
        if self._reading is not self._connection:
            self._reading.close()
        self._connection.close()
