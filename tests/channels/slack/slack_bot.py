"""The real Slack channel on a real port, over a small desk, with a little Slack at the other end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

from bot.channels.connections import ConnectionLimits
from bot.channels.rate_limit import ChannelLimits, RateLimiter
from bot.channels.server import channel_server
from bot.channels.services import HttpSession
from bot.channels.slack.bot import SlackBot
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.connector import SlackConnector
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.messenger import SlackMessenger
from bot.channels.slack.proactive import ProactiveMessages
from bot.channels.slack.server import slack_endpoint
from bot.channels.slack.signature_check import SlackSignatureCheck
from bot.channels.slack.web_api import SlackApi
from bot.people.rules.person import Person, Role
from bot.settings import ROOT
from tests.channels.fakes import NEWCOMER, FakePeople, FakeRoster, SmallDesk
from tests.channels.teams.teams_bot import NoSchedule
from tests.fake_store import FakeStore
from tests.standins.microsoft import serving
from tests.standins.slack import APP, TEAM, TOKEN, LittleSlack, event, interaction, little_slack, signed, user

NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
TEACHER_ID, NEWCOMER_ID, STRANGER_ID = "U0TEACHER", "U0NEWCOME", "U0STRANGE"
TEACHER = Person("t1", "A teacher", "teacher@school.example", "", frozenset({Role.STAFF}))
FAST = ChannelLimits("Slack", per_second=1_000, in_conversation=((1_000, 1.0),))


@dataclass
class RunningBot:
    """A bot of the real mode, running."""

    slack: LittleSlack
    http: aiohttp.ClientSession
    small: SmallDesk
    bot: SlackBot
    messenger: SlackMessenger
    now: datetime = NINE
    address: str = ""
    paused: list[float] = field(default_factory=list)

    @property
    def people(self) -> FakePeople:
        return self.small.people

    async def post(self, request: dict[str, Any]) -> tuple[int, Any]:
        """The HTTP response to a request as Slack sends it."""
        async with self.http.post(f"{self.address}/api/slack", **request) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def hears(self, content: dict[str, Any], id: str = "", **more: Any) -> int:
        """The status of an event's delivery, once everything it brought is done."""
        body = json.dumps(event(content, id or f"Ev{content.get('ts', '1').replace('.', '')}", **more)).encode()
        status, _ = await self.post(signed(body))
        await self.idle()
        return status

    async def takes(self, payload: dict[str, Any]) -> tuple[int, Any]:
        """The response to a press or a form, once everything it brought is done."""
        response = await self.post(interaction(payload))
        await self.idle()
        return response

    async def idle(self) -> None:
        """Returns when nothing is being answered any more."""
        async with asyncio.timeout(10):
            while running := [task for task in asyncio.all_tasks() if _is_ours(task)]:
                await asyncio.wait(running)


def _is_ours(task: asyncio.Task[Any]) -> bool:
    names = ("_logged", "SlackBot.apologising", "SlackBot._show_later", "AppHome._answer")
    return any(name in str(task.get_coro()) for name in names)


@dataclass
class Setting:
    """What a test may choose before the bot is built."""

    small: SmallDesk = field(default_factory=lambda: SmallDesk(roster=FakeRoster((TEACHER, NEWCOMER))))
    rate_limiter: RateLimiter = field(default_factory=lambda: RateLimiter(FAST))
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    submit_time_limit: float = 2.0
    cards: SlackCards = field(default_factory=lambda: SlackCards(ROOT / "cards", is_demo=False))
    store: FakeStore = field(default_factory=FakeStore)


def build(slack: LittleSlack, http: aiohttp.ClientSession, setting: Setting) -> RunningBot:
    """The parts in the order the program builds them: messenger, desk, bot."""
    people = setting.small.people

    async def pause(seconds: float) -> None:
        running.paused.append(seconds)

    connector = SlackConnector(lambda: http, TOKEN, f"{slack.address}/api/", pause, setting.rate_limiter)
    api = SlackApi(connector)
    proactive = ProactiveMessages(people, setting.store, api, TEAM, lambda: running.now, pause)
    files = SlackFiles(api, lambda: http, setting.store, lambda: running.now, ("127.0.0.1",), "http")
    messenger = SlackMessenger(setting.cards, proactive, files)
    bot = SlackBot(
        desk=setting.small.desk(),
        messenger=messenger,
        files=files,
        school="school",
        team=TEAM,
        now=lambda: running.now,
        submit_time_limit=setting.submit_time_limit,
    )
    running = RunningBot(slack, http, setting.small, bot, messenger)
    slack.users |= {
        TEACHER_ID: user(TEACHER_ID, TEACHER.email),
        NEWCOMER_ID: user(NEWCOMER_ID, NEWCOMER.email),
        STRANGER_ID: user(STRANGER_ID, "somebody@elsewhere.example"),
    }
    return running


@asynccontextmanager
async def bot_running(setting: Setting) -> AsyncIterator[RunningBot]:
    """A bot on a real port for as long as the block runs."""
    async with little_slack() as slack, aiohttp.ClientSession() as http:
        running = build(slack, http, setting)
        check = SlackSignatureCheck(APP, setting.clock, setting.monotonic)
        server = channel_server([slack_endpoint(running.bot, check, setting.store)], {}, HttpSession(), NoSchedule())
        async with serving(server, limits=ConnectionLimits(max_open=64)) as running.address:
            yield running
        assert not slack.refused, slack.refused  # every call is in the table of methods
