"""Who is in a conversation besides the bot: staff only, or children as well."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.channels.memory import Once
from bot.channels.teams.connector import Connector
from bot.errors import ChannelError


@dataclass(slots=True)
class GroupMembership:
    """Looks who is there, at most every ten minutes. `knows` says whether an account is on the roster."""

    connector: Connector
    knows: Callable[[str], Awaitable[bool]]
    _looks: Once[bool] = field(default_factory=Once)  # by conversation

    async def is_staff(self, service: str, conversation: str) -> bool:
        """Whether nobody but staff is there; where that cannot be found out, there may be children."""

        async def look() -> bool:
            for one in await self.connector.members(service, conversation):
                if one.is_guest or not await self.knows(one.account):
                    return False
            return True

        try:
            return await self._looks(conversation, look)
        except ChannelError:
            return False
