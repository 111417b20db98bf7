"""Where people are in Teams when the bot speaks first: chats it knows, and those it is brought to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from bot.channels.memory import Once
from bot.channels.teams.connector import TRIES, Connector
from bot.channels.teams.rate_limit import A_MOMENT
from bot.errors import Busy, ChannelError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind

CHANNEL = "msteams"
AGAIN = timedelta(hours=20)  # after which it is worth bringing the bot again to whom it could not be brought
Install: TypeAlias = Callable[
    [str], Awaitable[Conversation]
]  # installs the bot for an account; raises Unreachable or Busy


class Places(Protocol):
    """Where people can be reached; part of the store."""

    async def keep_place(self, place: Conversation) -> None:
        """Keeps a place."""
        ...

    async def forget_place(self, conversation: str) -> None:
        """Forgets a place."""
        ...

    async def places(self) -> tuple[Conversation, ...]:
        """Every place."""
        ...


@dataclass(slots=True)
class ProactiveMessages:
    """Sends to somebody's own chat by account, or to a conversation by its id.

    Where an account has no chat, `bring` makes one, if the school lets it.
    """

    places: Places
    connector: Connector
    now: Callable[[], datetime]
    bring: Install | None = None
    _tried: dict[str, datetime] = field(default_factory=dict)  # when an account could not be reached at all
    _presences: Once[bool] = field(default_factory=Once)  # by conversation and account: who is there

    async def reaches(self, to: str) -> bool:
        """Whether there is such a chat with the bot, or it is worth trying to bring one."""
        if await self._known(to):
            return True
        tried = self._tried.get(to)
        return self.bring is not None and ":" not in to and (tried is None or tried + AGAIN <= self.now())

    async def keep(self, place: Conversation) -> None:
        """Keeps a place, with the names an earlier activity told: not every one does. Raises StoreError."""
        held = {one.conversation: one for one in await self.places.places()}.get(place.conversation)
        if held:
            place = replace(place, name=place.name or held.name, group=place.group or held.group)
        await self.places.keep_place(place)

    async def is_in(self, place: Conversation, account: str) -> bool:
        """Whether an account is in a conversation as well; where that cannot be found out, it is not."""

        async def look_up() -> bool:
            member = await self.connector.member(place.service, place.conversation, account)
            return member.account == account and not member.is_guest

        try:
            return await self._presences((place.conversation, account), look_up)
        except ChannelError:
            return False

    async def ready(self, to: str) -> None:
        """Returns when that chat is there, made where it can be; raises Unreachable, or Busy for a long wait."""
        await self._place_of(to)
        self.connector.pacer.refuse_a_long_wait()

    async def send(self, to: str, message: Mapping[str, Any]) -> str:
        """Says something there in its turn, which is a moment away at most; the message's id. Raises ChannelError."""
        place = await self._place_of(to)
        try:
            return await self._in_turn(place, message)
        except Unreachable:
            await self.places.forget_place(place.conversation)
            raise

    async def _in_turn(self, place: Conversation, message: Mapping[str, Any]) -> str:
        """Asked to wait for a moment, it waits in the queue like everybody else."""
        for left in reversed(range(TRIES)):
            await self.connector.pacer.turn(place.conversation)
            try:
                return await self.connector.send(place.service, place.conversation, message, tries=1)
            except Busy as seen:
                if not left or seen.seconds > A_MOMENT:
                    raise
        raise AssertionError("the last try raises or returns")

    async def replace(self, to: str, id: str, message: Mapping[str, Any]) -> None:
        """Puts something else in a message's place; raises ChannelError."""
        place = await self._known(to)
        if place is None:
            raise Unreachable("has no chat with Staffroom any more")
        await self.connector.update(place.service, place.conversation, id, message)

    async def _place_of(self, to: str) -> Conversation:
        place = await self._known(to)
        if place:
            return place
        if ":" in to:  # a conversation's id, and no account's
            raise Unreachable("Staffroom is not in that chat")
        if self.bring is None:
            raise Unreachable("has not installed Staffroom in Teams, or has removed it")
        try:
            place = await self.bring(to)
        except Unreachable:
            self._tried[to] = self.now()
            raise
        await self.places.keep_place(place)
        return place

    async def _known(self, to: str) -> Conversation | None:
        held = [one for one in await self.places.places() if one.channel == CHANNEL]
        own = [one for one in held if one.kind is ConversationKind.PERSONAL and one.account == to]
        return next((one for one in held if one.conversation == to), own[-1] if own else None)
