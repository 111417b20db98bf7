"""What the tests of the Teams channel share."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.channels.plain_errors import with_plain_errors
from bot.channels.request_body import expect_later
from bot.channels.signing_keys import SigningKeys
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.token_check import TeamsTokenCheck, guarded
from tests.channels.teams.checked_server import CheckedServer, Clock
from tests.channels.teams.teams_bot import Parts, RunningBot, Setting, bot_running
from tests.standins.microsoft import APP_ID, TENANT, little_microsoft, serving


@pytest.fixture
def setting() -> Setting:
    return Setting()


@pytest.fixture
async def parts(setting: Setting) -> AsyncIterator[Parts]:
    async with bot_running(setting) as parts:
        yield parts


@pytest.fixture
def bot(parts: Parts) -> RunningBot:
    return parts.running


@pytest.fixture
def messenger(parts: Parts) -> TeamsMessenger:
    return parts.messenger


@pytest.fixture
async def server() -> AsyncIterator[CheckedServer]:
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        clock = Clock()
        keys = SigningKeys(microsoft.where().metadata, lambda: http, clock, clock.pause)
        check = TeamsTokenCheck(APP_ID, TENANT, keys, clock, microsoft.where())
        server = CheckedServer(microsoft, http, clock, keys, check)
        app = web.Application(middlewares=[with_plain_errors])
        app.router.add_route("*", "/api/messages", guarded(check, server.respond), expect_handler=expect_later)
        async with serving(app) as server.address:
            yield server
