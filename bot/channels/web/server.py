"""The local page's server: loopback only, every route declared with its check, an error as a plain sentence."""

from collections.abc import Sequence

from aiohttp import web

from bot.channels.plain_errors import with_plain_errors
from bot.channels.services import Endpoint, HttpSession, Service, run_with
from bot.channels.web.access import Check, Route, declare, guard
from bot.channels.web.chat import WebChat
from bot.channels.web.responses import with_safety_headers

MAX_REQUEST_BYTES = 64 * 1024


def web_server(
    chat: WebChat,
    *,
    endpoints: Sequence[Endpoint] = (),
    http: HttpSession | None = None,
    schedule: Service | None = None,
    more: Sequence[Route] = (),
) -> web.Application:
    """The server of local mode: the page, and endpoints that check for themselves who may come in; `more` routes too.

    When it stops, the schedule ends first, then what is being answered, and the HTTP session last.
    """
    guards = [with_safety_headers, with_plain_errors, guard(chat.messenger.token)]
    app = web.Application(middlewares=guards, client_max_size=MAX_REQUEST_BYTES)
    declare(app, *chat.routes(), *more)
    declare(app, *(Route("*", endpoint.path, Check.OWN_CHECK, endpoint.respond) for endpoint in endpoints))

    async def end_streams(app: web.Application) -> None:
        chat.messenger.streams.end_all()

    app.on_shutdown.append(end_streams)
    run_with(app, *(service for service in (http, *endpoints, schedule) if service))
    return app
