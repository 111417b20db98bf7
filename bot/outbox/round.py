"""One round of sending: who is who at its start, how to reach them, and what each message says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.desk.rules.messages import Outgoing
from bot.outbox.messengers import Messengers
from bot.outbox.render import Renderers
from bot.outbox.rules.message import Message
from bot.people.rules.accounts import accounts_of
from bot.people.rules.conversations import Address
from bot.people.rules.staff import Staff


@dataclass(frozen=True, slots=True)
class SendingRound:
    """One round of sending. `pins` are pinned accounts by channel, by person id."""

    staff: Staff
    pins: Mapping[str, Mapping[str, str]]
    renderers: Renderers
    messengers: Messengers
    now: Callable[[], datetime]

    async def render(self, message: Message) -> Outgoing | None:
        """What a message says as things are now; None if nobody needs it any more."""
        return await self.renderers.render(message)

    async def address(self, message: Message) -> Address | None:
        """Where a message goes: the lesson's chat, or its recipient's own; None if the recipient has no account.

        Raises Unreachable if no channel knows the lesson's chat.
        """
        if message.address:
            return await self.messengers.resolved(message.address)
        person = self.staff.person(message.recipient)
        if person is None:
            return None
        return await self.messengers.address_of(accounts_of(person, self.pins.get(person.id, {})))

    def is_welcome(self, message: Message) -> bool:
        """Whether its recipient works at this hour: nobody is written to at night or on a day off.

        A lesson's notice goes up when it is time, at anybody's hours.
        """
        person = self.staff.person(message.recipient)
        return message.kind.is_public or person is None or self.staff.calendar.is_at_work(person, self.now())
