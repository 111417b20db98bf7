"""Slack as a channel on which the bot can speak first."""

from dataclasses import dataclass

from bot.channels.slack.payload import CHANNEL
from bot.channels.slack.proactive import ProactiveMessages
from bot.channels.slack.translation import Translation
from bot.desk.rules.messages import Outgoing
from bot.people.rules.conversations import Address, Conversation, SentMessage


@dataclass(frozen=True, slots=True)
class SlackMessenger:
    """Sends cards to people's direct messages with the bot."""

    cards: Translation
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
        """Whether it is worth sending there."""
        return await self.proactive.reaches(address)

    async def is_member(self, conversation: Conversation, channel: str, account: str) -> bool:
        """Whether an account is in a conversation of a class in Slack: there are none, because no pupils are there."""
        return False

    def fits(self, outgoing: Outgoing) -> bool:
        """Whether a message in Slack can hold the card."""
        return self.cards.fits(outgoing)

    def fingerprint(self, outgoing: Outgoing) -> str:
        """SHA-256 of the card as people see it, in hexadecimal."""
        return self.cards.fingerprint(outgoing)
