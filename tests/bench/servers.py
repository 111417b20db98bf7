"""The servers that `make bench` compares, each in a process of its own: python -m tests.bench.servers NAME PORT."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

from aiohttp import web
from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity
from botframework.connector.auth import ConnectorFactory

from bot import app
from bot.app import Channels, Staffroom
from bot.channels.services import HttpSession, run_with
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.proactive import ProactiveMessages
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import LoopbackCheck
from bot.desk.desk import Desk
from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Member, Proof
from bot.settings import Settings, read_settings
from tests.bench.parts import open_understanding
from tests.bench.slack_server import slack_server


class EchoBot(ActivityHandler):  # type: ignore[misc]
    """As little as a bot can do."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(f"You said {turn_context.activity.text}")

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        body = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Pressed"}
        return InvokeResponse(status=200, body=body)


class Anonymous:
    APP_ID = APP_PASSWORD = APP_TENANTID = ""
    APP_TYPE = "MultiTenant"


class Answering(CloudAdapter):  # type: ignore[misc]
    """The SDK's adapter with the one fault fixed that keeps it from answering invokes at all."""

    async def process(self, request: web.Request, bot: EchoBot) -> web.Response:
        activity = Activity().deserialize(await request.json())
        result = await self.bot_framework_authentication.authenticate_request(activity, "")
        response = await self.process_activity(result, activity, bot.on_turn)
        if response is None:
            return web.Response(status=201)
        body = response.body.serialize() if hasattr(response.body, "serialize") else response.body
        return web.json_response(body, status=int(response.status))


class Cached(ConnectorFactory):  # type: ignore[misc]
    """Keeps a connector per service address instead of one per turn."""

    connectors: ClassVar[dict[Any, Any]] = {}

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def create(self, service_url: str, audience: str | None = None) -> Any:
        key = (service_url, audience)
        if key not in self.connectors:
            self.connectors[key] = await self.inner.create(service_url, audience)
        return self.connectors[key]


class Contained(ConfigurationBotFrameworkAuthentication):  # type: ignore[misc]
    """The SDK with its costliest faults contained: connectors are kept, and no token client is made a turn."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> Any:
        result = await super().authenticate_request(activity, auth_header)
        result.connector_factory = Cached(result.connector_factory)
        return result

    async def create_user_token_client(self, claims_identity: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class InstantDesk(Desk):
    """A desk that has its answer ready, card and all: what is left is the channel."""

    ready: Outgoing

    async def __call__(self, incoming: Incoming) -> Outgoing:
        return self.ready

    async def knows(self, caller: Caller) -> bool:
        return True

    async def link_account(self, caller: Caller, member: Member) -> bool:
        return True


def bare() -> web.Application:
    async def echo(request: web.Request) -> web.Response:
        activity = await request.json()
        return web.json_response({"type": "message", "text": activity.get("text")})

    server = web.Application()
    server.router.add_post("/api/messages", echo)
    return server


def sdk(authentication: Any) -> web.Application:
    adapter, bot = Answering(authentication(Anonymous())), EchoBot()

    async def handle(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)

    server = web.Application()
    server.router.add_post("/api/messages", handle)
    return server


@asynccontextmanager
async def teams_server(*, instant: bool) -> AsyncIterator[web.Application]:
    """The real mode but for the token: real classifier, real store on disk, real cards, own connector."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read_settings({}), data=Path(folder))
        async with app.open_books(settings, local=True) as books:
            http, now = HttpSession(), books.context.now
            proactive = ProactiveMessages(books.context.store, Connector(http, None), now)
            messenger = TeamsMessenger(TeamsCards(settings.cards, is_demo=True), proactive)
            channels = Channels([messenger], messenger.is_member)
            staffroom = Staffroom(settings, books, open_understanding(settings), channels)
            desk = await instant_desk(staffroom.desk, settings) if instant else staffroom.desk
            files = TeamsFiles(http, now)
            bot = TeamsBot(desk, messenger, staffroom.is_class, files, settings.school, Proof.DEMO, now)
            endpoint = teams_endpoint(bot, LoopbackCheck(), books.context.store)
            server = web.Application()
            server.router.add_route("*", endpoint.path, endpoint.respond)
            run_with(server, http, endpoint)
            yield server


async def instant_desk(desk: Desk, settings: Settings) -> InstantDesk:
    """A desk that gives everybody the answer to one question."""
    caller = Caller(settings.school, "t", "", "demo-teacher", Proof.DEMO)
    ready = await desk(Incoming(caller, "c", "phone at lunch?"))
    return InstantDesk(**{field.name: getattr(desk, field.name) for field in fields(desk)}, ready=ready)


@asynccontextmanager
async def stub() -> AsyncIterator[web.Application]:
    """The other side: a Bot Connector that takes everything."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"id": "1"}, status=201)

    server = web.Application()
    server.router.add_route("*", "/{rest:.*}", take)
    yield server


def _bolt(slack: str) -> AbstractAsyncContextManager[web.Application]:
    from tests.bench.bolt_server import bolt_server  # no other server needs Slack's own library

    return bolt_server(slack)


@asynccontextmanager
async def plain(server: web.Application) -> AsyncIterator[web.Application]:
    yield server


async def serve(name: str, port: int) -> None:
    kinds = {
        "bare": lambda: plain(bare()),
        "stock": lambda: plain(sdk(ConfigurationBotFrameworkAuthentication)),
        "contained": lambda: plain(sdk(Contained)),
        "staffroom": lambda: teams_server(instant=False),
        "instant": lambda: teams_server(instant=True),
        "stub": stub,
    }
    on_slack = {"slack": slack_server, "bolt": _bolt}
    kind, _, slack = name.partition("@")  # these are given the address of the other side
    async with on_slack[kind](slack) if slack else kinds[name]() as server:
        runner = web.AppRunner(server, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
