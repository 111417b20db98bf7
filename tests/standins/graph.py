"""A little Microsoft Graph: groups, app installations, chats, the activity feed. It misbehaves when told to.

Where STAFFROOM_GRAPH names an OpenAPI description of Graph, every request that comes and every answer that goes is
checked against it, and what does not fit is kept in `wrong`.
"""

import asyncio
import json
import os
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.standins.graph_lessons import AS_DESCRIBED, LittleLessons
from tests.standins.microsoft import serving

APP = "catalogue-id"
SHOWN = ("id", "displayName", "mail", "userPrincipalName", "userType", "accountEnabled", "jobTitle")


def member(id: str, name: str, **more: Any) -> dict[str, Any]:
    """Somebody as Graph describes them."""
    sign_in = f"{name.lower().replace(' ', '.')}@school.example"
    usual = {"mail": sign_in, "userPrincipalName": sign_in, "userType": "Member", "accountEnabled": True}
    return {"id": id, "displayName": name, **usual, "jobTitle": None, **more}


@dataclass
class Trouble:
    """One answer that is not what was hoped for: a status, its headers, or something stranger."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    how: str = ""  # "html", "half", "slow", "cut"
    code: str = "Trouble"
    said: str = ""


@dataclass
class LittleGraph:
    groups: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    chats: dict[str, str] = field(default_factory=dict)  # by account; people with a chat have the app
    blocked: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)  # whose installation is not shown yet
    unknown: set[str] = field(default_factory=set)
    next_answers: deque[Trouble] = field(default_factory=deque)
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    toasts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    installed: Counter[str] = field(default_factory=Counter)
    page: int = 999
    elsewhere: str = ""  # a host that pages point to
    next_link: str | None = None  # what every page names as the next, itself for "{url}", for ever more for "{after}"
    wrong: list[str] = field(default_factory=list)
    lessons: LittleLessons = field(default_factory=LittleLessons)
    address: str = ""

    @property
    def base(self) -> str:
        return f"{self.address}/v1.0"

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._misbehaving])
        app.router.add_get("/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user", self._members)
        app.router.add_get("/v1.0/users/{user}/teamwork/installedApps", self._installed)
        app.router.add_post("/v1.0/users/{user}/teamwork/installedApps", self._install)
        app.router.add_get("/v1.0/users/{user}/teamwork/installedApps/{installation}/chat", self._chat)
        app.router.add_post("/v1.0/users/{user}/teamwork/sendActivityNotification", self._toast)
        self.lessons.add_to(app)
        return app

    @web.middleware
    async def _misbehaving(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        self.tokens.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        trouble = self.next_answers.popleft() if self.next_answers else None
        if trouble is None:
            answer = await handler(request)
            self.wrong += await _differences(request, answer)
            return answer  # type: ignore[no-any-return]
        self.wrong += await _differences(request)  # what was asked must fit, whatever is answered
        if trouble.how == "html":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if trouble.how == "slow":
            await asyncio.Event().wait()  # until nobody waits for the response any more
        if trouble.how == "cut":
            assert request.transport is not None
            request.transport.abort()
        if trouble.how == "half":
            half = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
            await half.prepare(request)
            await half.write(b'{"value": [')
            assert request.transport is not None
            request.transport.close()
            return half
        return _error(trouble.status or 503, trouble.code, trouble.headers, trouble.said)

    async def _members(self, request: web.Request) -> web.Response:
        if request.headers.get("ConsistencyLevel") != "eventual" or request.query.get("$count") != "true":
            return _error(400, "Request_UnsupportedQuery")
        members = self.groups.get(request.match_info["group"])
        if members is None:
            return _error(404, "Request_ResourceNotFound")
        begin = int(request.query.get("$skip", "0"))
        page = members[begin : begin + self.page]
        shown = [{name: person.get(name) for name in SHOWN} for person in page]
        body: dict[str, Any] = {"@odata.count": len(members), "value": shown}
        if begin + self.page < len(members):
            after = request.url.update_query({"$skip": str(begin + self.page)})
            body["@odata.nextLink"] = str(after).replace(self.address, self.elsewhere or self.address)
        if self.next_link is not None:
            after = request.url.update_query({"$skip": str(begin + 1)})
            body["@odata.nextLink"] = self.next_link.format(url=request.url, after=after)
        return web.json_response(body)

    async def _install(self, request: web.Request) -> web.Response:
        user, body = request.match_info["user"], await request.json()
        if user in self.unknown or not body["teamsApp@odata.bind"].endswith(f"/appCatalogs/teamsApps/{APP}"):
            return _error(404, "NotFound")
        if user in self.blocked:
            return _error(403, "Forbidden", said="App is blocked by app permission policy.")
        if user in self.chats:
            return _error(409, "Conflict")
        self.installed[user] += 1
        self.chats[user] = f"19:{user}@unq.gbl.spaces"
        return web.json_response({"id": f"inst-{user}"}, status=201)

    async def _installed(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        is_shown = user in {*self.chats} - self.hidden
        return web.json_response({"value": [{"id": f"inst-{user}", "teamsApp": {"id": APP}}] if is_shown else []})

    async def _chat(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        return web.json_response({"id": self.chats[user], "chatType": "oneOnOne"})

    async def _toast(self, request: web.Request) -> web.Response:
        self.toasts.append((request.match_info["user"], await request.json()))
        return web.Response(status=204)


def _error(status: int, code: str, headers: dict[str, str] | None = None, said: str = "") -> web.Response:
    body = {"error": {"code": code, "message": said or f"{code}."}}
    return web.json_response(body, status=status, headers=headers)


@cache
def _description() -> Any:
    """The description of Graph that everything is checked against, if there is one."""
    file = os.environ.get("STAFFROOM_GRAPH", "")
    if not file:
        return None
    from openapi_core import OpenAPI

    return OpenAPI.from_file_path(str(Path(file)))


@cache
def _is_strict() -> bool:
    """Whether the description notices a misspelt field and an answer without a list; else the check would be idle."""
    path = "/v1.0/users/a/teamwork/sendActivityNotification"
    misspelt = b'{"topik": {}, "activityType": "x"}'
    members = "/v1.0/groups/g/transitiveMembers/microsoft.graph.user"
    return bool(
        _misfits("POST", path, {}, misspelt, 204, b"") and _misfits("GET", members, {}, b"", 200, b'{"value": 3}')
    )


async def _differences(request: web.Request, answer: web.StreamResponse | None = None) -> list[str]:
    """What of a request, and of its answer if it is given, does not fit the description."""
    if _description() is None:
        return []
    asked = (request.method, request.path, dict(request.query), await request.read())
    if answer is None:
        return _misfits(*asked)
    assert isinstance(answer, web.Response)
    body = answer.get(AS_DESCRIBED, answer.body)  # where the description lacks a part of what Microsoft documents
    return _misfits(*asked, answer.status, body if isinstance(body, bytes) else b"")


def _misfits(
    method: str, path: str, query: dict[str, str], sent: bytes, status: int = 0, body: bytes = b""
) -> list[str]:
    """What the description does not allow in a request, and in its answer if there is a status."""
    from openapi_core.exceptions import OpenAPIError
    from openapi_core.testing import MockRequest, MockResponse

    json_type = "application/json"
    asked = MockRequest(
        "https://graph.microsoft.com",
        method.lower(),
        path,
        args=query,
        data=sent or None,
        content_type=json_type if sent else "",
    )
    answer = MockResponse(body, status, content_type=json_type if body else "")
    checks = [_description().validate_request]
    checks += [lambda asked: _description().validate_response(asked, answer)] if status else []
    misfits = []
    for check in checks:
        try:
            check(asked)
        except OpenAPIError as error:
            misfits.append(f"{method} {path}: {error!r} {error.__cause__!r}")
    return misfits


@asynccontextmanager
async def little_graph() -> AsyncIterator[LittleGraph]:
    graph = LittleGraph()
    assert _description() is None or _is_strict()
    async with serving(graph.app(), handler_cancellation=True) as graph.address:
        yield graph
    assert not graph.wrong, json.dumps(graph.wrong, indent=1)
