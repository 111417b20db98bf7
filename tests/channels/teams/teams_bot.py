"""The real Teams channel on a real port, over a small desk, with a little Bot Connector at the other end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from bot.channels.server import channel_server
from bot.channels.services import HttpSession
from bot.channels.teams.activity import Activity
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.membership import GroupMembership
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.proactive import Install, ProactiveMessages
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import read_request
from bot.errors import TokenUnavailable
from bot.people.rules.person import Caller, Proof
from bot.settings import ROOT
from tests.channels.fakes import FakePeople, SmallDesk
from tests.channels.shared_arrivals import SharedArrivals
from tests.standins.microsoft import TENANT, LittleMicrosoft, little_microsoft, serving

NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
NEW = {"from": {"id": "29:new", "name": "Anybody", "aadObjectId": "new-account"}}  # who signs in as the newcomer does


class NoCheck:
    """Admits everything that has the shape of an activity."""

    async def admit(self, request: web.Request) -> Activity:
        return await read_request(request)


class NoSchedule:
    """Nothing is done by the clock."""

    def start(self) -> None:
        return None

    async def close(self) -> None:
        return None


@dataclass
class RunningBot:
    """A bot of the real mode, running; `classes` are conversations and teams with children.

    Microsoft gives it tokens as long as it `has_tokens`.
    """

    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    small: SmallDesk
    now: datetime = NINE
    address: str = ""
    classes: set[str] = field(default_factory=set)
    has_tokens: bool = True

    async def token(self, scope: str) -> str:
        if not self.has_tokens:
            raise TokenUnavailable("Microsoft gave no token (invalid_client).")
        return f"token for {scope}"

    @property
    def service(self) -> str:
        return self.microsoft.service

    @property
    def people(self) -> FakePeople:
        return self.small.people

    async def is_class(self, conversation: str, team: str) -> bool:
        return bool({conversation, team} - {""} & self.classes)

    async def hears(self, body: dict[str, Any]) -> tuple[int, Any]:
        """The HTTP response; what the bot says goes to the connector."""
        async with self.http.post(f"{self.address}/api/messages", json=body) as response:
            text = await response.text()
            return response.status, await response.json() if text else None

    async def says_to(self, body: dict[str, Any]) -> str:
        """The words of the one message an activity brings."""
        before = len(self.microsoft.messages())
        assert (await self.hears(body))[0] == 200
        (message,) = self.microsoft.messages()[before:]
        return str(message["summary"])


@dataclass
class Setting:
    """What a test may choose before the bot is built."""

    is_demo: bool = False
    typing_after: float = 1.0
    install: Install | None = None
    looks_at_members: bool = False
    small: SmallDesk = field(default_factory=SmallDesk)
    arrivals: SharedArrivals = field(default_factory=SharedArrivals)


@dataclass
class Parts:
    running: RunningBot
    messenger: TeamsMessenger
    bot: TeamsBot


def build(microsoft: LittleMicrosoft, http: aiohttp.ClientSession, setting: Setting) -> Parts:
    """The parts in the order the program builds them: messenger, desk, bot."""
    running = RunningBot(microsoft, http, setting.small)
    connector = Connector(lambda: http, None if setting.is_demo else running.token)
    proactive = ProactiveMessages(running.people, connector, lambda: running.now, setting.install)
    messenger = TeamsMessenger(TeamsCards(ROOT / "cards", is_demo=setting.is_demo), proactive)
    desk = setting.small.desk()

    async def knows(account: str) -> bool:
        return await desk.knows(Caller("school", "msteams", TENANT, account, Proof.TOKEN))

    bot = TeamsBot(
        desk=desk,
        messenger=messenger,
        is_class=running.is_class,
        files=TeamsFiles(lambda: http, lambda: running.now, hosts=("127.0.0.1",), scheme="http"),
        school="school",
        proof=Proof.DEMO if setting.is_demo else Proof.TOKEN,
        now=lambda: running.now,
        membership=GroupMembership(connector, knows) if setting.looks_at_members else None,
        typing_after=setting.typing_after,
    )
    return Parts(running, messenger, bot)


@asynccontextmanager
async def bot_running(setting: Setting) -> AsyncIterator[Parts]:
    """A bot on a real port for as long as the block runs."""
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        parts = build(microsoft, http, setting)
        server = channel_server(
            [teams_endpoint(parts.bot, NoCheck(), setting.arrivals)], {}, HttpSession(), NoSchedule()
        )
        async with serving(server) as parts.running.address:
            yield parts


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    return dict(message["attachments"][0]["content"])
