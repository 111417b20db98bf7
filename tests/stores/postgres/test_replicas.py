"""Two replicas on one database: one chain, messages claimed once, and what is said if nobody knows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.arrivals import ArrivalState
from bot.errors import LedgerBroken, LedgerMoved, StoreError, StoreLocked, StoreUnsure
from bot.evidence.rules.ledger import Head, verify
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.people.rules.conversations import SentMessage
from bot.stores.postgres.store import WITNESS, PostgresStore, take_witness
from bot.stores.postgres.witness import read_witness
from tests.fakes import days
from tests.stores.conftest import Place
from tests.stores.examples import ANNA, NINE, acknowledged, card

MINUTE = timedelta(minutes=1)
SENT = SentMessage("msteams", "a:1", "m1")
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture
async def other(place: Place, postgres_store: PostgresStore, tmp_path: Path) -> AsyncIterator[PostgresStore]:
    """A second replica, with a witness of its own."""
    opened = await place.open(tmp_path / "second")
    yield opened
    await opened.close()


async def test_two_replicas_go_on_with_one_chain(postgres_store: PostgresStore, other: PostgresStore):
    people = [f"p{number}" for number in range(60)]
    stores = (postgres_store, other)

    added = await asyncio.gather(
        *(store.append(acknowledged(person), f"ack/{person}") for person in people for store in stores)
    )

    entries = await other.entries()
    assert len(entries) == 60 == len({entry.number for entry in added})
    assert verify(entries) == await postgres_store.head()


async def test_of_two_replicas_that_decide_on_one_head_one_gets_to_write(
    postgres_store: PostgresStore, other: PostgresStore
):
    head = await postgres_store.head()

    outcomes = await asyncio.gather(
        *(store.append(acknowledged("p1"), head) for store in (postgres_store, other)), return_exceptions=True
    )

    assert sorted(isinstance(outcome, LedgerMoved) for outcome in outcomes) == [False, True]


async def test_what_one_replica_changes_about_people_the_other_sees(
    postgres_store: PostgresStore, other: PostgresStore
):
    await postgres_store.enrol([ANNA])
    assert len(await other.everybody_known()) == 1
    await postgres_store.enrol([replace(ANNA, name="Another name")])

    assert [person.name for person in (await other.everybody_known()).values()] == ["Another name"]


async def test_a_due_message_is_claimed_by_one_replica_only(postgres_store: PostgresStore, other: PostgresStore):
    cards = [card(f"p{number:02d}") for number in range(40)]
    await postgres_store.keep_messages(*cards)

    claims = await asyncio.gather(
        *(
            store.claim_messages(cards[begin : begin + 7], name, NINE, MINUTE)
            for store, name in ((postgres_store, "a"), (other, "b"))
            for begin in range(0, 40, 7)
        )
    )

    keys = [claim.message.key for part in claims for claim in part]
    assert sorted(keys) == [message.key for message in cards]


async def test_a_lease_is_counted_by_the_clock_of_the_database(place: Place, postgres_store: PostgresStore):
    ((now,),) = place.server.administer("SELECT clock_timestamp()")
    await postgres_store.keep_messages(card())

    (claim,) = await postgres_store.claim_messages([card()], "a", NINE, MINUTE)

    lease = claim.message.lease
    assert lease and lease.holder == "a" and lease.until > now + MINUTE
    assert await postgres_store.stuck_messages(NINE + 10_000 * days(1)) == ()


async def test_who_was_paused_beyond_the_lease_settles_nothing(postgres_store: PostgresStore, other: PostgresStore):
    await postgres_store.keep_messages(card())
    (paused,) = await postgres_store.claim_messages([card()], "a", NINE, timedelta(0))
    (stuck,) = await other.stuck_messages(NINE)
    again = replace(stuck, state=DeliveryState.DUE, lease=None)
    assert await other.move(stuck, again)
    (claim,) = await other.claim_messages([again], "a", NINE, MINUTE)

    assert not await postgres_store.settle(paused, paused.message.arrived(SENT, NINE))
    assert claim.fence == paused.fence + 1
    assert await other.settle(claim, claim.message.arrived(SENT, NINE))
    message = await postgres_store.message(card().key)
    assert message and message.state is DeliveryState.SENT and message.lease is None
    assert not await other.settle(claim, claim.message.failed("again"))


class TestTheLead:
    async def test_one_replica_leads_until_it_stops_and_then_the_other_does_at_once(
        self, postgres_store: PostgresStore, other: PostgresStore
    ):
        assert [await store.lead() for store in (postgres_store, other, postgres_store)] == [True, False, True]

        await postgres_store.close()

        assert await other.lead()

    async def test_one_that_says_nothing_for_longer_than_its_lease_has_lost_it(
        self, place: Place, postgres_store: PostgresStore, other: PostgresStore
    ):
        assert await postgres_store.lead()
        number = postgres_store.school.id
        place.server.administer(
            f"UPDATE leader SET until = clock_timestamp() - interval '1 s' WHERE school = {number}", place.database
        )

        assert await other.lead()
        assert not await postgres_store.lead()


class TestWhatArrived:
    async def test_it_is_answered_by_one_replica(self, postgres_store: PostgresStore, other: PostgresStore):
        states = await asyncio.gather(*(store.begin_arrival("an id") for store in (postgres_store, other)))
        assert sorted(states) == [ArrivalState.NEW, ArrivalState.UNDER_WAY]

        await postgres_store.end_arrival("an id", is_done=True)

        assert await other.begin_arrival("an id") is ArrivalState.DONE
        assert await other.begin_arrival("another id") is ArrivalState.NEW

    async def test_what_could_not_be_answered_is_begun_again_by_either(
        self, postgres_store: PostgresStore, other: PostgresStore
    ):
        await postgres_store.begin_arrival("an id")
        await postgres_store.end_arrival("an id", is_done=False)

        assert await other.begin_arrival("an id") is ArrivalState.NEW

    async def test_what_a_killed_replica_was_answering_is_another_s_after_fifteen_seconds(
        self, place: Place, postgres_store: PostgresStore, other: PostgresStore
    ):
        await postgres_store.begin_arrival("an id")
        place.server.administer("UPDATE arrival SET begun_at = begun_at - interval '15 s'", place.database)

        assert await other.begin_arrival("an id") is ArrivalState.NEW
        assert await postgres_store.begin_arrival("an id") is ArrivalState.UNDER_WAY

    async def test_after_ten_minutes_it_is_forgotten(self, place: Place, postgres_store: PostgresStore):
        await postgres_store.begin_arrival("an id")
        place.server.administer("UPDATE arrival SET begun_at = begun_at - interval '10 minutes'", place.database)

        await postgres_store.checkpoint()

        number = postgres_store.school.id
        assert place.server.administer(f"SELECT FROM arrival WHERE school = {number}", place.database) == []


class TestASecondReplica:
    async def test_it_is_refused_while_another_runs(self, place: Place, postgres_store: PostgresStore, tmp_path: Path):
        with pytest.raises(StoreLocked, match="Another Staffroom of this school runs"):
            await place.open(tmp_path / "second", is_alone=True)

        await postgres_store.close()
        opened = await place.open(tmp_path / "second", is_alone=True)
        await opened.close()

    async def test_one_that_was_killed_starts_again_in_its_folder_at_once(
        self, place: Place, postgres_store: PostgresStore
    ):
        await postgres_store.close()
        (replica,) = (place.folder / "postgresql.replica").read_text().split()
        values = f"({postgres_store.school.id}, '{replica}', 'killed', clock_timestamp())"
        place.server.administer(f"INSERT INTO replica VALUES {values}", place.database)

        again = await place.open(is_alone=True)
        await again.close()

    async def test_two_do_not_share_a_data_folder(self, place: Place, postgres_store: PostgresStore):
        with pytest.raises(StoreLocked, match="works in this data folder"):
            await place.open()


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_a_commit_that_no_standby_has_is_unsure_and_pressing_again_counts_once(
    place: Place, postgres_store: PostgresStore, is_cancelled: bool
):
    if not is_cancelled:
        postgres_store.writer.write_seconds = 1.5
    place.server.administer("ALTER SYSTEM SET synchronous_standby_names = 'a_standby_that_never_comes'")
    place.server.administer("SELECT pg_reload_conf()")
    try:
        press = asyncio.ensure_future(postgres_store.append(acknowledged("p1"), "ack/p1", [card()]))
        waiting: list[tuple[object, ...]] = []
        while is_cancelled and not waiting and not press.done():
            waiting = await asyncio.to_thread(place.server.administer, WAITING)
        for (pid,) in waiting:
            place.server.administer(f"SELECT pg_cancel_backend({pid})")
        with pytest.raises(StoreUnsure, match="nobody knows yet"):
            await press
    finally:
        place.server.administer("ALTER SYSTEM RESET synchronous_standby_names")
        place.server.administer("SELECT pg_reload_conf()")

    entry = await postgres_store.append(acknowledged("p1"), "ack/p1", [card()])
    assert await postgres_store.entries() == (entry,)
    assert await postgres_store.messages(MessageKind.AGREEMENT) == (card(),)


async def test_of_writes_at_the_same_time_one_that_cannot_be_written_fails_alone(postgres_store: PostgresStore):
    outcomes = await asyncio.gather(
        postgres_store.keep_messages(card("p2")),
        postgres_store.append(acknowledged("p3"), Head(7, "0" * 64), [card("p3")]),
        postgres_store.append(acknowledged("p4"), "ack/p4", [replace(card("p5"), why=object())]),  # type: ignore[arg-type]
        postgres_store.append(acknowledged("p5"), "ack/\0", [card("p5")]),  # no text of PostgreSQL can hold this
        postgres_store.append(acknowledged("p6"), "ack/p6", [card("p6")]),
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes] == [
        "int",
        "LedgerMoved",
        "TypeError",
        "StoreError",
        "Entry",
    ]
    assert await postgres_store.messages(MessageKind.AGREEMENT) == (card("p2"), card("p6"))
    assert verify(await postgres_store.entries()).number == 1


def lose_every_entry(place: Place, store: PostgresStore) -> None:
    """As if the database had been taken back to a time before the first."""
    number = store.school.id
    place.server.administer(f"DELETE FROM idempotency_key WHERE school = {number}", place.database)
    place.server.administer(f"DELETE FROM entry WHERE school = {number}", place.database)
    place.server.administer(
        f"UPDATE head SET number = 0, hash = decode(repeat('00', 32), 'hex') WHERE school = {number}", place.database
    )


class TestTheWitness:
    async def test_it_has_the_head_before_anybody_is_told(self, place: Place, postgres_store: PostgresStore):
        entry = await postgres_store.append(acknowledged("p1"), "ack/p1")

        assert read_witness(place.folder / WITNESS) == {place.school: Head(1, entry.hash)}

    async def test_a_line_that_was_half_written_does_not_count(self, place: Place, postgres_store: PostgresStore):
        entry = await postgres_store.append(acknowledged("p1"), "ack/p1")
        await postgres_store.close()
        with (place.folder / WITNESS).open("a") as witness:
            witness.write(f'{{"{place.school}": "2:ab')

        assert read_witness(place.folder / WITNESS) == {place.school: Head(1, entry.hash)}
        again = await place.open()
        assert (await again.append(acknowledged("p2"), "ack/p2")).number == 2
        await again.close()

    async def test_nothing_is_confirmed_once_it_was_deleted(self, place: Place, postgres_store: PostgresStore):
        (place.folder / WITNESS).unlink()

        for key in ("ack/p1", "ack/p2"):
            with pytest.raises(StoreError, match="so nothing is confirmed"):
                await postgres_store.append(acknowledged("p1"), key)

    async def test_a_ledger_that_lost_its_end_is_not_opened(self, place: Place, postgres_store: PostgresStore):
        await postgres_store.append(acknowledged("p1"), "ack/p1")
        await postgres_store.close()
        lose_every_entry(place, postgres_store)

        with pytest.raises(LedgerBroken, match="confirmed 1 entries, and now the last of them are missing"):
            await place.open()

    async def test_a_replica_that_runs_notices_it_too_and_confirms_nothing_more(
        self, place: Place, postgres_store: PostgresStore, other: PostgresStore
    ):
        entry = await postgres_store.append(acknowledged("p1"), "ack/p1")
        await other.append(acknowledged("p2"), "ack/p2")
        lose_every_entry(place, postgres_store)

        with pytest.raises(LedgerBroken, match="confirmed 1 entries, and now the last of them are missing"):
            await postgres_store.append(acknowledged("p3"), "ack/p3")
        assert not await postgres_store.is_well()
        assert read_witness(place.folder / WITNESS) == {place.school: Head(1, entry.hash)}

    async def test_what_another_replica_adds_is_no_loss(self, postgres_store: PostgresStore, other: PostgresStore):
        for number, store in enumerate((postgres_store, other, postgres_store, other)):
            await store.append(acknowledged(f"p{number}"), f"ack/p{number}")

        assert (await other.head()).number == 4

    async def test_without_one_nothing_is_opened_until_the_ledger_is_verified(
        self, place: Place, postgres_store: PostgresStore, tmp_path: Path
    ):
        await postgres_store.append(acknowledged("p1"), "ack/p1")
        new = tmp_path / "third"
        with pytest.raises(LedgerBroken, match="store witness"):
            await place.open(new)
        (place.folder / "broken").mkdir()
        (place.folder / "broken" / WITNESS).write_text("{")
        with pytest.raises(LedgerBroken, match="cannot be read"):
            await place.open(place.folder / "broken")

        await postgres_store.close()
        with pytest.raises(StoreError, match="a demo store"):  # the command is for real schools
            await take_witness(place.url, place.school, new)
