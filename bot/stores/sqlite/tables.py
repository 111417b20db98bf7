"""What every part of the store shares: tables of one school, written by the one writer.

Small tables are TinyDB's and in memory. Documents of the others are read from the file, by key or by index.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tinydb.table import Document

from bot.errors import StoreError
from bot.stores.rows import Row
from bot.stores.sqlite.database import Database, Reader
from bot.stores.sqlite.documents import DAMAGED
from bot.stores.sqlite.message_cache import MessageCache
from bot.stores.sqlite.rows import DurableTinyDB, Rows
from bot.stores.sqlite.writer import Writer

T = TypeVar("T")


class Tables:
    """The tables of one school. Methods that change something are called inside a unit of the writer."""

    def __init__(self, database: Database, school: str) -> None:
        self._school = school
        self._database = database
        self._cache = MessageCache()
        self._tiny = DurableTinyDB(database, self._cache.take)
        self._writer = Writer(self._rows_storage)
        self._views: dict[str, tuple[int, Any]] = {}  # what was made of small tables, with their revisions

    @property
    def _rows_storage(self) -> Rows:
        storage = self._tiny.storage
        assert isinstance(storage, Rows)
        return storage

    def _key(self, rest: str) -> str:
        return f"{self._school}/{rest}"

    def _rest(self, key: str) -> str:
        return key[len(self._school) + 1 :]

    def _after_last(self, prefix: str = "") -> str:
        """A key after all keys of the school that begin so and a slash; "0" is the sign after the slash."""
        return f"{self._key(prefix)}0" if prefix else f"{self._school}0"

    # Small tables, by the key within the school.

    def _small_rows(self, tab: str) -> dict[str, Row]:
        """The durable rows of a small table."""
        _, rows = self._rows_storage.rows(tab, self._key(""))
        return {self._rest(key): row for key, row in rows.items()}

    def _small_row(self, tab: str, rest: str) -> Row | None:
        return self._rows_storage.row(tab, self._key(rest))

    def _small_view(self, tab: str, make: Callable[[dict[str, Row]], T]) -> T:
        """What is made of the rows of a small table, by key: the same object until the table changes."""
        kept = self._views.get(tab)
        if kept and kept[0] == self._rows_storage.revision(tab):
            view: T = kept[1]
            return view
        revision, rows = self._rows_storage.rows(tab, self._key(""))
        try:
            view = make({self._rest(key): row for key, row in rows.items()})
        except (KeyError, TypeError, ValueError) as error:  # it has its checksum, and not the fields of such a row
            raise StoreError(DAMAGED) from error
        self._views[tab] = (revision, view)
        return view

    def _small_rows_now(self, tab: str) -> dict[str, Row]:
        """Inside a unit: the rows of a small table as the unit sees them."""
        rows = self._rows_storage.view(tab).items()
        return {self._rest(key): row for key, row in rows if key.startswith(self._key(""))}

    def _small_row_now(self, tab: str, rest: str) -> Row | None:
        return self._rows_storage.view(tab).get(self._key(rest))

    def _put_small(self, tab: str, rest: str, row: Mapping[str, Any]) -> None:
        """Inside a unit: puts a row in place of what was there."""
        self._tiny.table(tab).upsert(Document(row, doc_id=self._key(rest)))  # type: ignore[arg-type]

    def _remove_small(self, tab: str, rests: list[str]) -> None:
        if rests:
            keys = [self._key(rest) for rest in rests]
            self._tiny.table(tab).remove(doc_ids=keys)  # type: ignore[arg-type]  # typed as int, any class is supported

    # Documents of tables that grow, by the key within the school.

    def _document(self, tab: str, rest: str, *, now: bool = False) -> Row | None:
        """One durable document; with `now`, inside a unit, as the unit sees it."""
        body = self._reader(now=now).body(tab, self._key(rest))
        try:
            return json.loads(body) if body else None
        except (ValueError, RecursionError) as error:
            raise StoreError(DAMAGED) from error

    def _reader(self, *, now: bool) -> Reader:
        return self._database.current if now else self._database.durable

    def _put_document(self, tab: str, rest: str, row: Row) -> None:
        """Inside a unit: writes a document in place of what was there."""
        self._rows_storage.stage(tab, {self._key(rest): row}, set())

    def _add_document(self, tab: str, rest: str, row: Row) -> None:
        """Inside a unit: writes a new document; raises sqlite3.IntegrityError if there is one under that key."""
        self._rows_storage.stage(tab, {self._key(rest): row}, set(), is_new=True)

    def _remove_documents(self, tab: str, rests: list[str]) -> None:
        if rests:
            self._rows_storage.stage(tab, {}, {self._key(rest) for rest in rests})

    async def _write(self, unit: Callable[[], T]) -> T:
        return await self._writer(unit)

    async def _wipe(self) -> None:
        """Leaves no byte of what was deleted in the file."""
        await self._writer(self._database.wipe, alone=True)

    async def _empty_log(self) -> None:
        """Leaves no deleted words in the write-ahead log."""
        await self._writer(self._database.empty_log, alone=True)
