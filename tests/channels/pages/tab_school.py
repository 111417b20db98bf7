"""A school in the real mode whose pages are open at its own address, with a little Entra that signs people in."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import requests

from bot.app import StaffroomServer
from bot.channels.pages.entra_sign_in import EntraSignIn
from bot.channels.pages.microsoft_way import BACK
from bot.channels.signing_keys import SigningKeys
from bot.credentials import BrowserSignIn, Identity, Tokens
from bot.run_school import open_school
from bot.run_teams import PageSignIn
from bot.settings import PREFIX, Settings, read_settings
from bot.stores.open import make_store
from tests.channels.pages.pages_school import NOW, Answer, understands_nothing
from tests.journeys.policy_files import with_changes
from tests.standins.entra import LittleEntra, little_entra
from tests.standins.microsoft import APP_ID, TENANT, little_microsoft, serving

ADDRESS = "https://staffroom.example.sch.uk"
RESOURCE = f"api://staffroom.example.sch.uk/{APP_ID}"
TEAMS = "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
HEAD, OFFICE, PUPIL = (f"0a1b2c3d-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
HEADINGS = "id,name,email,account,roles\n"
ROWS = {HEAD: f"h1,The head,,{HEAD},staff head\n", OFFICE: f"o1,The office,,{OFFICE},staff office it\n"}
TEACHERS = "".join(f"t{n},Teacher {n},,,staff\n" for n in range(20))  # beside whom one who leaves is no doubt
CONTACTS = ("safeguarding", "phone", "headteacher", "chair")


@dataclass
class Browser:
    """A browser of somebody: it keeps cookies, follows nothing by itself and posts from our own pages."""

    http: aiohttp.ClientSession
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> Answer:
        return await self._ask("GET", path)

    async def post(self, path: str, data: Any = None, **headers: str) -> Answer:
        return await self._ask("POST", path, data, {"Origin": ADDRESS, **headers})

    async def sign_in(self, token: str, **headers: str) -> Answer:
        """What the tab's script does with a token of Teams."""
        return await self.post("sign-in/teams", Authorization=f"Bearer {token}", **headers)

    async def _ask(self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        url = f"{self.address}/school/{path}"
        async with self.http.request(
            method, url, data=data, headers={"Cookie": cookies, **(headers or {})}, allow_redirects=False
        ) as response:
            for header in response.headers.getall("Set-Cookie", []):
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(response.status, await response.text(), response.headers)


@dataclass
class TabSchool:
    """The school, its server and its Entra. `now` is what its clock says."""

    settings: Settings
    entra: LittleEntra
    http: aiohttp.ClientSession
    now: datetime = NOW
    address: str = ""
    server: StaffroomServer | None = None

    def clock(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def browser(self) -> Browser:
        return Browser(self.http, self.address)

    def token(self, account: str = HEAD, key: str = "e1", headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token as Teams gives it to the tab."""
        usual = {"iss": self.entra.issuer(TENANT), "aud": APP_ID, "tid": TENANT, "oid": account, "azp": TEAMS}
        return self.entra.signed(key, headers=headers, **{**usual, "scp": "access_as_user", **claims})

    async def opened(self, account: str = HEAD, **claims: Any) -> Browser:
        """A browser in which somebody has opened the tab."""
        browser = self.browser()
        assert (await browser.sign_in(self.token(account, **claims))).status == 204
        return browser

    async def at_microsoft(self, begun: Answer) -> str:
        """Goes to Entra, where somebody signs in; returns the path with which the browser comes back."""
        trust = ssl.create_default_context(cafile=str(self.entra.bundle))
        async with self.http.get(begun.headers["Location"], ssl=trust, allow_redirects=False) as response:
            back = response.headers["Location"]
        assert back.startswith(f"{ADDRESS}{BACK}?")
        return f"sign-in/back?{urlsplit(back).query}"

    async def lists(self, *accounts: str) -> None:
        """Writes a staff list with nobody else on it, which is read with the next tick."""
        self.settings.staff_file.write_text(HEADINGS + TEACHERS + "".join(ROWS[account] for account in accounts))
        assert self.server
        await self.server.tick()

    def sign_in_parts(self, session: requests.Session) -> PageSignIn:
        keys = SigningKeys(f"{self.entra.plain}/openid", lambda: self.http, monotonic)
        issuer = f"{self.entra.address}/{{tenant}}/v2.0"
        browser = BrowserSignIn(
            Identity(APP_ID, TENANT, secret="s"),
            f"{ADDRESS}{BACK}",
            datetime.now(UTC),
            authority=self.entra.address,
            session=session,
        )
        return PageSignIn(EntraSignIn(APP_ID, RESOURCE, TENANT, keys, monotonic, issuer), browser)


def real_settings(settings: Settings, **more: str) -> Settings:
    """Everything the real mode needs."""
    settings.data.mkdir(exist_ok=True)
    settings.staff_file.write_text(HEADINGS + TEACHERS + "".join(ROWS.values()))
    given = {"APP_ID": APP_ID, "TENANT_ID": TENANT, "SECRET": "s", "ADDRESS": ADDRESS, **more}
    read = read_settings({PREFIX + name: value for name, value in given.items()})
    contacts = {f'{name} = ""': f'{name} = "the {name}"' for name in CONTACTS}
    return with_changes(replace(read, data=settings.data, cache=settings.cache), {"school.toml": contacts})


@asynccontextmanager
async def tab_school(settings: Settings) -> AsyncIterator[TabSchool]:
    """The school of these settings, in the real mode."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        entra = await stack.enter_async_context(little_entra(settings.data))
        microsoft = await stack.enter_async_context(little_microsoft())
        session = stack.enter_context(requests.Session())
        session.verify, session.trust_env = str(entra.bundle), False
        at = TabSchool(settings, entra, http)
        await make_store(settings.store_url(local=False), settings.school)
        at.server = await stack.enter_async_context(
            open_school(
                settings,
                clock=at.clock,
                understanding=replace(understands_nothing(settings), trusts_drafts=False),
                microsoft=microsoft.where(),
                tokens=Tokens(lambda scope, claims: {"access_token": "t", "expires_in": 3600}),
                sign_in=at.sign_in_parts(session),
            )
        )
        at.address = await stack.enter_async_context(serving(at.server.server))
        yield at
