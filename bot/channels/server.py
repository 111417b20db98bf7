"""The real mode's server: the endpoints of its channels, two health pages, and nothing else."""

from collections.abc import Sequence

from aiohttp import web

from bot.channels.health import HealthChecks, add_health
from bot.channels.plain_errors import with_plain_errors
from bot.channels.request_body import expect_later
from bot.channels.services import Endpoint, HttpSession, Service, run_with


def channel_server(
    endpoints: Sequence[Endpoint], checks: HealthChecks, http: HttpSession, schedule: Service
) -> web.Application:
    """The server of the real mode.

    When it stops, the schedule ends first, then what is being answered, and the HTTP session last.
    """
    app = web.Application(middlewares=[with_plain_errors])
    for endpoint in endpoints:
        app.router.add_route("*", endpoint.path, endpoint.respond, expect_handler=expect_later)
    add_health(app, checks)
    run_with(app, http, *endpoints, schedule)
    return app
