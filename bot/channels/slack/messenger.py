"""Slack as a channel on which the bot can speak first."""

import hashlib
import logging
from dataclasses import dataclass, field

from bot.channels.memory import Seen
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.payload import CHANNEL, is_user
from bot.channels.slack.proactive import ProactiveMessages
from bot.channels.slack.views import Views
from bot.desk.rules.messages import Outgoing
from bot.errors import ChannelError
from bot.people.rules.conversations import Address, Conversation, SentMessage

LOG = logging.getLogger("staffroom.slack")


@dataclass(slots=True)
class SlackMessenger:
    """Sends cards to people's direct messages with the bot."""

    cards: SlackCards
    proactive: ProactiveMessages
    files: SlackFiles
    views: Views = field(init=False)
    _pictures: Seen = field(default_factory=Seen)  # that were sent, so that a message sent again brings no second one

    def __post_init__(self) -> None:
        self.views = Views(self.cards, self.proactive.api)

    @property
    def channel(self) -> str:
        """The channel's name, as it is in addresses."""
        return CHANNEL

    async def ready(self, address: Address) -> None:
        """Returns when something can be sent there within a moment; raises Unreachable, or Busy for a longer wait."""
        await self.proactive.ready(address)

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        """Sends a card there. Raises ChannelError."""
        picture = self.cards.picture(outgoing)
        if picture and self._pictures.is_new((address, hashlib.sha256(picture.content).digest())):
            await self.show_picture(address.conversation or address.account, outgoing)
        sent = await self.proactive.send(address, self.cards.message(outgoing))
        self.views.keep(sent.conversation, sent.id, outgoing)
        return sent

    async def show_picture(self, to: str, outgoing: Outgoing) -> None:
        """Shows the picture of a card in somebody's direct messages; where that fails, the card's words are enough."""
        picture = self.cards.picture(outgoing)
        if picture is None:
            return
        try:
            conversation = await self.proactive.api.open_chat(to) if is_user(to) else to
        except ChannelError as error:
            LOG.warning("picture_not_shown error=%s", type(error).__name__)
            return
        await self.files.show_picture(picture, conversation)

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        """Replaces a message that was sent before; safe to repeat. Raises ChannelError."""
        await self.proactive.replace(sent, self.cards.message(outgoing))
        self.views.keep(sent.conversation, sent.id, outgoing)

    async def reaches(self, address: Address) -> bool:
        """Whether it is worth sending there."""
        return await self.proactive.reaches(address)

    async def is_member(self, conversation: Conversation, channel: str, account: str) -> bool:
        """Whether an account is in a conversation of a class in Slack: there are none, because no pupils are there."""
        return False
