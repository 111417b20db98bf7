"""Reminders go out at most once, whenever the machine stops: real processes and store, and a server that counts."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.outbox.rules.message import DeliveryState
from bot.stores.sqlite.store import SqliteStore
from tests.standins.microsoft import serving

KILLS = 1_000 if os.environ.get("STAFFROOM_SOAK") else 8
SENDING = """
import asyncio, sys
from datetime import UTC, date, datetime
from pathlib import Path
import aiohttp
from bot.errors import InDoubt
from bot.outbox.send import Post
from bot.ask.answer_card import note
from bot.outbox.rules.message import Slot, Sort
from bot.stores.sqlite.store import TinyStore

NOW = datetime(2026, 9, 21, 9, tzinfo=UTC)

class Line:
    def __init__(self, http, address):
        self.http, self.address = http, address
    async def tell(self, account, outgoing):
        try:
            async with self.http.post(self.address, data=account) as answer:
                return await answer.text()
        except aiohttp.ClientError as seen:
            raise InDoubt("no answer") from seen
    async def ready(self, to):
        pass
    async def reaches(self, account):
        return True

class Round:
    async def card(self, slot):
        return note("A reminder")
    def address(self, slot):
        return slot.recipient
    def is_welcome(self, slot):
        return True
    async def replaces(self, slot):
        return ""

async def main():
    path, address, first = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    store = TinyStore(path, "school", demo=True)
    await store.settle(NOW)
    day = date(2026, 9, 21)
    await store.keep_slots(*[Slot(Sort.NUDGE, "digest", f"p{first + one}", day) for one in range(60)])
    print("begun", flush=True)
    async with aiohttp.ClientSession() as http:
        async def begin():
            return Round()
        await Post(store, Line(http, address), begin, lambda: NOW).send_due()
    await store.close()
    print("done", flush=True)

asyncio.run(main())
"""


@dataclass
class Counting:
    """A server that takes messages slowly and counts them."""

    taken: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    async def take(self, request: web.Request) -> web.Response:
        account = await request.text()
        await asyncio.sleep(self.chance.random() / 100)
        self.taken[account] += 1
        await asyncio.sleep(self.chance.random() / 100)
        return web.Response(text="m1")


async def test_no_reminder_goes_out_twice_and_every_doubt_is_listed(tmp_path: Path):
    path = tmp_path / "data" / "store.db"
    path.parent.mkdir()
    counting, chance = Counting(), random.Random(5)
    app = web.Application()
    app.router.add_post("/", counting.take)
    async with serving(app) as address:
        for kill in range(KILLS + 1):
            command = [sys.executable, "-c", SENDING, str(path), f"{address}/", str(60 * kill)]
            sender = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            assert sender.stdout is not None
            assert await sender.stdout.readline() == b"begun\n"
            if kill < KILLS:
                await asyncio.wait([asyncio.ensure_future(sender.wait())], timeout=chance.random() / 12)
                if sender.returncode is None:
                    sender.send_signal(signal.SIGKILL)
            await sender.wait()

    store = SqliteStore(path, "school", demo=True)
    slots = await store.slots()
    await store.close()
    states = Counter(one.state for one in slots)
    assert set(states) <= {DeliveryState.SENT, DeliveryState.DOUBT} and len(slots) == 60 * (KILLS + 1)
    assert max(counting.taken.values()) == 1
    assert {one.recipient for one in slots if one.state is DeliveryState.SENT} <= set(counting.taken)
    lost = {one.recipient for one in slots} - set(counting.taken)
    assert lost <= {one.recipient for one in slots if one.state is DeliveryState.DOUBT}
    assert states[DeliveryState.DOUBT] > 0  # the kills fell where they hurt
