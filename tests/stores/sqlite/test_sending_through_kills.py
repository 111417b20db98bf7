"""Reminders go out at most once, whenever the machine stops: real processes and store, and a server that counts."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.stores.sqlite.store import SqliteStore
from tests.standins.counting import Counting
from tests.standins.microsoft import serving

KILLS = 1_000 if os.environ.get("STAFFROOM_SOAK") else 8
SENDING = """
import asyncio, sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import aiohttp
from bot.desk.rules.messages import note
from bot.errors import InDoubt
from bot.outbox.messengers import Messengers
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind
from bot.outbox.send import Sender
from bot.people.rules.conversations import Address, SentMessage
from bot.stores.sqlite.store import SqliteStore

class Channel:
    channel = "test"
    def __init__(self, http, url):
        self.http, self.url = http, url
    async def send(self, address, outgoing):
        try:
            async with self.http.post(self.url, data=address.account) as response:
                return SentMessage("test", address.account, await response.text())
        except aiohttp.ClientError as error:
            raise InDoubt("no answer") from error
    async def ready(self, address):
        pass
    async def reaches(self, address):
        return True

class Round:
    async def render(self, message):
        return note("A reminder")
    async def address(self, message):
        return Address("test", account=message.recipient)
    def is_welcome(self, message):
        return True

async def main():
    path, url, run = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    now = datetime(2026, 9, 21, 9, tzinfo=UTC) + run * timedelta(hours=1)  # leases of the run before have run out
    store = SqliteStore(path, "school", demo=True)
    day = date(2026, 9, 21)
    people = [f"p{60 * run + number}" for number in range(60)]
    await store.keep_messages(*[Message(MessageKind.NUDGE, NO_SUBJECT, person, day) for person in people])
    print("begun", flush=True)
    async with aiohttp.ClientSession() as http:
        async def begin():
            return Round()
        messengers = Messengers([Channel(http, url)], store)
        await Sender(store, messengers, begin, lambda: now, f"process {run}").send_due()
    await store.close()
    print("done", flush=True)

asyncio.run(main())
"""


@pytest.mark.long
async def test_no_reminder_goes_out_twice_and_every_doubt_is_listed(tmp_path: Path):
    path = tmp_path / "data" / "store.db"
    path.parent.mkdir()
    counting, chance = Counting(), random.Random(5)
    app = web.Application()
    app.router.add_post("/", counting.take)
    async with serving(app) as address:
        for kill in range(KILLS + 1):
            command = [sys.executable, "-c", SENDING, str(path), f"{address}/", str(kill)]
            sender = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            assert sender.stdout is not None
            assert await sender.stdout.readline() == b"begun\n"
            if kill < KILLS:
                await asyncio.wait([asyncio.ensure_future(sender.wait())], timeout=chance.random() / 12)
                if sender.returncode is None:
                    sender.send_signal(signal.SIGKILL)
            await sender.wait()

    store = SqliteStore(path, "school", demo=True)
    messages = await store.messages(MessageKind.NUDGE)
    await store.close()
    states = Counter(message.state for message in messages)
    assert set(states) <= {DeliveryState.SENT, DeliveryState.DOUBT} and len(messages) == 60 * (KILLS + 1)
    assert max(counting.taken.values()) == 1
    assert {message.recipient for message in messages if message.state is DeliveryState.SENT} <= set(counting.taken)
    lost = {message.recipient for message in messages} - set(counting.taken)
    assert lost <= {message.recipient for message in messages if message.state is DeliveryState.DOUBT}
    assert states[DeliveryState.DOUBT] > 0  # the kills fell where they hurt
