"""Slack's way in: one address on a server for events, interactivity and commands, or a connection that we open."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.channels.services import Endpoint
from bot.channels.slack.acknowledge import Acknowledger
from bot.channels.slack.app_home import AppHome
from bot.channels.slack.bot import SlackBot
from bot.channels.slack.signature_check import SlackSignatureCheck, guarded
from bot.channels.slack.workspace_check import WorkspaceCheck
from bot.desk.arrivals import Arrivals

if TYPE_CHECKING:
    from bot.channels.slack.socket_mode import SocketDoor, SocketMode

PATH = "/api/slack"


def slack_endpoint(bot: SlackBot, check: SlackSignatureCheck, arrivals: Arrivals) -> Endpoint:
    """The endpoint over a bot: what the check admits is acknowledged at once and answered through Slack's Web API."""
    acknowledger, finish = _behind(bot, arrivals)
    return Endpoint(PATH, guarded(check, acknowledger.respond), finish)


def slack_socket(bot: SlackBot, check: WorkspaceCheck, arrivals: Arrivals, door: "SocketDoor") -> "SocketMode":
    """The same over a connection that we open (Socket Mode)."""
    from bot.channels.slack.socket_mode import SocketMode

    acknowledger, finish = _behind(bot, arrivals)
    return SocketMode(acknowledger, check, door, finish)


def _behind(bot: SlackBot, arrivals: Arrivals) -> tuple[Acknowledger, Callable[[], Awaitable[None]]]:
    """What is behind the door, and what ends it in good order."""
    home = AppHome(bot)
    acknowledger = Acknowledger(bot, home, arrivals)

    async def finish() -> None:
        await acknowledger.close()
        await home.close()
        await bot.close()

    return acknowledger, finish
