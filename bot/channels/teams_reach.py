"""Where people are in Teams when the bot speaks first: chats it knows, and those it is brought to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from bot.channels.teams_connector import Connector
from bot.errors import Unreachable
from bot.rules.places import Kind, Place

AGAIN = timedelta(hours=20)  # after which it is worth bringing the bot again to whom it could not be brought
Bring: TypeAlias = Callable[[str], Awaitable[Place]]  # installs the bot for an account; raises Unreachable or Busy


class Places(Protocol):
    """Where people can be reached; part of the store."""

    async def keep_place(self, place: Place) -> None:
        """Keeps a place."""
        ...

    async def forget_place(self, conversation: str) -> None:
        """Forgets a place."""
        ...

    async def places(self) -> tuple[Place, ...]:
        """Every place."""
        ...


@dataclass(slots=True)
class Reach:
    """Sends to somebody's own chat. Where there is none, `bring` makes one, if the school lets it."""

    places: Places
    connector: Connector
    now: Callable[[], datetime]
    bring: Bring | None = None
    _tried: dict[str, datetime] = field(default_factory=dict)

    async def reaches(self, account: str) -> bool:
        """Whether that account has a chat with the bot, or it is worth trying to bring one."""
        if await self._known(account):
            return True
        tried = self._tried.get(account)
        return self.bring is not None and (tried is None or tried + AGAIN <= self.now())

    async def send(self, account: str, message: Mapping[str, Any]) -> str:
        """Says something in somebody's own chat, in its turn; the message's id. Raises ChannelError."""
        place = await self._place_of(account)
        await self.connector.pacer.turn(place.conversation)
        try:
            return await self.connector.send(place.service, place.conversation, message)
        except Unreachable:
            await self.places.forget_place(place.conversation)
            raise

    async def replace(self, account: str, id: str, message: Mapping[str, Any]) -> None:
        """Puts something else in a message's place; raises ChannelError."""
        place = await self._known(account)
        if place is None:
            raise Unreachable("has no chat with Staffroom any more")
        await self.connector.update(place.service, place.conversation, id, message)

    async def _place_of(self, account: str) -> Place:
        place = await self._known(account)
        if place:
            return place
        if self.bring is None:
            raise Unreachable("has not installed Staffroom in Teams, or has removed it")
        self._tried[account] = self.now()
        place = await self.bring(account)
        await self.places.keep_place(place)
        return place

    async def _known(self, account: str) -> Place | None:
        mine = [one for one in await self.places.places() if one.kind is Kind.PERSONAL and one.account == account]
        return mine[-1] if mine else None
