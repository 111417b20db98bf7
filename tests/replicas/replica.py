"""One replica as a process: the real store and the real sender, a door to press at, and a tick without a pause.

    python -m tests.replicas.replica URL SCHOOL FOLDER TEAMS SKEW fenced|unfenced

Prints its port once it runs. It sends whether it leads or not, so that two of them are at the same messages.
"""

import asyncio
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.desk.rules.messages import Outgoing, note
from bot.errors import InDoubt, StaffroomError, StoreError
from bot.outbox.messengers import Messengers
from bot.outbox.ports import Outbox
from bot.outbox.rules.message import NO_SUBJECT, Claim, Message, MessageKind
from bot.outbox.send import Sender
from bot.people.rules.conversations import Address, SentMessage
from bot.stores.postgres.store import PostgresStore, open_postgres_store
from tests.stores.examples import MONDAY, acknowledged

LEASE, HAND_OVER_LIMIT = timedelta(seconds=3), timedelta(seconds=1)
PAUSE = 0.05  # seconds between two ticks


@dataclass(frozen=True)
class Channel:
    """Hands each message to the counting server."""

    http: aiohttp.ClientSession
    teams: str
    channel: str = "test"

    async def ready(self, address: Address) -> None:
        pass

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        try:
            async with self.http.post(self.teams, data=address.account) as response:
                return SentMessage("test", address.account, await response.text())
        except aiohttp.ClientError as error:
            raise InDoubt("no answer") from error

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        raise NotImplementedError

    async def reaches(self, address: Address) -> bool:
        return True


class Round:
    """Everybody is at work and has a chat."""

    async def render(self, message: Message) -> Outgoing | None:
        return note("A reminder")

    async def address(self, message: Message) -> Address | None:
        return Address("test", account=message.recipient)

    def is_welcome(self, message: Message) -> bool:
        return True


class Unfenced:
    """The control: claims are not written down, and whoever comes says how a message ended."""

    def __init__(self, store: Outbox) -> None:
        self.store = store
        self.keep_messages, self.message, self.messages = store.keep_messages, store.message, store.messages
        self.open_messages, self.old_messages = store.open_messages, store.old_messages
        self.move, self.drop_messages, self.stuck_messages = store.move, store.drop_messages, store.stuck_messages

    async def claim_messages(
        self, messages: Sequence[Message], holder: str, now: datetime, lease: timedelta
    ) -> tuple[Claim, ...]:
        return tuple(Claim(message.leased(holder, now, lease)) for message in messages)

    async def settle(self, claim: Claim, after: Message) -> bool:
        current = await self.store.message(claim.message.key)
        return current is not None and await self.store.move(current, after)


def door(store: PostgresStore) -> web.Application:
    """Where people press: 200 with the receipt, or 503 if it is not confirmed."""

    async def press(request: web.Request) -> web.Response:
        person = await request.text()
        reminder = Message(MessageKind.NUDGE, NO_SUBJECT, person, MONDAY)
        try:
            entry = await store.append(acknowledged(person), f"ack/{person}", [reminder])
        except StoreError as error:
            return web.Response(status=503, text=str(error))
        return web.Response(text=f"{entry.number}|{entry.hash}")

    app = web.Application()
    app.router.add_post("/", press)
    return app


async def serve(url: str, school: str, folder: str, teams: str, skew: str, fence: str) -> None:
    """Runs until it is killed."""
    store = await open_postgres_store(url, school, Path(folder), demo=True, is_alone=False)
    runner = web.AppRunner(door(store))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(skew))

    async def begin() -> Round:
        return Round()

    async with aiohttp.ClientSession() as http:
        messengers = Messengers([Channel(http, teams)], store)
        outbox = store if fence == "fenced" else Unfenced(store)
        holder = secrets.token_hex(4)
        sender = Sender(outbox, messengers, begin, now, holder, lease=LEASE, hand_over_limit=HAND_OVER_LIMIT)
        print(runner.addresses[0][1], flush=True)
        while True:
            try:
                await sender.send_due()
            except* StaffroomError:
                pass  # the next tick
            await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
