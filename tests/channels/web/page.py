"""The local page on a real port, over a desk that repeats what it heard."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from bot.cards import Cards
from bot.channels.services import Endpoint
from bot.channels.teams.token_check import LoopbackCheck, guarded
from bot.channels.web.chat import WebChat
from bot.channels.web.messenger import WebMessenger
from bot.channels.web.server import web_server
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput, NotAllowed
from bot.people.rules.person import Caller
from bot.settings import ROOT
from tests.channels.fakes import PACK, TEACHER, sample
from tests.standins.microsoft import serving

CARDS = Cards(ROOT / "cards")
NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")


@dataclass
class RepeatingDesk:
    """Repeats what it heard, or fails as it is told to."""

    heard: list[Incoming] = field(default_factory=list)
    failure: Exception | None = None

    async def __call__(self, incoming: Incoming) -> Outgoing:
        self.heard.append(incoming)
        if self.failure:
            raise self.failure
        text = incoming.text or incoming.verb
        card = "help" if incoming.verb == "help" else "note"
        values = sample("help") if card == "help" else {"text": text}
        return Outgoing(card, values, text, last="lunch", attachment=PACK if text == "export" else None)

    def welcome(self) -> Outgoing:
        return Outgoing("welcome", sample("welcome"), "welcome")


@dataclass
class Demo:
    """The demo's clock, which only notes what it was asked for."""

    asked: list[str] = field(default_factory=list)

    async def move(self, to: str) -> None:
        if to not in {"day", "week", "due"}:
            raise BadInput("The clock moves by a day, by a week, or to the last day.")
        self.asked.append(to)

    async def september(self) -> None:
        self.asked.append("september")


@dataclass
class LocalPage:
    """A running page and its parts. `waiting` are cards the teacher has still to act on, `notices` a class chat's."""

    desk: RepeatingDesk = field(default_factory=RepeatingDesk)
    demo: Demo = field(default_factory=Demo)
    now: datetime = NINE
    waiting: list[Outgoing] = field(default_factory=list)
    notices: list[tuple[str, Outgoing]] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.messenger = WebMessenger(CARDS.fill, lambda: (TEACHER,), lambda: self.now)
        self.chat = WebChat(
            desk=self.desk,
            messenger=self.messenger,
            school="school",
            school_name="School",
            pages={"summary": self._for_teacher, "lessons": self._for_teacher},
            waiting=self._waiting,
            notices=self._notices,
            demo=self.demo,
        )

    async def _for_teacher(self, caller: Caller) -> str:
        if caller.account != TEACHER.account:
            raise NotAllowed("Only the headteacher can see this.")
        return f"<p>For {caller.account} of {caller.school}</p>"

    async def _waiting(self, caller: Caller) -> Sequence[Outgoing]:
        return self.waiting if caller.account == TEACHER.account else ()

    async def _notices(self, conversation: str) -> Sequence[tuple[str, Outgoing]]:
        return self.notices if conversation == "class-year-4" else ()

    def server(self) -> web.Application:
        """The server as local mode has it, with an endpoint for the Playground that answers with an empty object."""

        async def respond(activity: Any) -> web.Response:
            return web.json_response({})

        async def finish() -> None:
            return None

        playground = Endpoint("/api/messages", guarded(LoopbackCheck(), respond), finish)
        return web_server(self.chat, endpoints=[playground])

    async def say(self, http: aiohttp.ClientSession, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        sent = {"X-Staffroom-Token": self.messenger.token, "Content-Type": "application/json"} | headers
        data = {"data": body} if isinstance(body, bytes | str) else {"json": body}
        async with http.post(f"{self.address}/say", headers=sent, **data) as response:
            return response.status, await response.json()


@asynccontextmanager
async def page_running() -> AsyncIterator[LocalPage]:
    page = LocalPage()
    async with serving(page.server()) as page.address:
        yield page
