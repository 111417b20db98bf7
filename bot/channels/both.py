"""Two channels as one."""

from dataclasses import dataclass

from bot.desk.rules.messages import Outgoing
from bot.ports import Messenger


@dataclass(frozen=True, slots=True)
class Both:
    """The first channel for whoever it reaches, the second for everybody else."""

    first: Messenger
    second: Messenger

    async def reaches(self, to: str) -> bool:
        """Whether either has such a chat."""
        return await (await self._for(to)).reaches(to)

    async def ready(self, to: str) -> None:
        """Returns when it is the turn of that chat."""
        await (await self._for(to)).ready(to)

    async def tell(self, to: str, outgoing: Outgoing) -> str:
        """Says something where the chat is."""
        return await (await self._for(to)).tell(to, outgoing)

    async def replace_told(self, to: str, message: str, outgoing: Outgoing) -> None:
        """Puts something else in a message's place."""
        await (await self._for(to)).replace_told(to, message, outgoing)

    async def _for(self, to: str) -> Messenger:
        return self.first if await self.first.reaches(to) else self.second
