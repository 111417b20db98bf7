"""Two replicas as processes, people who press at their doors, and what people outside know of it."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.evidence.rules.ledger import Entry, verify
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.stores.postgres.owner import make_postgres_store
from bot.stores.postgres.store import WITNESS, PostgresStore, open_postgres_store
from tests.postgres_server import OWNER, Pair, Server
from tests.standins.counting import Counting
from tests.standins.microsoft import serving

SEED = int(os.environ.get("STAFFROOM_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
SCHOOL = "school"
SKEWS = ("-90", "90")  # seconds by which each replica's clock is wrong
CLIENTS = 4
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
    refusals: set[str] = field(default_factory=set)  # the sentences of the 503s
    is_over: bool = False
    people: Iterator[int] = field(default_factory=count)
    answered: asyncio.Event = field(default_factory=asyncio.Event)  # set at every answer, also if there is none

    async def press(self, http: aiohttp.ClientSession) -> None:
        """One person after the other presses, and again until it is confirmed."""
        while not self.is_over:
            person = f"p{next(self.people)}"
            while person not in self.confirmed and not self.is_over:
                door = self.chance.choice(self.replicas)
                try:
                    async with http.post(f"http://127.0.0.1:{door.port}/", data=person) as response:
                        receipt = await response.text()
                        if response.status == 200:
                            self.confirmed[person] = receipt
                        else:
                            self.unsure += 1
                            self.refusals.add(receipt)
                except (aiohttp.ClientError, TimeoutError):
                    self.unsure += 1
                self.answered.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Returns once this is so after an answer."""
        while not is_so():
            self.answered.clear()
            await self.answered.wait()

    @asynccontextmanager
    async def pressing(self) -> AsyncIterator[None]:
        """Some people press for as long as the block runs."""
        async with aiohttp.ClientSession(timeout=ANSWER_LIMIT) as http, asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(self.press(http))
            yield
            self.is_over = True


@asynccontextmanager
async def two_replicas(
    server: Server | Pair, database: str, folder: Path, fence: str = "fenced"
) -> AsyncIterator[tuple[World, PostgresStore]]:
    """Two replicas on an empty database, and the store as somebody who only looks, and remembers nothing."""
    folders = [folder / "0", folder / "1"]
    looking = folder / "looking"
    await make_postgres_store(server.url(database, OWNER), SCHOOL, looking, demo=True)
    for own in folders:
        own.mkdir()
        (own / WITNESS).write_bytes((looking / WITNESS).read_bytes())
    app, teams = web.Application(), Counting(longest=0.04)
    app.router.add_post("/", teams.take)
    url = server.url(database)
    async with serving(app) as address:
        arguments = [
            [url, SCHOOL, str(own), f"{address}/", skew, fence] for own, skew in zip(folders, SKEWS, strict=True)
        ]
        world = World([Replica(own) for own in arguments], teams, random.Random(SEED))
        await asyncio.gather(*(replica.start() for replica in world.replicas))
        store = await open_postgres_store(url, SCHOOL, looking, demo=True, writes=False)
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


async def check_outcome(world: World, store: PostgresStore) -> None:
    """Nothing confirmed is lost, no reminder went out twice, and each that may not have arrived is in doubt."""
    states = await everything_sent(store)
    entries, head = await store.entries(), await store.head()
    messages = await store.messages(MessageKind.NUDGE)
    assert verify(entries) == head
    receipts = receipts_of(entries)
    assert len(entries) == len(receipts) == len(messages)  # however often it was pressed, it counts once
    assert {person: receipts.get(person) for person in world.confirmed} == world.confirmed
    taken = world.teams.taken
    assert max(taken.values()) == 1
    assert set(states) <= {DeliveryState.SENT, DeliveryState.DOUBT}
    by_state = {state: {m.recipient for m in messages if m.state is state} for state in DeliveryState}
    assert by_state[DeliveryState.SENT] <= set(taken)
    assert set(receipts) - set(taken) <= by_state[DeliveryState.DOUBT]
    print(f"confirmed, none lost: {len(world.confirmed)}; unsure presses: {world.unsure}")
    print(f"reminders, none twice: {len(messages)}; in doubt: {states[DeliveryState.DOUBT]}")


def receipts_of(entries: Sequence[Entry]) -> dict[str, str]:
    """What each person's receipt must say, by the ledger."""
    return {entry.event.subject: f"{entry.number}|{entry.hash}" for entry in entries}
