"""The front door on a real port, and everything that got in."""

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.channels.teams.signing_keys import SigningKeys
from bot.channels.teams.token_check import TeamsTokenCheck
from tests.standins.activities import activity
from tests.standins.microsoft import LittleMicrosoft


@dataclass
class Clock:
    at: float = 1000.0
    paused: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.at += seconds


@dataclass
class Entrance:
    """A door on a real port, and everything that got in."""

    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    clock: Clock
    keys: SigningKeys
    front: TeamsTokenCheck
    address: str = ""
    inside: list[Any] = field(default_factory=list)

    async def handle(self, activity: Any) -> web.Response:
        self.inside.append(activity)
        return web.json_response({"ok": True})

    async def knock(self, body: Any = None, token: str | None = None, **request: Any) -> tuple[int, str]:
        """The status and the sentence."""
        headers = {} if token == "" else {"Authorization": f"Bearer {token or self.microsoft.token()}"}
        headers |= request.pop("headers", {})
        if "data" not in request:
            request["json"] = activity(self.microsoft.service) if body is None else body
        async with self.http.request(
            request.pop("method", "POST"), f"{self.address}/api/messages", headers=headers, **request
        ) as answer:
            told = await answer.text()
            return answer.status, json.loads(told).get("error", "") if told else ""
