"""The real Slack channel over Socket Mode, with a Slack at the other end that misbehaves when told to."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.channels.server import channel_server
from bot.channels.services import HttpSession, run_with
from bot.channels.slack.connector import SlackConnector
from bot.channels.slack.server import slack_socket
from bot.channels.slack.socket_mode import SocketDoor, SocketMode
from bot.channels.slack.web_api import SlackApi
from bot.channels.slack.workspace_check import WorkspaceCheck
from tests.channels.slack.slack_bot import RunningBot, Setting, build
from tests.channels.teams.teams_bot import NoSchedule
from tests.standins.microsoft import serving
from tests.standins.slack import APP_ID, TEAM, event
from tests.standins.slack_socket import APP_TOKEN, SocketSlack, socket_slack

PING_EVERY = 2.0  # seconds: a lost connection is noticed soon, and a busy machine answers in time


@dataclass
class SocketBot:
    """A bot of the real mode over a connection, running."""

    slack: SocketSlack
    running: RunningBot
    socket: SocketMode
    paused: list[float] = field(default_factory=list)  # before the next try

    async def hears(self, content: dict[str, Any], id: str = "", envelope: str = "") -> None:
        """An event is delivered, acknowledged, and done with."""
        event_id = id or f"Ev{content.get('ts', '1').replace('.', '')}"
        assert await self.slack.deliver("events_api", event(content, event_id), envelope) is None
        await self.running.idle()

    async def takes(self, payload: dict[str, Any], envelope: str = "") -> Any:
        """What a press or a form is answered with, once everything it brought is done."""
        answer = await self.slack.deliver("interactive", payload, envelope)
        await self.running.idle()
        return answer


@asynccontextmanager
async def socket_bot(
    setting: Setting,
    prepare: Callable[[SocketSlack], None] = lambda slack: None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[SocketBot]:
    """A bot with a connection to Slack for as long as the block runs; `prepare` is done before it connects."""
    async with socket_slack() as slack, aiohttp.ClientSession() as http:
        prepare(slack)
        running, paused = build(slack, http, setting), []

        async def pause(seconds: float) -> None:
            paused.append(seconds)

        session = HttpSession()
        api = SlackApi(SlackConnector(session, APP_TOKEN, f"{slack.address}/api/", pause))
        door = SocketDoor(session, api.socket_address, ("127.0.0.1",), "ws", pause, PING_EVERY, clock)
        socket = slack_socket(running.bot, WorkspaceCheck(APP_ID, TEAM, time.monotonic), setting.store, door)
        server = channel_server([], {"slack": socket.is_connected}, session, NoSchedule())
        run_with(server, socket)
        async with serving(server) as running.address:
            await slack.until(lambda: slack.opened)
            yield SocketBot(slack, running, socket, paused)
        assert not slack.refused, slack.refused
