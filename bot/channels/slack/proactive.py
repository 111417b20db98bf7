"""Proactive messages in Slack: to people's direct messages and to conversations the bot is in, and none twice."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.channels.memory import Once
from bot.channels.rate_limit import SHORT_WAIT
from bot.channels.refusals import RETRY_LATER
from bot.channels.slack.connector import MAX_TRIES
from bot.channels.slack.members import is_deactivated
from bot.channels.slack.payload import CHANNEL, is_user
from bot.channels.slack.web_api import Posted, SlackApi, SlackMessage
from bot.errors import Busy, ChannelError, Gone, InDoubt, StoreError, Unreachable
from bot.people.ports import Conversations, Doubts
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage

LOG = logging.getLogger("staffroom.slack")
TRY_AGAIN_AFTER = timedelta(hours=20)  # for somebody whom Slack does not let us write to
CLOCK_DIFFERENCE = timedelta(minutes=2)  # by which Slack's clock may be behind ours
LOOK_AFTER = (1.0, 4.0)  # seconds after which a message in doubt is looked for
SEND_AGAIN_AFTER = 300.0  # seconds, for a message that did not arrive
DOUBTED_FOR = timedelta(days=7)  # longer than a message is tried for
DEACTIVATED = "has no active account in Slack any more"
NOT_IN_SLACK = "has no account in Slack"
NOT_ALLOWED = "cannot be written to by Staffroom in Slack at present"
NOT_THERE = "Staffroom is not in that conversation"
NOT_ARRIVED = "Slack did not get the message; it goes again."


@dataclass(slots=True)
class ProactiveMessages:
    """Sends to somebody's direct messages by account, or to a conversation by its id. `team` is the workspace."""

    conversations: Conversations
    doubts: Doubts
    api: SlackApi
    team: str
    now: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _refused_at: dict[str, datetime] = field(default_factory=dict)  # by account or conversation
    _activity: Once[bool] = field(default_factory=Once)  # by account: whether it is active

    async def reaches(self, address: Address) -> bool:
        """Whether it is worth sending there: to every account of Slack, and to conversations the bot is in."""
        if not self._is_worth_trying(_key(address)):
            return False
        if address.conversation:
            return await self.conversations.conversation(CHANNEL, address.conversation) is not None
        return is_user(address.account)

    async def keep(self, conversation: Conversation) -> None:
        """Keeps a conversation; somebody who writes to us can be written to again. Raises StoreError."""
        self._refused_at.pop(conversation.id, None)
        self._refused_at.pop(conversation.account, None)
        kept = await self.conversations.conversation(CHANNEL, conversation.id)
        if kept:
            conversation = replace(conversation, written_on=conversation.written_on or kept.written_on)
        if conversation != kept:
            await self.conversations.keep_conversation(conversation)

    async def ready(self, address: Address) -> None:
        """Returns when that person can be written to within a moment; raises Unreachable, or Busy for a long wait."""
        await self._refuse_unknown(address)
        self.api.connector.rate_limiter.refuse_a_long_wait()
        if address.account and not await self._activity(address.account, lambda: self._is_active(address.account)):
            raise Unreachable(DEACTIVATED)

    async def send(self, address: Address, message: SlackMessage) -> SentMessage:
        """Sends a message when the rate limit allows, which is a moment away at most. Raises ChannelError.

        If Slack does not say whether it took it, the chat is read: a message that is there was sent. One that is not
        there goes again later, and is looked for before. InDoubt is raised only if the chat cannot be read.
        """
        await self._refuse_unknown(address)
        to, marker = await self._recipient(address), _marker(address, message)
        try:
            posted = await self._posted_before(to, marker) or await self._post(to, message, marker)
        except Gone:
            await self.conversations.forget_conversation(CHANNEL, to)
            raise
        except Unreachable:
            self._refused_at[_key(address)] = self.now()
            raise
        await self._settle(marker)
        if address.account:
            await self._keep_chat(address.account, posted.conversation)
        return SentMessage(CHANNEL, posted.conversation or to, posted.id)

    async def replace(self, sent: SentMessage, message: SlackMessage) -> None:
        """Replaces a message that was sent before; safe to repeat. Raises ChannelError."""
        await self.api.update(sent.conversation, sent.id, message)

    async def _refuse_unknown(self, address: Address) -> None:
        if not self._is_worth_trying(_key(address)):
            raise Unreachable(NOT_ALLOWED)
        if not await self.reaches(address):
            raise Unreachable(NOT_THERE if address.conversation else NOT_IN_SLACK)

    async def _is_active(self, account: str) -> bool:
        return not is_deactivated(await self.api.user(account))

    async def _recipient(self, address: Address) -> str:
        """The conversation's id; if somebody has no chat yet, their own id, to which Slack posts as well."""
        if address.conversation:
            return address.conversation
        chat = await self.conversations.conversation_of(CHANNEL, address.account)
        return chat.id if chat else address.account

    async def _post(self, to: str, message: SlackMessage, marker: str) -> Posted:
        """Posts in turn, and queues again like everybody else if Slack asks to wait for a moment."""
        for tries_left in reversed(range(MAX_TRIES)):
            await self.api.connector.rate_limiter.turn(to)
            since = self.now()
            try:
                return await self.api.post(to, message, marker=marker, tries=1)
            except InDoubt as error:
                return await self._settled(to, marker, since, error)
            except Busy as error:
                if not tries_left or error.seconds > SHORT_WAIT:
                    raise
        raise AssertionError("the last try raises or returns")

    async def _settled(self, to: str, marker: str, since: datetime, doubt: InDoubt) -> Posted:
        """The message, if it is there after all. Raises Busy if it is not, and the doubt if the chat cannot be read."""
        for seconds in LOOK_AFTER:
            await self.pause(seconds)
            try:
                posted = await self._found(to, marker, since)
            except ChannelError:
                await self._keep_doubt(marker, since)  # sent again, it is looked for before
                raise doubt from None
            if posted:
                LOG.info("doubt_settled arrived=yes")
                return posted
        await self._keep_doubt(marker, since)
        LOG.info("doubt_settled arrived=no")
        raise Busy(NOT_ARRIVED, SEND_AGAIN_AFTER)

    async def forget_old_doubts(self) -> None:
        """Forgets doubts of messages that nobody tries any more. Raises StoreError."""
        await self.doubts.forget_doubts(before=self.now() - DOUBTED_FOR)

    async def _keep_doubt(self, marker: str, since: datetime) -> None:
        """Keeps when a message was first sent that may have arrived, also for the time after a restart."""
        try:
            await self.doubts.keep_doubt(marker, since)
        except StoreError:
            LOG.warning("doubt_not_kept")

    async def _settle(self, marker: str) -> None:
        try:
            await self.doubts.forget_doubts(marker)
        except StoreError:
            LOG.warning("doubt_not_forgotten")  # the message is found if it is sent again

    async def _posted_before(self, to: str, marker: str) -> Posted | None:
        """The same message if an earlier try, which was in doubt, arrived late. Raises InDoubt if that is unknown."""
        try:
            since = await self.doubts.doubt(marker)
        except StoreError as error:
            raise Busy(str(error), RETRY_LATER) from error
        if since is None:
            return None
        try:
            return await self._found(to, marker, since)
        except Busy:
            raise
        except ChannelError as error:
            raise InDoubt("It is not known whether an earlier try arrived.") from error

    async def _found(self, to: str, marker: str, since: datetime) -> Posted | None:
        chat = await self.api.open_chat(to) if is_user(to) else to
        id = await self.api.find(chat, marker, (since - CLOCK_DIFFERENCE).timestamp())
        return Posted(chat, id) if id else None

    async def _keep_chat(self, account: str, id: str) -> None:
        """Keeps where a first message went. That it was sent matters more than this."""
        if not id:
            return
        chat = Conversation(CHANNEL, id, ConversationKind.PERSONAL, "", self.team, account=account)
        try:
            await self.keep(chat)
        except StoreError:
            LOG.warning("conversation_not_kept")

    def _is_worth_trying(self, key: str) -> bool:
        refused = self._refused_at.get(key)
        return refused is None or refused + TRY_AGAIN_AFTER <= self.now()


def _key(address: Address) -> str:
    return address.conversation or address.account


def _marker(address: Address, message: SlackMessage) -> str:
    """The same for the same message to the same recipient, and nothing that anybody could read something from."""
    content = json.dumps([address.key, message], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
