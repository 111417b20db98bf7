"""Proactive messages in Teams: to conversations the bot is in, and to people it can be installed for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.channels.memory import Once
from bot.channels.rate_limit import SHORT_WAIT
from bot.channels.teams.activity import CHANNEL
from bot.channels.teams.connector import MAX_TRIES, Connector
from bot.errors import Busy, ChannelError, Gone, Unreachable
from bot.people.ports import Conversations
from bot.people.rules.conversations import Address, Conversation, SentMessage

TRY_AGAIN_AFTER = timedelta(hours=20)  # for somebody whom Teams does not let us write to, or install the bot for
NOT_THERE = "Staffroom is not in that chat"
NOT_INSTALLED = "has not installed Staffroom in Teams, or has removed it"
NOT_ALLOWED = "cannot be written to by Staffroom in Teams at present"
CHAT_GONE = "has no chat with Staffroom any more"
# Installs the bot for an account and returns their chat with it; raises Unreachable or Busy.
Install: TypeAlias = Callable[[str], Awaitable[Conversation]]


@dataclass(slots=True)
class ProactiveMessages:
    """Sends to somebody's own chat by account, or to a conversation by its id.

    If an account has no chat, `install` makes one, if the school allows it.
    """

    conversations: Conversations
    connector: Connector
    now: Callable[[], datetime]
    install: Install | None = None
    # By conversation, or by account for somebody without one: when Teams last did not let us write or install there.
    _refused_at: dict[str, datetime] = field(default_factory=dict)
    _memberships: Once[bool] = field(default_factory=Once)  # by conversation and account

    async def reaches(self, address: Address) -> bool:
        """Whether it is worth sending to that chat, or installing the bot there."""
        conversation = await self._known(address)
        if conversation:
            return self._is_worth_trying(conversation.id)
        return bool(self.install and address.account) and self._is_worth_trying(address.account)

    async def has_chat(self, address: Address) -> bool:
        """Whether that chat is there already, and Teams let us write to it last time."""
        conversation = await self._known(address)
        return conversation is not None and self._is_worth_trying(conversation.id)

    def _is_worth_trying(self, key: str) -> bool:
        refused = self._refused_at.get(key)
        return refused is None or refused + TRY_AGAIN_AFTER <= self.now()

    async def keep(self, conversation: Conversation) -> None:
        """Keeps a conversation, with what earlier activities told of it: not every one tells everything.

        Writes nothing if nothing changed. Raises StoreError. Somebody who writes to us again can be written to again.
        """
        self._refused_at.pop(conversation.id, None)
        self._refused_at.pop(conversation.account, None)
        kept = await self.conversations.conversation(CHANNEL, conversation.id)
        if kept:
            conversation = replace(
                conversation,
                name=conversation.name or kept.name,
                group=conversation.group or kept.group,
                written_on=conversation.written_on or kept.written_on,
            )
        if conversation != kept:
            await self.conversations.keep_conversation(conversation)

    async def is_member(self, conversation: Conversation, account: str) -> bool:
        """Whether an account is in a conversation as well; if that cannot be found out, it is not."""

        async def look_up() -> bool:
            member = await self.connector.member(conversation.service, conversation.id, account)
            return member.account == account and not member.is_guest

        try:
            return await self._memberships((conversation.id, account), look_up)
        except ChannelError:
            return False

    async def ready(self, address: Address) -> None:
        """Returns when that chat is there, made if it can be; raises Unreachable, or Busy for a long wait."""
        conversation = await self._conversation_at(address)
        if not self._is_worth_trying(conversation.id):
            raise Unreachable(NOT_ALLOWED)
        self.connector.rate_limiter.refuse_a_long_wait()

    async def send(self, address: Address, message: Mapping[str, Any]) -> SentMessage:
        """Sends a message when the rate limit allows, which is a moment away at most. Raises ChannelError.

        A chat that is gone is forgotten; one in which Teams does not let us write at present is kept.
        """
        conversation = await self._conversation_at(address)
        try:
            id = await self._send_in_turn(conversation, message)
        except Gone:
            await self.conversations.forget_conversation(CHANNEL, conversation.id)
            raise
        except Unreachable:
            self._refused_at[conversation.id] = self.now()
            raise
        return SentMessage(CHANNEL, conversation.id, id)

    async def _send_in_turn(self, conversation: Conversation, message: Mapping[str, Any]) -> str:
        """Sends in turn, and queues again like everybody else if Teams asks to wait for a moment."""
        for tries_left in reversed(range(MAX_TRIES)):
            await self.connector.rate_limiter.turn(conversation.id)
            try:
                return await self.connector.send(conversation.service, conversation.id, message, tries=1)
            except Busy as error:
                if not tries_left or error.seconds > SHORT_WAIT:
                    raise
        raise AssertionError("the last try raises or returns")

    async def replace(self, sent: SentMessage, message: Mapping[str, Any]) -> None:
        """Replaces a message that was sent before; safe to repeat. Raises ChannelError."""
        conversation = await self.conversations.conversation(CHANNEL, sent.conversation)
        if conversation is None:
            raise Unreachable(CHAT_GONE)
        await self.connector.update(conversation.service, conversation.id, sent.id, message)

    async def _known(self, address: Address) -> Conversation | None:
        if address.conversation:
            return await self.conversations.conversation(CHANNEL, address.conversation)
        if not address.account:
            return None
        return await self.conversations.conversation_of(CHANNEL, address.account)

    async def _conversation_at(self, address: Address) -> Conversation:
        """The chat at an address, made by installing the bot if it can be; raises Unreachable or Busy."""
        conversation = await self._known(address)
        if conversation:
            return conversation
        if address.conversation:
            raise Unreachable(NOT_THERE)
        if self.install is None:
            raise Unreachable(NOT_INSTALLED)
        try:
            conversation = await self.install(address.account)
        except Unreachable:
            self._refused_at[address.account] = self.now()
            raise
        await self.conversations.keep_conversation(conversation)
        return conversation
