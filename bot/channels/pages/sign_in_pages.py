"""Where people sign in to the pages in the real mode: the start page of the tab in Teams, and the browser's way."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.channels.pages.door import HOME, Door, PageRoute
from bot.channels.pages.entra_sign_in import NEVER, EntraSignIn, SignedIn
from bot.channels.pages.responses import TEAMS_FRAMES, NotSignedIn
from bot.channels.pages.school_pages import ONLY_STAFF, SchoolPages
from bot.credentials import BrowserSignIn, SignInFlow
from bot.errors import NotAllowed, NotNow, TokenUnavailable
from bot.people.rules.person import Caller, Proof, Stranger

START = f"{HOME}start"
IN_BROWSER = f"{HOME}sign-in"
AGAIN = f"{HOME}sign-in/again"
BACK = f"{HOME}sign-in/back"
IN_TEAMS = f"{HOME}sign-in/teams"
SCRIPTS = f"{HOME}tab/"
SESSION_COOKIE = "__Secure-staffroom"
FLOW_COOKIE = "__Secure-staffroom-sign-in"
FLOW_LASTS = timedelta(minutes=10)
MAX_FLOWS = 5_000  # sign-ins that have begun; a flood ends those of others only with as many in their minute
TAB = Path(__file__).parent / "tab"
FILES = {
    "start.js": TAB / "start.js",
    "teams.js": TAB / "node_modules" / "@microsoft" / "teams-js" / "dist" / "umd" / "MicrosoftTeams.min.js",
}
TO_START = "Sign in"
FLOW_IS_OVER = "That sign-in took too long, or it began in another browser. Please sign in again."
NOT_CONFIRMED = "Microsoft has not confirmed who you are. Please sign in again."
CANNOT_BEGIN = "Microsoft's sign-in cannot be reached just now. Please try again."
NO_TIME = (
    "Microsoft did not say when you signed in, so what needs a fresh sign-in cannot be done. Your IT lead can change "
    "that: the guide for installing Staffroom says how, under “The school pages”."
)


def real_door(address: str) -> Door:
    """How the pages are reached at the school's own address."""
    return Door(SESSION_COOKIE, True, TEAMS_FRAMES, TO_START, address, START, AGAIN)


@dataclass(frozen=True, slots=True)
class _Begun:
    flow: SignInFlow
    until: datetime
    is_again: bool


@dataclass(slots=True)
class SignInPages:
    """Signs people in to the pages. `channel` and `tenant` are those in which their accounts are known."""

    pages: SchoolPages
    entra: EntraSignIn
    browser: BrowserSignIn
    school: str
    channel: str
    _begun: dict[str, _Begun] = field(default_factory=dict)  # by the cookie's value; the oldest first

    def routes(self) -> Sequence[PageRoute]:
        """Every address where people sign in."""
        in_words = self.pages.in_plain_words
        return [
            PageRoute("GET", START, in_words(self._start), is_open=True),
            PageRoute("GET", f"{SCRIPTS}{{name}}", in_words(self._script), is_open=True),
            PageRoute("POST", IN_TEAMS, in_words(self._in_teams)),
            PageRoute("GET", IN_BROWSER, in_words(self._begin)),
            PageRoute("GET", AGAIN, in_words(self._begin)),
            PageRoute("GET", BACK, in_words(self._back)),
        ]

    async def _start(self, request: web.Request) -> web.Response:
        values = {"scripts": SCRIPTS, "sign_in": IN_BROWSER, "only_staff": ONLY_STAFF}
        return self.pages.html("start", {**values, "has_script": FILES["teams.js"].is_file()})

    async def _script(self, request: web.Request) -> web.StreamResponse:
        file = FILES.get(request.match_info["name"])
        if file is None or not file.is_file():
            raise web.HTTPNotFound
        return web.Response(body=file.read_bytes(), content_type="text/javascript", headers=self.pages.headers())

    async def _in_teams(self, request: web.Request) -> web.Response:
        """A session for the access token that the tab's script got of Teams."""
        self.pages.refuse_other_sites(request)
        signed_in = await self.entra.signed_in(request)
        cookie = self.pages.session_cookie(await self._caller(signed_in), signed_in.proved)
        return web.Response(status=204, headers={**self.pages.headers(), "Set-Cookie": cookie})

    async def _begin(self, request: web.Request) -> web.Response:
        is_again = request.path == AGAIN
        try:
            flow = await self.browser.begin(asks_again=is_again)
        except TokenUnavailable as error:
            raise NotNow(CANNOT_BEGIN) from error
        id, now = secrets.token_urlsafe(32), self.pages.now()
        while self._begun and (len(self._begun) >= MAX_FLOWS or next(iter(self._begun.values())).until <= now):
            del self._begun[next(iter(self._begun))]
        self._begun[id] = _Begun(flow, now + FLOW_LASTS, is_again)
        # Lax: the browser comes back from Microsoft's site, with a GET.
        limits = f"Path={IN_BROWSER}; Max-Age={int(FLOW_LASTS.total_seconds())}; HttpOnly; Secure; SameSite=Lax"
        leads = {"Location": flow.address, "Set-Cookie": f"{FLOW_COOKIE}={id}; {limits}"}
        return web.Response(status=303, headers={**self.pages.headers(), **leads})

    async def _back(self, request: web.Request) -> web.Response:
        """A session for somebody who comes back from Entra; what was begun serves once."""
        begun = self._begun.pop(request.cookies.get(FLOW_COOKIE, ""), None)
        if begun is None or begun.until <= self.pages.now():
            raise NotSignedIn(FLOW_IS_OVER)
        try:
            token = await self.browser.finish(begun.flow, request.query)
        except TokenUnavailable as error:
            raise NotSignedIn(NOT_CONFIRMED) from error
        signed_in = await self.entra.in_id_token(token)
        if begun.is_again and signed_in.proved == NEVER:
            raise NotSignedIn(NO_TIME)
        return self.pages.sign_in(await self._caller(signed_in), signed_in.proved)

    async def _caller(self, signed_in: SignedIn) -> Caller:
        """The caller an account is; raises NotAllowed unless they are on the staff list."""
        caller = Caller(self.school, self.channel, self.entra.tenant, signed_in.account, Proof.TOKEN)
        if isinstance(await self.pages.desk.person(caller), Stranger):
            raise NotAllowed(ONLY_STAFF)
        return caller
