"""The local web chat: one page on this machine only, cards drawn by Microsoft's own renderer.

Only loopback hosts are answered and no forwarding headers are accepted; whatever changes something must come from the
page itself (same origin and the page's token). There is no other authentication: people are picked from a demo roster.
"""

import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.inputs import plain_inputs
from bot.channels.memory import RecentAnswers
from bot.channels.pending_files import PendingFiles
from bot.channels.web.event_stream import EventStreams
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput, NotAllowed, StaffroomError, Unreachable
from bot.people.rules.person import Caller, Person, Proof
from bot.school.rules.calendar import london

LOG = logging.getLogger("staffroom.web")
PAGE = Path(__file__).parent / "page"
RENDERER = PAGE / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
FORWARDING = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
LARGEST = 64 * 1024  # bytes of a request
VISITOR = "a-pupil"
BELOW = {"look", "helped", "did_not_help"}  # buttons of answers, whose card stays
SORRY = "Something went wrong on my side. Please try again."
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Answering: TypeAlias = Callable[[Incoming], Awaitable[Outgoing]]
Waiting: TypeAlias = Callable[[str], Awaitable[Sequence[Outgoing]]]  # the cards an account has still to act on
Paging: TypeAlias = Callable[[str], Awaitable[str]]  # a page for whoever may see it; raises NotAllowed
Standing: TypeAlias = Callable[[str], Awaitable[Sequence[tuple[str, Outgoing]]]]  # a chat's notices, with their ids
Fill: TypeAlias = Callable[[str, Mapping[str, Any]], dict[str, Any]]


async def _nothing_waits(account: str) -> Sequence[Outgoing]:
    return ()


async def _nothing_stands(place: str) -> Sequence[tuple[str, Outgoing]]:
    return ()


class Demo(Protocol):
    """What can be done with the demo's time."""

    async def move(self, to: str) -> None:
        """Moves the clock ahead: "day", "week" or "due"; raises BadInput."""
        ...

    async def september(self) -> None:
        """Rehearses a September; raises BadInput where one is under way."""
        ...


@dataclass(slots=True)
class WebChat:
    """The page, what people say on it, and a stream to each of them for what the bot says on its own."""

    desk: Answering
    fill: Fill
    people: Callable[[], Sequence[Person]]
    school: str
    school_name: str
    welcome: Callable[[], Outgoing]
    now: Callable[[], datetime]
    waiting: Waiting = _nothing_waits
    pages: Mapping[str, Paging] = field(default_factory=dict)  # by name: "summary" is shown at /summary
    classes: Mapping[str, str] = field(default_factory=dict)  # names of class chats by their ids
    standing: Standing = _nothing_stands
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _memory: RecentAnswers = field(default_factory=RecentAnswers)
    demo: Demo | None = None
    streams: EventStreams = field(default_factory=EventStreams)
    _files: PendingFiles = field(default_factory=PendingFiles)

    def app(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[self._guard], client_max_size=LARGEST)
        app.router.add_get("/", self._page)
        app.router.add_get("/people", self._roster)
        app.router.add_get("/events", self._events)
        app.router.add_post("/say", self._say)
        app.router.add_get("/page/{name}", self._file)
        app.router.add_get("/files/{id}", self._handed)
        for name in self.pages:
            app.router.add_get(f"/{name}", self._paged)
        app.router.add_post("/demo/{does}", self._play)
        app.on_shutdown.append(self._hang_up)
        return app

    async def _hang_up(self, app: web.Application) -> None:
        self.streams.hang_up()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        refusal = self._refusal(request)
        if refusal:
            return _refused(403, refusal)
        try:
            response = await handler(request)
        except web.HTTPException as seen:
            response = _refused(
                seen.status,
                {404: "There is nothing here.", 405: "That is not how to ask here.", 413: "That is too large."}.get(
                    seen.status, seen.reason
                ),
            )
        except (BadInput, NotAllowed) as seen:
            response = _refused(400 if isinstance(seen, BadInput) else 403, str(seen))
        except StaffroomError as seen:
            response = _refused(500, str(seen))
        except Exception as seen:  # noqa: BLE001 - whatever it was, whoever asked gets a sentence
            LOG.error("page_failed error=%s", type(seen).__name__)  # noqa: TRY400 - a traceback may hold what was said
            response = _refused(500, SORRY)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    def _refusal(self, request: web.Request) -> str:
        """Why a request is not served, or nothing."""
        if _host(f"//{request.headers.get('Host', '')}") not in LOOPBACK:
            return "Staffroom in local mode answers this machine only."
        if FORWARDING & {name.lower() for name in request.headers}:
            return "Staffroom in local mode does not answer through a proxy."
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.headers.get('Host')}":
            return "That page may not speak to Staffroom."
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.path != "/" and request.path[1:] not in self.pages and site not in {"same-origin", "none"}:
            return "That page may not speak to Staffroom."
        shown = {
            "/demo/clock": request.headers.get("X-Staffroom-Token", ""),
            "/demo/september": request.headers.get("X-Staffroom-Token", ""),
            "/say": request.headers.get("X-Staffroom-Token", ""),
            "/people": request.headers.get("X-Staffroom-Token", ""),
            "/events": request.query.get("token", ""),
        }.get(request.path, self.token)
        if request.path[1:] in self.pages or request.path.startswith("/files/"):
            shown = request.query.get("token", "")
        return (
            ""
            if secrets.compare_digest(shown.encode(errors="replace"), self.token.encode())
            else "Please reload the page."
        )

    async def _page(self, request: web.Request) -> web.Response:
        text = (PAGE / "index.html").read_text(encoding="utf-8")
        return web.Response(text=text.replace("{{token}}", self.token), content_type="text/html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        files = {
            "chat.js": PAGE / "chat.js",
            "chat.css": PAGE / "chat.css",
            "hostconfig.json": PAGE / "hostconfig.json",
            "adaptivecards.js": RENDERER,
        }
        file = files.get(request.match_info["name"])
        if file is None or not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)

    async def _roster(self, request: web.Request) -> web.Response:
        people: list[dict[str, Any]] = [
            {"account": one.account, "name": one.name, "about": one.about} for one in self.people() if one.account
        ]
        people += [
            {"account": id, "name": f"The chat of {name}", "about": "What children see there", "place": True}
            for id, name in self.classes.items()
        ]
        people.append({"account": VISITOR, "name": "A pupil (not on the roster)", "about": "Gets one fixed sentence"})
        return web.json_response({"school": self.school_name, "people": people})

    async def _say(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _refused(415, "Please send JSON.")
        incoming = self._incoming(await _json(request))
        if incoming is None:
            return _refused(400, "That message has the wrong shape.")
        outgoing = await self.desk(incoming)
        who = (incoming.caller.account, incoming.conversation)
        self._memory.keep(who, outgoing.last, self.now())
        is_new = outgoing.is_beside or outgoing.card == "note" or incoming.verb in BELOW
        return web.json_response({**self._message(outgoing), "takes_place": bool(incoming.verb) and not is_new})

    def _incoming(self, said: Any) -> Incoming | None:
        if not isinstance(said, dict) or not isinstance(said.get("account"), str):
            return None
        text, verb, inputs = said.get("text", ""), said.get("verb", ""), said.get("inputs", {})
        if not isinstance(text, str) or not isinstance(verb, str) or not isinstance(inputs, dict):
            return None
        account = said["account"]
        return Incoming(
            caller=Caller(self.school, "web", "", account, Proof.DEMO),
            conversation=account,
            text=text,
            verb=verb,
            inputs=plain_inputs(inputs),
            last=self._memory.last((account, account), self.now()),
        )

    def _message(self, outgoing: Outgoing) -> dict[str, Any]:
        made = {"card": self.fill(outgoing.card, {**outgoing.values, "is_demo": True}), "text": outgoing.text}
        if outgoing.file:
            id = self._files.keep(outgoing.file, self.now())
            made["file"] = {"name": outgoing.file.name, "address": f"/files/{id}?token={self.token}"}
        return made

    async def _handed(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["id"], self.now())
        if file is None:
            raise web.HTTPNotFound
        heading = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        kind = guess_type(file.name)[0] or "application/octet-stream"
        return web.Response(body=file.content, content_type=kind, headers=heading)

    async def _paged(self, request: web.Request) -> web.Response:
        text = await self.pages[request.path[1:]](request.query.get("account", ""))
        return web.Response(text=text, content_type="text/html")

    async def _play(self, request: web.Request) -> web.Response:
        """The demo's clock moved ahead, or a September rehearsed."""
        if self.demo is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        match request.match_info["does"]:
            case "clock":
                await self.demo.move(str((await _json(request)).get("to")))
            case "september":
                await self.demo.september()
            case _:
                raise web.HTTPNotFound
        return web.json_response(_clock(self.now()))

    def show_sending(self, done: int, of: int) -> None:
        """Shows everybody who has the page open how far a round of sending is."""
        self.streams.show({"sending": {"done": done, "of": of}})

    def show_clock(self) -> None:
        """Shows everybody who has the page open what time it is in the demo."""
        self.streams.show(_clock(self.now()))

    async def reaches(self, to: str) -> bool:
        """Whether that account, or that class chat, is on the page's list."""
        return to in self.classes or any(one.account == to for one in self.people())

    async def ready(self, to: str) -> None:
        """Nobody has to wait here; raises Unreachable for whoever is not on the page's list."""
        if not await self.reaches(to):
            raise Unreachable("has no account here")

    async def tell(self, to: str, outgoing: Outgoing) -> str:
        """Says something to somebody on its own, or keeps it until they open the page; the message's id."""
        await self.ready(to)
        id = secrets.token_hex(8)
        self.streams.hand(to, {**self._message(outgoing), "id": id})
        return id

    async def replace_told(self, to: str, message: str, outgoing: Outgoing) -> None:
        """Puts something else in the place of a message told before."""
        self.streams.hand(to, {**self._message(outgoing), "replaces": message, "id": message})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        account = request.query.get("account", "")
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        async with self.streams.listening(account) as lines:
            with suppress(ConnectionError):
                await response.prepare(request)
                if await self.reaches(account):
                    for line in await self._first_lines(account):
                        await response.write(_event(line))
                async for line in lines:
                    await response.write(_event(line) if line else b": still here\n\n")
        return response

    async def _first_lines(self, account: str) -> list[str]:
        """What somebody sees when they open the page: the welcome, and what was said to them or waits for them."""
        said = self.streams.collect(account)
        if account in self.classes:
            notices = await self.standing(account)
            return [json.dumps({**self._message(one), "id": id}) for id, one in notices]
        if not said:
            said = [json.dumps(self._message(one)) for one in await self.waiting(account)]
        first = [json.dumps(self._message(self.welcome()))]
        return [*first, *said, *([json.dumps(_clock(self.now()))] if self.demo else [])]


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.text())
    except (ValueError, LookupError, RecursionError):
        raise BadInput("That was not readable JSON.") from None


def _clock(now: datetime) -> dict[str, str]:
    return {"clock": london(now)}


def _event(line: str) -> bytes:
    return f"data: {line}\n\n".encode()


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status, headers=HEADERS)
