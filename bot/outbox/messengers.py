"""The messengers of all channels, found by the channel an address names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import Unreachable
from bot.outbox.ports import Messenger
from bot.people.ports import Conversations
from bot.people.rules.accounts import counts_on
from bot.people.rules.conversations import Address

NO_CHANNEL = "Staffroom does not run in that channel any more"


@dataclass(frozen=True, slots=True)
class Messengers:
    """Every channel the bot can speak on, in the order they are tried for somebody who wrote on none of them."""

    channels: Sequence[Messenger]
    conversations: Conversations

    def of(self, channel: str) -> Messenger:
        """The messenger of a channel; raises Unreachable if Staffroom does not run there."""
        for messenger in self.channels:
            if messenger.channel == channel:
                return messenger
        raise Unreachable(NO_CHANNEL)

    async def resolved(self, address: Address) -> Address:
        """The address with its channel; one that names none belongs to the channel that has the conversation."""
        if address.channel:
            return address
        for messenger in self.channels:
            named = Address(messenger.channel, address.account, address.conversation)
            if await messenger.reaches(named):
                return named
        raise Unreachable("Staffroom is not in that chat")

    async def address_of(self, accounts: Iterable[tuple[str, str]]) -> Address | None:
        """Where to write to a person with these accounts (pairs of channel and account); None if nowhere.

        One person gets one copy: in the chat where they wrote last, else on the first channel that reaches them. An
        account whose channel is empty is the directory's.
        """
        theirs = tuple(accounts)
        candidates = [
            Address(messenger.channel, account=account)
            for messenger in self.channels
            for channel, account in theirs
            if counts_on(channel, messenger.channel)
        ]
        reached = [address for address in candidates if await self.of(address.channel).reaches(address)]
        if len(reached) > 1:
            last = [await self._written_on(address) for address in reached]
            reached = [reached[last.index(max(last))]]
        return reached[0] if reached else next(iter(candidates), None)

    async def _written_on(self, address: Address) -> date:
        conversation = await self.conversations.conversation_of(address.channel, address.account)
        return (conversation.written_on if conversation else None) or date.min
