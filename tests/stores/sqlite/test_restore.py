"""A backup takes the place of a store, and what happened since is not undone in silence."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import LEASE
from bot.stores.sqlite.backup import back_up, restore
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import ANNA, NINE, TEXT, acknowledged, card, erased
from tests.stores.promises import QUESTION
from tests.stores.sqlite.contents import everything


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, "school", demo=True)
    yield opened
    await opened.close()


class TestRestoring:
    async def test_a_backup_takes_the_place_of_what_was_there_and_says_so(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"), "ack/p1")
        leased = card().leased("somebody", NINE)
        await store.keep_messages(leased)
        await store.keep_version(TEXT)
        back_up(path, path.parent / "copy.db")
        later = await store.append(acknowledged("p2"), "ack/p2")
        await store.close()

        restored = await restore(path.parent / "copy.db", path, "school", NINE, demo=True)

        assert (restored.erased_again, restored.lost) == (0, 1)
        aside = {path.with_name(f"store.before-restore-2021-09-06-080000.db{ending}") for ending in ("", ".witness")}
        assert set(restored.kept_aside) == aside

        again = SqliteStore(path, "school", demo=True)
        first, second = await again.entries()
        assert second.event.facts == {"before": f"{later.number}:{later.hash}"}
        assert await again.open_messages(NINE) == (leased,)
        assert leased.is_stuck(NINE + LEASE)  # then it is in doubt, like after any other stop
        assert await again.version(TEXT.digest) == TEXT
        await again.close()
        names = {"store.db", "store.db.lock", "store.db.witness", "copy.db"}
        assert {file.name for file in path.parent.iterdir()} == names | {file.name for file in aside}
        assert first.event.subject == "p1"

    async def test_people_who_were_erased_since_are_erased_again(self, store: SqliteStore, path: Path):
        pseudonym = (await store.enrol([ANNA]))["t1"]
        await store.append(acknowledged(pseudonym), "ack")
        back_up(path, path.parent / "copy.db")
        await store.erase(pseudonym, erased(pseudonym))
        await store.close()

        assert (await restore(path.parent / "copy.db", path, "school", NINE, demo=True)).erased_again == 1

        (path.parent / "copy.db").unlink()
        assert all(b"t1@school.example" not in file.read_bytes() for file in path.parent.iterdir())
        again = SqliteStore(path, "school", demo=True)
        assert [entry.event.kind for entry in await again.entries()] == [
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
        await store.append(acknowledged("p1"), "ack/p1")
        await store.close()
        whole = path.read_bytes()
        (path.parent / "copy.db").write_bytes(whole[:3000] + b"damage" * 300 + whole[4800:])

        with pytest.raises(StoreError):
            await restore(path.parent / "copy.db", path, "school", NINE, demo=True)
        assert await everything(path)
        assert not list(path.parent.glob("*.coming*"))

    async def test_a_damaged_store_is_what_a_backup_is_for(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p1"), "ack/p1")
        back_up(path, path.parent / "copy.db")
        await store.close()
        path.write_bytes(b"no store at all" * 100)

        await restore(path.parent / "copy.db", path, "school", NINE, demo=True)

        again = SqliteStore(path, "school", demo=True)
        assert len(await again.entries()) == 2
        await again.close()

    async def test_a_clock_that_went_back_since_is_noted_and_stops_nothing(self, store: SqliteStore, path: Path):
        await store.append(replace(acknowledged("p1"), at=NINE + timedelta(days=1)), "ack/p1")
        await store.close()
        back_up(path, path.parent / "copy.db")

        await restore(path.parent / "copy.db", path, "school", NINE, demo=True)

        again = SqliteStore(path, "school", demo=True)
        kinds = [entry.event.kind for entry in await again.entries()]
        assert kinds == [EventKind.ACKNOWLEDGE, EventKind.CLOCK_WENT_BACK, EventKind.RESTORE]
        await again.close()
