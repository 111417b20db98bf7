"""Two channels as one."""

from dataclasses import dataclass

from bot.ports import Messenger
from bot.rules.talk import Outgoing


@dataclass(frozen=True, slots=True)
class Both:
    """The first channel for whoever it reaches, the second for everybody else."""

    first: Messenger
    second: Messenger

    async def reaches(self, account: str) -> bool:
        """Whether either has a chat with that account."""
        return await (await self._for(account)).reaches(account)

    async def tell(self, account: str, outgoing: Outgoing) -> str:
        """Says something where the person is."""
        return await (await self._for(account)).tell(account, outgoing)

    async def replace_told(self, account: str, message: str, outgoing: Outgoing) -> None:
        """Puts something else in a message's place."""
        await (await self._for(account)).replace_told(account, message, outgoing)

    async def _for(self, account: str) -> Messenger:
        return self.first if await self.first.reaches(account) else self.second
