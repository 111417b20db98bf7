"""What is kept beside the ledger is compared with what the ledger sealed."""

from dataclasses import replace

import pytest

from bot.errors import LedgerBroken
from bot.evidence.health import StoreCheck
from bot.evidence.nightly_check import NightlyCheck
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Event, EventKind
from bot.evidence.side_tables import SideTables, check_side_tables
from tests.fake_store import FakeStore
from tests.fakes import NINE
from tests.stores.examples import ANNA, BEN, TEXT


@pytest.fixture
async def store() -> FakeStore:
    store = FakeStore()
    await store.keep_version(TEXT)
    await store.append(Event(EventKind.PUBLISH, NINE, facts={"digest": TEXT.digest}), "publish")
    for person in (ANNA, BEN):
        pseudonym = (await store.enrol([person]))[person.id]
        await store.pin("msteams", f"pinned-{person.id}", person.id)
        who = {"name": person.name, "email": person.email, "account": f"pinned-{person.id}", "channel": "msteams"}
        await store.append(Event(EventKind.ACKNOWLEDGE, NINE, pseudonym, pseudonym, "c1", {}, who), person.id)
    return store


async def test_a_whole_store_fits_its_ledger(store: FakeStore):
    await check_side_tables(store, store)


async def test_a_person_may_change_name_or_address(store: FakeStore):
    await store.enrol([replace(ANNA, name="Another name")])
    await store.enrol([replace(ANNA, name="Another name", account="another")])

    await check_side_tables(store, store)


async def test_a_new_surname_and_address_are_no_fault_while_the_account_is_the_same(store: FakeStore):
    await store.enrol([replace(ANNA, name="Anna Married", email="anna.married@school.example", account="")])

    await check_side_tables(store, store)


async def test_of_somebody_of_whom_nothing_is_the_same_the_staff_list_is_to_be_checked(store: FakeStore):
    store.pins.clear()
    await store.enrol([replace(ANNA, name="Anna Married", email="anna.married@school.example", account="")])

    with pytest.raises(LedgerBroken, match=r"entry 2 .*Check the staff list") as caught:
        await check_side_tables(store, store)
    assert "backup" not in str(caught.value)


async def test_a_text_that_is_gone_is_found(store: FakeStore):
    store.texts.clear()

    with pytest.raises(LedgerBroken, match="text that entry 1 published"):
        await check_side_tables(store, store)


async def test_two_people_who_were_exchanged_are_found(store: FakeStore):
    anna, ben = store.people.values()
    store.people = {
        anna.pseudonym: replace(ben, pseudonym=anna.pseudonym),
        ben.pseudonym: replace(anna, pseudonym=ben.pseudonym),
    }
    store.pins.clear()

    with pytest.raises(LedgerBroken, match="The person of entry 2 now has another name"):
        await check_side_tables(store, store)


async def test_a_pin_that_was_moved_to_somebody_else_is_found(store: FakeStore):
    store.pins = {("msteams", "pinned-t1"): "t2"}

    with pytest.raises(LedgerBroken, match="Entry 2 came from an account"):
        await check_side_tables(store, store)


async def test_two_pseudonyms_of_one_person_are_found(store: FakeStore):
    store.people["p9"] = replace(next(iter(store.people.values())), pseudonym="p9")

    with pytest.raises(LedgerBroken, match="Two rows"):
        await check_side_tables(store, store)


async def test_the_store_is_looked_at_once_a_second_at_most():
    class CountingStore(FakeStore):
        looks = 0

        async def is_well(self) -> bool:
            self.looks += 1
            return self.looks < 2

    store, times = CountingStore(), iter([0.0, 0.5, 0.99, 1.0, 1.5])
    check = StoreCheck(store, lambda: next(times))

    assert [await check.is_well() for _ in range(5)] == [True, True, True, False, False]
    assert store.looks == 2


async def test_somebody_whose_row_was_taken_away_is_found(store: FakeStore):
    anna = next(iter(store.people))
    del store.people[anna]

    with pytest.raises(LedgerBroken, match="Entry 2 is about somebody whose row is not in the store"):
        await check_side_tables(store, store)


async def test_somebody_who_was_erased_is_not_missed(store: FakeStore):
    anna = next(iter(store.people))
    await store.erase(anna, Event(EventKind.ERASE, NINE, subject=anna))

    await check_side_tables(store, store)


async def test_rows_that_were_changed_are_found_at_the_first_tick_and_not_only_at_night(store: FakeStore):
    check = NightlyCheck(store, LedgerFeed(store), store, lambda: NINE)
    await check.run()
    anna, ben = store.people.values()
    store.people = {
        anna.pseudonym: replace(ben, pseudonym=anna.pseudonym),
        ben.pseudonym: replace(anna, pseudonym=ben.pseudonym),
    }

    for _ in range(2):
        with pytest.raises(LedgerBroken):
            await check.run()


async def test_only_entries_that_were_added_are_compared_while_no_row_changes(store: FakeStore):
    tables = SideTables(store, store)
    await tables.check()
    number = (await store.head()).number
    pseudonym = await store.pseudonym_of(ANNA.id)
    who = {"name": "Somebody else", "account": "pinned-t2", "channel": "msteams"}
    await store.append(Event(EventKind.ACKNOWLEDGE, NINE, pseudonym, pseudonym, "c2", {}, who), "again")

    with pytest.raises(LedgerBroken, match=f"Entry {number + 1} came from an account"):
        await tables.check()


async def test_what_was_put_right_is_well_again_at_the_next_tick(store: FakeStore):
    tables = SideTables(store, store)
    pins, store.pins = store.pins, {("msteams", "pinned-t1"): "t2"}
    with pytest.raises(LedgerBroken):
        await tables.check()
    store.pins = pins

    await tables.check()
