"""What the tests of the Teams channel share."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.ask.ask import Understanding
from bot.ask.rules.safeguarding import HarmSigns
from bot.channels.teams.adapter import TeamsAdapter
from bot.channels.teams.bot import Teams
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.proactive import ProactiveMessages
from bot.channels.teams.signing_keys import SigningKeys
from bot.channels.teams.token_check import TeamsTokenCheck, guarded
from bot.people.rules.person import Proof
from tests.channels.teams.entrance import Clock, Entrance
from tests.channels.teams.teams_bot import CARDS, NEWCOMER, PHONES, WIDE, Bot, OpenDoor, token
from tests.fakes import SURE, TEACHER, FakeRecogniser, FakeRoster, FakeStore, policy
from tests.standins.microsoft import APP_ID, TENANT, little_microsoft, serving
from tests.working import working


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    school = policy(PHONES, wide=(WIDE,))
    read = FakeRecogniser({"can i use my phone": {"phones": 1.0}, "phones or photos": {"wide": 1.0}})
    mind = Understanding(school, read, SURE, HarmSigns.of((), (), {}, ()), trusts_drafts=True)
    store = FakeStore()
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        work = working(mind, FakeRoster((TEACHER, NEWCOMER)), store, lambda: made.now)
        files = TeamsFiles(lambda: http, lambda: made.now, hosts=("127.0.0.1",), scheme="http")
        connector = Connector(lambda: http, token)
        chat = Teams(
            work.desk,
            CARDS.fill,
            ProactiveMessages(store, connector, lambda: made.now),
            "school",
            Proof.TOKEN,
            lambda: made.now,
            files,
        )
        made = Bot(microsoft, http, store, work.records, work.desk, chat)
        adapter = TeamsAdapter(chat.reach.connector, chat)

        app = web.Application()
        app.router.add_post("/api/messages", guarded(OpenDoor(), adapter.respond))
        async with serving(app) as made.address:
            yield made
            await chat.close()


@pytest.fixture
async def entrance() -> AsyncIterator[Entrance]:
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        clock = Clock()
        held = SigningKeys(microsoft.where().metadata, lambda: http, clock, clock.pause)
        front = TeamsTokenCheck(APP_ID, TENANT, held, clock, microsoft.where())
        made = Entrance(microsoft, http, clock, held, front)
        app = web.Application()
        app.router.add_route("*", "/api/messages", guarded(front, made.handle))
        async with serving(app) as made.address:
            yield made
