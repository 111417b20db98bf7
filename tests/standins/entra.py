"""A little Entra: hands out tokens over TLS of its own, the way MSAL wants to be handed them, and signs people in.

Its keys are also published without TLS, at `plain`, for a client that trusts none but the world's authorities.
"""

import asyncio
import secrets
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import trustme
from aiohttp import web

from tests.standins.microsoft import Key, serving


@dataclass
class LittleEntra:
    bundle: Path
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    fails: bool = False
    lasts: int = 3600
    gate: asyncio.Event | None = None
    plain: str = ""
    keys: dict[str, Key] = field(default_factory=lambda: {"e1": Key("e1", None)})
    account: str = ""  # who signs in
    says: dict[str, Any] = field(default_factory=dict)  # claims of an ID token that are others than usual
    padding: dict[str, int] = field(default_factory=dict)  # bytes of an answer too many: of "about" or "token"
    refuses: str = ""  # the error with which a sign-in ends
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # by code: what was asked for

    def signed(self, key: str = "e1", *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token of a person; a claim given as None is left out."""
        now = int(time.time())
        usual = {"ver": "2.0", "exp": now + 3600, "nbf": now - 60, "iat": now, "oid": self.account}
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(payload, self.keys[key].private, "RS256", headers={"kid": key, **(headers or {})})

    def issuer(self, tenant: str) -> str:
        return f"{self.address}/{tenant}/v2.0"

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._about)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_get("/{tenant}/oauth2/v2.0/authorize", self._authorize)
        app.router.add_get("/identity/token", self._managed)
        return app

    async def _about(self, request: web.Request) -> web.Response:
        base = f"{self.address}/{request.match_info['tenant']}"
        return web.json_response(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "issuer": f"{base}/v2.0",
                "padding": " " * self.padding.get("about", 0),
            }
        )

    def plain_app(self) -> web.Application:
        async def about(request: web.Request) -> web.Response:
            return web.json_response({"jwks_uri": f"{self.plain}/keys"})

        async def keys(request: web.Request) -> web.Response:
            return web.json_response({"keys": [key.published() for key in self.keys.values()]})

        app = web.Application()
        app.router.add_get("/openid", about)
        app.router.add_get("/keys", keys)
        return app

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        back, state = asked["redirect_uri"], asked["state"]
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        if self.refuses:
            raise web.HTTPFound(f"{back}?error={self.refuses}&state={state}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "tenant": request.match_info["tenant"]}
        raise web.HTTPFound(f"{back}?code={code}&state={state}")

    def _id_token(self, posted: dict[str, Any]) -> str | None:
        """The ID token for a code, which serves once and only with what it was asked for with; None otherwise."""
        asked = self.codes.pop(str(posted.get("code")), None)
        challenge = urlsafe_b64encode(sha256(str(posted.get("code_verifier")).encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != posted["redirect_uri"]:
            return None
        tenant, client = asked["tenant"], asked["client_id"]
        usual = {"iss": self.issuer(tenant), "aud": client, "tid": tenant, "sub": "s", "nonce": asked["nonce"]}
        return self.signed(**{**usual, **self.says})

    async def _token(self, request: web.Request) -> web.Response:
        posted = dict(await request.post())
        self.asked.append(posted)
        if posted.get("grant_type") == "authorization_code":
            token = self._id_token(posted)
            if token is None:
                return web.json_response({"error": "invalid_grant", "error_description": "AADSTS50148"}, status=400)
            given = {"token_type": "Bearer", "expires_in": 3600, "access_token": "of-a-person", "id_token": token}
            return web.json_response({**given, "scope": "openid profile"})
        if self.gate:
            await self.gate.wait()
        if self.fails:
            return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000215"}, status=401)
        token = {"token_type": "Bearer", "expires_in": self.lasts, "access_token": f"token-{len(self.asked)}"}
        padding = " " * self.padding.get("token", 0)
        return web.json_response({**token, **({"padding": padding} if padding else {})})

    async def _managed(self, request: web.Request) -> web.Response:
        self.asked.append({**request.query, "header": request.headers.get("X-IDENTITY-HEADER")})
        token = {"access_token": f"managed-{len(self.asked)}", "expires_on": "4102444800", "token_type": "Bearer"}
        return web.json_response({**token, "resource": request.query["resource"]})


@asynccontextmanager
async def little_entra(folder: Path) -> AsyncIterator[LittleEntra]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    entra = LittleEntra(folder / "ca.pem")
    runner = web.AppRunner(entra.app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        entra.address = f"https://127.0.0.1:{runner.addresses[0][1]}"
        async with serving(entra.plain_app()) as entra.plain:
            yield entra
    finally:
        await runner.cleanup()
