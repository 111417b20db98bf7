"""Teams' endpoint on a server."""

from bot.channels.services import Endpoint
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.token_check import AccessCheck, guarded
from bot.desk.arrivals import Arrivals

PATH = "/api/messages"


def teams_endpoint(bot: TeamsBot, check: AccessCheck, arrivals: Arrivals) -> Endpoint:
    """The endpoint over a bot: what the check admits is answered, through the bot's own connector."""
    # Imported here because only a server needs it: the SDK costs 0.4 s and 60 MB, which a question on the command line
    # should not pay.
    from bot.channels.teams.adapter import TeamsAdapter

    adapter = TeamsAdapter(bot.messenger.proactive.connector, bot, arrivals)

    async def finish() -> None:
        await adapter.close()
        await bot.close()

    return Endpoint(PATH, guarded(check, adapter.respond), finish)
