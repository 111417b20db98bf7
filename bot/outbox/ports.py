"""What sending needs of the world: an outbox in the store, and messengers that speak on a channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.desk.rules.messages import Outgoing
from bot.outbox.rules.message import Claim, Message, MessageKind
from bot.people.rules.conversations import Address, SentMessage


class Outbox(Protocol):
    """What goes out, and how far it has come. Messages are kept by their key, the slot."""

    async def keep_messages(self, *messages: Message) -> int:
        """Keeps the messages whose key is new, all or none, and returns how many; the others change nothing."""
        ...

    async def message(self, key: str) -> Message | None:
        """One message by its key."""
        ...

    async def open_messages(self, now: datetime) -> tuple[Message, ...]:
        """Messages to look at now, by key: due by `now`, being sent, or waiting for an unreachable recipient."""
        ...

    async def messages(
        self, *kinds: MessageKind, campaign: str = "", recording: str = "", recipient: str = ""
    ) -> tuple[Message, ...]:
        """Every message of these kinds, by key; of all kinds if none is named, which needs another condition.

        `campaign`, `recording` and `recipient` keep only messages about that campaign or recording, or for that person.
        """
        ...

    async def old_messages(self, before: datetime) -> tuple[Message, ...]:
        """Messages that were sent, failed or are in doubt, and whose day was before the day of `before`, by key.

        Also those that wait for an unreachable recipient: they are open, but not for ever.
        """
        ...

    async def move(self, before: Message, after: Message) -> bool:
        """Puts a message in place of exactly this one; False, and nothing is changed, if it is another by now."""
        ...

    async def claim_messages(
        self, messages: Sequence[Message], holder: str, now: datetime, lease: timedelta
    ) -> tuple[Claim, ...]:
        """Leases to `holder` those of these due messages that are exactly as given; nobody else gets them meanwhile.

        A store that several replicas share counts the lease by its own clock, others from `now`. Raises StoreError. If
        it is StoreUnsure, send nothing: what was leased all the same is in doubt once the lease has run out.
        """
        ...

    async def settle(self, claim: Claim, after: Message) -> bool:
        """Says how a claimed message ended; False, and nothing is changed, if the lease is not the claim's any more."""
        ...

    async def stuck_messages(self, now: datetime) -> tuple[Message, ...]:
        """Messages being sent whose lease has run out, by key, by the clock that counts leases (`claim_messages`)."""
        ...

    async def drop_messages(self, *messages: Message) -> int:
        """Forgets these messages if they are exactly as given, and returns how many."""
        ...


class Messenger(Protocol):
    """One channel on which the bot can speak first (proactive messages)."""

    @property
    def channel(self) -> str:
        """The channel's name, as it is in addresses."""
        ...

    async def ready(self, address: Address) -> None:
        """Returns when something can be sent there within a moment; raises Unreachable, or Busy for a longer wait."""
        ...

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        """Sends something there. Raises ChannelError."""
        ...

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        """Replaces a message that was sent before; safe to repeat. Raises ChannelError."""
        ...

    async def reaches(self, address: Address) -> bool:
        """Whether there is such a chat just now, or it is worth trying to make one."""
        ...


class Notifier(Protocol):
    """A line in somebody's activity feed, beside the message."""

    async def notify(self, account: str, topic: str, text: str) -> None:
        """Shows a line in place of an earlier one on the same topic; raises GraphError."""
        ...
