"""Keeps TinyDB documents as rows of one SQLite file: each change is one durable transaction.

TinyDB's own JSON file does not survive a kill in the middle of a write; docs/decisions/ has the measurements.
One process writes (a lock file sees to it); others may open the same file read-only beside it.
"""

import asyncio
import copy
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from bot.errors import StoreError, StoreLocked
from bot.rules.places import Kind, Place
from bot.rules.questions import Count, Happened, SentQuestion, Tally

T = TypeVar("T")
Row = dict[str, Any]
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS document (tab TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID"
)
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs"})
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")


class Rows(Storage):
    """A TinyDB storage whose documents are rows of SQLite."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'rwc' if writes else 'ro'}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
        if writes:
            for pragma in PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
            self._db.execute(SCHEMA)
        self._turn = threading.Lock()  # what is in memory is changed by a worker thread and read by the event loop
        self.tables: dict[str, dict[str, Row]] = {}
        for tab, key, body in self._db.execute("SELECT tab, id, body FROM document"):
            self.tables.setdefault(tab, {})[key] = json.loads(body)

    def read(self) -> dict[str, dict[str, Any]]:
        """Every table as it stands in memory."""
        return self.tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """TinyDB's way to write everything at once; every change here goes through `commit` instead."""
        raise StoreError("This store writes single changes only.")

    def commit(self, tab: str, puts: Mapping[str, Row], gone: set[str]) -> None:
        """Makes changes to one table durable, all or none, and only then visible."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(
                "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
                [(tab, key, json.dumps(row, ensure_ascii=False)) for key, row in puts.items()],
            )
            self._db.executemany("DELETE FROM document WHERE tab = ? AND id = ?", [(tab, key) for key in gone])
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        with self._turn:
            live = self.tables.setdefault(tab, {})
            live.update({key: dict(row) for key, row in puts.items()})
            for key in gone:
                live.pop(key, None)

    def rows(self, tab: str, start: str) -> dict[str, Row]:
        """The rows of a table whose keys start so, as they were at one moment; from any thread."""
        with self._turn:
            return {key: row for key, row in self.tables.get(tab, {}).items() if key.startswith(start)}

    def is_readable(self) -> bool:
        """Whether the file can be read just now."""
        return self._db.execute("SELECT 1 FROM document LIMIT 1").fetchall() is not None

    def empty_log(self) -> None:
        """Leaves no deleted words in the write-ahead log."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


class Changes(MutableMapping[str, Any]):
    """What TinyDB's updater sees: the live table, copied on read, every change noted."""

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
        live = storage.read().get(self.name, {})
        changes = Changes(live)
        updater(changes)
        puts = {key: row for key, row in changes.puts.items() if live.get(key) != row}
        if puts or changes.gone:
            storage.commit(self.name, puts, changes.gone)
        self.clear_cache()


class DurableTinyDB(TinyDB):
    """A TinyDB whose tables are durable."""

    table_class = DurableTable
    default_storage_class = Rows  # type: ignore[assignment]  # typed as JSONStorage, documented as any Storage


class TinyStore:
    """The default store. `demo` marks a new file as a demo for ever; the two kinds are never mixed."""

    def __init__(self, path: Path, school: str, *, demo: bool, writes: bool = True) -> None:
        self._school = school
        self._turn = asyncio.Lock()
        self._lock = FileLock(f"{path}.lock")
        if writes and (kind := network_kind(path.resolve(), _mounts())):
            raise StoreError(
                f"{path.name} lies on a network share ({kind}), where it could be damaged: use a local disk."
            )
        try:
            if writes:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock.acquire(timeout=0)
                path.touch(mode=0o600)  # for this account's eyes only; SQLite gives its side files the same mode
            self._db = DurableTinyDB(path, writes=writes)
            self._check_kind(demo=demo, writes=writes)
        except Timeout as seen:
            raise StoreLocked(f"Another Staffroom is already using {path.name}; stop it first.") from seen
        except (sqlite3.Error, OSError, ValueError) as seen:
            self._lock.release()
            raise StoreError(f"{path.name} cannot be opened: {seen}.") from seen
        except StoreError:
            self._db.close()
            self._lock.release()
            raise

    def _check_kind(self, *, demo: bool, writes: bool) -> None:
        about = self._db.table("about")
        mark = about.get(doc_id="kind")  # type: ignore[call-overload]
        if mark is None and writes:
            about.insert(Document({"demo": demo}, doc_id="kind"))  # type: ignore[arg-type]
        elif isinstance(mark, dict) and mark["demo"] is not demo:
            kind = "a demo" if mark["demo"] else "a real school's"
            raise StoreError(f"This store is {kind} store and stays one. Set STAFFROOM_DATA to another folder.")

    async def _write(self, act: Callable[[], T]) -> T:
        async with self._turn:
            try:
                return await asyncio.to_thread(act)
            except sqlite3.Error as seen:
                raise StoreError("This could not be saved. Nothing was changed; please try again.") from seen

    async def count(self, *counts: Count) -> None:
        """Adds one to each of these tallies, all or none."""
        keys = [self._key(f"{one.week.isoformat()}/{one.situation}/{one.what.value}") for one in counts]

        def act() -> None:
            held = self._rows("tally")
            new = {key: {"times": held.get(key, {"times": 0})["times"] + keys.count(key)} for key in keys}
            self._storage().commit("tally", new, set())

        if keys:
            await self._write(act)

    async def tallies(self) -> tuple[Tally, ...]:
        """How often what happened, by week and situation."""
        found = []
        for key, row in sorted(self._rows("tally").items()):
            _, week, situation, what = key.split("/")
            found.append(Tally(Count(date.fromisoformat(week), situation, Happened(what)), row["times"]))
        return tuple(found)

    async def keep_question(self, question: SentQuestion) -> None:
        """Keeps a sent question: its words and the day."""
        key = f"{self._school}/{question.on.isoformat()}/{question.text}"
        await self._write(lambda: self._db.table("question").upsert(Document({"kept": True}, doc_id=key)))  # type: ignore[arg-type]

    async def questions(self) -> tuple[SentQuestion, ...]:
        """Every sent question still kept, oldest first."""
        cut = [key.split("/", 2) for key in sorted(self._rows("question"))]
        return tuple(SentQuestion(text, date.fromisoformat(day)) for _, day, text in cut)

    async def forget_questions(self, before: date) -> int:
        """Forgets questions sent before that day."""
        old = [key for key in self._rows("question") if key.split("/", 2)[1] < before.isoformat()]
        if old:
            await self._write(lambda: self._forget("question", old))
        return len(old)

    def _forget(self, tab: str, keys: list[str]) -> None:
        self._db.table(tab).remove(doc_ids=keys)  # type: ignore[arg-type]
        self._storage().empty_log()

    async def pin(self, account: str, person: str) -> None:
        """Joins an account to a person's id for good; raises StoreError where either is pinned already."""

        def act() -> None:
            held = self._rows("pin")
            if self._key(account) in held or any(row["person"] == person for row in held.values()):
                raise StoreError("This account or this person is joined already; nothing was changed.")
            self._db.table("pin").insert(Document({"person": person}, doc_id=self._key(account)))  # type: ignore[arg-type]

        await self._write(act)

    async def pins(self) -> dict[str, str]:
        """Person ids by account."""
        return {key.split("/", 1)[1]: row["person"] for key, row in self._rows("pin").items()}

    async def keep_place(self, place: Place) -> None:
        """Keeps where somebody can be reached, by conversation."""
        key = self._key(place.conversation)
        await self._write(lambda: self._db.table("place").upsert(Document(asdict(place), doc_id=key)))  # type: ignore[arg-type]

    async def forget_place(self, conversation: str) -> None:
        """Forgets a conversation."""
        key = self._key(conversation)
        if key in self._rows("place"):
            await self._write(lambda: self._forget("place", [key]))

    async def places(self) -> tuple[Place, ...]:
        """Every conversation the bot is in."""
        return tuple(Place(**{**row, "kind": Kind(row["kind"])}) for row in self._rows("place").values())

    def _key(self, rest: str) -> str:
        return f"{self._school}/{rest}"

    def _storage(self) -> Rows:
        storage = self._db.storage
        assert isinstance(storage, Rows)
        return storage

    def _rows(self, tab: str) -> dict[str, Row]:
        return self._storage().rows(tab, self._key(""))

    async def is_well(self) -> bool:
        """Whether the file can still be read."""
        async with self._turn:
            try:
                return await asyncio.to_thread(self._storage().is_readable)
            except sqlite3.Error:
                return False

    async def close(self) -> None:
        """Closes the file and lets the next writer in."""
        async with self._turn:
            self._db.close()
            self._lock.release()


def back_up(source: Path, target: Path) -> None:
    """Copies a store whole into a new file, also while it is being written; raises StoreError.

    SQLite's own backup (https://www.sqlite.org/backup.html): the state of one moment, checked, whole or not at all.
    """
    if target.exists():
        raise StoreError(f"{target.name} exists already; a backup never overwrites.")
    part = target.with_name(f"{target.name}.part")
    try:
        part.touch(mode=0o600)
        held = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with closing(held), closing(sqlite3.connect(part)) as copied:
            held.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")
            if copied.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise StoreError(f"{source.name} is damaged; the backup was not kept.")
        part.rename(target)
    except (sqlite3.Error, OSError) as seen:
        raise StoreError(f"{source.name} could not be copied: {seen}.") from seen
    finally:
        part.unlink(missing_ok=True)


def network_kind(path: Path, mounts: str) -> str:
    """The kind of network share a path lies on, or nothing; `mounts` is what Linux tells in /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, type, *_ = [*line.split(" "), "", ""]
        here = point.replace("\\040", " ")
        if path.is_relative_to(here or "/nowhere") and len(here) >= len(best):
            best, kind = here, type
    return kind if kind in NETWORK else ""


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # not Linux: nothing is known, nothing is refused
