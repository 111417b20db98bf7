"""Two replicas of one school: killed and paused while people acknowledge and reminders go out.

Real processes, a real PostgreSQL, and a chat service that counts. What outsiders know decides, not the store. The seed
is printed if it fails; STAFFROOM_SEED runs it again. STAFFROOM_SOAK makes it 200 faults.
"""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.evidence.rules.ledger import verify
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.stores.postgres.owner import make_postgres_store
from bot.stores.postgres.store import WITNESS, PostgresStore, open_postgres_store
from tests.conftest import lacking
from tests.postgres_server import OWNER, Server, binaries, running_server
from tests.replicas.replica import LEASE
from tests.standins.counting import Counting
from tests.standins.microsoft import serving

FAULTS = 200 if os.environ.get("STAFFROOM_SOAK") else 2
SEED = int(os.environ.get("STAFFROOM_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
SCHOOL = "school"
SKEWS = ("-90", "90")  # seconds by which each replica's clock is wrong
CLIENTS = 4
BEYOND_THE_LEASE = LEASE.total_seconds() * 1.3
ANSWER_LIMIT = aiohttp.ClientTimeout(total=2)
PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Replica:
    """One replica, started again in its folder after each kill."""

    arguments: list[str]
    process: asyncio.subprocess.Process | None = None
    port: int = 0

    async def start(self) -> None:
        command = [sys.executable, "-m", "tests.replicas.replica", *self.arguments]
        self.process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=PROJECT)
        assert self.process.stdout
        self.port = int(await self.process.stdout.readline())

    async def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)


@dataclass
class World:
    """What people outside know."""

    replicas: list[Replica]
    teams: Counting
    chance: random.Random
    confirmed: dict[str, str] = field(default_factory=dict)  # receipts by person
    unsure: int = 0  # presses that were not answered, or with a 503
    is_over: bool = False
    people: Iterator[int] = field(default_factory=count)

    async def press(self, http: aiohttp.ClientSession) -> None:
        """One person after the other presses, and again until it is confirmed."""
        while not self.is_over:
            person = f"p{next(self.people)}"
            while person not in self.confirmed:
                door = self.chance.choice(self.replicas)
                try:
                    async with http.post(f"http://127.0.0.1:{door.port}/", data=person) as response:
                        receipt = await response.text()
                        if response.status == 200:
                            self.confirmed[person] = receipt
                        else:
                            self.unsure += 1
                except (aiohttp.ClientError, TimeoutError):
                    self.unsure += 1

    async def do_harm(self) -> None:
        """Kills or pauses one of the replicas, again and again, whenever some more messages have gone out."""
        for number in range(FAULTS):
            await self.teams.take_more(self.chance.randrange(3, 12))
            victim = self.chance.choice(self.replicas)
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


@asynccontextmanager
async def two_replicas(server: Server, folder: Path, fence: str) -> AsyncIterator[tuple[World, PostgresStore]]:
    """Two replicas on a new database, and the store as somebody who only looks."""
    database = server.new_database()
    folders = [folder / "0", folder / "1"]
    await make_postgres_store(server.url(database, OWNER), SCHOOL, folders[0], demo=True)
    folders[1].mkdir()
    (folders[1] / WITNESS).write_bytes((folders[0] / WITNESS).read_bytes())
    app, teams = web.Application(), Counting(longest=0.04)
    app.router.add_post("/", teams.take)
    url = server.url(database)
    async with serving(app) as address:
        arguments = [
            [url, SCHOOL, str(own), f"{address}/", skew, fence] for own, skew in zip(folders, SKEWS, strict=True)
        ]
        world = World([Replica(own) for own in arguments], teams, random.Random(SEED))
        await asyncio.gather(*(replica.start() for replica in world.replicas))
        store = await open_postgres_store(url, SCHOOL, folders[0], demo=True, writes=False)
        try:
            yield world, store
        finally:
            await store.close()
            await asyncio.gather(*(replica.kill() for replica in world.replicas))


async def everything_sent(store: PostgresStore) -> Counter[DeliveryState]:
    """How messages ended, once none is under way any more."""
    while True:
        states = Counter(message.state for message in await store.messages(MessageKind.NUDGE))
        if not states.keys() & {DeliveryState.DUE, DeliveryState.SENDING}:
            return states


@pytest.mark.long
async def test_nothing_confirmed_is_lost_and_no_reminder_goes_out_twice(server: Server, tmp_path: Path):
    print(f"STAFFROOM_SEED={SEED}")
    async with two_replicas(server, tmp_path, "fenced") as (world, store):
        async with aiohttp.ClientSession(timeout=ANSWER_LIMIT) as http, asyncio.TaskGroup() as pressing:
            for _ in range(CLIENTS):
                pressing.create_task(world.press(http))
            await world.do_harm()
            world.is_over = True
        states = await everything_sent(store)
        entries, head = await store.entries(), await store.head()
        messages = await store.messages(MessageKind.NUDGE)

    assert verify(entries) == head
    receipts = {entry.event.subject: f"{entry.number}|{entry.hash}" for entry in entries}
    assert len(entries) == len(receipts) == len(messages)  # however often it was pressed, it counts once
    assert {person: receipts.get(person) for person in world.confirmed} == world.confirmed
    taken = world.teams.taken
    assert max(taken.values()) == 1
    assert set(states) <= {DeliveryState.SENT, DeliveryState.DOUBT}
    by_state = {state: {m.recipient for m in messages if m.state is state} for state in DeliveryState}
    assert by_state[DeliveryState.SENT] <= set(taken)
    assert set(receipts) - set(taken) <= by_state[DeliveryState.DOUBT]
    print(f"{FAULTS} faults; confirmed, none lost: {len(world.confirmed)}; unsure presses: {world.unsure}")
    print(f"reminders, none twice: {len(messages)}; in doubt: {states[DeliveryState.DOUBT]}")


@pytest.mark.long
async def test_without_a_fence_the_same_messages_go_out_twice(server: Server, tmp_path: Path):
    async with two_replicas(server, tmp_path, "unfenced") as (world, _), aiohttp.ClientSession() as http:
        pressing = asyncio.ensure_future(world.press(http))
        while max(world.teams.taken.values(), default=0) < 2:
            await world.teams.take_more(1)
        world.is_over = True
        await pressing

    assert max(world.teams.taken.values()) > 1
