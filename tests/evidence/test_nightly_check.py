"""The nightly check of the whole ledger goes on while people work, and finds a ledger that was cut short."""

from datetime import timedelta

import pytest

from bot.campaigns.rules.projection import CampaignProjection
from bot.errors import LedgerBroken
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head
from tests.fake_store import FakeStore
from tests.fakes import NINE


def pause(number: int) -> Event:
    return Event(EventKind.PAUSE, NINE + timedelta(minutes=number), f"p{number}", facts={"until": "2021-10-01"})


class BusyStore(FakeStore):
    """A store to which somebody writes an event just before its head is asked for, `events` times."""

    def __init__(self, events: int) -> None:
        super().__init__()
        self.events = events

    async def head(self) -> Head:
        if self.events:
            self.events -= 1
            await self.append(pause(20 - self.events), f"event {self.events}")
        return await FakeStore.head(self)


@pytest.mark.parametrize("events", [0, 1, 3])
async def test_what_is_recorded_during_the_check_is_no_fault(events: int):
    store = BusyStore(events)
    for number in range(5):
        await store.append(pause(number), f"pause {number}")

    checked = await LedgerFeed(store, CampaignProjection()).verify_all()

    assert checked == await store.head() and checked.number == 5 + events


class CutStore(FakeStore):
    """A store whose last entries are gone, or whose head is an older one."""

    lost_entries = 0
    older_head: Head | None = None

    async def entries(self, after: int = 0, until: int | None = None) -> tuple[Entry, ...]:
        entries = await FakeStore.entries(self)
        return entries[: len(entries) - self.lost_entries][after:until]

    async def head(self) -> Head:
        return self.older_head or await FakeStore.head(self)


async def test_a_ledger_without_its_last_entries_is_found():
    store = CutStore()
    for number in range(5):
        await store.append(pause(number), f"pause {number}")
    store.lost_entries = 2

    with pytest.raises(LedgerBroken, match="ends before its last entry"):
        await LedgerFeed(store, CampaignProjection()).verify_all()


async def test_a_ledger_with_more_entries_than_its_head_says_is_found():
    store = CutStore()
    await store.append(pause(0), "pause 0")
    head = await store.head()
    await store.append(pause(1), "pause 1")
    store.older_head = head

    with pytest.raises(LedgerBroken):
        await LedgerFeed(store, CampaignProjection()).verify_all()
