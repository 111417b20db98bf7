"""Slack's endpoint on a server: one address for events, interactivity and commands."""

from bot.channels.services import Endpoint
from bot.channels.slack.acknowledge import Acknowledger
from bot.channels.slack.app_home import AppHome
from bot.channels.slack.bot import SlackBot
from bot.channels.slack.signature_check import SlackSignatureCheck, guarded
from bot.desk.arrivals import Arrivals, OneProcess

PATH = "/api/slack"


def slack_endpoint(bot: SlackBot, check: SlackSignatureCheck, arrivals: Arrivals | None = None) -> Endpoint:
    """The endpoint over a bot: what the check admits is acknowledged at once and answered through Slack's Web API."""
    home = AppHome(bot)
    acknowledger = Acknowledger(bot, home, arrivals or OneProcess())

    async def finish() -> None:
        await acknowledger.close()
        await home.close()
        await bot.close()

    return Endpoint(PATH, guarded(check, acknowledger.respond), finish)
