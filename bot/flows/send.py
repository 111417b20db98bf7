"""Sends what is due: every message is a row before it is sent, and says afterwards how far it came."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import Busy, ChannelError, InDoubt, Unreachable
from bot.ports import Messenger, Outbox
from bot.rules.slots import Slot, State
from bot.rules.talk import Outgoing

LOG = logging.getLogger("staffroom.send")


@dataclass(frozen=True, slots=True)
class Post:
    """How slots become messages. `card` gives what to say now, or None where nobody needs it any more.

    `account` gives the account of a pseudonym, or nothing where there is none.
    """

    outbox: Outbox
    messenger: Messenger
    card: Callable[[Slot], Awaitable[Outgoing | None]]
    accounts: Callable[[], Awaitable[Mapping[str, str]]]
    now: Callable[[], datetime]

    async def send_due(self) -> int:
        """Sends every slot that is due, and says how many the channel took. Stops where the channel asks to wait."""
        sent = 0
        accounts = await self.accounts()
        for kept in await self.outbox.slots():
            slot = await self._found_again(kept, accounts.get(kept.recipient, ""))
            if not slot.is_due(self.now()):
                continue
            try:
                sent += await self._send(slot, accounts.get(slot.recipient, ""))
            except Busy:
                break
        return sent

    async def _found_again(self, slot: Slot, account: str) -> Slot:
        """The slot, due again where whoever could not be reached for it can be reached now."""
        if not slot.is_unreached or not account or not await self.messenger.reaches(account):
            return slot
        again = slot.again()
        return again if await self.outbox.move(slot, again) else slot

    async def _send(self, slot: Slot, account: str) -> bool:
        """Whether the channel took it; raises Busy, with the slot kept for later, where it asks everybody to wait."""
        outgoing = await self.card(slot)
        if outgoing is None:
            await self.outbox.drop_slots(slot)
            return False
        taken = slot.taken_up()
        if not await self.outbox.move(slot, taken):
            return False  # it has changed since we looked
        try:
            after = await self._tell(taken, account, outgoing)
        except Busy as seen:
            await self.outbox.move(taken, taken.later(self.now() + timedelta(seconds=seen.seconds), str(seen)))
            raise
        await self.outbox.move(taken, after)
        LOG.info("slot_done sort=%s state=%s", slot.sort.value, after.state.value)
        return after.state is State.SENT

    async def _tell(self, taken: Slot, account: str, outgoing: Outgoing) -> Slot:
        if not account:
            return taken.unreached("has no account here")
        try:
            return taken.arrived(await self.messenger.tell(account, outgoing))
        except InDoubt as seen:
            return taken.doubted(self.now(), str(seen))
        except Busy:
            raise
        except Unreachable as seen:
            return taken.unreached(str(seen))
        except ChannelError as seen:
            return taken.failed(str(seen))
