"""Who may ask the local server what: every route is declared together with its check, and nothing else is served.

Only loopback hosts are answered and no forwarding headers are accepted; a request that changes something must come from
the page itself (same origin and the page's token). There is no other authentication: people are picked from a demo
staff list.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum, auto
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.channels.web.responses import Handler
from bot.errors import NotAllowed

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
FORWARDING = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}


class Check(StrEnum):
    """What a request must show before its route answers it."""

    OPEN = auto()  # nothing: the page itself and the files it loads; only for GET
    TOKEN_HEADER = auto()  # the page's token in X-Staffroom-Token: for what the page's script asks
    TOKEN_QUERY = auto()  # ?token=, where no header can be set: event streams, downloads, pages opened in a tab
    OWN_CHECK = auto()  # nothing here: the route's handler checks for itself, as in channels/teams/token_check.py


@dataclass(frozen=True, slots=True)
class Route:
    """What answers at an address, and what a request must show first. The method "*" is every method."""

    method: str
    path: str
    check: Check
    handler: Handler
    is_linkable: bool = False  # whether a page of another site may link to it; the check is the same

    def __post_init__(self) -> None:
        """Raises ValueError for an open route that is not only read."""
        if self.check is Check.OPEN and self.method != "GET":
            raise ValueError(f"An open route is for GET only, not {self.method} {self.path}.")


DECLARED: web.AppKey[dict[web.AbstractRoute, Route]] = web.AppKey("declared")  # the declarations, by aiohttp's routes


def declare(app: web.Application, *routes: Route) -> None:
    """Adds routes to a server. A server with `guard` never serves a route that was added in any other way."""
    if DECLARED not in app:
        app[DECLARED] = {}
    for route in routes:
        # Not add_get, which would add HEAD as well.
        app[DECLARED][app.router.add_route(route.method, route.path, route.handler)] = route


def guard(token: str) -> Middleware:
    """Serves a request only if it comes from this machine and passes the check declared for its route.

    Raises NotAllowed for any other request, and HTTPNotFound or HTTPMethodNotAllowed if there is no such route.
    """

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = request.app.get(DECLARED, {}).get(request.match_info.route)
        _refuse_others(request, is_linkable=route is not None and route.is_linkable)
        if request.match_info.http_exception:
            raise request.match_info.http_exception
        if route is None:
            raise NotAllowed("Staffroom has no rule for who may open this address, so nobody may.")
        if not _has_passed(request, route.check, token):
            raise NotAllowed("Please reload the page.")
        return await handler(request)

    return admit


def _refuse_others(request: web.Request, *, is_linkable: bool) -> None:
    """Raises NotAllowed for a request from another machine, through a proxy, or from another site's page."""
    host = request.headers.get("Host", "")
    if _host_name(host) not in LOOPBACK:
        raise NotAllowed("Staffroom in local mode answers this machine only.")
    if FORWARDING & {name.lower() for name in request.headers}:
        raise NotAllowed("Staffroom in local mode does not answer through a proxy.")
    is_from_us = request.headers.get("Origin", f"http://{host}") == f"http://{host}"
    is_opened_here = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    if not is_from_us or not (is_opened_here or is_linkable):
        raise NotAllowed("That page may not speak to Staffroom.")


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _has_passed(request: web.Request, check: Check, token: str) -> bool:
    match check:
        case Check.OPEN | Check.OWN_CHECK:
            return True
        case Check.TOKEN_HEADER:
            return _is_token(request.headers.get("X-Staffroom-Token", ""), token)
        case Check.TOKEN_QUERY:
            return _is_token(request.query.get("token", ""), token)
    return False


def _is_token(shown: str, token: str) -> bool:
    return secrets.compare_digest(shown.encode(errors="replace"), token.encode())
