"""What `doctor` says of a clock that went back."""

from datetime import datetime, timedelta

import pytest

from bot.cli.doctor import clock_status
from bot.evidence.rules.ledger import Event, EventKind
from tests.fake_store import FakeStore
from tests.fakes import NINE, days


async def store_with_step(before: datetime, now: datetime) -> FakeStore:
    store = FakeStore()
    await store.append(Event(EventKind.HOLD, before), "before")
    await store.append(Event(EventKind.HOLD, now), "now")
    return store


@pytest.mark.parametrize(
    ("before", "now", "is_well"),
    [
        (NINE - days(1), NINE - days(2), False),
        (NINE - days(1), NINE - days(4000), False),  # the clock was years late
        (NINE + days(4000), NINE - days(1), False),  # it had been years ahead
        (NINE - days(31), NINE - days(32), True),
        (NINE + days(4000), NINE - days(31), True),
    ],
)
async def test_only_a_step_back_within_thirty_days_is_to_do(before: datetime, now: datetime, is_well: bool):
    store = await store_with_step(before, now)

    status = clock_status(await store.entries_of(EventKind.CLOCK_WENT_BACK), NINE)

    assert status.is_well is is_well
    assert status.says.startswith("steps back: 1. Entry 2: from ")


async def test_a_step_of_less_than_a_second_is_none():
    store = await store_with_step(NINE, NINE - timedelta(milliseconds=300))

    status = clock_status(await store.entries_of(EventKind.CLOCK_WENT_BACK), NINE)

    assert (status.is_well, status.says) == (True, "it never went back")
