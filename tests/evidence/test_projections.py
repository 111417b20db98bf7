"""Projections are brought up to date, saved and loaded, and say what the ledger says."""

import asyncio
import logging
from collections import Counter
from typing import Any

import pytest

from bot.errors import LedgerBroken
from bot.evidence.projections import BATCH, LedgerFeed
from bot.evidence.rules.ledger import Entry, Event, Head
from tests.fake_store import FakeStore
from tests.stores.examples import acknowledged


class Acknowledged:
    """Counts acknowledgements by person; a small projection."""

    def __init__(self, name: str = "acknowledgements", version: int = 1) -> None:
        self.name, self.version = name, version
        self.times: Counter[str] = Counter()
        self.read: list[int] = []  # numbers of the entries it was given

    def add(self, entry: Entry, event: Event) -> None:
        self.times[event.subject] += 1
        self.read.append(entry.number)

    def dump(self) -> Any:
        return {"times": dict(self.times), "pairs": [(person, times) for person, times in self.times.items()]}

    def load(self, state: Any) -> None:
        self.times = Counter({person: int(times) for person, times in state["pairs"]})

    def fresh(self) -> "Acknowledged":
        return Acknowledged(self.name, self.version)


async def acknowledge(store: FakeStore, *people: str) -> Head:
    for person in people:
        await store.append(acknowledged(person), await store.head())
    return await store.head()


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


async def test_each_entry_is_read_once_for_all_projections(store: FakeStore):
    first, second = Acknowledged(), Acknowledged("others")
    feed = LedgerFeed(store, first, second)
    await acknowledge(store, "p1", "p2")
    await feed.catch_up()
    head = await acknowledge(store, "p1")

    assert await feed.catch_up() == head == await feed.catch_up()
    assert first.read == second.read == [1, 2, 3]
    assert first.times == {"p1": 2, "p2": 1}


async def test_two_who_catch_up_at_once_read_each_entry_once(store: FakeStore):
    projection = Acknowledged()
    feed = LedgerFeed(store, projection)
    head = await acknowledge(store, *(f"p{number}" for number in range(BATCH + 5)))

    assert await asyncio.gather(feed.catch_up(), feed.catch_up()) == [head, head]
    assert projection.read == list(range(1, BATCH + 6))


class TestSavedProjections:
    async def test_a_start_reads_only_what_came_after(self, store: FakeStore):
        await acknowledge(store, "p1", "p2")
        before = LedgerFeed(store, Acknowledged())
        await before.catch_up()
        await before.save()
        head = await acknowledge(store, "p1")

        projection = Acknowledged()
        assert await LedgerFeed(store, projection).catch_up() == head
        assert projection.read == [3]
        assert projection.times == {"p1": 2, "p2": 1}

    async def test_nothing_is_written_if_nothing_is_new_or_nothing_was_read(self, store: FakeStore):
        await acknowledge(store, "p1")
        await LedgerFeed(store, Acknowledged()).save()
        assert store.projections == {}

        feed = LedgerFeed(store, Acknowledged())
        await feed.catch_up()
        await feed.save()
        store.projections.clear()
        await feed.save()
        assert store.projections == {}

        await acknowledge(store, "p1")
        await feed.catch_up()
        await feed.save()
        assert store.projections["acknowledgements"][1] == await store.head()

    @pytest.mark.parametrize("version", [1, 2], ids=["another entry", "another version"])
    async def test_what_does_not_fit_is_not_loaded(self, store: FakeStore, version: int):
        await acknowledge(store, "p1", "p2")
        at = Head(2, "0" * 64) if version == 1 else await store.head()
        store.projections["acknowledgements"] = (version, at, '{"pairs": [["p9", 9]]}')

        projection = Acknowledged()
        await LedgerFeed(store, projection).catch_up()

        assert projection.times == {"p1": 1, "p2": 1}

    async def test_what_was_erased_after_the_last_reading_is_not_saved_again(self, store: FakeStore):
        await acknowledge(store, "p1")
        projection = Acknowledged()
        feed = LedgerFeed(store, projection)
        await feed.catch_up()
        await acknowledge(store, "p2")

        await feed.save()

        assert store.projections["acknowledgements"][1] == await store.head()
        assert projection.times == {"p1": 1, "p2": 1}

    async def test_all_projections_start_from_one_entry_or_none_of_them(self, store: FakeStore):
        for person in ("p1", "p2"):
            head = await acknowledge(store, person)
            await store.save_projection(f"of {person}", 1, head, '{"pairs": [["p9", 9]]}')

        projections = (Acknowledged("of p1"), Acknowledged("of p2"))
        await LedgerFeed(store, *projections).catch_up()

        assert [projection.times for projection in projections] == [{"p1": 1, "p2": 1}] * 2

    @pytest.mark.parametrize("state", ["no JSON", "{}", '{"pairs": 7}', '{"pairs": [["p9", "nine"]]}'])
    async def test_what_cannot_be_read_is_not_loaded(
        self, store: FakeStore, state: str, caplog: pytest.LogCaptureFixture
    ):
        head = await acknowledge(store, "p1")
        await store.save_projection("first", 1, head, '{"pairs": [["p9", 9]]}')
        await store.save_projection("second", 1, head, state)

        projections = (Acknowledged("first"), Acknowledged("second"))
        with caplog.at_level(logging.WARNING):
            await LedgerFeed(store, *projections).catch_up()

        assert [projection.times for projection in projections] == [{"p1": 1}] * 2
        assert "projection_not_loaded" in caplog.text


class TestVerifyingTheWholeChain:
    async def test_it_goes_through_every_entry_and_saves_the_projections(self, store: FakeStore):
        head = await acknowledge(store, *(f"p{number}" for number in range(BATCH + 5)))
        feed = LedgerFeed(store, Acknowledged())

        assert await feed.verify_all() == head
        assert store.projections["acknowledgements"][1] == head

    async def test_a_projection_that_was_loaded_is_compared_as_well(self, store: FakeStore):
        await acknowledge(store, "p1", "p2")
        await LedgerFeed(store, Acknowledged()).verify_all()

        head = await acknowledge(store, "p1")
        assert await LedgerFeed(store, Acknowledged()).verify_all() == head

    async def test_an_empty_ledger_is_whole(self, store: FakeStore):
        assert await LedgerFeed(store, Acknowledged()).verify_all() == Head()
        assert await LedgerFeed(store).verify_all() == Head()

    async def test_an_entry_that_was_changed_is_named(self, store: FakeStore):
        await acknowledge(store, "p1", "p2", "p3")
        changed = (await FakeStore().append(acknowledged("px"), "px")).what
        store.ledger[1] = type(store.ledger[1])(2, store.ledger[1].previous, changed, store.ledger[1].who, "0" * 64)

        with pytest.raises(LedgerBroken, match="Entry 2 was changed"):
            await LedgerFeed(store, Acknowledged()).verify_all()

    async def test_a_projection_somebody_has_edited_is_named(self, store: FakeStore):
        await acknowledge(store, "p1")
        projection = Acknowledged()
        feed = LedgerFeed(store, projection)
        await feed.catch_up()
        projection.times["p1"] += 1

        with pytest.raises(LedgerBroken, match="The acknowledgements in memory are not what the ledger says"):
            await feed.verify_all()
        assert store.projections == {}

    async def test_a_ledger_that_ends_before_its_head_is_not_whole(self):
        class CutShort(FakeStore):
            async def head(self) -> Head:
                return Head(9, "0" * 64)

        store = CutShort()
        with pytest.raises(LedgerBroken, match="ends before its last entry"):
            await LedgerFeed(store).verify_all()

    async def test_what_is_recorded_meanwhile_is_verified_as_well(self):
        class Growing(FakeStore):
            async def entries(self, after: int = 0, until: int | None = None) -> tuple[Entry, ...]:
                entries = await super().entries(after, until)
                if len(self.ledger) < 6:
                    await acknowledge(self, "meanwhile")
                return entries

        store = Growing()
        await acknowledge(store, "p1")
        projection = Acknowledged()

        head = await LedgerFeed(store, projection).verify_all()

        assert head.number == 6 == sum(projection.times.values())
