"""A whole demo school behind the real server: real store on disk, real staff list, a clock that is moved."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot import app
from bot.app import Staffroom, StaffroomServer
from bot.ask.understanding import Understanding
from bot.campaigns.book import CampaignBook
from bot.demo.clock import DemoClock
from bot.evidence.context import Context
from bot.evidence.ports import Store
from bot.outbox.rules.message import Message, MessageKind
from bot.recordings.book import RecordingBook
from bot.run_local import open_local
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.standins.microsoft import serving

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)


@dataclass
class School:
    """What a journey needs: people who say and press things, a tick, and a clock."""

    staff: Path
    now: datetime = MONDAY
    local: StaffroomServer | None = None
    http: aiohttp.ClientSession | None = None
    address: str = ""
    token: str = field(default="", repr=False)

    @property
    def staffroom(self) -> Staffroom:
        """All the parts behind the server."""
        assert self.local
        return self.local.staffroom

    @property
    def context(self) -> Context:
        """The school, its store and its clock."""
        return self.staffroom.books.context

    @property
    def store(self) -> Store:
        """What is kept."""
        return self.context.store

    @property
    def campaigns(self) -> CampaignBook:
        """What the ledger says of campaigns."""
        return self.staffroom.books.campaigns

    @property
    def recordings(self) -> RecordingBook:
        """What the ledger says of recorded lessons."""
        return self.staffroom.books.recordings

    async def messages(self, *kinds: MessageKind) -> tuple[Message, ...]:
        """Every message of these kinds, or of all kinds."""
        return await self.store.messages(*(kinds or tuple(MessageKind)))

    async def asks(self, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        assert self.http
        async with self.http.request(
            "POST" if body else "GET",
            f"{self.address}{path}",
            json=body,
            params=query,
            headers={"X-Staffroom-Token": self.token},
        ) as response:
            text = await response.text()
            assert response.status == 200, text
            return json.loads(text) if response.content_type == "application/json" else text

    async def says(self, account: str, text: str) -> Any:
        """The message somebody gets for what they wrote."""
        return await self.asks("/say", {"account": account, "text": text})

    async def presses(self, account: str, verb: str, **inputs: str) -> Any:
        """The message somebody gets for a button."""
        return await self.asks("/say", {"account": account, "verb": verb, "inputs": inputs})

    async def press_on(self, account: str, card: dict[str, Any], title: str, **inputs: str) -> Any:
        """Presses the button of that title on a card that was shown."""
        buttons = [
            part for part in parts(card) if part.get("type") == "Action.Execute" and part["title"].startswith(title)
        ]
        assert buttons, f"no button {title!r}"
        return await self.presses(account, buttons[0]["verb"], **{**buttons[0].get("data", {}), **inputs})

    async def opens_page(self, account: str, lines: int) -> list[Any]:
        """What somebody sees first when they open the page, after the welcome."""
        assert self.http
        query = {"account": account, "token": self.token}
        async with self.http.get(f"{self.address}/events", params=query) as response:
            messages = []
            while len(messages) <= lines:
                line = (await response.content.readline()).decode().strip()
                if line.startswith("data: "):
                    messages.append(json.loads(line[6:]))
            return messages[1:]

    async def tick(self) -> None:
        assert self.local
        await self.local.tick()

    async def after(self, **time: int) -> None:
        """Time goes by, and the bot does what is due."""
        self.now += timedelta(**time)
        await self.tick()


def parts(card: Any) -> list[dict[str, Any]]:
    """Every object of a card."""
    if isinstance(card, dict):
        return [card] + [part for value in card.values() for part in parts(value)]
    if isinstance(card, list):
        return [part for value in card for part in parts(value)]
    return []


def words(message: dict[str, Any]) -> str:
    """Everything a card says."""
    return json.dumps(message["card"], ensure_ascii=False)


@asynccontextmanager
async def school(
    settings: Settings, understanding: Understanding, clock: DemoClock | None = None
) -> AsyncIterator[School]:
    """A school open for as long as the block runs; the page moves its `clock` if it is given one."""
    settings.data.mkdir(parents=True, exist_ok=True)
    staff = settings.data / "staff.csv"
    if not staff.exists():
        shutil.copy(app.DEMO_STAFF, staff)
    at = School(staff)
    now = clock or (lambda: at.now)
    async with (
        open_local(settings, clock=now, understanding=understanding, staff_file=staff) as at.local,
        aiohttp.ClientSession() as at.http,
        serving(at.local.server) as at.address,
    ):
        page = await at.asks("/")
        at.token = page.split('name="staffroom-token" content="')[1].split('"')[0]
        await at.tick()  # the first, which begins by itself, has come to its end by then
        yield at
