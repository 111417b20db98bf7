"""What Slack shows, as a page of the demo: cards translated as for Slack, drawn by a renderer from npm.

Its buttons press the same desk as the chat. Nothing is sent to Slack and nothing comes from there: who is asking is
chosen on the local page. What is pressed or filled in is read as what Slack sends is read. The renderer is bundled when
the page is first opened, which needs Node.
"""

import asyncio
import html
import secrets
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channels.inputs import plain_inputs, plain_message
from bot.channels.memory import RecentAnswers
from bot.channels.slack.buttons import read_press
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.form_fields import inputs_of
from bot.channels.slack.forms import errors_under_field
from bot.channels.slack.modal import metadata_of
from bot.channels.slack.sections import READ_SECTION
from bot.channels.slack.views import FORM_GONE, SECTION_GONE, opened_form, opened_section
from bot.channels.strict_json import read_json
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.people.rules.person import Caller

PAGE = Path(__file__).parent / "page"
FILES = ("page.js", "page.css")
BUNDLING_TIME_LIMIT = 120  # seconds, on a busy machine
MAX_CARDS = 500
ABOUT = "DEMO. Nothing here is sent to Slack. The buttons do what they do in the chat."
NO_RENDERER = (
    "This page draws cards as Slack shows them, with a program from npm that is not installed here. Run “make "
    "setup-dev” on a machine with Node.js and reload. Everything else in the demo works without it."
)
NOT_READABLE = "That could not be read. Please reload the page."
_HTML = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What Slack shows (demo)</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/slack/page.css">
<main class="demo-page"><h1>What Slack shows</h1><p class="about">{about}</p><div id="page"></div></main>
{script}
</html>
"""
_SCRIPT = '<script src="/slack/page.js"></script>'

Ask = Callable[[Incoming], Awaitable[Outgoing]]


@dataclass(slots=True)
class DemoPage:
    """The page and what it asks. `first_cards` are the welcome and what waits for a person; `bundle` is a folder."""

    cards: SlackCards
    desk: Ask
    first_cards: Callable[[Caller], Awaitable[Sequence[Outgoing]]]
    caller_of: Callable[[str], Caller]
    now: Callable[[], datetime]
    bundle: Path
    page: Path = PAGE
    _shown: dict[str, Outgoing] = field(default_factory=dict)  # by the id of the message, oldest first
    _situations: RecentAnswers = field(default_factory=RecentAnswers)
    _bundling: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_bundled: bool = False

    async def show(self, request: web.Request) -> web.Response:
        """The page; in words alone where the renderer is missing."""
        is_there = await self._bundled()
        text = _HTML.format(about=html.escape(ABOUT if is_there else NO_RENDERER), script=_SCRIPT if is_there else "")
        return web.Response(text=text, content_type="text/html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file that the page loads; raises HTTPNotFound for any other."""
        name = request.match_info["name"]
        if name not in FILES or not (self.bundle / name).is_file():
            raise web.HTTPNotFound
        return web.FileResponse(self.bundle / name)

    async def act(self, request: web.Request) -> web.Response:
        """What comes of opening the page, of words, of a press or of a form, by the action in the address."""
        body = await _object_of(request)
        account = body.get("account")
        if not isinstance(account, str):
            raise BadInput(NOT_READABLE)
        caller = self.caller_of(account)
        match request.match_info["action"]:
            case "open":
                return web.json_response({"messages": [self._message(card) for card in await self.first_cards(caller)]})
            case "say":
                text = plain_message(str(body.get("text", "")))
                return web.json_response({"messages": [self._message(await self._ask(caller, text=text))]})
            case "press":
                return web.json_response(await self._press(caller, str(body.get("message")), body.get("action")))
            case "submit":
                return web.json_response(await self._submit(caller, body.get("view")))
        raise web.HTTPNotFound

    async def _press(self, caller: Caller, message: str, action: Any) -> dict[str, Any]:
        if not isinstance(action, dict):
            raise BadInput(NOT_READABLE)
        button, card = read_press(action), self._shown.get(message)
        action_id = str(action["action_id"])
        if button.verb == READ_SECTION:
            kept = self.cards.sections(card).get(action_id) if card else None
            view = opened_section(button, kept, {"message": message})
            return {"view": view} if view else {"sentence": SECTION_GONE}
        if button.opens_form:
            kept = self.cards.forms(card).get(action_id) if card else None
            view = opened_form(button, kept, {"message": message})
            return {"view": view} if view else {"sentence": FORM_GONE}
        outgoing = await self._ask(caller, verb=button.verb, inputs=plain_inputs(button.data))
        return self._what_comes(outgoing, message)

    async def _submit(self, caller: Caller, view: Any) -> dict[str, Any]:
        if not isinstance(view, dict):
            raise BadInput(NOT_READABLE)
        data, shown = metadata_of(view)
        inputs = {**plain_inputs(data), **inputs_of(view.get("state"))}
        outgoing = await self._ask(caller, verb=str(view.get("callback_id", "")), inputs=inputs)
        if outgoing.is_refusal:
            errors = errors_under_field(view, outgoing.text)
            return errors if "errors" in errors else {"sentence": outgoing.text}
        return self._what_comes(outgoing, str(shown.get("message", "")))

    async def _ask(self, caller: Caller, *, text: str = "", verb: str = "", inputs: Any = None) -> Outgoing:
        topic = (caller.account, caller.account)
        last = self._situations.last(topic, self.now())
        outgoing = await self.desk(Incoming(caller, caller.account, text, verb, inputs or {}, last))
        self._situations.keep_topic(topic, outgoing, self.now())
        return outgoing

    def _what_comes(self, outgoing: Outgoing, message: str) -> dict[str, Any]:
        """A sentence, a card in its card's place, or a card beside it, as in Slack."""
        if outgoing.is_note:
            return {"sentence": outgoing.text}
        return {"messages": [self._message(outgoing, "" if outgoing.is_beside else message)]}

    def _message(self, outgoing: Outgoing, id: str = "") -> dict[str, Any]:
        id = id if id in self._shown else secrets.token_hex(8)
        self._shown[id] = outgoing
        while len(self._shown) > MAX_CARDS:
            del self._shown[next(iter(self._shown))]
        blocks = self.cards.message(outgoing)["blocks"]
        return {"id": id, "version": secrets.token_hex(4), "at": self.now().isoformat(), "blocks": blocks}

    async def _bundled(self) -> bool:
        """Whether the files of the page are there; bundles them the first time."""
        async with self._bundling:
            node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
            has_renderer = (self.page / "node_modules" / "slack-blocks-to-jsx").is_dir()
            if node and has_renderer and not self._is_bundled:
                self._is_bundled = await _run(node, "bundle.mjs", str(self.bundle), folder=self.page)
            return self._is_bundled


async def _run(*command: str, folder: Path) -> bool:
    """Whether a program ended well in time."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        running = await asyncio.create_subprocess_exec(*command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        return False
    try:
        return await asyncio.wait_for(running.wait(), BUNDLING_TIME_LIMIT) == 0
    except TimeoutError:
        running.kill()
        await running.wait()
        return False


async def _object_of(request: web.Request) -> dict[str, Any]:
    try:
        body = read_json(await request.read())
    except ValueError:
        raise BadInput(NOT_READABLE) from None
    if request.content_type != "application/json" or not isinstance(body, dict):
        raise BadInput(NOT_READABLE)
    return body
