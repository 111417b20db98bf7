"""An echo in slack_bolt, Slack's own library, behind its own adapter: `tests.bench.slack` compares a press with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins.slack import BOT_USER, SECRET, TEAM, TOKEN


async def _authorize(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token=TOKEN, bot_id="B0BOT0001", bot_user_id=BOT_USER)


@asynccontextmanager
async def bolt_server(slack: str) -> AsyncIterator[web.Application]:
    """Acknowledges each press of Help, and posts one line to where it was pressed, at a Slack at an address."""
    client = AsyncWebClient(base_url=f"{slack}/api/")
    bolt = AsyncApp(signing_secret=SECRET, authorize=_authorize, client=client)

    async def echo(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["channel"]["id"], text="help")

    bolt.action("help")(echo)

    async def handle(request: web.Request) -> web.Response:
        answer = await bolt.async_dispatch(await to_bolt_request(request))
        response: web.Response = await to_aiohttp_response(answer)
        return response

    server = web.Application()
    server.router.add_post("/api/slack", handle)
    yield server
