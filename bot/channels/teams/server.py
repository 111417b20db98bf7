"""The real mode's server, and Teams' endpoint on it: Teams' messages, two health pages, and nothing else."""

from aiohttp import web

from bot.channels.health import HealthChecks, add_health
from bot.channels.plain_errors import with_plain_errors
from bot.channels.services import Endpoint, HttpSession, Service, run_with
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.request_body import expect_later
from bot.channels.teams.token_check import AccessCheck, guarded

PATH = "/api/messages"


def teams_endpoint(bot: TeamsBot, check: AccessCheck) -> Endpoint:
    """The endpoint over a bot: what the check admits is answered, through the bot's own connector."""
    # Imported here because only a server needs it: the SDK costs 0.4 s and 60 MB, which a question on the command line
    # should not pay.
    from bot.channels.teams.adapter import TeamsAdapter

    adapter = TeamsAdapter(bot.messenger.proactive.connector, bot)

    async def finish() -> None:
        await adapter.close()
        await bot.close()

    return Endpoint(PATH, guarded(check, adapter.respond), finish)


def teams_server(endpoint: Endpoint, checks: HealthChecks, http: HttpSession, schedule: Service) -> web.Application:
    """The server of the real mode.

    When it stops, the schedule ends first, then what is being answered, and the HTTP session last.
    """
    app = web.Application(middlewares=[with_plain_errors])
    app.router.add_route("*", endpoint.path, endpoint.respond, expect_handler=expect_later)
    add_health(app, checks)
    run_with(app, http, endpoint, schedule)
    return app
