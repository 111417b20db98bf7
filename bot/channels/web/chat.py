"""The local web chat: one page on this machine only, cards drawn by Microsoft's own renderer.

access.py says who may ask what; the declarations of its routes are in `WebChat.routes`.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any, Protocol, TypeAlias

from aiohttp import web

from bot.channels.inputs import plain_inputs, plain_message
from bot.channels.memory import RecentAnswers
from bot.channels.strict_json import read_json
from bot.channels.web.access import Check, Route
from bot.channels.web.messenger import CHANNEL, WebMessenger
from bot.channels.web.page_files import page_file, page_with
from bot.channels.web.responses import HEADERS, refused
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.people.rules.person import Caller, Proof

VISITOR = "a-pupil"
KEEPS_CARD = {"look", "helped", "did_not_help"}  # buttons under an answer, which stays where it is

WaitingCards: TypeAlias = Callable[[Caller], Awaitable[Sequence[Outgoing]]]  # the cards somebody still has to act on
NamedPage: TypeAlias = Callable[
    [Caller], Awaitable[str]
]  # a page's HTML; raises NotAllowed if the caller may not see it
ClassNotices: TypeAlias = Callable[[str], Awaitable[Sequence[tuple[str, Outgoing]]]]  # a class chat's notices, with ids


async def _no_cards(caller: Caller) -> Sequence[Outgoing]:
    return ()


async def _no_notices(conversation: str) -> Sequence[tuple[str, Outgoing]]:
    return ()


class WebDesk(Protocol):
    """The desk, as the page needs it."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to anything somebody wrote or pressed."""
        ...

    @property
    def welcome(self) -> Callable[[], Outgoing]:
        """What somebody sees first."""
        ...


class DemoControls(Protocol):
    """What can be done with the demo's time."""

    async def move(self, to: str) -> None:
        """Moves the clock ahead: "day", "week" or "due"; raises BadInput."""
        ...

    async def september(self) -> None:
        """Rehearses a September; raises BadInput if a campaign is open."""
        ...


@dataclass(slots=True)
class WebChat:
    """The page, what people say on it, and a stream to each of them for messages the bot sends on its own.

    `pages` are HTML pages by name: "summary" is served at /summary. `waiting` gives the cards somebody has still to act
    on, `notices` those in a class chat. Without `demo` the clock cannot be moved.
    """

    desk: WebDesk
    messenger: WebMessenger
    school: str
    school_name: str
    pages: Mapping[str, NamedPage] = field(default_factory=dict)
    waiting: WaitingCards = _no_cards
    notices: ClassNotices = _no_notices
    demo: DemoControls | None = None
    _situations: RecentAnswers = field(default_factory=RecentAnswers)

    def routes(self) -> Sequence[Route]:
        """Every address of the local page, with its check."""
        return [
            Route("GET", "/", Check.OPEN, self._page, is_linkable=True),
            Route("GET", "/page/{name}", Check.OPEN, page_file),
            Route("GET", "/people", Check.TOKEN_HEADER, self._people),
            Route("GET", "/events", Check.TOKEN_QUERY, self._events),
            Route("POST", "/say", Check.TOKEN_HEADER, self._say),
            Route("GET", "/files/{id}", Check.TOKEN_QUERY, self._file),
            Route("POST", "/demo/{action}", Check.TOKEN_HEADER, self._control_demo),
            *(Route("GET", f"/{name}", Check.TOKEN_QUERY, self._named_page, is_linkable=True) for name in self.pages),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        return page_with(self.messenger.token)

    async def _people(self, request: web.Request) -> web.Response:
        people: list[dict[str, Any]] = [
            {"account": person.account, "name": person.name, "about": person.about}
            for person in self.messenger.people()
            if person.account
        ]
        people += [
            {"account": id, "name": f"The chat of {name}", "about": "What children see there", "place": True}
            for id, name in self.messenger.classes.items()
        ]
        people.append(
            {"account": VISITOR, "name": "A pupil (not on the staff list)", "about": "Gets one fixed sentence"}
        )
        return web.json_response({"school": self.school_name, "people": people})

    async def _say(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return refused(415, "Please send JSON.")
        incoming = self._incoming(await _json(request))
        if incoming is None:
            return refused(400, "That message has the wrong shape.")
        outgoing = await self.desk(incoming)
        self._situations.keep_topic((incoming.caller.account, incoming.conversation), outgoing, self.messenger.now())
        is_new = outgoing.is_beside or outgoing.is_note or incoming.verb in KEEPS_CARD
        takes_place = bool(incoming.verb) and not is_new
        return web.json_response({**self.messenger.message(outgoing), "takes_place": takes_place})

    def _incoming(self, body: Any) -> Incoming | None:
        if not isinstance(body, dict) or not isinstance(body.get("account"), str):
            return None
        text, verb, inputs = body.get("text", ""), body.get("verb", ""), body.get("inputs", {})
        if not isinstance(text, str) or not isinstance(verb, str) or not isinstance(inputs, dict):
            return None
        account = body["account"]
        return Incoming(
            caller=self._caller(account),
            conversation=account,
            text=plain_message(text),
            verb=verb,
            inputs=plain_inputs(inputs),
            last=self._situations.last((account, account), self.messenger.now()),
        )

    def _caller(self, account: str) -> Caller:
        return Caller(self.school, CHANNEL, "", account, Proof.DEMO)

    async def _file(self, request: web.Request) -> web.Response:
        file = self.messenger.file(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        content_type = guess_type(file.name)[0] or "application/octet-stream"
        return web.Response(body=file.content, content_type=content_type, headers=headers)

    async def _named_page(self, request: web.Request) -> web.Response:
        caller = self._caller(request.query.get("account", ""))
        return web.Response(text=await self.pages[request.path[1:]](caller), content_type="text/html")

    async def _control_demo(self, request: web.Request) -> web.Response:
        """Moves the demo's clock ahead, or rehearses a September."""
        if self.demo is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        match request.match_info["action"]:
            case "clock":
                await self.demo.move(_text(await _json(request), "to"))
            case "september":
                await self.demo.september()
            case _:
                raise web.HTTPNotFound
        return web.json_response(self.messenger.clock())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        account = request.query.get("account", "")
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        async with self.messenger.streams.listening(account) as lines:
            with suppress(ConnectionError):
                await response.prepare(request)
                if self.messenger.is_on_page(account):
                    for line in await self._first_lines(account):
                        await response.write(_event(line))
                async for line in lines:
                    await response.write(_event(line) if line else b": still here\n\n")
        return response

    async def _first_lines(self, account: str) -> list[str]:
        """What somebody sees when they open the page: the welcome, and what was sent to them or waits for them."""
        lines = self.messenger.streams.collect(account)
        if account in self.messenger.classes:
            notices = await self.notices(account)
            return [json.dumps({**self.messenger.message(notice), "id": id}) for id, notice in notices]
        if not lines:
            cards = await self.waiting(self._caller(account))
            lines = [json.dumps(self.messenger.message(card)) for card in cards]
        clock = [json.dumps(self.messenger.clock())] if self.demo else []
        return [json.dumps(self.messenger.message(self.desk.welcome())), *lines, *clock]


async def _json(request: web.Request) -> Any:
    try:
        return read_json(await request.read())
    except ValueError:
        raise BadInput("That was not readable JSON.") from None


def _text(body: Any, key: str) -> str:
    return str(body.get(key)) if isinstance(body, dict) else ""


def _event(line: str) -> bytes:
    return f"data: {line}\n\n".encode()
