"""The file of a store: one connection writes, in units of all or nothing; another reads only what is durable."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import StoreError
from bot.stores.sqlite.checks import check_whole
from bot.stores.sqlite.copies import connect
from bot.stores.sqlite.documents import check_row, delete_rows, put_bodies
from bot.stores.sqlite.migrations import MESSAGE_CONDITIONS, MESSAGE_VALUES, bring_up_to_date, refuse_older

T = TypeVar("T")
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
ALWAYS_CHECKED_BYTES = 32_000_000  # a file up to this size is checked whole at every start, in under half a second
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

    def __init__(self, path: Path, *, writes: bool) -> None:
        was_stopped_cleanly = not path.with_name(f"{path.name}-wal").exists()  # SQLite removes it at the last close
        self._path = path
        self._connection = connect(path, "rwc" if writes else "ro")
        self.copy_before_migration: Path | None = None
        try:
            if writes:
                for pragma in PRAGMAS:
                    self._connection.execute(f"PRAGMA {pragma}")
                self.copy_before_migration = bring_up_to_date(self._connection, path)
            else:
                refuse_older(self._connection)
            if path.stat().st_size <= ALWAYS_CHECKED_BYTES or (writes and not was_stopped_cleanly):
                check_whole(self._connection)
            self._reading = connect(path, "ro") if writes else self._connection
        except BaseException:
            self._connection.close()
            raise
        self.current = Reader(self._connection)
        self.durable = DurableReader(self._reading)

    def put(self, tab: str, bodies: Iterable[tuple[str, str]]) -> None:
        """Inside a unit: writes documents, given as pairs of key and body, in place of those that are there."""
        put_bodies(self._connection, tab, bodies)

    def delete(self, tab: str, keys: Iterable[str]) -> None:
        """Inside a unit: deletes documents by key."""
        delete_rows(self._connection, tab, keys)

    def begin(self) -> None:
        """Begins a transaction of units."""
        self._connection.execute("BEGIN IMMEDIATE")

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

    def commit(self) -> None:
        """Makes the transaction durable; only then `durable` sees it."""
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undoes the whole transaction; raises sqlite3.Error if even that fails."""
        if self.is_under_way:
            self._connection.execute("ROLLBACK")

    def is_readable(self) -> bool:
        """Whether the file can be read just now."""
        return self._connection.execute("SELECT 1 FROM document LIMIT 1").fetchall() is not None

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

    def wipe(self) -> None:
        """Writes the whole file again, so that not a byte of what was deleted is left anywhere in it."""
        self._connection.execute("VACUUM")
        self.empty_log()

    def close(self) -> None:
        """Closes the file; the writing connection last, which tidies up."""
        if self._reading is not self._connection:
            self._reading.close()
        self._connection.close()
