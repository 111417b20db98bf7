"""What is confirmed is never lost: kills, full disks, folders that cannot be written, flipped bytes, old files."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.evidence.rules.ledger import Event, EventKind, verify
from bot.stores.sqlite.backup import back_up, restore
from bot.stores.sqlite.store import SqliteStore
from tests.fakes import MONDAY
from tests.stores.evidence_promises import ANNA, BEN, NINE, TEXT, acknowledged, card
from tests.stores.promises import QUESTION

KILLS = 1_000 if os.environ.get("STAFFROOM_SOAK") else 6
FLIPS = 2_000 if os.environ.get("STAFFROOM_SOAK") else 150
ACKNOWLEDGING = """
import asyncio, sys
from pathlib import Path
from bot.stores.sqlite.store import TinyStore
from tests.stores.evidence_promises import acknowledged, card

async def presses(store, people, first):
    for number in range(first, 1_000_000_000, people):
        entry = await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}", [card(f"p{number}")])
        print(f"p{number} {entry.number}", flush=True)

async def main():
    store = TinyStore(Path(sys.argv[1]), "school", demo=True)
    start = int(sys.argv[2])
    await asyncio.gather(*(presses(store, 4, start + one) for one in range(4)))

asyncio.run(main())
"""
FILLING = """
import asyncio, resource, signal, sys
from pathlib import Path
from bot.errors import StoreError
from bot.stores.sqlite.store import TinyStore
from tests.stores.evidence_promises import acknowledged

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = TinyStore(Path(sys.argv[1]), "school", demo=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    done, refused = [], 0
    for number in range(2_000):
        try:
            await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}")
            done.append(number)
        except StoreError as seen:
            refused += 1
            assert str(seen).startswith("This could not be saved"), seen
            if refused == 3:
                break
    full = len(done)
    assert refused == 3, "the disk never filled"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for number in range(5_000, 5_010):
        await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}")
        done.append(number)
    await store.close()
    print(full, *done)

asyncio.run(main())
"""
OPENING = """
import os, sys
from pathlib import Path
from bot.errors import StoreError
from bot.stores.sqlite.store import TinyStore
os.setuid(65534)
try:
    TinyStore(Path(sys.argv[1]), "school", demo=True)
except StoreError as seen:
    print(seen)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, "school", demo=True)
    yield opened
    await opened.close()


async def test_no_acknowledgement_is_lost_or_doubled_whenever_the_machine_stops(path: Path):
    path.parent.mkdir()
    chance = random.Random(7)
    confirmed: dict[str, int] = {}
    for kill in range(KILLS):
        start = str(10_000 * kill)
        writer = subprocess.Popen(
            [sys.executable, "-c", ACKNOWLEDGING, str(path), start], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randint(1, 60))]
        writer.send_signal(signal.SIGKILL)
        lines += [line for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
        confirmed |= {person: int(number) for person, number in (line.split() for line in lines)}

    again = SqliteStore(path, "school", demo=True)  # opening verifies the chain, the rows and the file
    entries = await again.entries()
    slots = await again.slots()
    await again.close()
    by_person = [one.event.subject for one in entries]
    assert len(by_person) == len(set(by_person))
    assert {person: entries[number - 1].event.subject for person, number in confirmed.items()} == {
        person: person for person in confirmed
    }
    assert sorted(one.recipient for one in slots) == sorted(by_person)  # what goes out because of it, all or none


async def test_a_full_disk_is_said_loses_nothing_and_goes_on_when_there_is_room(path: Path):
    path.parent.mkdir()
    done = subprocess.run([sys.executable, "-c", FILLING, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    full, *kept = [int(one) for one in done.stdout.split()]

    again = SqliteStore(path, "school", demo=True)
    entries = await again.entries()
    await again.close()
    assert full > 20
    assert [one.event.subject for one in entries] == [f"p{number}" for number in kept]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not write")
def test_a_folder_that_cannot_be_written_is_said(path: Path):
    path.parent.mkdir(mode=0o555)
    for folder in path.parents:
        if folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run([sys.executable, "-c", OPENING, str(path)], capture_output=True, text=True, check=False)

    assert "cannot be opened" in done.stdout, done.stderr


async def test_a_damaged_file_is_refused_or_whole_and_never_half_read(store: SqliteStore, path: Path):
    await store.enrol([ANNA, BEN])
    for number in range(60):
        await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}", [card(f"p{number}")])
    await store.close()
    whole = path.read_bytes()
    before = everything(path)
    chance = random.Random(7)
    refused = 0
    for _ in range(FLIPS):
        held = bytearray(whole)
        held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
        path.write_bytes(held)
        try:
            assert everything(path) == before
        except StoreError as seen:
            assert str(seen).endswith(".")
            refused += 1
    assert refused > FLIPS / 2


def everything(path: Path) -> str:
    opened = SqliteStore(path, "school", demo=True, writes=False)
    try:
        return json.dumps(opened._storage.read(), sort_keys=True)
    finally:
        opened._db.close()


async def test_a_ledger_somebody_has_edited_in_the_file_is_not_opened(store: SqliteStore, path: Path):
    await store.append(acknowledged("p1"))
    await store.append(acknowledged("p2"))
    row = dict(store._row("ledger", "00000001") or {})
    await store._write(lambda: store._put("ledger", "00000001", {**row, "what": row["what"].replace("p1", "p3")}))
    await store.close()

    with pytest.raises(StoreError, match="Entry 1: what happened was changed"):
        SqliteStore(path, "school", demo=True)


def test_a_file_of_version_0_2_is_brought_up_to_date(path: Path):
    path.parent.mkdir()
    old = sqlite3.connect(path)
    old.execute("CREATE TABLE document (tab TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID")
    for tab, key, row in (("about", "kind", {"demo": True}), ("question", f"school/{MONDAY}/vape?", {"kept": True})):
        old.execute("INSERT INTO document VALUES (?, ?, ?)", (tab, key, json.dumps(row)))
    old.commit()
    old.close()

    with pytest.raises(StoreError, match="start this one once"):
        SqliteStore(path, "school", demo=True, writes=False)
    opened = SqliteStore(path, "school", demo=True)
    opened._db.close()
    opened._lock.release()
    assert "vape?" in everything(path)


async def test_a_file_of_a_newer_staffroom_is_left_alone(store: SqliteStore, path: Path):
    await store.close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()

    with pytest.raises(StoreError, match="newer Staffroom"):
        SqliteStore(path, "school", demo=True)


async def test_of_somebody_erased_not_a_byte_is_left_in_the_folder(store: SqliteStore, path: Path):
    pseudonym = (await store.enrol([ANNA, BEN]))["t1"]
    for _ in range(50):
        await store.append(
            Event(EventKind.ACKNOWLEDGE, NINE, pseudonym, pseudonym, "c1", {}, {"name": "Zoë Erasmus-Tëst"})
        )
    assert any("Zoë Erasmus".encode() in file.read_bytes() for file in path.parent.iterdir())

    await store.erase(pseudonym, Event(EventKind.ERASE, NINE, subject=pseudonym))

    for file in path.parent.iterdir():
        held = file.read_bytes()
        for trace in ("Zoë Erasmus".encode(), b"Erasmus-T", b"t1@school.example", b"account-t1", b"A teacher"):
            assert trace not in held, (file.name, trace)
    assert verify(await store.entries()).number == 51


class TestRestoring:
    async def test_a_backup_takes_the_place_of_what_was_there_and_says_so(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"))
        await store.keep_slots(card())
        await store.move(card(), card().taken_up(NINE))
        await store.keep_version(TEXT)
        back_up(path, path.parent / "copy.db")
        later = await store.append(acknowledged("p2"))
        await store.close()

        assert await restore(path.parent / "copy.db", path, "school", NINE, demo=True) == 0

        again = SqliteStore(path, "school", demo=True)
        first, second = await again.entries()
        assert second.event.facts == {"before": f"{later.number}:{later.hash}"}
        assert [one.tries for one in await again.slots()] == [1]
        assert (await again.slots())[0].is_due(NINE) is False
        assert await again.version(TEXT.digest) == TEXT
        await again.close()
        assert {file.name for file in path.parent.iterdir()} == {"store.db", "store.db.lock", "copy.db"}
        assert first.event.subject == "p1"

    async def test_whoever_was_erased_since_is_erased_again(self, store: SqliteStore, path: Path):
        pseudonym = (await store.enrol([ANNA]))["t1"]
        await store.append(acknowledged(pseudonym))
        back_up(path, path.parent / "copy.db")
        await store.erase(pseudonym, Event(EventKind.ERASE, NINE, subject=pseudonym))
        await store.close()

        assert await restore(path.parent / "copy.db", path, "school", NINE, demo=True) == 1

        (path.parent / "copy.db").unlink()
        assert all(b"t1@school.example" not in file.read_bytes() for file in path.parent.iterdir())
        again = SqliteStore(path, "school", demo=True)
        assert [one.event.kind for one in await again.entries()] == [
            EventKind.ACKNOWLEDGE,
            EventKind.ERASE,
            EventKind.RESTORE,
        ]
        await again.close()

    async def test_while_the_bot_runs_nothing_is_restored(self, store: SqliteStore, path: Path):
        await store.keep_question(QUESTION)
        back_up(path, path.parent / "copy.db")

        with pytest.raises(StoreError, match="already using"):
            await restore(path.parent / "copy.db", path, "school", NINE, demo=True)
        assert await store.questions() == (QUESTION,)

    async def test_a_damaged_backup_changes_nothing(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"))
        await store.close()
        whole = path.read_bytes()
        (path.parent / "copy.db").write_bytes(whole[:3000] + b"damage" * 300 + whole[4800:])

        with pytest.raises(StoreError):
            await restore(path.parent / "copy.db", path, "school", NINE, demo=True)
        assert everything(path)
        assert not list(path.parent.glob("*.coming*"))

    async def test_a_damaged_store_is_what_one_restores_for(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"))
        back_up(path, path.parent / "copy.db")
        await store.close()
        path.write_bytes(b"no store at all" * 100)

        await restore(path.parent / "copy.db", path, "school", NINE, demo=True)

        again = SqliteStore(path, "school", demo=True)
        assert len(await again.entries()) == 2
        await again.close()
