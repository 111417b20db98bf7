"""The server that `tests.bench.slack` measures: Slack's real channel over the real desk and store."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import time

from aiohttp import web

from bot import app
from bot.app import Channels, Staffroom
from bot.channels.services import HttpSession, run_with
from bot.channels.slack.bot import SlackBot
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.connector import SlackConnector
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.messenger import SlackMessenger
from bot.channels.slack.payload import CHANNEL
from bot.channels.slack.proactive import ProactiveMessages
from bot.channels.slack.server import slack_endpoint
from bot.channels.slack.signature_check import SlackSignatureCheck
from bot.channels.slack.web_api import SlackApi
from bot.settings import read_settings
from tests.bench.parts import open_understanding
from tests.standins.slack import APP, TEAM, TOKEN

PEOPLE = 32  # as many as ask at the same time


def account(number: int) -> str:
    """The Slack account of one of the people."""
    return f"U0BENCH{number:02}"


@asynccontextmanager
async def slack_server(slack: str) -> AsyncIterator[web.Application]:
    """The real mode with Slack at an address; nobody writes too much, because each request is a minute after the last.

    Signatures are checked by the real clock.
    """
    minutes = count()
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read_settings({}), data=Path(folder))
        staff_file = Path(folder) / "staff.csv"
        rows = [f"t{number},Teacher {number},,staff\n" for number in range(PEOPLE)]
        staff_file.write_text("id,name,email,roles\n" + "".join(rows), encoding="utf-8")
        async with app.open_books(settings, local=True, staff_file=staff_file) as books:
            for number in range(PEOPLE):
                await books.context.store.pin(CHANNEL, account(number), f"t{number}")
            http, now = HttpSession(), books.context.now
            api = SlackApi(SlackConnector(http, TOKEN, f"{slack}/api/"))
            proactive = ProactiveMessages(books.context.store, books.context.store, api, TEAM, now)
            files = SlackFiles(api, http, books.context.store, now)
            messenger = SlackMessenger(SlackCards(settings.cards, is_demo=False), proactive, files)
            channels = Channels([messenger], messenger.is_member)
            staffroom = Staffroom(settings, books, open_understanding(settings), channels)
            bot = SlackBot(staffroom.desk, messenger, files, settings.school, TEAM, now)
            check = SlackSignatureCheck(APP, time, lambda: float(next(minutes) * 60))
            endpoint = slack_endpoint(bot, check, books.context.store)
            server = web.Application()
            server.router.add_route("*", endpoint.path, endpoint.respond)
            run_with(server, http, endpoint)
            yield server
