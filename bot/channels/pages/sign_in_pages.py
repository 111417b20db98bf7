"""Where people sign in to the pages in the real mode: the start page, the tab in Teams, and the browser's ways."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.channels.pages.door import HOME, Door, PageRoute
from bot.channels.pages.microsoft_way import PATH as IN_BROWSER
from bot.channels.pages.microsoft_way import MicrosoftWay
from bot.channels.pages.responses import NO_FRAMES, TEAMS_FRAMES, NotSignedIn
from bot.channels.pages.school_pages import ONLY_STAFF, SchoolPages
from bot.channels.pages.sign_in_way import SignedIn, SignInWay, again, back
from bot.credentials import SignInFlow
from bot.errors import NotAllowed
from bot.people.rules.person import Caller, Proof, Stranger

START = f"{HOME}start"
AGAIN = again(IN_BROWSER)
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
ONLY_MICROSOFT = "Sign in in your browser"
FLOW_IS_OVER = "That sign-in took too long, or it began in another browser. Please sign in again."


def real_door(address: str, ways: Sequence[SignInWay]) -> Door:
    """How the pages are reached at the school's own address. Only Teams may frame them, if the school has it."""
    frames = TEAMS_FRAMES if any(isinstance(way, MicrosoftWay) for way in ways) else NO_FRAMES
    return Door(
        SESSION_COOKIE,
        True,
        frames,
        TO_START,
        address,
        START,
        again={way.channel: again(way.path) for way in ways},
        signed_in_at=" or ".join(way.name for way in ways),
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    way: SignInWay
    flow: SignInFlow
    until: datetime
    is_again: bool


@dataclass(slots=True)
class SignInPages:
    """Signs people in to the pages, in one of the `ways`. With Microsoft's, the tab in Teams signs people in too."""

    pages: SchoolPages
    ways: Sequence[SignInWay]
    school: str
    _begun: dict[str, _Begun] = field(default_factory=dict)  # by the cookie's value; the oldest first

    def routes(self) -> Sequence[PageRoute]:
        """Every address where people sign in."""
        in_words = self.pages.in_plain_words
        routes = [PageRoute("GET", START, in_words(self._start), is_open=True)]
        if self._microsoft:
            routes.append(PageRoute("GET", f"{SCRIPTS}{{name}}", in_words(self._script), is_open=True))
            routes.append(PageRoute("POST", IN_TEAMS, in_words(self._in_teams)))
        for way in self.ways:
            routes.append(PageRoute("GET", way.path, in_words(partial(self._begin, way, is_again=False))))
            routes.append(PageRoute("GET", again(way.path), in_words(partial(self._begin, way, is_again=True))))
            routes.append(PageRoute("GET", back(way.path), in_words(partial(self._back, way))))
        return routes

    @property
    def _microsoft(self) -> MicrosoftWay | None:
        return next((way for way in self.ways if isinstance(way, MicrosoftWay)), None)

    async def _start(self, request: web.Request) -> web.Response:
        has_tab = self._microsoft is not None
        values = {
            "scripts": SCRIPTS,
            "links": self._links(),
            "only_staff": ONLY_STAFF,
            "has_tab": has_tab,
            "has_script": has_tab and FILES["teams.js"].is_file(),
        }
        return self.pages.html("start", values)

    def _links(self) -> Sequence[Mapping[str, str]]:
        """The links that begin a sign-in."""
        if len(self.ways) == 1 and self._microsoft:
            return [{"says": ONLY_MICROSOFT, "path": IN_BROWSER}]
        return [{"says": f"Sign in with {way.name}", "path": way.path} for way in self.ways]

    async def _script(self, request: web.Request) -> web.StreamResponse:
        file = FILES.get(request.match_info["name"])
        if file is None or not file.is_file():
            raise web.HTTPNotFound
        return web.Response(body=file.read_bytes(), content_type="text/javascript", headers=self.pages.headers())

    async def _in_teams(self, request: web.Request) -> web.Response:
        """A session for the access token that the tab's script got of Teams."""
        self.pages.refuse_other_sites(request)
        if self._microsoft is None:
            raise web.HTTPNotFound
        signed_in = await self._microsoft.entra.signed_in(request)
        cookie = self.pages.session_cookie(await self._caller(self._microsoft, signed_in), signed_in.proved)
        return web.Response(status=204, headers={**self.pages.headers(), "Set-Cookie": cookie})

    async def _begin(self, way: SignInWay, request: web.Request, *, is_again: bool) -> web.Response:
        flow = await way.begin(asks_again=is_again)
        id, now = secrets.token_urlsafe(32), self.pages.now()
        while self._begun and (len(self._begun) >= MAX_FLOWS or next(iter(self._begun.values())).until <= now):
            del self._begun[next(iter(self._begun))]
        self._begun[id] = _Begun(way, flow, now + FLOW_LASTS, is_again)
        # Lax: the browser comes back from Microsoft's or Slack's site, with a GET.
        limits = f"Path={IN_BROWSER}; Max-Age={int(FLOW_LASTS.total_seconds())}; HttpOnly; Secure; SameSite=Lax"
        leads = {"Location": flow.address, "Set-Cookie": f"{FLOW_COOKIE}={id}; {limits}"}
        return web.Response(status=303, headers={**self.pages.headers(), **leads})

    async def _back(self, way: SignInWay, request: web.Request) -> web.Response:
        """A session for somebody who comes back; what was begun serves once, and only where it was begun."""
        begun = self._begun.pop(request.cookies.get(FLOW_COOKIE, ""), None)
        if begun is None or begun.way is not way or begun.until <= self.pages.now():
            raise NotSignedIn(FLOW_IS_OVER)
        signed_in = await way.finish(begun.flow, request.query, asks_again=begun.is_again)
        return self.pages.sign_in(await self._caller(way, signed_in), signed_in.proved)

    async def _caller(self, way: SignInWay, signed_in: SignedIn) -> Caller:
        """The caller an account is; raises NotAllowed unless they are on the staff list."""
        caller = Caller(self.school, way.channel, way.tenant, signed_in.account, Proof.TOKEN)
        if not await way.admits(caller) or isinstance(await self.pages.desk.person(caller), Stranger):
            raise NotAllowed(ONLY_STAFF)
        return caller
