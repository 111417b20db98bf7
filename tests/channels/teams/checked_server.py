"""The token check on a real port, and everything that passed it."""

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.channels.signing_keys import SigningKeys
from bot.channels.teams.token_check import TeamsTokenCheck
from tests.standins.activities import activity
from tests.standins.microsoft import LittleMicrosoft


@dataclass
class Clock:
    at: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += seconds


@dataclass
class CheckedServer:
    """A server that answers what passes the token check; `passed` is everything that did."""

    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    clock: Clock
    keys: SigningKeys
    check: TeamsTokenCheck
    address: str = ""
    passed: list[Any] = field(default_factory=list)
    failure: Exception | None = None

    async def respond(self, activity: Any) -> web.Response:
        self.passed.append(activity)
        if self.failure:
            raise self.failure
        return web.json_response({"ok": True})

    async def ask(self, body: Any = None, token: str | None = None, **request: Any) -> tuple[int, str]:
        """The status and the sentence."""
        headers = {} if token == "" else {"Authorization": f"Bearer {token or self.microsoft.token()}"}
        headers |= request.pop("headers", {})
        if "data" not in request:
            request["json"] = activity(self.microsoft.service) if body is None else body
        async with self.http.request(
            request.pop("method", "POST"), f"{self.address}/api/messages", headers=headers, **request
        ) as response:
            text = await response.text()
            return response.status, json.loads(text).get("error", "") if text else ""
