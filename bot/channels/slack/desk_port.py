"""What the channel needs of the desk."""

from collections.abc import Callable
from typing import Protocol

from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Member


class SlackDesk(Protocol):
    """The desk, as this channel needs it."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to anything somebody wrote or pressed."""
        ...

    async def knows(self, caller: Caller) -> bool:
        """Whether a caller is on the staff list."""
        ...

    async def link_account(self, caller: Caller, member: Member) -> bool:
        """Links a caller to the staff list on the channel's word; returns whether they are known now."""
        ...

    async def recheck_account(self, caller: Caller, member: Member) -> bool:
        """Takes a linked account back if it fits its person no more; returns whether it did."""
        ...

    @property
    def welcome(self) -> Callable[[], Outgoing]:
        """What somebody sees first."""
        ...
