"""The default store: a real file, real processes, real kills."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.ask.rules.tallies import SentQuestion
from bot.errors import StoreError, StoreLocked
from bot.evidence.rules.ledger import Event, EventKind
from bot.stores.sqlite.backup import back_up
from bot.stores.sqlite.network_share import network_kind
from bot.stores.sqlite.rows import Row
from bot.stores.sqlite.store import SqliteStore
from tests.fakes import MONDAY
from tests.stores.evidence_promises import ANNA, BEN, NINE, EvidencePromises, card
from tests.stores.promises import ASKED, QUESTION, Promises


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, "school", demo=True)
    yield opened
    await opened.close()


class TestTinyStore(Promises, EvidencePromises):
    async def test_what_was_kept_is_there_after_opening_again(self, store: SqliteStore, path: Path):
        await store.count(ASKED)
        await store.keep_question(QUESTION)
        tallies = await store.tallies()
        await store.close()

        again = SqliteStore(path, "school", demo=True)
        assert await again.tallies() == tallies
        assert await again.questions() == (QUESTION,)
        await again.close()

    async def test_a_demo_store_stays_a_demo_store(self, store: SqliteStore, path: Path):
        await store.close()

        with pytest.raises(StoreError, match="a demo store and stays one"):
            SqliteStore(path, "school", demo=False)

    async def test_a_real_store_is_never_opened_as_a_demo(self, path: Path):
        await SqliteStore(path, "school", demo=False).close()

        with pytest.raises(StoreError, match="a real school's store"):
            SqliteStore(path, "school", demo=True)

    async def test_only_one_process_writes_and_others_may_read(self, store: SqliteStore, path: Path):
        await store.keep_question(QUESTION)

        with pytest.raises(StoreLocked, match="already using"):
            SqliteStore(path, "school", demo=True)
        reader = SqliteStore(path, "school", demo=True, writes=False)
        assert await reader.questions() == (QUESTION,)
        with pytest.raises(StoreError, match="could not be saved"):
            await reader.keep_question(SentQuestion("another", MONDAY))
        await reader.close()

    async def test_schools_do_not_see_each_other(self, store: SqliteStore, path: Path):
        await store.keep_question(QUESTION)
        await store.keep_slots(card())
        await store.close()

        other = SqliteStore(path, "school-two", demo=True)
        assert await other.questions() == ()
        assert await other.slots() == ()
        await other.close()

    async def test_what_is_kept_up_with_in_memory_is_what_stands_in_the_file(self, store: SqliteStore, path: Path):
        slots = [card(f"p{number}") for number in range(9)]
        for number, one in enumerate(slots):
            await store.keep_slots(one)
            assert len(await store.slots()) == number + 1
        await asyncio.gather(*(store.move(one, one.taken_up(NINE)) for one in slots[:6]), store.drop_slots(*slots[4:]))
        mine = await store.enrol([ANNA, BEN])
        assert len(await store.known()) == 2
        await store.erase(mine["t1"], Event(EventKind.ERASE, NINE, subject=mine["t1"]))

        fresh = SqliteStore(path, "school", demo=True, writes=False)
        assert await store.slots() == await fresh.slots()
        assert await store.known() == await fresh.known() and set(await store.known()) == {mine["t2"]}
        await fresh.close()

    async def test_what_could_not_be_saved_is_never_seen(self, store: SqliteStore):
        await store.keep_slots(card())
        assert await store.slots() == (card(),)

        def unit() -> None:
            store._keep_new([card("p2")])
            raise ValueError

        with pytest.raises(ValueError):
            await store._write(unit)
        assert await store.slots() == (card(),)

    async def test_what_could_not_be_taken_in_is_given_again(self, store: SqliteStore):
        taken: list[str] = []

        def refuse(news: Mapping[str, Row | None]) -> None:
            raise ValueError

        for recipient in ("p1", "p2"):
            await store.keep_slots(card(recipient))
            with pytest.raises(ValueError):
                store._storage.keep_up("slot", refuse)
            store._storage.keep_up("slot", taken.extend)

        assert taken == [f"school/{card(one).key}" for one in ("p1", "p2")]

    def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(self, path: Path):
        path.parent.mkdir()
        path.write_bytes(b"this is not a database, whatever its name says" * 50)
        before = path.read_bytes()

        with pytest.raises(StoreError, match="cannot be opened"):
            SqliteStore(path, "school", demo=True)
        assert path.read_bytes() == before

    async def test_a_unit_that_fails_undoes_itself_and_nothing_else(self, store: SqliteStore):
        def fails() -> None:
            store._put("any", "half", {"n": 1})
            store._add("any", "key", {"n": 2})

        await store._write(lambda: store._add("any", "key", {"n": 1}))
        done = await asyncio.gather(
            store._write(lambda: store._put("any", "before", {})),
            store._write(fails),
            store._write(lambda: store._put("any", "odd", {"n": object()})),
            store._write(lambda: store._put("any", "after", {})),
            return_exceptions=True,
        )

        assert [type(one) for one in done] == [type(None), ValueError, TypeError, type(None)]
        assert store._rows("any") == {"school/key": {"n": 1}, "school/before": {}, "school/after": {}}

    async def test_nobody_reads_what_is_not_durable(self, store: SqliteStore):
        seen = []

        def unit() -> None:
            store._put("any", "key", {})
            seen.append((store._row_now("any", "key"), store._row("any", "key")))

        await store._write(unit)

        assert seen == [({}, None)]
        assert store._row("any", "key") == {}

    async def test_whoever_stops_waiting_does_not_stop_the_write(self, store: SqliteStore):
        waiting = asyncio.ensure_future(store.keep_question(QUESTION))
        await asyncio.sleep(0)
        waiting.cancel()
        await store.count(ASKED)

        assert await store.questions() == (QUESTION,)

    async def test_a_closed_store_says_so(self, store: SqliteStore):
        await store.close()

        with pytest.raises(StoreError, match="closed"):
            await store.count(ASKED)
        assert not await store.is_well()


async def test_a_backup_beside_a_running_bot_is_whole_and_never_overwrites(
    store: SqliteStore, path: Path, tmp_path: Path
):
    await store.keep_question(QUESTION)

    back_up(path, tmp_path / "copy.db")

    copied = SqliteStore(tmp_path / "copy.db", "school", demo=True, writes=False)
    assert await copied.questions() == (QUESTION,)
    await copied.close()
    with pytest.raises(StoreError, match="never overwrites"):
        back_up(path, tmp_path / "copy.db")
    with pytest.raises(StoreError, match="could not be copied"):
        back_up(tmp_path / "gone.db", tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/srv/data/s.db", ""), ("/mnt/share/s.db", "cifs"), ("/mnt/share two/s.db", "nfs4"), ("/mnt/shared/s.db", "")],
)
def test_a_network_share_is_told_from_a_local_disk(path: str, kind: str):
    mounts = "/dev/sda1 / ext4 rw 0 0\n//nas/x /mnt/share cifs rw 0 0\nnas:/y /mnt/share\\040two nfs4 rw 0 0\nodd\n"

    assert network_kind(Path(path), mounts) == kind
