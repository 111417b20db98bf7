"""A little Slack: the Web API as far as Staffroom uses it, direct messages that can be read back, and files.

It holds every call to its own table of methods and arguments (`slack_methods.py`), and refuses any other. It misbehaves
when told to.
"""

import asyncio
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.slack.scopes import needed_scopes
from bot.channels.slack.signature_check import SlackApp, sign
from tests.standins.microsoft import serving
from tests.standins.slack_methods import AS_JSON, METHODS

APP_ID, TEAM, SECRET, TOKEN = "A0STAFF01", "T0SCHOOL1", "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-a-test"
BOT_USER = "U0BOT0001"
APP = SlackApp(APP_ID, TEAM, SECRET)


@dataclass
class Call:
    """A call that arrived: its method, its arguments, and when (seconds)."""

    method: str
    arguments: dict[str, Any]
    at: float


@dataclass
class Trouble:
    """What goes wrong with one call: an error code, a status with headers, a broken connection or a wait (seconds).

    A call that `is_taken` is carried out all the same.
    """

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    breaks: bool = False
    is_taken: bool = False
    slow: float = 0.0


def busy(seconds: int) -> Trouble:
    return Trouble(error="ratelimited", status=429, headers={"Retry-After": str(seconds)})


BROKEN_AFTER_TAKING = Trouble(breaks=True, is_taken=True)
BROKEN_BEFORE_TAKING = Trouble(breaks=True)


def user(id: str, email: str = "", **more: Any) -> dict[str, Any]:
    """Somebody in the workspace as users.info says it, with a confirmed address."""
    flags = dict.fromkeys(("deleted", "is_bot", "is_restricted", "is_ultra_restricted"), False)
    return {"id": id, "team_id": TEAM, **flags, "is_email_confirmed": True, "profile": {"email": email}, **more}


@dataclass
class LittleSlack:
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)  # user groups by id: who is in them
    has_groups: bool = True  # as on a paid plan
    page: int = 200  # people that users.list gives at once, at most
    calls: list[Call] = field(default_factory=list)
    troubles: dict[str, deque[Trouble]] = field(default_factory=lambda: defaultdict(deque))  # by method, the next first
    messages: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # by conversation and time stamp
    ephemeral: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    shared: list[tuple[str, str]] = field(default_factory=list)  # file and conversation
    expired: set[str] = field(default_factory=set)  # triggers
    stack: list[str] = field(default_factory=list)  # the modals in front of somebody, the lowest first
    not_in: set[str] = field(default_factory=set)  # conversations the bot is not in
    is_revoked: bool = False
    limits_speed: bool = False  # a message a second in a conversation, and no more
    team: str = TEAM  # that of the token
    app_id: str = APP_ID
    scopes: str = ",".join(sorted(needed_scopes()))  # that the token holds
    runs_ahead: float = 0.0  # seconds by which the clock is ahead
    refused: Counter[str] = field(default_factory=Counter)  # calls outside the table
    address: str = ""
    clock: Callable[[], float] = time.time  # of the time stamps of messages
    _last: dict[str, float] = field(default_factory=dict)

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    def texts(self, conversation: str = "") -> list[str]:
        """What the bot's messages say now, in order."""
        return [str(shown["text"]) for (where, _), shown in self.messages.items() if conversation in {"", where}]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        self.add_to(app)
        return app

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/api/{method}", self._call)
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_post("/elsewhere", self._upload)

    async def _upload(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers  # the address itself is the permission
        self.files[request.match_info["id"]] = await request.read()
        return web.Response(text="OK")

    async def _call(self, request: web.Request) -> web.Response:
        method, form = request.match_info["method"], await request.post()
        arguments = {name: json.loads(str(text)) if name in AS_JSON else str(text) for name, text in form.items()}
        self.calls.append(Call(method, arguments, time.monotonic()))
        trouble = self.troubles[method].popleft() if self.troubles[method] else None
        if trouble is None or trouble.is_taken:
            answer = self._checked_answer(method, arguments, request)
        if trouble and trouble.slow:
            await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=trouble.slow)
        if trouble and (trouble.error or trouble.breaks or trouble.body or not trouble.slow):  # else it was only slow
            return await self._in_trouble(trouble, request)
        wait = {"Retry-After": "1"} if answer.get("error") == "ratelimited" else {}
        says = {"x-oauth-scopes": self.scopes, "Date": formatdate(time.time() + self.runs_ahead, usegmt=True)}
        answer = {"ok": "error" not in answer, **answer}
        return web.json_response(answer, status=429 if wait else 200, headers={**says, **wait})

    async def _in_trouble(self, trouble: Trouble, request: web.Request) -> web.Response:
        if trouble.breaks:
            assert request.transport is not None
            request.transport.abort()
        body = trouble.body or json.dumps({"ok": False, "error": trouble.error}).encode()
        return web.Response(body=body, status=trouble.status, headers=trouble.headers)

    def _checked_answer(self, method: str, arguments: dict[str, Any], request: web.Request) -> dict[str, Any]:
        if method not in METHODS:
            self.refused[method] += 1
            return {"error": "unknown_method"}
        required, optional = METHODS[method]
        if not required <= arguments.keys() <= required | optional:
            self.refused[method] += 1
            return {"error": "invalid_arguments"}
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return {"error": "invalid_auth"}
        if self.is_revoked:
            return {"error": "token_revoked"}
        if arguments.get("channel", arguments.get("channel_id")) in self.not_in:
            return {"error": "channel_not_found" if method == "chat.postEphemeral" else "not_in_channel"}
        return self._answer(method, arguments)

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        family, _, rest = method.partition(".")
        match family:
            case "chat":
                return self._chat(rest, arguments)
            case "users":
                return self._everybody(arguments) if rest == "list" else self._about_users(arguments)
            case "usergroups":
                return self._in_group(arguments["usergroup"])
            case "conversations":
                return self._conversations(rest, arguments)
            case "views":
                return self._view(rest, arguments)
            case "files":
                return self._file(rest, arguments)
            case "bots":
                return {"bot": {"id": arguments["bot"], "app_id": self.app_id, "user_id": BOT_USER}}
        return {"team_id": self.team, "user_id": BOT_USER, "bot_id": "B0BOT0001"}

    def _chat(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "postEphemeral":
            self.ephemeral.append(arguments)
            return {"message_ts": self._stamp()}
        if method == "postMessage":
            return self._post(arguments)
        key = (arguments["channel"], arguments["ts"])
        if key not in self.messages:
            return {"error": "message_not_found"}
        if method == "delete":
            del self.messages[key]
        else:
            self.messages[key] = {**self.messages[key], **arguments}
        return {"channel": key[0], "ts": key[1]}

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        conversation = self.chat_of(arguments["channel"])
        now = time.monotonic()
        if self.limits_speed and now - self._last.get(conversation, -9.0) < 1.0:
            return {"error": "ratelimited"}
        self._last[conversation] = now
        stamp = self._stamp()
        self.messages[conversation, stamp] = {**arguments, "channel": conversation, "ts": stamp}
        return {"channel": conversation, "ts": stamp}

    def _about_users(self, arguments: dict[str, Any]) -> dict[str, Any]:
        known = self.users.get(arguments["user"])
        return {"user": known} if known else {"error": "user_not_found"}

    def _everybody(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A page of everybody; a cursor says, out of sight, where the next one begins."""
        start, size = int(arguments.get("cursor", "page:0").partition(":")[2]), min(int(arguments["limit"]), self.page)
        users = list(self.users.values())
        following = f"page:{start + size}" if start + size < len(users) else ""
        return {"members": users[start : start + size], "response_metadata": {"next_cursor": following}}

    def _in_group(self, group: str) -> dict[str, Any]:
        if not self.has_groups:
            return {"error": "plan_upgrade_required"}
        return {"users": self.groups[group]} if group in self.groups else {"error": "no_such_subteam"}

    def _conversations(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "open":
            return {"channel": {"id": self.chat_of(arguments["users"])}}
        in_chat = [shown for (where, _), shown in self.messages.items() if where == arguments["channel"]]
        newer = [shown for shown in in_chat if float(shown["ts"]) > float(arguments.get("oldest", 0))]
        return {"messages": newer[::-1], "has_more": False}

    def _view(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("trigger_id") in self.expired:
            return {"error": "expired_trigger_id"}
        if method == "push" and len(self.stack) >= 3:
            return {"error": "push_limit_reached"}
        self.views.append(arguments["view"])
        id = f"V{len(self.views):08}"
        if method in {"open", "push"}:
            self.stack = [*self.stack, id] if method == "push" else [id]
        return {"view": {"id": id}}

    def top_view(self) -> dict[str, Any]:
        """The modal in front of somebody, as Slack sends it with a press in it."""
        id = self.stack[-1]
        below = self.stack[-2] if len(self.stack) > 1 else None
        return {"type": "modal", **self.views[-1], "id": id, "root_view_id": self.stack[0], "previous_view_id": below}

    def _file(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "getUploadURLExternal":
            id = f"F{len(self.calls):08}"
            return {"file_id": id, "upload_url": f"{self.address}/upload/{id}"}
        if method == "delete":
            return {} if self.files.pop(arguments["file"], None) is not None else {"error": "file_not_found"}
        self.shared += [(file["id"], arguments["channel_id"]) for file in arguments["files"]]
        return {"files": arguments["files"]}

    @staticmethod
    def chat_of(id: str) -> str:
        return f"D{id[1:]}" if id[0] in "UW" else id

    def _stamp(self) -> str:
        return f"{self.clock():.0f}.{len(self.calls):06}"


@asynccontextmanager
async def little_slack() -> AsyncIterator[LittleSlack]:
    slack = LittleSlack()
    async with serving(slack.app()) as slack.address:
        yield slack


def signed(body: bytes, content_type: str = "application/json", at: float | None = None) -> dict[str, Any]:
    stamp = str(int(time.time() if at is None else at))
    headers = {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(SECRET, stamp, body),
    }
    return {"data": body, "headers": headers}


def event(content: dict[str, Any], id: str = "Ev0001", **more: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "api_app_id": APP_ID, "event_id": id, "event": content, **more}


def direct(text: str, user: str, ts: str = "1700000000.000100", **more: Any) -> dict[str, Any]:
    conversation = LittleSlack.chat_of(user)
    return {
        "type": "message", "channel_type": "im", "channel": conversation, "user": user, "text": text, "ts": ts, **more
    }  # fmt: skip


def mention(text: str, user: str, channel: str = "C0STAFF01", ts: str = "1700000000.000200") -> dict[str, Any]:
    return {"type": "app_mention", "channel": channel, "user": user, "text": f"<@{BOT_USER}> {text}", "ts": ts}


def pressed(
    action: dict[str, Any], user: str, conversation: str, message: str, trigger: str = "1.2.a", **more: Any
) -> dict[str, Any]:
    """A press of a button of a message."""
    return {
        "type": "block_actions",
        "api_app_id": APP_ID,
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": conversation},
        "container": {"type": "message", "is_ephemeral": False},
        "message": {"ts": message},
        "trigger_id": trigger,
        "actions": [{"type": "button", **action}],
        **more,
    }


def pressed_in(view: Mapping[str, Any], action: dict[str, Any], user: str, trigger: str = "1.2.m") -> dict[str, Any]:
    """A press of a button of a modal: it is in no conversation, and no message."""
    return {
        "type": "block_actions",
        "api_app_id": APP_ID,
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "container": {"type": "view", "view_id": view["id"]},
        "view": dict(view),
        "trigger_id": trigger,
        "actions": [{"type": "button", **action}],
    }


def submitted(view: Mapping[str, Any], values: dict[str, Any], user: str, id: str = "V00000001") -> dict[str, Any]:
    """A form that was sent off, with what was filled in by block and action."""
    return {
        "type": "view_submission",
        "api_app_id": APP_ID,
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "view": {"id": id, **view, "state": {"values": values}},
    }


def command(text: str, user: str, channel: str = "C0STAFF01", trigger: str = "3.4.b") -> dict[str, str]:
    return {
        "command": "/policy", "text": text, "user_id": user, "channel_id": channel, "team_id": TEAM,
        "api_app_id": APP_ID, "trigger_id": trigger, "response_url": "https://hooks.slack.com/commands/x", "token": "x",
    }  # fmt: skip


def as_form(fields: Mapping[str, str], at: float | None = None) -> dict[str, Any]:
    """A signed form, for aiohttp."""
    return signed(urlencode(fields).encode(), "application/x-www-form-urlencoded", at)


def interaction(payload: Mapping[str, Any], at: float | None = None) -> dict[str, Any]:
    return as_form({"payload": json.dumps(payload)}, at)
