"""What every part of the store shares: tables of one school, read from memory, written by the one writer."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tinydb.table import Document

from bot.stores.sqlite.rows import DurableTinyDB, Row, Rows
from bot.stores.sqlite.writer import Writer

T = TypeVar("T")


class Tables:
    """The tables of one school. Methods that change something are called inside a unit of the writer."""

    _school: str
    _db: DurableTinyDB
    _writer: Writer
    _made: dict[str, dict[str, Any]]  # what was made of the rows of a table

    @property
    def _storage(self) -> Rows:
        storage = self._db.storage
        assert isinstance(storage, Rows)
        return storage

    def _key(self, rest: str) -> str:
        return f"{self._school}/{rest}"

    def _rows(self, tab: str) -> dict[str, Row]:
        """The durable rows of a table, by whole key."""
        return self._storage.rows(tab, self._key(""))

    def _made_of(self, tab: str, make: Callable[[str, Row], T]) -> dict[str, T]:
        """A table's rows as what they stand for, by key, made once of each row: the same until the table changes."""
        begin = self._key("")

        def take(news: Mapping[str, Row | None]) -> None:
            made = dict(self._made.get(tab, {}))  # whoever was given the one before may still be reading it
            for key, row in news.items():
                if not key.startswith(begin):
                    continue
                if row is None:
                    made.pop(key[len(begin) :], None)
                else:
                    made[key[len(begin) :]] = make(key, row)
            self._made[tab] = made

        self._storage.keep_up(tab, take)
        return self._made.get(tab, {})

    def _row(self, tab: str, rest: str) -> Row | None:
        return self._storage.row(tab, self._key(rest))

    def _now(self, tab: str) -> dict[str, Row]:
        """Inside a unit: a table's rows as the unit sees them, by whole key."""
        return {key: row for key, row in self._storage.view(tab).items() if key.startswith(self._key(""))}

    def _row_now(self, tab: str, rest: str) -> Row | None:
        return self._storage.view(tab).get(self._key(rest))

    def _put(self, tab: str, rest: str, row: Mapping[str, Any]) -> None:
        """Inside a unit: puts a row in its place, whatever was there."""
        self._db.table(tab).upsert(Document(row, doc_id=self._key(rest)))  # type: ignore[arg-type]

    def _add(self, tab: str, rest: str, row: Mapping[str, Any]) -> None:
        """Inside a unit: adds a row; raises ValueError where one is."""
        self._db.table(tab).insert(Document(row, doc_id=self._key(rest)))  # type: ignore[arg-type]

    def _remove(self, tab: str, keys: list[str]) -> None:
        """Inside a unit: takes rows away, by whole key."""
        if keys:
            self._db.table(tab).remove(doc_ids=keys)  # type: ignore[arg-type]

    async def _write(self, unit: Callable[[], T]) -> T:
        return await self._writer(unit)

    async def _wipe(self) -> None:
        """Leaves no byte of what was taken away in the file."""
        await self._writer(self._storage.wipe, alone=True)

    async def _empty_log(self) -> None:
        """Leaves no deleted words in the write-ahead log."""
        await self._writer(self._storage.empty_log, alone=True)
