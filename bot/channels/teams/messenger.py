"""Teams as a channel on which the bot can speak first."""

from dataclasses import dataclass

from bot.channels.teams.activity import CHANNEL
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.proactive import ProactiveMessages
from bot.desk.rules.messages import Outgoing
from bot.people.rules.conversations import Address, Conversation, SentMessage


@dataclass(frozen=True, slots=True)
class TeamsMessenger:
    """Sends cards to people's own chats and to conversations in Teams. In the demo every account is in every chat."""

    cards: TeamsCards
    proactive: ProactiveMessages

    @property
    def channel(self) -> str:
        """The channel's name, as it is in addresses."""
        return CHANNEL

    async def ready(self, address: Address) -> None:
        """Returns when something can be sent there within a moment; raises Unreachable, or Busy for a longer wait."""
        await self.proactive.ready(address)

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        """Sends a card there. Raises ChannelError."""
        return await self.proactive.send(address, self.cards.message(outgoing))

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        """Replaces a message that was sent before; safe to repeat. Raises ChannelError."""
        await self.proactive.replace(sent, self.cards.message(outgoing))

    async def reaches(self, address: Address) -> bool:
        """Whether the bot is in that chat, or it is worth trying to install it there."""
        return await self.proactive.reaches(address)

    async def is_member(self, conversation: Conversation, channel: str, account: str) -> bool:
        """Whether an account of a channel is in a conversation in Teams as well; False if that is not known.

        `channel` is empty for an account of the school's directory, which Teams knows as well.
        """
        if conversation.channel != CHANNEL or not account:
            return False
        if self.cards.is_demo:
            return True
        return channel in {"", CHANNEL} and await self.proactive.is_member(conversation, account)
