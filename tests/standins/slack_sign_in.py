"""Sign in with Slack as a little Slack does it: a code for somebody, and an ID token for a code, once."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web

from tests.standins.microsoft import Key, serving
from tests.standins.slack import TEAM, LittleSlack

CLIENT, CLIENT_SECRET = "2141029472.691202649728", "e1b9e11dfcd19c1982d5de12921e17e8"
ISSUER = "https://slack.com"


@dataclass
class LittleSlackSignIn:
    """The OpenID Connect side of a little Slack. `user` is who signs in, `says` claims that are others than usual."""

    slack: LittleSlack
    user: str = ""
    says: dict[str, Any] = field(default_factory=dict)  # None: the claim is left out
    token: str = ""  # handed out in place of a good one
    key: str = "s1"
    keys: dict[str, Key] = field(default_factory=lambda: {"s1": Key("s1", None)})
    refuses: str = ""  # the error with which a sign-in ends
    answers: list[web.Response] = field(default_factory=list)  # to a code, in place of the usual one
    keys_fail: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)  # what was posted for tokens

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/openid/connect/authorize", self._authorize)
        app.router.add_post("/api/openid.connect.token", self._token)
        app.router.add_get("/.well-known/openid-configuration", self._about)
        app.router.add_get("/openid/connect/keys", self._keys)
        self.slack.add_to(app)
        return app

    def signed(self, *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """An ID token as Slack makes them; a claim given as None is left out."""
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "sub": self.user,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "https://slack.com/team_id": TEAM,
            "https://slack.com/user_id": self.user,
        }
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(payload, self.keys[self.key].private, "RS256", headers={"kid": self.key, **(headers or {})})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        assert asked.keys() == {"response_type", "client_id", "scope", "redirect_uri", "state", "nonce", "team"}
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid")
        back, state = asked["redirect_uri"], asked["state"]
        if self.refuses:
            raise web.HTTPFound(f"{back}?error={self.refuses}&state={state}")
        code = f"472.464.{secrets.token_hex(16)}"
        self.codes[code] = asked
        raise web.HTTPFound(f"{back}?code={code}&state={state}")

    async def _token(self, request: web.Request) -> web.Response:
        posted = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(posted)
        if self.answers:
            return self.answers.pop(0)
        asked = self.codes.pop(posted.get("code", ""), None)
        if (posted.get("client_id"), posted.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return web.json_response({"ok": False, "error": "bad_client_secret"})
        if asked is None or posted.get("grant_type") != "authorization_code":
            return web.json_response({"ok": False, "error": "invalid_code"})
        if asked["redirect_uri"] != posted.get("redirect_uri"):
            return web.json_response({"ok": False, "error": "bad_redirect_uri"})
        token = self.token or self.signed(**{"nonce": asked["nonce"], **self.says})
        given = {"ok": True, "token_type": "Bearer", "access_token": "xoxp-of-a-person", "id_token": token}
        return web.json_response(given)

    async def _about(self, request: web.Request) -> web.Response:
        base = self.slack.address
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{base}/openid/connect/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        if self.keys_fail:
            return web.Response(status=503)
        return web.json_response({"keys": [key.published() for key in self.keys.values()]})


@asynccontextmanager
async def little_slack_with_sign_in() -> AsyncIterator[LittleSlackSignIn]:
    sign_in = LittleSlackSignIn(LittleSlack())
    async with serving(sign_in.app()) as sign_in.slack.address:
        yield sign_in
