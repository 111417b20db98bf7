"""Links somebody who is unknown to the staff list, on the word of the channel that they write in."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels.memory import Once
from bot.errors import ChannelError, NotNow, Unreachable
from bot.people.rules.person import Caller, Member

LOG = logging.getLogger("staffroom.channels")
NOT_NOW = "I cannot look you up in {channel} just now. Please try again in a minute."


class AccountDesk(Protocol):
    """The desk, as a lookup needs it."""

    async def link_account(self, caller: Caller, member: Member) -> bool:
        """Links a caller to the staff list on the channel's word; returns whether they are known now."""
        ...


@dataclass(slots=True)
class MemberLookup:
    """Asks a channel who an account is, at most every ten minutes. `channel` is its name as people know it."""

    desk: AccountDesk
    channel: str
    _lookups: Once[bool] = field(default_factory=Once)  # by account: whether it is on the staff list now

    async def link(self, caller: Caller, member: Callable[[], Awaitable[Member]]) -> None:
        """Links a caller if `member` fits somebody; raises NotNow if the channel cannot be asked."""

        async def look_up() -> bool:
            try:
                return await self.desk.link_account(caller, await member())
            except Unreachable:
                return False

        try:
            await self._lookups(caller.account, look_up)
        except ChannelError as error:
            LOG.warning("member_lookup_failed error=%s", type(error).__name__)
            raise NotNow(NOT_NOW.format(channel=self.channel)) from error
