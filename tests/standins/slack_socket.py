"""A little Slack with Socket Mode: it hands out addresses of connections, sends envelopes, and takes what answers them.

As Slack does, it gives each address for one connection, sends an envelope on one of the connections it has, and sends
again an event that nobody acknowledged. It misbehaves when told to.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.standins.microsoft import serving
from tests.standins.slack import APP_ID, LittleSlack

APP_TOKEN = "xapp-1-A0STAFF01-123-abcdef"
HTML = "<!DOCTYPE html><html><body>Please sign in to the network.</body></html>"
GARBAGE = (HTML, "", "{", "[]", "null", '{"type": 5}', '{"type": "events_api"}', "[" * 5_000, '{"a": 1, "a": 2}')


@dataclass
class SocketSlack(LittleSlack):
    connections: list[web.WebSocketResponse] = field(default_factory=list)  # open, the oldest first
    opened: int = 0  # connections, ever
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)  # by envelope, the last
    acknowledged: list[str] = field(default_factory=list)  # envelopes, as often as they were
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)  # envelopes that are not acknowledged
    pages: int = 0  # connections that get a web page instead
    says_app: str = APP_ID  # of the connections
    sends_first: tuple[str, ...] = ()  # frames before anything else
    tickets: set[str] = field(default_factory=set)  # given and not used
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _numbers: Any = field(default_factory=lambda: count(1))

    def app(self) -> web.Application:
        app = super().app()
        app.router.add_get("/link", self._link)
        return app

    def _checked_answer(self, method: str, arguments: dict[str, Any], request: web.Request) -> dict[str, Any]:
        if method != "apps.connections.open":
            return super()._checked_answer(method, arguments, request)
        if request.headers.get("Authorization") != f"Bearer {APP_TOKEN}":
            return {"error": "not_allowed_token_type"}
        ticket = f"ticket-{next(self._numbers)}"
        self.tickets.add(ticket)
        return {"url": f"{self.address.replace('http', 'ws', 1)}/link?ticket={ticket}"}

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if self.pages or ticket not in self.tickets:
            self.pages -= bool(self.pages)
            self.tickets.discard(ticket)
            return web.Response(text=HTML, content_type="text/html")
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._greet(socket)
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._take(json.loads(frame.data))
        await self._forget(socket)
        return socket

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        for text in self.sends_first:
            await socket.send_str(text)
        await socket.send_bytes(b"\x00\xff")
        self.connections.append(socket)
        about = {"app_id": self.says_app}
        await socket.send_json({"type": "hello", "num_connections": len(self.connections), "connection_info": about})
        for envelope in list(self.waiting.values()):
            await socket.send_json({**envelope, "retry_attempt": 1, "retry_reason": "timeout"})
        async with self.changed:
            self.opened += 1
            self.changed.notify_all()

    async def _take(self, answer: dict[str, Any]) -> None:
        async with self.changed:
            self.waiting.pop(answer["envelope_id"], None)
            self.answers[answer["envelope_id"]] = answer
            self.acknowledged.append(answer["envelope_id"])
            self.changed.notify_all()

    async def _forget(self, socket: web.WebSocketResponse) -> None:
        async with self.changed:
            if socket in self.connections:
                self.connections.remove(socket)
            self.changed.notify_all()

    async def until(self, is_so: Any) -> None:
        """Returns when it is so."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(is_so)

    async def send(self, kind: str, payload: Mapping[str, Any], id: str = "", *, on: int = -1) -> str:
        """Sends an envelope on a connection, the newest if none is named, and returns its id."""
        id = id or f"envelope-{next(self._numbers)}"
        envelope = {"envelope_id": id, "type": kind, "accepts_response_payload": True, "payload": payload}
        if kind == "events_api":
            self.waiting[id] = envelope
        await self.connections[on].send_json(envelope)
        return id

    async def deliver(self, kind: str, payload: Mapping[str, Any], id: str = "") -> Any:
        """Sends an envelope; what it was answered with, None for a mere acknowledgement."""
        before = len(self.acknowledged)
        id = await self.send(kind, payload, id)
        await self.until(lambda: id in self.acknowledged[before:])
        return self.answers[id].get("payload")

    async def say_goodbye(self, reason: str, *, on: int = -1) -> None:
        """Says that a connection is about to be closed."""
        await self.connections[on].send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "x"}})

    async def hang_up(self, *, on: int = -1) -> None:
        """Closes a connection in good order."""
        await self.connections[on].close(code=WSCloseCode.GOING_AWAY)

    def drop(self, *, on: int = -1) -> None:
        """Breaks a connection off."""
        connection = self.connections.pop(on)
        transport = connection._req.transport if connection._req else None
        assert transport is not None
        transport.abort()


@asynccontextmanager
async def socket_slack() -> AsyncIterator[SocketSlack]:
    slack = SocketSlack()
    async with serving(slack.app()) as slack.address:
        yield slack
