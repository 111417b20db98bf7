"""A little Microsoft: signing keys behind OpenID metadata, and the Bot Connector. It misbehaves when told to."""

import json
import socket
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.channels.connections import ConnectionLimits, LimitedSite
from bot.channels.teams.token_check import Microsoft

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
ISSUER = "https://api.botframework.com"


@dataclass
class Key:
    kid: str
    endorsements: list[str] | None = field(default_factory=lambda: ["msteams"])
    private: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def published(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        endorsements = {} if self.endorsements is None else {"endorsements": self.endorsements}
        return {**public, "kid": self.kid, "use": "sig", **endorsements}


@dataclass
class Taken:
    """A request the connector got."""

    method: str
    path: str
    body: Any
    token: str


@dataclass
class LittleMicrosoft:
    keys: dict[str, Key] = field(default_factory=lambda: {"k1": Key("k1")})
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    company: list[dict[str, Any]] = field(default_factory=list)  # who is in every group; nobody but staff
    page: int = 500  # of those
    taken: list[Taken] = field(default_factory=list)
    next_answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    uploaded: list[tuple[str, bytes]] = field(default_factory=list)  # Content-Range and what came
    upload_status: int = 201
    refusal_code: str = "No"  # in the body of what is refused
    limit: int = 0  # messages a second that are taken; 0: any number
    refused: int = 0  # for being too fast
    keys_fail: bool = False
    keys_fetched: int = 0
    documents: dict[str, bytes] = field(default_factory=dict)  # what is published instead, as "openid" or "keys"
    address: str = ""
    _arrived: deque[float] = field(default_factory=deque)

    @property
    def service(self) -> str:
        return f"{self.address}/teams/"

    def where(self) -> Microsoft:
        return Microsoft(f"{self.address}/openid", ISSUER, ("127.0.0.1",), "http")

    def token(self, key: str = "k1", *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token as Microsoft makes them; a claim given as None is left out."""
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": APP_ID, "exp": now + 3600, "nbf": now - 60, "serviceurl": self.service}
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(payload, self.keys[key].private, "RS256", headers={"kid": key, **(headers or {})})

    def messages(self) -> list[dict[str, Any]]:
        """What the bot said, in order."""
        return [taken.body for taken in self.taken if taken.method == "POST" and taken.body.get("type") == "message"]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._published)
        app.router.add_put("/onedrive/upload", self._upload)
        app.router.add_route("*", "/teams/v3/conversations/{conversation}/{rest:.*}", self._connector)
        return app

    async def _openid(self, request: web.Request) -> web.Response:
        self.keys_fetched += 1
        if self.keys_fail:
            raise web.HTTPInternalServerError
        if "openid" in self.documents:
            return web.Response(body=self.documents["openid"])
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.address}/keys"})

    async def _published(self, request: web.Request) -> web.Response:
        if "keys" in self.documents:
            return web.Response(body=self.documents["keys"])
        return web.json_response({"keys": [key.published() for key in self.keys.values()]})

    async def _upload(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers  # the address itself is the permission
        self.uploaded.append((request.headers["Content-Range"], await request.read()))
        return web.json_response({}, status=self.upload_status)

    def _is_too_fast(self) -> bool:
        """Whether a second has more than it may have, as a window that slides."""
        now = time.monotonic()
        while self._arrived and self._arrived[0] <= now - 1.0:
            self._arrived.popleft()
        if len(self._arrived) >= self.limit:
            return True
        self._arrived.append(now)
        return False

    async def _connector(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.taken.append(Taken(request.method, request.path, body, token))
        if self.limit and self._is_too_fast():
            self.refused += 1
            return web.json_response({"error": {"code": "429"}}, status=429, headers={"Retry-After": "1"})
        if self.next_answers:
            status, headers = self.next_answers.popleft()
            if status == 0:
                assert request.transport is not None
                request.transport.abort()
            if status >= 300 or status == 0:
                return web.json_response({"error": {"code": self.refusal_code}}, status=status or 500, headers=headers)
        if request.method == "GET" and request.match_info["rest"] == "pagedmembers":
            begin = int(request.query.get("continuationToken", "0"))
            after = {"continuationToken": str(begin + self.page)} if begin + self.page < len(self.company) else {}
            return web.json_response({"members": self.company[begin : begin + self.page], **after})
        if request.method == "GET":
            member = self.members.get(request.match_info["rest"].removeprefix("members/"))
            return web.json_response(member or {}, status=200 if member else 404)
        return web.json_response({"id": f"m{len(self.taken)}"}, status=201)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def serving(
    app: web.Application, *, handler_cancellation: bool = False, limits: ConnectionLimits | None = None
) -> AsyncIterator[str]:
    """The address of an app on a real port of this machine, with limits on its connections if they are given."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=handler_cancellation)
    await runner.setup()
    try:
        site = LimitedSite(runner, "127.0.0.1", 0, limits) if limits else web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def little_microsoft() -> AsyncIterator[LittleMicrosoft]:
    microsoft = LittleMicrosoft()
    async with serving(microsoft.app()) as microsoft.address:
        yield microsoft
