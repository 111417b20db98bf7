"""The database fails over to its standby while people acknowledge: what was confirmed stays if commits waited for it.

The standby is away for a while, then the primary is killed, and the standby, which knows nothing of that while, takes
its place. STAFFROOM_SEED runs a failed test again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import LedgerBroken
from bot.stores.postgres.store import open_postgres_store
from tests.conftest import lacking
from tests.postgres_server import Pair, binaries, running_pair
from tests.replicas.world import CLIENTS, SCHOOL, SEED, World, check_outcome, receipts_of, two_replicas

SOME = 20  # presses


@contextmanager
def pair_of_servers(*, is_synchronous: bool) -> Iterator[Pair]:
    if binaries() is None:
        lacking("PostgreSQL (Debian's package postgresql)")
    with running_pair(is_synchronous=is_synchronous) as pair:
        yield pair


async def lose_the_primary(world: World, pair: Pair) -> None:
    """Takes the standby away; when some more were answered, or each client in vain, it takes the primary's place."""
    await world.until(lambda: len(world.confirmed) >= SOME)
    await asyncio.to_thread(pair.standby.stop)
    await some_more(world)
    await asyncio.to_thread(pair.fail_over)


async def some_more(world: World) -> None:
    """Returns once some more are confirmed, or each client was answered in vain."""
    confirmed, unsure = len(world.confirmed) + SOME, world.unsure + CLIENTS
    await world.until(lambda: len(world.confirmed) >= confirmed or world.unsure >= unsure)


@pytest.mark.long
async def test_with_a_synchronous_standby_nothing_confirmed_is_lost_and_no_reminder_goes_out_twice(tmp_path: Path):
    print(f"STAFFROOM_SEED={SEED}")
    with pair_of_servers(is_synchronous=True) as pair:
        async with two_replicas(pair, pair.primary.new_database(), tmp_path) as (world, store):
            async with world.pressing():
                await lose_the_primary(world, pair)
                confirmed = len(world.confirmed)
                await world.until(lambda: len(world.confirmed) >= confirmed + SOME)
            await check_outcome(world, store)
            assert world.unsure >= CLIENTS  # while the standby was away nobody could know


@pytest.mark.long
async def test_without_one_confirmed_acknowledgements_are_lost_and_the_witness_notices(tmp_path: Path):
    print(f"STAFFROOM_SEED={SEED}")
    with pair_of_servers(is_synchronous=False) as pair:
        database = pair.primary.new_database()
        async with two_replicas(pair, database, tmp_path) as (world, store):
            async with world.pressing():
                await lose_the_primary(world, pair)
                await world.until(lambda: any("has confirmed" in sentence for sentence in world.refusals))
            receipts = receipts_of(await store.entries())
            lost = {person for person, receipt in world.confirmed.items() if receipts.get(person) != receipt}
            with pytest.raises(LedgerBroken, match=r"the last of them are missing|another entry is in the place"):
                await open_postgres_store(pair.url(database), SCHOOL, tmp_path / "0", demo=True, writes=False)

    assert len(lost) >= SOME / 2
    twice = sum(times > 1 for times in world.teams.taken.values())
    print(f"confirmed and lost: {len(lost)} of {len(world.confirmed)}; reminders twice: {twice}")
