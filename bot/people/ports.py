"""What people need of the world: a staff list, and a store of accounts and conversations."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.people.rules.conversations import Conversation, SharedFile
from bot.people.rules.person import Person


class Roster(Protocol):
    """Who works here."""

    def people(self) -> tuple[Person, ...]:
        """Everybody on the staff list."""
        ...


class Accounts(Protocol):
    """Which account belongs to whom. A person has at most one pinned account in each channel."""

    async def pin(self, channel: str, account: str, person: str) -> None:
        """Joins an account to a person's id; raises AccountTaken if either is pinned already in that channel.

        An account that was taken from somebody can be pinned to nobody but them.
        """
        ...

    async def unpin(self, channel: str, account: str) -> None:
        """Takes an account from the person it is pinned to, and forgets their chat there; safe to repeat."""
        ...

    async def person_of(self, channel: str, account: str) -> str:
        """The id of the person an account is pinned to; empty if it is pinned to nobody."""
        ...

    async def pins_of(self, people: Collection[str]) -> dict[str, dict[str, str]]:
        """Pinned accounts by channel, for each of these person ids that has any."""
        ...


class Conversations(Protocol):
    """The conversations the bot is in, each known by channel and id."""

    async def keep_conversation(self, conversation: Conversation) -> None:
        """Keeps a conversation, in place of what was kept of it before; writes nothing if nothing changed."""
        ...

    async def forget_conversation(self, channel: str, id: str) -> None:
        """Forgets a conversation; forgetting it again changes nothing."""
        ...

    async def forget_team(self, channel: str, team: str) -> None:
        """Forgets every conversation of a team; forgetting it again changes nothing."""
        ...

    async def conversation(self, channel: str, id: str) -> Conversation | None:
        """A conversation by its id; `channel` may be empty, then the first channel that knows it is meant."""
        ...

    async def conversation_of(self, channel: str, account: str) -> Conversation | None:
        """Somebody's own chat with the bot, the last that was kept; `channel` may be empty, then on any channel."""
        ...

    async def shared_conversations(self) -> tuple[Conversation, ...]:
        """Every conversation that is not one person's own chat."""
        ...


class Doubts(Protocol):
    """Messages of which nobody knows whether they arrived, by a marker that says nothing of them, across restarts."""

    async def keep_doubt(self, marker: str, since: datetime) -> None:
        """Keeps that a message, first sent at a time, may have arrived; kept again, the earlier time stays."""
        ...

    async def doubt(self, marker: str) -> datetime | None:
        """When a message in doubt was first sent; None if it is not in doubt."""
        ...

    async def forget_doubts(self, *markers: str, before: datetime | None = None) -> None:
        """Forgets these, and all from `before` a time; writes nothing if there are none."""
        ...


class SharedFiles(Protocol):
    """Files that lie in a conversation for a while. They are removed also when Staffroom stopped in between."""

    async def keep_shared_file(self, file: SharedFile) -> None:
        """Keeps that a file has to be removed, in place of what was kept of it before."""
        ...

    async def shared_files(self) -> tuple[SharedFile, ...]:
        """Every file that has to be removed, the first that is due first."""
        ...

    async def forget_shared_file(self, id: str) -> None:
        """Forgets a file that was removed; forgetting it again changes nothing."""
        ...
