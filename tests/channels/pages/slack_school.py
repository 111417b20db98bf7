"""A school in Slack alone whose pages are open at its own address, with a little Slack that signs people in."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import requests

from bot.app import StaffroomServer
from bot.channels.pages.sign_in_way import back
from bot.channels.pages.slack_sign_in import PATH
from bot.credentials import Tokens
from bot.run_school import open_school
from bot.settings import PREFIX, Settings, read_settings
from bot.stores.open import make_store
from tests.channels.pages.pages_school import NOW, Answer, understands_nothing
from tests.channels.pages.tab_school import ADDRESS, CONTACTS, TEACHERS, Browser, TabSchool
from tests.journeys.policy_files import with_changes
from tests.standins import slack
from tests.standins.entra import little_entra
from tests.standins.microsoft import little_microsoft, serving
from tests.standins.slack import user
from tests.standins.slack_sign_in import CLIENT, CLIENT_SECRET, LittleSlackSignIn, little_slack_with_sign_in

HEAD, OFFICE, GUEST, STRANGER = "U0HEAD001", "U0OFFICE1", "U0GUEST01", "U0STRANGE"
LIST = "id,name,email,account,slack,roles\n"
ROWS = f"h1,The head,head@school.example,,,staff head\no1,The office,,,{OFFICE},staff office it\n"
ROWS += f"g1,A guest,,,{GUEST},staff\n"
GIVEN = {
    "SLACK_TEAM": slack.TEAM,
    "SLACK_APP": slack.APP_ID,
    "SLACK_TOKEN": slack.TOKEN,
    "SLACK_SECRET": slack.SECRET,
    "SLACK_CLIENT": CLIENT,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
}


@dataclass
class SlackSchool:
    """The school, its server and its Slack. `now` is what its clock says."""

    settings: Settings
    sign_in: LittleSlackSignIn
    http: aiohttp.ClientSession
    now: datetime = NOW
    address: str = ""
    server: StaffroomServer | None = None
    teams: TabSchool | None = None  # the same school, as Teams and Entra reach it, if it has Teams

    def clock(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def browser(self) -> Browser:
        return Browser(self.http, self.address)

    async def at_slack(self, begun: Answer) -> str:
        """Goes to Slack, where somebody signs in; returns the path with which the browser comes back."""
        async with self.http.get(begun.headers["Location"], allow_redirects=False) as response:
            location = response.headers["Location"]
        assert location.startswith(f"{ADDRESS}{back(PATH)}?")
        return f"sign-in/slack/back?{urlsplit(location).query}"

    async def came_back(self, browser: Browser, user: str = HEAD, path: str = "sign-in/slack") -> Answer:
        """Signs somebody in with Slack, in a browser."""
        self.sign_in.user = user
        return await browser.get(await self.at_slack(await browser.get(path)))

    async def opened(self, user: str = HEAD) -> Browser:
        browser = self.browser()
        assert (await self.came_back(browser, user)).status == 303
        return browser


def slack_settings(settings: Settings, section: str = "", **more: str) -> Settings:
    """Everything the real mode needs with Slack alone, or with more; `section` is added to school.toml."""
    settings.data.mkdir(exist_ok=True)
    teachers = TEACHERS.replace(",,,staff", ",,,,staff")
    settings.staff_file.write_text(LIST + ROWS + teachers)
    given = {**GIVEN, "ADDRESS": ADDRESS, **more}
    read = read_settings({PREFIX + name: value for name, value in given.items()})
    changes = {f'{name} = ""': f'{name} = "the {name}"' for name in CONTACTS}
    changes["[handoff]"] = f"{section}[handoff]"
    return with_changes(replace(read, data=settings.data, cache=settings.cache), {"school.toml": changes})


def people_in(sign_in: LittleSlackSignIn) -> None:
    """Who is in the workspace: the head by address, the office by its member ID and with a private address."""
    sign_in.slack.users |= {
        HEAD: user(HEAD, profile={"email": "head@school.example", "real_name": "The head"}),
        OFFICE: user(OFFICE, profile={"email": "office@private.example", "real_name": "The office"}),
        GUEST: user(GUEST, "guest@school.example", is_restricted=True),
        STRANGER: user(STRANGER, "somebody@school.example"),
    }


@asynccontextmanager
async def slack_school(settings: Settings) -> AsyncIterator[SlackSchool]:
    """The school of these settings, in the real mode."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        sign_in = await stack.enter_async_context(little_slack_with_sign_in())
        people_in(sign_in)
        at = SlackSchool(settings, sign_in, http)
        beside = await _beside(stack, at) if settings.has_teams else {}
        await make_store(settings.store_url(local=False), settings.school)
        at.server = await stack.enter_async_context(
            open_school(
                settings,
                clock=at.clock,
                understanding=replace(understands_nothing(settings), trusts_drafts=False),
                slack_base=f"{sign_in.slack.address}/api/",
                **beside,
            )
        )
        at.address = await stack.enter_async_context(serving(at.server.server))
        if at.teams:
            at.teams.address = at.address
        yield at


async def _beside(stack: AsyncExitStack, at: SlackSchool) -> dict[str, Any]:
    """A little Entra and a little Microsoft for a school that has Teams as well, as `open_school` takes them."""
    entra = await stack.enter_async_context(little_entra(at.settings.data))
    microsoft = await stack.enter_async_context(little_microsoft())
    session = stack.enter_context(requests.Session())
    session.verify, session.trust_env = str(entra.bundle), False
    at.teams = TabSchool(at.settings, entra, at.http)
    return {
        "microsoft": microsoft.where(),
        "tokens": Tokens(lambda scope, claims: {"access_token": "t", "expires_in": 3600}),
        "sign_in": at.teams.sign_in_parts(session),
    }
