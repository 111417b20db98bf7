"""Everything that is kept is verified once a night, however often Staffroom is stopped and started."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import LedgerBroken, StoreError
from bot.evidence.nightly_check import NightlyCheck
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Event, EventKind
from tests.fake_store import FakeStore
from tests.fakes import NINE, FakeClock, days


class DamagedStore(FakeStore):
    """A store with a page that cannot be read until it is repaired."""

    checks = 0
    is_repaired = False

    async def check_whole(self) -> None:
        self.checks += 1
        if not self.is_repaired:
            raise StoreError("The store is damaged.")


def check_of(store: FakeStore, clock: FakeClock) -> NightlyCheck:
    """As after a start."""
    return NightlyCheck(store, LedgerFeed(store), store, clock)


async def test_it_runs_once_after_two_at_night():
    clock = FakeClock()
    check = check_of(FakeStore(), clock)
    assert await check.run() is False

    clock.time = NINE.replace(hour=1) + days(1)
    assert await check.run() is False
    clock.time = NINE.replace(hour=2) + days(1)
    assert [await check.run() for _ in range(2)] == [True, False]


async def test_a_machine_that_is_off_at_night_checks_in_the_morning():
    store, clock = FakeStore(), FakeClock()
    await check_of(store, clock).run()

    for _ in range(3):
        clock.time += days(1)
        assert [await check_of(store, clock).run() for _ in range(2)] == [True, False]


async def test_damage_is_reported_again_and_again_until_it_is_put_right():
    clock = FakeClock()
    check = check_of(DamagedStore(), clock)
    await check.run()
    clock.time += days(1)

    for _ in range(2):
        with pytest.raises(StoreError, match="damaged"):
            await check.run()


async def test_a_check_that_failed_is_tried_again_every_hour_and_its_error_reported_meanwhile():
    store, clock = DamagedStore(), FakeClock()
    check = check_of(store, clock)
    await check.run()
    clock.time += days(1)

    for _ in range(120):
        with pytest.raises(StoreError, match="damaged"):
            await check.run()
        clock.go_on(timedelta(minutes=1))
    assert store.checks == 2

    store.is_repaired = True
    assert await check.run() is True
    assert await check.run() is False


async def test_a_start_tries_a_check_that_failed_at_once():
    store, clock = DamagedStore(), FakeClock()
    await check_of(store, clock).run()
    clock.time += days(1)

    for _ in range(2):
        with pytest.raises(StoreError, match="damaged"):
            await check_of(store, clock).run()
    assert store.checks == 2


async def test_an_entry_that_was_changed_is_found():
    store, clock = FakeStore(), FakeClock()
    for number in range(3):
        await store.append(Event(EventKind.PAUSE, NINE + timedelta(minutes=number)), once=f"pause {number}")
    check = check_of(store, clock)
    await check.run()
    first = store.ledger[0]
    store.ledger[0] = replace(first, what=replace(first.what, text=first.what.text.replace("pause", "leave")))
    clock.time += days(1)

    with pytest.raises(LedgerBroken):
        await check.run()
