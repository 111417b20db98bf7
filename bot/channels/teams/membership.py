"""Who is in a conversation besides the bot: staff only, or children as well."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.channels.memory import Once
from bot.channels.teams.connector import Connector
from bot.errors import ChannelError


@dataclass(slots=True)
class GroupMembership:
    """Looks who is in a group, at most every ten minutes. `knows` tells whether an account is on the staff list."""

    connector: Connector
    knows: Callable[[str], Awaitable[bool]]
    _lookups: Once[bool] = field(default_factory=Once)  # by conversation

    async def is_staff(self, service: str, conversation: str) -> bool:
        """Whether nobody but staff is there; if that cannot be found out, there may be children."""

        async def look_up() -> bool:
            for member in await self.connector.members(service, conversation):
                if member.is_guest or not await self.knows(member.account):
                    return False
            return True

        try:
            return await self._lookups(conversation, look_up)
        except ChannelError:
            return False
