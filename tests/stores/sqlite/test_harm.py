"""What is confirmed is never lost: kills, full disks, folders that cannot be written, flipped bytes, old files."""

import asyncio
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
from bot.outbox.rules.message import MessageKind
from bot.stores.sqlite.backup import back_up
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import ANNA, BEN, NINE, TEXT, acknowledged, card, erased, own_chat
from tests.stores.promises import ASKED
from tests.stores.sqlite.contents import everything

KILLS = 1_000 if os.environ.get("STAFFROOM_SOAK") else 6
FLIPS = 2_000 if os.environ.get("STAFFROOM_SOAK") else 150
DAMAGED_TEXT = b'\\"kind\\":\\"acknowledge\\",\\"local\\":\\"2021-09-06T09:00:00+01:00\\",\\"subject\\":\\"p3\\"'
ACKNOWLEDGING = """
import asyncio, sys
from pathlib import Path
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import acknowledged, card

async def presses(store, people, first):
    for number in range(first, 1_000_000_000, people):
        entry = await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}", [card(f"p{number}")])
        print(f"p{number} {entry.number}", flush=True)

async def main():
    store = SqliteStore(Path(sys.argv[1]), "school", demo=True)
    start = int(sys.argv[2])
    await asyncio.gather(*(presses(store, 4, start + offset) for offset in range(4)))

asyncio.run(main())
"""
FILLING = """
import asyncio, resource, signal, sys
from pathlib import Path
from bot.errors import StoreError
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import acknowledged

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = SqliteStore(Path(sys.argv[1]), "school", demo=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    saved, refused = [], 0
    for number in range(2_000):
        try:
            await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}")
            saved.append(number)
        except StoreError as error:
            refused += 1
            assert str(error).startswith("This could not be saved"), error
            if refused == 3:
                break
    full = len(saved)
    assert refused == 3, "the disk never filled"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for number in range(5_000, 5_010):
        await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}")
        saved.append(number)
    await store.close()
    print(full, *saved)

asyncio.run(main())
"""
OPENING = """
import os, sys
from pathlib import Path
from bot.errors import StoreError
from bot.stores.sqlite.store import SqliteStore
os.setuid(65534)
try:
    SqliteStore(Path(sys.argv[1]), "school", demo=True)
except StoreError as error:
    print(error)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, "school", demo=True)
    yield opened
    await opened.close()


@pytest.mark.long
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
    cards = await again.messages(MessageKind.AGREEMENT)
    await again.close()
    by_person = [entry.event.subject for entry in entries]
    assert len(by_person) == len(set(by_person))
    assert {person: entries[number - 1].event.subject for person, number in confirmed.items()} == {
        person: person for person in confirmed
    }
    assert sorted(card.recipient for card in cards) == sorted(by_person)  # what goes out because of it, all or none


async def test_a_full_disk_is_said_loses_nothing_and_goes_on_when_there_is_room(path: Path):
    path.parent.mkdir()
    filled = subprocess.run([sys.executable, "-c", FILLING, str(path)], capture_output=True, text=True, check=False)
    assert filled.returncode == 0, filled.stderr
    full, *saved = [int(number) for number in filled.stdout.split()]

    again = SqliteStore(path, "school", demo=True)
    entries = await again.entries()
    await again.close()
    assert full > 10
    assert [entry.event.subject for entry in entries] == [f"p{number}" for number in saved]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not write")
def test_a_folder_that_cannot_be_written_is_said(path: Path):
    path.parent.mkdir(mode=0o555)
    for folder in path.parents:
        if folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    opened = subprocess.run([sys.executable, "-c", OPENING, str(path)], capture_output=True, text=True, check=False)

    assert "cannot be opened" in opened.stdout, opened.stderr


async def test_a_damaged_file_is_refused_or_whole_and_never_half_read(store: SqliteStore, path: Path):
    await store.enrol([ANNA, BEN])
    await store.count(ASKED)
    await store.keep_version(TEXT)
    await store.pin("msteams", "account", "t2")
    await store.keep_conversation(own_chat("account"))
    for number in range(60):
        await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}", [card(f"p{number}")])
    await store.close()
    whole = path.read_bytes()
    before = await everything(path)
    chance = random.Random(7)
    refused = 0
    for _ in range(FLIPS):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            assert await everything(path) == before
        except StoreError as error:
            assert str(error).endswith(".")
            refused += 1
    assert refused > FLIPS / 2


class TestALargeFile:
    """What is too large to be read whole at every start."""

    @pytest.fixture
    async def damaged(self, store: SqliteStore, path: Path) -> Path:
        """A large store that was stopped cleanly, with a flipped bit in the entry about p3."""
        for number in range(9):
            await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}", [card(f"p{number}")])
        await store.save_projection("campaigns", 1, await store.head(), "x" * 33_000_000)
        await store.close()
        content = path.read_bytes()
        assert content.count(DAMAGED_TEXT) == 1
        path.write_bytes(content.replace(DAMAGED_TEXT, DAMAGED_TEXT.replace(b"p3", b"p2")))
        return path

    async def test_a_damaged_row_is_refused_when_it_is_read(self, damaged: Path):
        opened = SqliteStore(damaged, "school", demo=True)

        assert len(await opened.entries(4)) == 5
        assert len(await opened.messages(MessageKind.AGREEMENT)) == 9
        with pytest.raises(StoreError, match="This store is damaged"):
            await opened.entries()
        await opened.close()

    async def test_it_is_found_by_the_check_at_night(self, damaged: Path):
        opened = SqliteStore(damaged, "school", demo=True)

        with pytest.raises(StoreError, match="This store is damaged"):
            await opened.check_whole()
        assert (await opened.append(acknowledged("p9"), "acknowledge/p9")).number == 10
        await opened.close()

    async def test_it_is_found_at_the_start_after_a_stop_that_was_not_clean(self, damaged: Path):
        damaged.with_name(f"{damaged.name}-wal").touch()  # what a kill leaves beside it

        with pytest.raises(StoreError, match="This store is damaged"):
            SqliteStore(damaged, "school", demo=True)

    async def test_it_is_found_by_a_backup(self, damaged: Path, tmp_path: Path):
        with pytest.raises(StoreError, match="is damaged; the copy was not kept"):
            back_up(damaged, tmp_path / "copy.db")
        assert not list(tmp_path.glob("copy.db*"))


async def test_a_whole_store_passes_the_check_at_night_while_it_is_written(store: SqliteStore):
    events = (store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}") for number in range(200))

    await asyncio.gather(store.check_whole(), *events)


async def test_a_file_of_a_newer_staffroom_is_left_alone(store: SqliteStore, path: Path):
    await store.close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()

    with pytest.raises(StoreError, match="newer Staffroom"):
        SqliteStore(path, "school", demo=True)


async def test_of_somebody_erased_not_a_byte_is_left_in_the_folder(store: SqliteStore, path: Path):
    pseudonym = (await store.enrol([ANNA, BEN]))["t1"]
    details = {"name": "Zoë Erasmus-Tëst"}
    for _ in range(50):
        event = Event(EventKind.ACKNOWLEDGE, NINE, pseudonym, pseudonym, "c1", {}, details)
        await store.append(event, await store.head())
    await store.save_projection("campaigns", 1, await store.head(), "Zoë Erasmus-Tëst")
    assert any("Zoë Erasmus".encode() in file.read_bytes() for file in path.parent.iterdir())

    await store.erase(pseudonym, erased(pseudonym))

    for file in path.parent.iterdir():
        content = file.read_bytes()
        for trace in ("Zoë Erasmus".encode(), b"Erasmus-T", b"t1@school.example", b"account-t1", b"A teacher"):
            assert trace not in content, (file.name, trace)
    assert verify(await store.entries()).number == 51
