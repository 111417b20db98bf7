"""Two replicas of one school: killed and paused while people acknowledge and reminders go out.

Real processes, a real PostgreSQL, and a chat service that counts. What outsiders know decides, not the store. The seed
is printed if it fails; STAFFROOM_SEED runs it again. STAFFROOM_SOAK makes it 200 faults.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import lacking
from tests.postgres_server import Server, binaries, running_server
from tests.replicas.replica import LEASE
from tests.replicas.world import SEED, World, check_outcome, two_replicas

FAULTS = 200 if os.environ.get("STAFFROOM_SOAK") else 2
BEYOND_THE_LEASE = LEASE.total_seconds() * 1.3


async def do_harm(world: World) -> None:
    """Kills or pauses one of the replicas, again and again, whenever some more messages have gone out."""
    for number in range(FAULTS):
        await world.teams.take_more(world.chance.randrange(3, 12))
        victim = world.chance.choice(world.replicas)
        if number % 8 == 1:
            victim.send(signal.SIGSTOP)
            await asyncio.wait([asyncio.ensure_future(_never())], timeout=BEYOND_THE_LEASE)
            victim.send(signal.SIGCONT)
        else:
            await victim.kill()
            await victim.start()


async def _never() -> None:
    await asyncio.Event().wait()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if binaries() is None:
        lacking("PostgreSQL (Debian's package postgresql)")
    with running_server() as running:
        yield running


@pytest.mark.long
async def test_nothing_confirmed_is_lost_and_no_reminder_goes_out_twice(server: Server, tmp_path: Path):
    print(f"STAFFROOM_SEED={SEED}; {FAULTS} faults")
    async with two_replicas(server, server.new_database(), tmp_path) as (world, store):
        async with world.pressing():
            await do_harm(world)
        await check_outcome(world, store)


@pytest.mark.long
async def test_without_a_fence_the_same_messages_go_out_twice(server: Server, tmp_path: Path):
    async with (
        two_replicas(server, server.new_database(), tmp_path, "unfenced") as (world, _),
        aiohttp.ClientSession() as http,
    ):
        pressing = asyncio.ensure_future(world.press(http))
        while max(world.teams.taken.values(), default=0) < 2:
            await world.teams.take_more(1)
        world.is_over = True
        await pressing

    assert max(world.teams.taken.values()) > 1
