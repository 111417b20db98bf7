"""Sends what is due: every message is a row before it is sent, and says afterwards how far it came."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from bot.errors import Busy, ChannelError, GraphError, InDoubt, Unreachable
from bot.ports import Messenger, Outbox
from bot.rules.slots import Slot, Sort, State
from bot.rules.talk import Outgoing

LOG = logging.getLogger("staffroom.send")
AT_ONCE = 24  # messages on their way at the same time; how fast they go is the channel's to say
TOASTED = frozenset({Sort.AGREEMENT, Sort.NUDGE})
STUCK = "The channel never answered."


class Round(Protocol):
    """One round of sending: who is who at its start."""

    async def card(self, slot: Slot) -> Outgoing | None:
        """What a slot says as things stand now; None where nobody needs it any more."""
        ...

    def account(self, pseudonym: str) -> str:
        """Somebody's account; empty where there is none."""
        ...


@dataclass(slots=True)
class Progress:
    """How far a round is, for whoever looks on."""

    of: int = 0
    done: int = 0
    sent: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is on its way."""
        return self.done >= self.of


# A line in somebody's activity feed: account, what it is about, words. Raises GraphError.
Toast: TypeAlias = Callable[[str, str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Post:
    """How slots become messages."""

    outbox: Outbox
    messenger: Messenger
    begin: Callable[[], Awaitable[Round]]
    now: Callable[[], datetime]
    tell: Callable[[Progress], None] = lambda progress: None
    toast: Toast | None = None

    async def send_due(self) -> int:
        """Sends every slot that is due, and says how many the channel took. Stops where the channel asks to wait."""
        begun = await self.begin()
        due = [slot for kept in await self.outbox.slots() if (slot := await self._current(kept, begun))]
        progress = Progress(of=len(due))
        room, halt = asyncio.Semaphore(AT_ONCE), asyncio.Event()

        async def one(slot: Slot) -> None:
            async with room:
                try:
                    progress.sent += not halt.is_set() and await self._send(slot, begun)
                except Busy:
                    halt.set()
                progress.done += 1
                self.tell(progress)

        async with asyncio.TaskGroup() as going:
            for slot in due:
                going.create_task(one(slot))
        return progress.sent

    async def _current(self, slot: Slot, begun: Round) -> Slot | None:
        """The slot where it should go out now. One whose time went by is forgotten, one that is stuck is in doubt."""
        if slot.is_stuck(self.now()):
            await self.outbox.move(slot, slot.doubted(self.now(), STUCK))
            return None
        if slot.is_unreached:
            account = begun.account(slot.recipient)
            if not account or not await self.messenger.reaches(account):
                return None
            again = slot.again()
            if not await self.outbox.move(slot, again):
                return None
            slot = again
        if slot.is_over(self.now()):
            await self.outbox.drop_slots(slot)
            LOG.info("slot_expired sort=%s", slot.sort.value)
            return None
        return slot if slot.is_due(self.now()) else None

    async def _send(self, slot: Slot, begun: Round) -> bool:
        """Whether the channel took it; raises Busy, with the slot kept for later, where it asks everybody to wait."""
        outgoing = await begun.card(slot)
        if outgoing is None:
            await self.outbox.drop_slots(slot)
            return False
        taken = slot.taken_up(self.now())
        if not await self.outbox.move(slot, taken):
            return False  # it has changed since we looked
        try:
            after = await self._tell(taken, begun.account(slot.recipient), outgoing)
        except Busy as seen:
            await self.outbox.move(taken, taken.later(self.now() + timedelta(seconds=seen.seconds), str(seen)))
            raise
        await self.outbox.move(taken, after)
        LOG.info("slot_done sort=%s state=%s", slot.sort.value, after.state.value)
        if after.state is State.SENT:
            await self._toast(after, begun.account(slot.recipient), outgoing)
        return after.state is State.SENT

    async def _toast(self, sent: Slot, account: str, outgoing: Outgoing) -> None:
        """Beside the message, which is what counts: where it fails, nothing is done about it."""
        if self.toast is None or sent.sort not in TOASTED:
            return
        try:
            about = (*sent.about, sent.subject)[0]
            await self.toast(account, about, str(outgoing.values["fallback"]))
        except GraphError as seen:
            LOG.warning("toast_failed status=%d", seen.status)

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
