"""Answers of Microsoft's are read up to a size, in their time, and only as the JSON object that was asked for."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests
from aiohttp import web

from bot.channels.signing_keys import KeysUnavailable, SigningKeys
from bot.channels.teams.connector import MAX_RESPONSE_BYTES, Connector
from bot.credentials import Identity, Tokens, open_tokens
from bot.errors import GraphError, InDoubt, TokenUnavailable
from bot.response_body import ResponseTooLarge, json_object, read_body
from bot.tenant.graph.client import GraphClient
from tests.fakes import NINE
from tests.standins.entra import little_entra
from tests.standins.microsoft import serving

SPACES = b" " * 65_536
FAST = aiohttp.ClientTimeout(total=0.3)


class Endless:
    """A service whose answers have no end: as many spaces as are wanted, or a few and then nothing."""

    def __init__(self) -> None:
        self.sent = 0
        self.asked = 0
        self.stalls = False

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            while self.sent < 100_000_000:
                await response.write(SPACES)
                self.sent += len(SPACES)
                if self.stalls:
                    await asyncio.Event().wait()  # until nobody waits for the rest any more
        except ConnectionError:
            pass
        return response


class OneToken:
    """A source of tokens that always has one."""

    async def token(self, scope: str) -> str:
        return "token"

    async def renew(self, scope: str, claims: str = "") -> str:
        return "token"


@asynccontextmanager
async def endless() -> AsyncIterator[tuple[Endless, str, aiohttp.ClientSession]]:
    service = Endless()
    async with serving(service.app(), handler_cancellation=True) as address, aiohttp.ClientSession() as http:
        yield service, address, http


async def test_an_endless_answer_of_teams_is_no_answer():
    async with endless() as (service, address, http):
        with pytest.raises(InDoubt):
            await Connector(lambda: http, None).send(address, "19:a", {"type": "message"})

    assert (service.asked, service.sent < 4 * MAX_RESPONSE_BYTES) == (1, True)


async def test_an_endless_answer_of_graphs_is_refused_and_not_asked_for_again():
    async with endless() as (service, address, http):
        with pytest.raises(GraphError, match="too large"):
            await GraphClient(lambda: http, OneToken(), address).get("/users")

    assert (service.asked, service.sent < 80_000_000) == (1, True)


async def test_an_endless_document_of_keys_is_no_document():
    async with endless() as (service, address, http):
        with pytest.raises(KeysUnavailable):
            await SigningKeys(f"{address}/openid", lambda: http, lambda: 0.0).get("k1")

    assert service.sent < 20_000_000


async def test_an_answer_of_graphs_that_stops_halfway_ends_with_its_time():
    async with endless() as (service, address, http):
        service.stalls = True
        client = GraphClient(lambda: http, OneToken(), address, _no_pause, FAST)
        with pytest.raises(GraphError, match="did not answer"):
            await client.get("/users")


@pytest.mark.parametrize("place", ["token", "about"])
async def test_a_token_answer_has_a_size(tmp_path: Path, place: str):
    async with little_entra(tmp_path) as entra:
        entra.padding[place] = 2_000_000
        with requests.Session() as session, pytest.raises(TokenUnavailable, match="RequestException"):
            session.verify, session.trust_env = str(entra.bundle), False
            identity = Identity("app", "tenant", secret="s")
            await open_tokens(identity, NINE, authority=entra.address, session=session).token("scope/.default")


@pytest.mark.parametrize("token", [None, 7, ["t"], "", "two words", "a\r\nb", "ä", "t" * 100_000, {"a": 1}])
async def test_a_token_that_could_not_be_sent_is_none(token: Any):
    source = Tokens(lambda _scope, _claims: {"access_token": token, "expires_in": 3600})

    with pytest.raises(TokenUnavailable, match=r"\(no reason|none\)"):
        await source.token("scope")


@pytest.mark.parametrize("answer", [[], "access_token", None, 7])
async def test_a_token_answer_that_is_no_object_is_none(answer: Any):
    with pytest.raises(TokenUnavailable):
        await Tokens(lambda _scope, _claims: answer).token("scope")


async def test_a_small_answer_that_unpacks_to_a_large_one_is_refused():
    async def bomb(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b" " * 30_000_000), headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.router.add_get("/", bomb)
    async with serving(app) as address, aiohttp.ClientSession() as http, http.get(address) as response:
        with pytest.raises(ResponseTooLarge):
            await read_body(response, 1_000_000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"null",
        b"<html>",
        b'{"a": NaN}',
        b"\xff\xfe{\x00}\x00",
        b'{"a": -1e400}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_json_object_is_none(body: bytes):
    assert json_object(body) is None


async def _no_pause(_: float) -> None:
    pass
