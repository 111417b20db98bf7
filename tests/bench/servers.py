"""The servers that `make bench` compares, each in a process of its own: python -m tests.bench.servers NAME PORT."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from aiohttp import ClientSession, web
from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity
from botframework.connector.auth import ConnectorFactory

from bot import app, servers
from bot.channels.teams.connector import Connector
from bot.channels.teams.token_check import LoopbackCheck
from bot.desk.desk import Desk
from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Member, Proof
from bot.settings import read_settings
from bot.stores.sqlite.store import SqliteStore
from bot.tenant.staff_file import FileRoster
from tests.fakes import FakeStore
from tests.working import working


class EchoBot(ActivityHandler):  # type: ignore[misc]
    """As little as a bot can do."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(f"You said {turn_context.activity.text}")

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        told = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Pressed"}
        return InvokeResponse(status=200, body=told)


class Anonymous:
    APP_ID = APP_PASSWORD = APP_TENANTID = ""
    APP_TYPE = "MultiTenant"


class Answering(CloudAdapter):  # type: ignore[misc]
    """The SDK's adapter with the one fault mended that keeps it from answering invokes at all."""

    async def process(self, request: web.Request, bot: EchoBot) -> web.Response:
        activity = Activity().deserialize(await request.json())
        result = await self.bot_framework_authentication.authenticate_request(activity, "")
        made = await self.process_activity(result, activity, bot.on_turn)
        if made is None:
            return web.Response(status=201)
        body = made.body.serialize() if hasattr(made.body, "serialize") else made.body
        return web.json_response(body, status=int(made.status))


class Cached(ConnectorFactory):  # type: ignore[misc]
    """Keeps a connector per service address instead of one per turn."""

    held: ClassVar[dict[Any, Any]] = {}

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def create(self, service_url: str, audience: str | None = None) -> Any:
        key = (service_url, audience)
        if key not in self.held:
            self.held[key] = await self.inner.create(service_url, audience)
        return self.held[key]


class Contained(ConfigurationBotFrameworkAuthentication):  # type: ignore[misc]
    """The SDK with its costliest faults contained: connectors are kept, and no token client is made a turn."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> Any:
        result = await super().authenticate_request(activity, auth_header)
        result.connector_factory = Cached(result.connector_factory)
        return result

    async def create_user_token_client(self, claims_identity: Any) -> None:
        return None


class InstantDesk(Desk):
    """A desk that has its answer ready, card and all: what is left is the channel."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        return READY[0]

    async def knows(self, caller: Caller) -> bool:
        return True

    async def join(self, caller: Caller, member: Member) -> bool:
        return True


READY: list[Outgoing] = []


def bare() -> web.Application:
    async def echo(request: web.Request) -> web.Response:
        said = await request.json()
        return web.json_response({"type": "message", "text": said.get("text")})

    made = web.Application()
    made.router.add_post("/api/messages", echo)
    return made


def sdk(authentication: Any) -> web.Application:
    adapter, bot = Answering(authentication(Anonymous())), EchoBot()

    async def handle(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)

    made = web.Application()
    made.router.add_post("/api/messages", handle)
    return made


@asynccontextmanager
async def staffroom(*, instant: bool) -> AsyncIterator[web.Application]:
    """The real mode but for the token: real recogniser, real store on disk, real cards, own connector."""
    settings = read_settings({})
    mind, roster = app.open_mind(settings, local=True), FileRoster(app.DEMO_ROSTER)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "s.db", settings.school, demo=True)
        work = working(mind, roster, store)
        if instant:
            question = Incoming(Caller(settings.school, "t", "", "demo-teacher", Proof.DEMO), "c", "phone at lunch?")
            READY.append(await work.desk(question))
            work = replace(work, desk=InstantDesk(mind, roster, FakeStore(), app.today))
        made = web.Application()
        async with ClientSession() as http:
            servers.add_teams(made, settings, work, LoopbackCheck(), Connector(lambda: http, None))
            yield made
        await store.close()


@asynccontextmanager
async def stub() -> AsyncIterator[web.Application]:
    """The other side: a Bot Connector that takes everything."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"id": "1"}, status=201)

    made = web.Application()
    made.router.add_route("*", "/{rest:.*}", take)
    yield made


@asynccontextmanager
async def plain(made: web.Application) -> AsyncIterator[web.Application]:
    yield made


async def serve(name: str, port: int) -> None:
    kinds = {
        "bare": lambda: plain(bare()),
        "stock": lambda: plain(sdk(ConfigurationBotFrameworkAuthentication)),
        "contained": lambda: plain(sdk(Contained)),
        "staffroom": lambda: staffroom(instant=False),
        "instant": lambda: staffroom(instant=True),
        "stub": stub,
    }
    async with kinds[name]() as made:
        runner = web.AppRunner(made, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
