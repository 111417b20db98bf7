"""Who may ask the local server what: every route of the local page, tried from outside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from bot.channels.web.access import DECLARED, Check, Route
from bot.channels.web.page_files import PAGE
from tests.channels.web.page import LocalPage
from tests.standins.activities import activity
from tests.standins.microsoft import serving

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "SEARCH")
OPEN = {"GET /", "GET /page/{name}"}  # another open route has to be named here
LINKABLE = {"GET /", "GET /summary", "GET /lessons"}
RELOAD = "Please reload the page."
PLACEHOLDERS = {"{name}": "chat.js", "{id}": "no-file", "{action}": "clock"}


@dataclass
class Response:
    status: int
    sentence: str = ""  # of an error


@dataclass
class LocalServer:
    """The local server on a real port, and the token of its page."""

    app: web.Application
    address: str
    http: aiohttp.ClientSession
    token: str = ""

    def routes(self) -> dict[str, web.AbstractRoute]:
        """Every route of the application, declared or not: "GET /people"."""
        return {f"{route.method} {path_of(route)}": route for route in self.app.router.routes()}

    def declared(self, name: str) -> Route:
        return self.app[DECLARED][self.routes()[name]]

    async def ask(self, name: str, in_header: str = "", in_query: str = "", **headers: str) -> Response:
        """What a route answers, for "*" to a POST, where a token is shown in the header, the query, or both."""
        method, path = name.split(" ")
        for placeholder, value in PLACEHOLDERS.items():
            path = path.replace(placeholder, value)
        method = "POST" if method == "*" else method
        shown = {"X-Staffroom-Token": in_header} if in_header else {}
        query = {"account": "teacher"} | ({"token": in_query} if in_query else {})
        body = activity("https://elsewhere.example/")  # only messages from this machine are let in
        async with self.http.request(
            method, self.address + path, params=query, json=body, headers=shown | headers
        ) as response:
            has_sentence = response.status >= 400 and method != "HEAD"
            return Response(response.status, (await response.json())["error"] if has_sentence else "")

    async def ask_with_token(self, name: str, **headers: str) -> Response:
        return await self.ask(name, self.token, self.token, **headers)


def path_of(route: web.AbstractRoute) -> str:
    assert route.resource
    return route.resource.canonical


@asynccontextmanager
async def local_server(app: web.Application) -> AsyncIterator[LocalServer]:
    async with aiohttp.ClientSession() as http, serving(app) as address:
        server = LocalServer(app, address, http)
        async with http.get(address) as response:
            server.token = (await response.text()).split('name="staffroom-token" content="')[1].split('"')[0]
        yield server


@pytest.fixture
def app() -> web.Application:
    return LocalPage().server()


@pytest.fixture
async def server(app: web.Application) -> AsyncIterator[LocalServer]:
    async with local_server(app) as server:
        yield server


async def test_every_route_is_declared_with_its_check(server: LocalServer):
    checks = {name: server.declared(name).check for name in server.routes()}

    assert {name for name, check in checks.items() if check is Check.OPEN} == OPEN
    assert {name for name, check in checks.items() if check is Check.OWN_CHECK} == {"* /api/messages"}
    assert checks["POST /say"] is Check.TOKEN_HEADER


@pytest.mark.parametrize("token", ["", "guessed", "ÿ\u00a0"])
async def test_without_the_right_token_only_open_routes_answer(server: LocalServer, token: str):
    responses = {name: await server.ask(name, token, token) for name in server.routes()}

    assert {name for name, response in responses.items() if response.status == 200} == OPEN
    assert {response.status for name, response in responses.items() if name not in OPEN} == {403}
    assert all(response.sentence.endswith(".") for name, response in responses.items() if name not in OPEN)


async def test_the_token_is_taken_only_where_the_route_says(server: LocalServer):
    for name in server.routes():
        match server.declared(name).check:
            case Check.TOKEN_HEADER:
                wrong, right = await server.ask(name, in_query=server.token), await server.ask(name, server.token)
            case Check.TOKEN_QUERY:
                wrong, right = await server.ask(name, server.token), await server.ask(name, in_query=server.token)
            case _:
                continue
        assert wrong == Response(403, RELOAD), name
        assert right.sentence != RELOAD, name


async def test_a_route_without_a_declaration_is_never_served(app: web.Application):
    served: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        served.append(request.path)
        return web.Response()

    app.router.add_get("/new", handler)  # and HEAD with it
    app.router.add_post("/page/{name}", handler)  # another method of an open address
    app.router.add_static("/static", PAGE)
    async with local_server(app) as server:
        undeclared = [name for name, route in server.routes().items() if route not in app[DECLARED]]
        responses = {name: await server.ask_with_token(name) for name in [*undeclared, "GET /static/chat.js"]}

    assert len(undeclared) == 5
    assert {response.status for response in responses.values()} == {403}
    assert responses["GET /new"].sentence == "Staffroom has no rule for who may open this address, so nobody may."
    assert served == []


@pytest.mark.parametrize("method", METHODS)
async def test_other_methods_get_nothing_more_than_the_declared_ones(server: LocalServer, method: str):
    for path in {path_of(route) for route in server.app.router.routes()}:
        name = f"{method} {path}"
        is_for_teams = path == "/api/messages" and method == "POST"
        if name not in server.routes() and not is_for_teams:
            assert (await server.ask_with_token(name)).status == 405, name


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"Host": "127.0.0.1.elsewhere.example"},
        {"Host": "["},
        {"X-Forwarded-For": "1.2.3.4"},
        {"Forwarded": "for=1.2.3.4"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_no_route_answers_another_machine_a_proxy_or_another_page(server: LocalServer, headers: dict[str, str]):
    for name in [*server.routes(), "GET /nothing", "PUT /say"]:
        assert (await server.ask_with_token(name, **headers)).status == 403, name


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_may_link_to_pages_and_to_nothing_else(server: LocalServer, site: str):
    headers = {"Sec-Fetch-Site": site}
    responses = {name: await server.ask_with_token(name, **headers) for name in [*server.routes(), "GET /nothing"]}

    assert {name for name, response in responses.items() if response.status != 403} == LINKABLE
    assert (await server.ask("GET /summary", **headers)).sentence == RELOAD


def test_a_route_that_changes_something_cannot_be_declared_open():
    async def handler(request: web.Request) -> web.Response:
        return web.Response()

    with pytest.raises(ValueError, match="for GET only, not POST /new"):
        Route("POST", "/new", Check.OPEN, handler)
