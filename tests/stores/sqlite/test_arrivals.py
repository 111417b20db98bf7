"""What was answered, and which messages are in doubt, is known after a restart, and no longer than it has to be."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.desk.arrivals import ArrivalState
from bot.stores.sqlite.store import SqliteStore
from tests.channels.test_rate_limit import Clock
from tests.stores.examples import NINE

Open = Callable[[], SqliteStore]
QUESTION = '["message", "D0TEACHER", "1700000000.000100"]'


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def opened(file: Path, clock: Clock) -> Open:
    return lambda: SqliteStore(file, "school", demo=True, clock=clock)


async def answered(store: SqliteStore, key: str = QUESTION) -> None:
    await store.begin_arrival(key)
    await store.end_arrival(key, is_done=True)


async def test_what_was_answered_before_a_restart_is_known_after_it(opened: Open):
    store = opened()
    await answered(store)
    await store.close()

    store = opened()
    assert await store.begin_arrival(QUESTION) is ArrivalState.DONE
    await store.close()


async def test_what_was_begun_before_a_restart_and_not_ended_is_answered_after_it(opened: Open):
    store = opened()
    await store.begin_arrival(QUESTION)
    await store.close()

    store = opened()
    assert await store.begin_arrival(QUESTION) is ArrivalState.NEW
    await store.close()


async def test_after_ten_minutes_it_is_forgotten_and_gone_from_the_file_with_the_next(
    opened: Open, clock: Clock, file: Path
):
    store = opened()
    await answered(store)
    clock.at += 601

    assert await store.begin_arrival(QUESTION) is ArrivalState.NEW
    await answered(store, "another")
    await store.close()

    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT count(*) FROM document WHERE tab = 'arrival'").fetchone() == (1,)


async def test_a_clock_that_was_set_back_by_an_hour_does_not_silence_anybody(opened: Open, clock: Clock):
    clock.at = 7_200.0
    store = opened()
    await answered(store)
    clock.at = 3_600.0

    assert await store.begin_arrival(QUESTION) is ArrivalState.NEW
    await store.close()


async def test_the_file_holds_a_digest_and_a_time_and_no_id(opened: Open, file: Path):
    store = opened()
    await answered(store)
    await store.close()

    with closing(sqlite3.connect(file)) as db:
        ((id, body),) = db.execute("SELECT id, body FROM document WHERE tab = 'arrival'").fetchall()
    assert "TEACHER" not in id + body and "1700000000" not in id + body


async def test_a_message_in_doubt_is_still_in_doubt_after_a_restart(opened: Open):
    store = opened()
    await store.keep_doubt("a digest", NINE)
    await store.close()

    store = opened()
    assert await store.doubt("a digest") == NINE
    await store.close()
