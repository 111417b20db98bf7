"""The pages of a demo school behind the real server. Nobody asks a question here, so nothing has to be learnt."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import StaffroomServer
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.demo.clock import DemoClock
from bot.run_local import open_local
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.standins.microsoft import serving

NOW = datetime(2026, 9, 7, 9, tzinfo=LONDON)
PAGES = (
    "today",
    "campaigns",
    "people",
    "policy",
    "new_version",
    "add-policy",
    "answers",
    "questions",
    "recordings",
    "settings",
    "evidence",
    "health",
)


@dataclass
class Answer:
    """What came back: status, text and headers."""

    status: int
    text: str
    headers: Any

    @property
    def csrf(self) -> str:
        """The token of the page's forms."""
        match = re.search(r'name="csrf" value="([^"]+)"', self.text)
        return match[1] if match else ""

    def button(self, title: str) -> str:
        """What a button sends."""
        match = re.search(rf'name="press" value="([^"]+)"[^>]*>{re.escape(title)}<', self.text)
        assert match, (title, self.text)
        return unescape(match[1])


@dataclass
class PagesSchool:
    """A school whose pages are open in one browser, which somebody signs in to."""

    http: aiohttp.ClientSession
    address: str
    server: StaffroomServer
    clock: DemoClock
    token: str = ""

    async def sign_in(self, account: str) -> Answer:
        """Opens the pages from the chat, as this person."""
        self.http.cookie_jar.clear()
        return await self.get("enter", token=self.token, account=account)

    async def get(self, path: str, **query: str) -> Answer:
        async with self.http.get(f"{self.address}/school/{path}", params=query) as response:
            return Answer(response.status, await response.text(), response.headers)

    async def post(self, path: str, data: Any = None, **headers: str) -> Answer:
        headers = {"Origin": self.address, **headers}
        async with self.http.post(f"{self.address}/school/{path}", data=data, headers=headers) as response:
            return Answer(response.status, await response.text(), response.headers)

    async def press(self, page: Answer, path: str, title: str, **fields: str) -> Answer:
        """Presses a button on a page, with what was filled in by name of the field."""
        return await self.post(path, {"csrf": page.csrf, "press": page.button(title), **fields})


def button(verb: str, **data: str) -> str:
    return json.dumps({"verb": verb, "data": data, "takes_fields": True})


def understands_nothing(settings: Settings) -> Understanding:
    policy = read_config(settings, NOW.date(), demo=True).policy
    nothing: dict[str, Any] = dict.fromkeys(("reader", "thresholds", "signs", "index", "languages", "groups"))
    return Understanding(policy=policy, trusts_drafts=True, **nothing)


@asynccontextmanager
async def pages_school(
    settings: Settings, staff: Path | None = None, understanding: Understanding | None = None
) -> AsyncIterator[PagesSchool]:
    clock = DemoClock(lambda: NOW)
    understanding = understanding or understands_nothing(settings)
    async with (
        open_local(settings, clock=clock, understanding=understanding, staff_file=staff) as server,
        serving(server.server) as address,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        at = PagesSchool(http, address, server, clock)
        async with http.get(address) as response:
            match = re.search(r'staffroom-token" content="([^"]+)"', await response.text())
        assert match
        at.token = match[1]
        yield at


def later(at: PagesSchool, **time: float) -> None:
    at.clock.move_to(at.clock() + timedelta(**time))
