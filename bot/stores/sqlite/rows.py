"""TinyDB over the file: the small tables, all of them in memory as well, and the door to those that grow.

Units are gathered into transactions by the writer. What a unit writes is seen by it and by the units after it at once,
by everybody else only when the transaction is durable.
"""

import copy
import json
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, TypeVar

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from bot.errors import StoreError
from bot.evidence.rules.ledger import Head
from bot.stores.rows import Row, body_of
from bot.stores.sqlite.database import Database

T = TypeVar("T")
Changes = dict[str, dict[str, Row | None]]  # rows by table and key; None for a row that was deleted
SMALL_TABLES = (
    *("about", "arrival", "conversation", "doubt", "known", "person", "pin", "question", "shared_file", "tally"),
    "version",
)
AFTER_EVERY_KEY = "\U0010ffff"


class Rows(Storage):
    """A TinyDB storage whose documents are rows of SQLite.

    The small tables are in memory; of the others only what a transaction under way has changed is. `on_commit` gets
    what a transaction changed when that is durable.
    """

    def __init__(self, database: Database, on_commit: Callable[[Changes], None]) -> None:
        self.database = database
        self._on_commit = on_commit
        self._turn = threading.Lock()  # what is in memory is changed by the writer's thread and read by others
        self._unit: Changes = {}
        self._batch: Changes = {}
        self._revisions = dict.fromkeys(SMALL_TABLES, 0)
        self._tables = {tab: self._read_table(tab) for tab in SMALL_TABLES}

    def _read_table(self, tab: str) -> dict[str, Row]:
        rows = self.database.durable.bodies(tab, "", AFTER_EVERY_KEY)
        return {key: json.loads(body) for key, body in rows}

    def read(self) -> dict[str, dict[str, Any]]:
        """The small tables as they are durable."""
        return self._tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """TinyDB's way to write everything at once; every change here goes through `stage` instead."""
        raise StoreError("This store writes single changes only.")

    def view(self, tab: str) -> "LayeredTable":
        """A small table as the unit that is being written sees it."""
        return LayeredTable(self._unit.get(tab, {}), self._batch.get(tab, {}), self._tables[tab])

    def stage(self, tab: str, puts: Mapping[str, Row], deleted: set[str], *, is_new: bool = False) -> None:
        """Adds changes of any table to the unit that is being written; rows that are new replace nothing."""
        bodies = [(key, body_of(row)) for key, row in puts.items()]
        if is_new:
            self.database.insert(tab, bodies)
        else:
            self.database.put(tab, bodies)
        self.database.delete(tab, deleted)
        unit = self._unit.setdefault(tab, {})
        unit.update({key: dict(row) for key, row in puts.items()})
        unit.update(dict.fromkeys(deleted))

    def begin(self) -> None:
        """Begins a transaction of units."""
        self._batch = {}
        self.database.begin()

    def run(self, unit: Callable[[], T]) -> T:
        """Does one unit of the transaction; if it fails, only its own changes are undone."""
        self._unit = {}
        try:
            outcome = self.database.run(unit)
        finally:
            changes, self._unit = self._unit, {}
        for tab, rows in changes.items():
            self._batch.setdefault(tab, {}).update(rows)
        return outcome

    def commit(self) -> None:
        """Makes the transaction durable, and only then visible."""
        self.database.commit(_heads(self._batch.get("head", {})))
        with self._turn:
            for tab in self._batch.keys() & self._tables.keys():
                self._revisions[tab] += 1
                for key, row in self._batch[tab].items():
                    if row is None:
                        self._tables[tab].pop(key, None)
                    else:
                        self._tables[tab][key] = row
        self._on_commit(self._batch)
        self._batch = {}

    def roll_back(self) -> None:
        """Undoes the whole transaction; raises sqlite3.Error if even that fails."""
        self._batch = {}
        self.database.roll_back()

    def rows(self, tab: str, prefix: str) -> tuple[int, dict[str, Row]]:
        """How often a small table has changed, and its durable rows whose keys begin so; from any thread."""
        with self._turn:
            rows = {key: row for key, row in self._tables[tab].items() if key.startswith(prefix)}
            return self._revisions[tab], rows

    def row(self, tab: str, key: str) -> Row | None:
        """One durable row of a small table; from any thread."""
        with self._turn:
            return self._tables[tab].get(key)

    def revision(self, tab: str) -> int:
        """How often a small table has changed since it was opened."""
        return self._revisions[tab]

    def close(self) -> None:
        """Closes the file."""
        self.database.close()


def _heads(rows: Mapping[str, Row | None]) -> dict[str, Head]:
    """The heads that a transaction gave to ledgers, by school."""
    return {key.rpartition("/")[0]: Head(row["number"], row["hash"]) for key, row in rows.items() if row}


class LayeredTable(Mapping[str, Row]):
    """A table with what is being written on top."""

    def __init__(self, unit: Mapping[str, Row | None], batch: Mapping[str, Row | None], durable: Mapping[str, Row]):
        self._layers: tuple[Mapping[str, Row | None], ...] = (unit, batch, durable)

    def __getitem__(self, key: str) -> Row:
        for layer in self._layers:
            if key in layer:
                row = layer[key]
                if row is None:
                    raise KeyError(key)
                return row
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        unit, batch, durable = self._layers
        if not unit and not batch:
            return iter(durable)
        return iter([key for key in {**durable, **batch, **unit} if key in self])

    def __contains__(self, key: object) -> bool:
        return next((layer[key] is not None for layer in self._layers if key in layer), False)  # type: ignore[index]

    def __len__(self) -> int:
        return sum(1 for _ in self)


class TableChanges(MutableMapping[str, Any]):
    """What TinyDB's updater sees: the table as it is, copied when read, every change noted."""

    def __init__(self, table: Mapping[str, Row]) -> None:
        self.table, self.puts, self.deleted = table, dict[str, Row](), set[str]()

    def __getitem__(self, key: str) -> Row:
        if key in self.deleted:
            raise KeyError(key)
        if key not in self.puts:
            self.puts[key] = copy.deepcopy(self.table[key])
        return self.puts[key]

    def __setitem__(self, key: str, row: Row) -> None:
        self.puts[key] = dict(row)
        self.deleted.discard(key)

    def __delitem__(self, key: str) -> None:
        self.puts.pop(key, None)
        self.deleted.add(key)

    def __contains__(self, key: object) -> bool:
        return key in self.puts or (key not in self.deleted and key in self.table)

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self.table if key not in self.deleted)
        yield from (key for key in self.puts if key not in self.table)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class DurableTable(Table):
    """A TinyDB table with explicit text keys; inserting a key twice raises ValueError."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB types it as int and supports any class

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        storage = self._storage
        assert isinstance(storage, Rows)
        before = storage.view(self.name)
        changes = TableChanges(before)
        updater(changes)
        puts = {key: row for key, row in changes.puts.items() if key not in before or before[key] != row}
        if puts or changes.deleted:
            storage.stage(self.name, puts, changes.deleted)
        self.clear_cache()


class DurableTinyDB(TinyDB):
    """A TinyDB whose tables are durable."""

    table_class = DurableTable
    default_storage_class = Rows  # type: ignore[assignment]  # typed as JSONStorage, documented as any Storage
