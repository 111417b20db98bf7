"""A whole demo school behind the real server: real store on disk, real roster file, a clock that is moved."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot import app, servers
from bot.ask.ask import Understanding
from bot.cards import Cards
from bot.desk.wiring import Work
from bot.evidence.records import Records
from bot.school.rules.calendar import LONDON
from bot.settings import ROOT, Settings
from bot.stores.sqlite.store import SqliteStore
from bot.tenant.staff_file import FileRoster
from tests.standins.microsoft import serving

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)


@dataclass
class School:
    """What a journey needs: people who say and press things, a tick, and a clock."""

    staff: Path
    work: Work
    now: datetime = MONDAY
    server: web.Application | None = None
    http: aiohttp.ClientSession | None = None
    address: str = ""
    _token: str = field(default="", repr=False)

    async def asks(self, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        assert self.http
        async with self.http.request(
            "POST" if body else "GET",
            f"{self.address}{path}",
            json=body,
            params=query,
            headers={"X-Staffroom-Token": self._token},
        ) as answer:
            text = await answer.text()
            assert answer.status == 200, text
            return json.loads(text) if answer.content_type == "application/json" else text

    async def says(self, account: str, text: str) -> Any:
        """The message somebody gets for what they wrote."""
        return await self.asks("/say", {"account": account, "text": text})

    async def presses(self, account: str, verb: str, **inputs: str) -> Any:
        """The message somebody gets for a button."""
        return await self.asks("/say", {"account": account, "verb": verb, "inputs": inputs})

    async def press_on(self, account: str, card: dict[str, Any], title: str, **inputs: str) -> Any:
        """Presses the button of that title on a card that was shown."""
        found = [one for one in parts(card) if one.get("type") == "Action.Execute" and one["title"].startswith(title)]
        assert found, f"no button {title!r}"
        return await self.presses(account, found[0]["verb"], **{**found[0].get("data", {}), **inputs})

    async def opens_page(self, account: str, lines: int) -> list[Any]:
        """What somebody sees first when they open the page, after the welcome."""
        assert self.http
        where = {"account": account, "token": self._token}
        async with self.http.get(f"{self.address}/events", params=where) as response:
            told = []
            while len(told) <= lines:
                line = (await response.content.readline()).decode().strip()
                if line.startswith("data: "):
                    told.append(json.loads(line[6:]))
            return told[1:]

    async def tick(self) -> None:
        assert self.server
        await self.server[servers.TICK]()

    async def after(self, **time: int) -> None:
        """Time goes by, and the bot does what is due."""
        self.now += timedelta(**time)
        await self.tick()


def parts(card: Any) -> list[dict[str, Any]]:
    """Every object of a card."""
    found = []
    if isinstance(card, dict):
        found = [card] + [one for value in card.values() for one in parts(value)]
    elif isinstance(card, list):
        found = [one for value in card for one in parts(value)]
    return found


def words(message: dict[str, Any]) -> str:
    """Everything a card says."""
    return json.dumps(message["card"], ensure_ascii=False)


@asynccontextmanager
async def school(settings: Settings, mind: Understanding, clock: app.DemoClock | None = None) -> AsyncIterator[School]:
    """A school open for as long as the block runs; the page moves its `clock`, where it is given one."""
    settings.data.mkdir(parents=True, exist_ok=True)
    staff = settings.data / "staff.csv"
    if not staff.exists():
        shutil.copy(app.DEMO_ROSTER, staff)
    store = SqliteStore(settings.data / "demo.db", settings.school, demo=True)
    cards = Cards(ROOT / "cards")

    def fingerprint(outgoing: Any) -> str:
        return json.dumps(cards.fill(outgoing.card, {**outgoing.values, "is_demo": True}))[:64]

    now = clock or (lambda: made.now)
    records = Records(mind.policy, FileRoster(staff), store, mind.policy.calendar, now, fingerprint, is_demo=True)
    made = School(staff, Work.of(mind, records, app.crafts(settings, local=True)))
    made.server = await servers.web_app(settings, made.work, clock)
    async with aiohttp.ClientSession() as made.http, serving(made.server) as made.address:
        page = await made.asks("/")
        made._token = page.split('name="staffroom-token" content="')[1].split('"')[0]
        await made.tick()  # the first, which begins by itself, has come to its end by then
        yield made
    await store.close()
