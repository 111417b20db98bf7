"""How fast the store keeps things, beside bare SQLite with the same settings and TinyDB as it comes: ratios of one run.

python -m tests.bench.storing
"""

import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tinydb import TinyDB
from tinydb.storages import JSONStorage
from tinydb.table import Document

from bot.stores.sqlite.rows import PRAGMAS
from bot.stores.sqlite.store import SqliteStore

SIZES = (100, 10_000, 100_000)
TOGETHER = (1, 16, 64)
TIMES = 1_500
STOCK_TIMES = 20
ROW = {"what": "x" * 240, "who": "y" * 60, "hash": "0" * 64}


def numbers(size: int) -> Iterator[int]:
    return iter(range(size, size + 1_000_000))


async def ours(folder: Path, size: int, together: int) -> tuple[float, float, float]:
    """Insert and update p50 in milliseconds, and inserts a second."""
    store = SqliteStore(folder / f"{size}-{together}.db", "school", demo=True)
    for start in range(0, size, 500):
        await store._write(lambda start=start: [store._add("row", f"{n:09d}", ROW) for n in range(start, start + 500)])  # type: ignore[misc]
    fresh = numbers(max(size, 500))
    took = await timed(lambda: add(store, next(fresh)), together)
    again = numbers(0)
    changed = await timed(lambda: put(store, next(again) % size), together)
    await store.close()
    return took[0], changed[0], took[1]


async def add(store: SqliteStore, number: int) -> None:
    await store._write(lambda: store._add("row", f"{number:09d}", ROW))


async def put(store: SqliteStore, number: int) -> None:
    await store._write(lambda: store._put("row", f"{number:09d}", {**ROW, "at": time.monotonic()}))


async def timed(act: Callable[[], object], together: int) -> tuple[float, float]:
    """The p50 of an act in milliseconds, and how many a second, so many at a time."""
    spans: list[float] = []

    async def one() -> None:
        for _ in range(TIMES // together):
            began = time.perf_counter()
            await act()  # type: ignore[misc]
            spans.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(together)))
    return statistics.median(spans) * 1000, len(spans) / (time.perf_counter() - began)


def bare(folder: Path, size: int) -> tuple[float, float]:
    """Bare SQLite, a transaction a row: insert and update p50 in milliseconds."""
    db = sqlite3.connect(folder / f"bare-{size}.db", isolation_level=None)
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE document (tab TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID")
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO document VALUES ('row', ?, ?)", ((f"school/{n:09d}", json.dumps(ROW)) for n in range(size))
    )
    db.execute("COMMIT")
    inserts, updates = [], []
    for number in range(size, size + TIMES):
        began = time.perf_counter()
        db.execute("INSERT INTO document VALUES ('row', ?, ?)", (f"school/{number:09d}", json.dumps(ROW)))
        inserts.append(time.perf_counter() - began)
    for number in range(TIMES):
        began = time.perf_counter()
        body = json.dumps({**ROW, "at": time.monotonic()})
        db.execute("UPDATE document SET body = ? WHERE tab = 'row' AND id = ?", (body, f"school/{number % size:09d}"))
        updates.append(time.perf_counter() - began)
    db.close()
    return statistics.median(inserts) * 1000, statistics.median(updates) * 1000


async def threaded(folder: Path, size: int) -> float:
    """Bare SQLite kept off the event loop by asyncio.to_thread: insert p50 in milliseconds."""
    db = sqlite3.connect(folder / f"bare-{size}.db", isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    fresh = numbers(size + TIMES)

    def insert() -> None:
        db.execute("INSERT INTO document VALUES ('row', ?, ?)", (f"school/{next(fresh):09d}", json.dumps(ROW)))

    took, _ = await timed(lambda: asyncio.to_thread(insert), 1)
    db.close()
    return took


def stock(folder: Path, size: int) -> float:
    """TinyDB with its own JSON file: insert p50 in milliseconds."""
    db = TinyDB(folder / f"stock-{size}.json", storage=JSONStorage)
    db.insert_multiple(dict(ROW) for _ in range(size))
    spans = []
    for _ in range(STOCK_TIMES if size < 100_000 else 5):
        began = time.perf_counter()
        db.insert(Document(ROW, doc_id=size + len(spans) + 1))
        spans.append(time.perf_counter() - began)
    db.close()
    return statistics.median(spans) * 1000


async def main() -> None:
    print("Durable writes: p50 in ms; ratio to bare SQLite in the same run (goal 1.5 one at a time)")
    print(f"{'rows':>8} {'at once':>8} {'insert':>8} {'ratio':>6} {'update':>8} {'ratio':>6} {'inserts/s':>10}")
    single: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in SIZES:
            insert, update = bare(folder, size)
            print(f"{size:>8} {'SQLite':>8} {insert:8.3f} {'1.00':>6} {update:8.3f} {'1.00':>6} {1000 / insert:10.0f}")
            off = await threaded(folder, size)
            print(f"{size:>8} {'+ thread':>8} {off:8.3f} {off / insert:6.2f}   (bare SQLite off the event loop)")
            for together in TOGETHER:
                took, changed, rate = await ours(folder, size, together)
                single.setdefault(size, took)
                print(
                    f"{size:>8} {together:>8} {took:8.3f} {took / insert:6.2f} {changed:8.3f} {changed / update:6.2f}"
                    f" {rate:10.0f}"
                )
            print(f"{size:>8} {'TinyDB':>8} {stock(folder, size):8.3f}")
    print(f"100,000 rows beside 100: {single[SIZES[-1]] / single[SIZES[0]]:.2f} (goal 1.5)")


if __name__ == "__main__":
    asyncio.run(main())
