"""TinyDB documents as rows of one SQLite file, changed in units: all of a unit or nothing of it.

Units are gathered into transactions by the writer. What a unit writes is seen by it and by the units after it at once,
by everybody else only when the transaction is durable.
"""

import copy
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from bot.errors import StoreError

Row = dict[str, Any]
VERSION = 1  # of the file's schema, kept in SQLite's user_version
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS document "
    "(tab TEXT, id TEXT, body TEXT NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID"
)
PUT = "INSERT INTO document VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body, sum = excluded.sum"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")


class Rows(Storage):
    """A TinyDB storage whose documents are rows of SQLite, all of them in memory as well."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        mode = "rwc" if writes else "ro"
        self._db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        self._turn = threading.Lock()  # what is in memory is changed by the writer's thread and read by others
        self._unit: dict[str, dict[str, Row | None]] = {}
        self._batch: dict[str, dict[str, Row | None]] = {}
        self._news: dict[str, dict[str, Row | None]] = {}  # of the tables that somebody keeps up with
        try:
            if writes:
                for pragma in PRAGMAS:
                    self._db.execute(f"PRAGMA {pragma}")
            check_whole(self._db, migrates=writes)
            self.tables = read_all(self._db)
        except BaseException:
            self._db.close()
            raise

    def read(self) -> dict[str, dict[str, Any]]:
        """Every table as it is durable."""
        return self.tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """TinyDB's way to write everything at once; every change here goes through `stage` instead."""
        raise StoreError("This store writes single changes only.")

    def view(self, tab: str) -> "LayeredTable":
        """A table as the unit that is being written sees it."""
        return LayeredTable(self._unit.get(tab, {}), self._batch.get(tab, {}), self.tables.get(tab, {}))

    def stage(self, tab: str, puts: Mapping[str, Row], gone: set[str]) -> None:
        """Adds changes to the unit that is being written."""
        bodies = {key: json.dumps(row, ensure_ascii=False) for key, row in puts.items()}
        self._db.executemany(PUT, [(tab, key, body, checksum(tab, key, body)) for key, body in bodies.items()])
        self._db.executemany("DELETE FROM document WHERE tab = ? AND id = ?", [(tab, key) for key in gone])
        unit = self._unit.setdefault(tab, {})
        unit.update({key: dict(row) for key, row in puts.items()})
        unit.update(dict.fromkeys(gone))

    def begin(self) -> None:
        """Begins a transaction of units."""
        self._batch = {}
        self._db.execute("BEGIN IMMEDIATE")

    def run(self, unit: Callable[[], Any]) -> Any:
        """Does one unit of the transaction; where it fails, only its own changes are undone."""
        self._unit = {}
        self._db.execute("SAVEPOINT unit")
        try:
            made = unit()
        except BaseException:
            if self._db.in_transaction:  # SQLite itself ends the whole transaction when a disk is full
                self._db.execute("ROLLBACK TO unit")
                self._db.execute("RELEASE unit")
            raise
        finally:
            done, self._unit = self._unit, {}
        self._db.execute("RELEASE unit")
        for tab, rows in done.items():
            self._batch.setdefault(tab, {}).update(rows)
        return made

    @property
    def is_under_way(self) -> bool:
        """Whether a transaction is open."""
        return self._db.in_transaction

    def commit(self) -> None:
        """Makes the transaction durable, and only then visible."""
        self._db.execute("COMMIT")
        with self._turn:
            for tab, rows in self._batch.items():
                live = self.tables.setdefault(tab, {})
                if tab in self._news:
                    self._news[tab].update(rows)
                for key, row in rows.items():
                    if row is None:
                        live.pop(key, None)
                    else:
                        live[key] = row
        self._batch = {}

    def roll_back(self) -> None:
        """Undoes the whole transaction; raises sqlite3.Error where even that fails."""
        self._batch = {}
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def rows(self, tab: str, start: str) -> dict[str, Row]:
        """The durable rows of a table whose keys start so, as they were at one moment; from any thread."""
        with self._turn:
            return {key: row for key, row in self.tables.get(tab, {}).items() if key.startswith(start)}

    def row(self, tab: str, key: str) -> Row | None:
        """One durable row; from any thread."""
        with self._turn:
            return self.tables.get(tab, {}).get(key)

    def keep_up(self, tab: str, take: Callable[[dict[str, Row | None]], None]) -> None:
        """Gives what became durable in a table since the last time, None for a row that is gone; at first, every row.

        From any thread, one after the other; what could not be taken in is given again.
        """
        with self._turn:
            news = self._news[tab] if tab in self._news else dict[str, Row | None](self.tables.get(tab, {}))
            if news:
                take(news)
            self._news[tab] = {}

    def is_readable(self) -> bool:
        """Whether the file can be read just now."""
        return self._db.execute("SELECT 1 FROM document LIMIT 1").fetchall() is not None

    def empty_log(self) -> None:
        """Leaves no deleted words in the write-ahead log; the file itself has none (secure_delete)."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def wipe(self) -> None:
        """Writes the file anew, so that not a byte of what was taken away is left anywhere in it."""
        self._db.execute("VACUUM")
        self.empty_log()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


class LayeredTable(Mapping[str, Row]):
    """A table with what is being written on top."""

    def __init__(self, unit: Mapping[str, Row | None], batch: Mapping[str, Row | None], live: Mapping[str, Row]):
        self._layers: tuple[Mapping[str, Row | None], ...] = (unit, batch, live)

    def __getitem__(self, key: str) -> Row:
        for layer in self._layers:
            if key in layer:
                row = layer[key]
                if row is None:
                    raise KeyError(key)
                return row
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        unit, batch, live = self._layers
        if not unit and not batch:
            return iter(live)
        return iter([key for key in {**live, **batch, **unit} if key in self])

    def __contains__(self, key: object) -> bool:
        return next((layer[key] is not None for layer in self._layers if key in layer), False)  # type: ignore[index]

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Changes(MutableMapping[str, Any]):
    """What TinyDB's updater sees: the table as it stands, copied on read, every change noted."""

    def __init__(self, live: Mapping[str, Row]) -> None:
        self.live, self.puts, self.gone = live, dict[str, Row](), set[str]()

    def __getitem__(self, key: str) -> Row:
        if key in self.gone:
            raise KeyError(key)
        if key not in self.puts:
            self.puts[key] = copy.deepcopy(self.live[key])
        return self.puts[key]

    def __setitem__(self, key: str, row: Row) -> None:
        self.puts[key] = dict(row)
        self.gone.discard(key)

    def __delitem__(self, key: str) -> None:
        self.puts.pop(key, None)
        self.gone.add(key)

    def __contains__(self, key: object) -> bool:
        return key in self.puts or (key not in self.gone and key in self.live)

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self.live if key not in self.gone)
        yield from (key for key in self.puts if key not in self.live)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class DurableTable(Table):
    """A TinyDB table with explicit text keys; inserting a key twice raises ValueError."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB types it as int and supports any class

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        storage = self._storage
        assert isinstance(storage, Rows)
        live = storage.view(self.name)
        changes = Changes(live)
        updater(changes)
        puts = {key: row for key, row in changes.puts.items() if key not in live or live[key] != row}
        if puts or changes.gone:
            storage.stage(self.name, puts, changes.gone)
        self.clear_cache()


class DurableTinyDB(TinyDB):
    """A TinyDB whose tables are durable."""

    table_class = DurableTable
    default_storage_class = Rows  # type: ignore[assignment]  # typed as JSONStorage, documented as any Storage


def checksum(tab: str, key: str, body: str) -> bytes:
    """Eight bytes that tell whether a row is the one that was written there."""
    return hashlib.blake2b(f"{tab}\0{key}\0{body}".encode(), digest_size=8).digest()


def check_whole(db: sqlite3.Connection, *, migrates: bool) -> None:
    """Raises StoreError unless the file is whole and of our schema; brings an older one to it where that is wanted."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreError("This store was written by a newer Staffroom; please start that one.")
    if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
        raise StoreError("This store is damaged and was left as it is; restore the last backup.")
    if version == VERSION:
        return
    if not migrates:
        raise StoreError("This store is of an older Staffroom; start this one once to bring it up to date.")
    db.execute("BEGIN IMMEDIATE")
    try:
        _migrate(db)
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _migrate(db: sqlite3.Connection) -> None:
    """From nothing, or from version 0.2.0, whose rows had no checksum."""
    held: list[tuple[str, str, str]] = []
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'document'").fetchone():
        held = db.execute("SELECT tab, id, body FROM document").fetchall()
        db.execute("DROP TABLE document")
    db.execute(SCHEMA)
    db.executemany(PUT, [(tab, key, body, checksum(tab, key, body)) for tab, key, body in held])
    db.execute(f"PRAGMA user_version = {VERSION}")


def read_all(db: sqlite3.Connection) -> dict[str, dict[str, Row]]:
    """Every row by table and key; raises StoreError where one is not as it was written."""
    tables: dict[str, dict[str, Row]] = {}
    for tab, key, body, sum in db.execute("SELECT tab, id, body, sum FROM document"):
        if checksum(tab, key, body) != sum:
            raise StoreError("This store is damaged and was left as it is; restore the last backup.")
        tables.setdefault(tab, {})[key] = json.loads(body)
    return tables
