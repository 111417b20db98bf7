"""The default store: a real file, real processes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ask.rules.tallies import SentQuestion
from bot.errors import LedgerBroken, LedgerMoved, StoreError, StoreLocked
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Head
from bot.outbox.rules.message import MessageKind
from bot.stores.sqlite.backup import back_up
from bot.stores.sqlite.documents import checksum
from bot.stores.sqlite.network_share import network_kind
from bot.stores.sqlite.store import SqliteStore
from tests.channels.test_rate_limit import Clock
from tests.stores.arrival_promises import ArrivalPromises
from tests.stores.evidence_promises import EvidencePromises
from tests.stores.examples import ANNA, BEN, MONDAY, NINE, acknowledged, card, erased, own_chat
from tests.stores.outbox_promises import OutboxPromises
from tests.stores.people_promises import PeoplePromises
from tests.stores.promises import ASKED, QUESTION, Promises


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, "school", demo=True, clock=Clock())
    yield opened
    await opened.close()


class TestSqliteStore(Promises, EvidencePromises, OutboxPromises, PeoplePromises, ArrivalPromises):
    async def test_what_was_kept_is_there_after_opening_again(self, store: SqliteStore, path: Path):
        await store.count(ASKED)
        await store.keep_question(QUESTION)
        await store.pin("msteams", "account", "t1")
        chats = [own_chat("account", id) for id in ("a:2", "a:1", "a:3")]
        for chat in (*chats, replace(chats[1], written_on=MONDAY)):
            await store.keep_conversation(chat)
        await store.append(acknowledged("p1"), "ack/p1", [card()])
        tallies, entries = await store.tallies(), await store.entries()
        await store.close()

        again = SqliteStore(path, "school", demo=True)
        assert await again.tallies() == tallies
        assert await again.questions() == (QUESTION,)
        assert await again.person_of("msteams", "account") == "t1"
        assert await again.conversation_of("msteams", "account") == replace(chats[1], written_on=MONDAY)
        assert await again.entries() == entries
        assert await again.append(acknowledged("p2"), "ack/p1") == entries[0]
        assert await again.messages(MessageKind.AGREEMENT) == (card(),)
        assert again.copy_before_migration is None
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
        await store.append(acknowledged("p1"), "ack/p1", [card()])

        with pytest.raises(StoreLocked, match="already using"):
            SqliteStore(path, "school", demo=True)
        reader = SqliteStore(path, "school", demo=True, writes=False)
        assert await reader.questions() == (QUESTION,)
        assert await reader.entries() == await store.entries()
        assert await reader.messages(MessageKind.AGREEMENT) == (card(),)
        with pytest.raises(StoreError, match="could not be saved"):
            await reader.keep_question(SentQuestion("another", MONDAY))
        await reader.close()

    async def test_schools_do_not_see_each_other(self, store: SqliteStore, path: Path):
        await store.keep_question(QUESTION)
        await store.append(acknowledged("p1"), "ack/p1", [card()])
        await store.close()

        other = SqliteStore(path, "school-two", demo=True)
        assert await other.questions() == ()
        assert await other.head() == Head() and await other.entries() == ()
        assert await other.messages(MessageKind.AGREEMENT) == () == await other.messages(recipient="p1")
        assert await other.open_messages(NINE) == ()
        await other.close()

    async def test_what_is_in_memory_is_what_is_in_the_file(self, store: SqliteStore, path: Path):
        cards = [card(f"p{number}") for number in range(9)]
        for number, message in enumerate(cards):
            await store.keep_messages(message)
            assert len(await store.messages(MessageKind.AGREEMENT)) == number + 1
        moves = (store.move(message, message.leased("somebody", NINE)) for message in cards[:6])
        await asyncio.gather(*moves, store.drop_messages(*cards[4:]))
        pseudonyms = await store.enrol([ANNA, BEN])
        assert len(await store.everybody_known()) == 2
        await store.erase(pseudonyms["t1"], erased(pseudonyms["t1"]))

        reader = SqliteStore(path, "school", demo=True, writes=False)
        assert await store.messages(MessageKind.AGREEMENT) == await reader.messages(MessageKind.AGREEMENT)
        assert await store.everybody_known() == await reader.everybody_known()
        assert set(await store.everybody_known()) == {pseudonyms["t2"]}
        await reader.close()

    async def test_of_a_write_that_fails_nothing_is_seen_and_the_others_at_the_same_time_are_kept(
        self, store: SqliteStore
    ):
        await store.append(acknowledged("p1"), "ack/p1", [card("p1")])
        assert await store.messages(MessageKind.AGREEMENT) == (card("p1"),)

        outcomes = await asyncio.gather(
            store.keep_messages(card("p2")),
            store.append(acknowledged("p3"), Head(7, "0" * 64), [card("p3")]),
            store.append(acknowledged("p4"), "ack/p4", [card("p4"), replace(card("p5"), why=object())]),  # type: ignore[arg-type]
            store.keep_messages(card("p6")),
            return_exceptions=True,
        )

        assert [type(outcome) for outcome in outcomes] == [int, LedgerMoved, TypeError, int]
        assert await store.messages(MessageKind.AGREEMENT) == (card("p1"), card("p2"), card("p6"))
        assert len(await store.entries()) == 1
        assert (await store.append(acknowledged("p4"), "ack/p4")).number == 2

    async def test_nobody_reads_what_is_not_durable(self, store: SqliteStore, path: Path):
        await store.append(acknowledged("p0"), "ack/p0")
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # until it ends, nothing of ours is durable
            waiting = asyncio.ensure_future(store.append(acknowledged("p1"), "ack/p1", [card()]))
            for _ in range(50):
                await asyncio.sleep(0)
            assert (await store.head()).number == 1 == len(await store.entries())
            assert await store.messages(MessageKind.AGREEMENT) == ()
            other.execute("ROLLBACK")
        other.close()

        assert (await waiting).number == 2
        assert await store.messages(MessageKind.AGREEMENT) == (card(),)

    async def test_somebody_who_stops_waiting_does_not_stop_the_write(self, store: SqliteStore):
        waiting = asyncio.ensure_future(store.keep_question(QUESTION))
        await asyncio.sleep(0)
        waiting.cancel()
        await store.count(ASKED)

        assert await store.questions() == (QUESTION,)

    async def test_a_closed_store_says_so(self, store: SqliteStore):
        await store.close()

        with pytest.raises(StoreError, match="closed"):
            await store.count(ASKED)
        with pytest.raises(StoreError, match="could not be read"):
            await store.entries()
        assert not await store.is_well()

    @pytest.mark.long
    async def test_more_messages_than_fit_in_memory_are_read_from_the_file(self, store: SqliteStore, path: Path):
        cards = [card(f"p{number:05d}") for number in range(20_050)]
        await store.keep_messages(*cards)
        assert await store.messages(MessageKind.AGREEMENT) == tuple(cards)
        leased = cards[7].leased("somebody", NINE)
        assert await store.move(cards[7], leased)

        assert (await store.messages(MessageKind.AGREEMENT))[7] == leased

    async def test_a_message_is_found_after_it_was_read_and_changed_in_any_order(self, store: SqliteStore):
        assert await store.messages(MessageKind.AGREEMENT, recipient="p1") == ()
        await store.keep_messages(card("p1"))
        assert await store.messages(MessageKind.AGREEMENT, recipient="p1") == (card("p1"),)
        await store.drop_messages(card("p1"))
        assert await store.messages(MessageKind.AGREEMENT, recipient="p1") == ()


def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(path: Path):
    path.parent.mkdir()
    path.write_bytes(b"this is not a database, whatever its name says" * 50)
    before = path.read_bytes()

    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteStore(path, "school", demo=True)
    assert path.read_bytes() == before


class TestVerifyingAtStart:
    async def test_without_a_saved_projection_the_whole_chain_is_verified(self, store: SqliteStore, path: Path):
        await acknowledge(store, 9)
        await store.close()
        change_entry(path, 3)

        with pytest.raises(StoreError, match="Entry 3: what happened was changed"):
            SqliteStore(path, "school", demo=True)

    async def test_with_one_the_tail_after_it_is_and_the_rest_every_night(self, store: SqliteStore, path: Path):
        await acknowledge(store, 5)
        await store.save_projection("campaigns", 1, await store.head(), "{}")
        await acknowledge(store, 9)
        await store.close()
        change_entry(path, 3)

        again = SqliteStore(path, "school", demo=True)
        with pytest.raises(LedgerBroken, match="Entry 3: what happened was changed"):
            await LedgerFeed(again).verify_all()
        await again.close()
        change_entry(path, 7)
        with pytest.raises(LedgerBroken, match="Entry 7: what happened was changed"):
            SqliteStore(path, "school", demo=True)

    async def test_a_saved_projection_of_an_entry_that_is_not_there_as_it_was_counts_for_nothing(
        self, store: SqliteStore, path: Path
    ):
        await acknowledge(store, 5)
        await store.save_projection("campaigns", 1, await store.head(), "{}")
        await store.save_projection("recordings", 1, Head(99, "0" * 64), "{}")
        await store.close()
        change_entry(path, 5)

        with pytest.raises(LedgerBroken, match="Entry 5: what happened was changed"):
            SqliteStore(path, "school", demo=True)

    async def test_a_ledger_that_was_cut_short_is_not_opened(self, store: SqliteStore, path: Path):
        await acknowledge(store, 5)
        await store.save_projection("campaigns", 1, await store.head(), "{}")
        await acknowledge(store, 9)
        await store.close()
        with sqlite3.connect(path) as db:
            db.execute("DELETE FROM document WHERE tab = 'ledger' AND id = 'school/00000009'")
        db.close()

        with pytest.raises(LedgerBroken, match="the last of them are missing"):
            SqliteStore(path, "school", demo=True)


async def acknowledge(store: SqliteStore, last: int) -> None:
    """Acknowledgements up to an entry of that number."""
    for number in range((await store.head()).number + 1, last + 1):
        await store.append(acknowledged(f"p{number}"), f"ack/p{number}")


def change_entry(path: Path, number: int) -> None:
    """What somebody can do who has the file and knows how rows are checked."""
    key = f"school/{number:08d}"
    with sqlite3.connect(path) as db:
        body = db.execute("SELECT body FROM document WHERE tab = 'ledger' AND id = ?", [key]).fetchone()[0]
        body = body.replace(f"p{number}", "px", 1)
        sum = checksum("ledger", key, body)
        db.execute("UPDATE document SET body = ?, sum = ? WHERE tab = 'ledger' AND id = ?", [body, sum, key])
    db.close()


async def test_a_backup_beside_a_running_bot_is_whole_and_never_overwrites(
    store: SqliteStore, path: Path, tmp_path: Path
):
    await store.keep_question(QUESTION)

    back_up(path, tmp_path / "copy.db")

    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT id FROM document WHERE tab = 'question'").fetchall() == [
            (f"school/{QUESTION.on.isoformat()}/{QUESTION.text}",)
        ]
    copy.close()
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
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
