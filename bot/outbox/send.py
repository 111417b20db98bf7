"""Sends what is due: every message is a row before it is sent, and says afterwards how far it came."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from bot.desk.rules.messages import Outgoing
from bot.errors import Busy, ChannelError, GraphError, InDoubt, StaffroomError, Unreachable
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.ports import Messenger, Outbox

LOG = logging.getLogger("staffroom.send")
AT_ONCE = 24  # messages on their way at the same time; how fast they go is the channel's to say
TOASTED = frozenset({MessageKind.AGREEMENT, MessageKind.NUDGE})
PLANNED_ANEW = frozenset(
    {MessageKind.AGREEMENT, MessageKind.NUDGE}
)  # at an hour that suits, once somebody can be reached again
MOST_BUSY = 3  # in a row, after which it is not this or that chat but the channel
STUCK = "The channel never answered."
BROKEN = "{number} messages could not be sent because of a fault of mine ({kind}). The others were."


class Round(Protocol):
    """One round of sending: who is who at its start."""

    async def card(self, slot: Message) -> Outgoing | None:
        """What a slot says as things stand now; None where nobody needs it any more."""
        ...

    def address(self, slot: Message) -> str:
        """Where it goes: an account, or the id of a conversation; empty where there is neither."""
        ...

    def is_welcome(self, slot: Message) -> bool:
        """Whether whoever it is for may be written to at this hour."""
        ...

    async def replaces(self, slot: Message) -> str:
        """The id of the message in whose place it goes; empty where it is a new one."""
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
Notify: TypeAlias = Callable[[str, str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sender:
    """How slots become messages. `is_ending` says whether Staffroom is being stopped: then nothing new is begun."""

    outbox: Outbox
    messenger: Messenger
    begin: Callable[[], Awaitable[Round]]
    now: Callable[[], datetime]
    tell: Callable[[Progress], None] = lambda progress: None
    toast: Notify | None = None
    is_ending: Callable[[], bool] = lambda: False

    async def send_due(self) -> int:
        """Sends every slot that is due, and says how many the channel took. Stops where the channel asks to wait.

        A slot that cannot be made into a message stays due and holds up no other; raises StaffroomError afterwards.
        """
        begun = await self.begin()
        held = [one for one in await self.outbox.slots() if one.is_open]
        due = [slot for one in held if (slot := await self._current(one, begun))]
        under_way = _UnderWay(Progress(of=len(due)))
        room = asyncio.Semaphore(AT_ONCE)

        async def one(slot: Message) -> None:
            async with room:
                await self._one(slot, begun, under_way)

        async with asyncio.TaskGroup() as going:
            for slot in due:
                going.create_task(one(slot))
        await self._toast_all(under_way.toasts)
        if under_way.broken:
            raise StaffroomError(BROKEN.format(number=len(under_way.broken), kind=under_way.broken[0]))
        return under_way.progress.sent

    async def _one(self, slot: Message, begun: Round, under_way: "_UnderWay") -> None:
        try:
            if not under_way.is_halted and not self.is_ending():
                under_way.progress.sent += await self._send(slot, begun, under_way)
        except Busy:
            under_way.is_halted = True
        except Exception as seen:  # noqa: BLE001 - whatever it was, the other messages go out
            LOG.error("slot_broken sort=%s error=%s", slot.sort.value, type(seen).__name__)  # noqa: TRY400 - no words
            under_way.broken.append(type(seen).__name__)
        under_way.progress.done += 1
        self.tell(under_way.progress)

    async def _current(self, slot: Message, begun: Round) -> Message | None:
        """The slot where it should go out now. One whose time went by is forgotten, one that is stuck is in doubt."""
        if slot.is_stuck(self.now()):
            await self.outbox.move(slot, slot.doubted(self.now(), STUCK))
            return None
        if slot.is_unreached:
            return await self._reached_again(slot, begun)
        if slot.is_over(self.now()):
            await self._expire(slot)
            return None
        return slot if slot.is_due(self.now()) and begun.is_welcome(slot) else None

    async def _reached_again(self, slot: Message, begun: Round) -> Message | None:
        """What could not reach somebody goes out once it can; cards and reminders are planned anew instead."""
        to = begun.address(slot)
        if not to or not await self.messenger.reaches(to):
            return None
        if slot.sort in PLANNED_ANEW:
            await self.outbox.drop_slots(slot)
            return None
        again = slot.again()
        return again if await self.outbox.move(slot, again) and begun.is_welcome(again) else None

    async def _expire(self, slot: Message) -> None:
        await self._let_go(slot, "Its time went by.")
        LOG.info("slot_expired sort=%s", slot.sort.value)

    async def _let_go(self, slot: Message, why: str) -> None:
        """Forgets a slot that is not wanted any more, unless it may have arrived: then it stays listed as a doubt."""
        if slot.tries:
            await self.outbox.move(slot, slot.left_in_doubt(why))
        else:
            await self.outbox.drop_slots(slot)

    async def _send(self, slot: Message, begun: Round, under_way: "_UnderWay") -> bool:
        """Whether the channel took it; raises Busy, with the slot kept for later, where it asks everybody to wait.

        The wait comes first: what a message says, and whether it is wanted, is decided when it really goes.
        """
        to = begun.address(slot)
        if not await self._is_ready(slot, to, under_way):
            return False
        if slot.is_over(self.now()):
            await self._expire(slot)
            return False
        outgoing = await begun.card(slot)
        if outgoing is None:
            await self._let_go(slot, "It was not wanted any more.")
            return False
        taken = slot.taken_up(self.now())
        if not await self.outbox.move(slot, taken):
            return False  # it has changed since we looked
        try:
            after = await self._tell(taken, to, outgoing, await begun.replaces(slot))
        except Busy as seen:
            await self.outbox.move(taken, taken.later(self.now() + timedelta(seconds=seen.seconds), str(seen)))
            raise
        await self.outbox.move(taken, after)
        LOG.info("slot_done sort=%s state=%s", slot.sort.value, after.state.value)
        if after.state is DeliveryState.SENT and after.sort in TOASTED:
            words = str(outgoing.values.get("fallback", outgoing.text))
            under_way.toasts.append((to, (*after.about, after.subject)[0], words))
        return after.state is DeliveryState.SENT

    async def _is_ready(self, slot: Message, to: str, under_way: "_UnderWay") -> bool:
        """Whether the channel is ready for it by now; else the slot says why not. Several in a row end the round."""
        if not to:
            await self.outbox.move(slot, slot.unreached("has no account here"))
            return False
        try:
            await self.messenger.ready(to)
        except Busy as seen:
            await self.outbox.move(slot, slot.later(self.now() + timedelta(seconds=seen.seconds), str(seen)))
            under_way.busy += 1
            under_way.is_halted = under_way.is_halted or under_way.busy >= MOST_BUSY
            return False
        except Unreachable as seen:
            await self.outbox.move(slot, slot.unreached(str(seen)))
            return False
        under_way.busy = 0
        return True

    async def _tell(self, taken: Message, to: str, outgoing: Outgoing, replaces: str) -> Message:
        """How the slot stands afterwards; a fault of ours while the channel had it leaves doubt. Raises Busy."""
        try:
            if replaces:
                await self.messenger.replace_told(to, replaces, outgoing)
                return taken.arrived(replaces, self.now())
            return taken.arrived(await self.messenger.tell(to, outgoing), self.now())
        except InDoubt as seen:
            return taken.doubted(self.now(), str(seen))
        except Busy:
            raise
        except Unreachable as seen:
            return taken.unreached(str(seen))
        except ChannelError as seen:
            return taken.failed(str(seen))
        except Exception as seen:  # noqa: BLE001 - nobody knows what became of it
            return taken.doubted(self.now(), f"A fault of mine ({type(seen).__name__}).")

    async def _toast_all(self, toasts: list[tuple[str, str, str]]) -> None:
        """Beside the messages, which are what counts: where one fails, nothing is done about it."""
        for to, about, words in toasts if self.toast else ():
            try:
                await self.toast(to, about, words)  # type: ignore[misc]
            except GraphError as seen:
                LOG.warning("toast_failed status=%d", seen.status)
                if not seen.status:
                    return


@dataclass(slots=True)
class _UnderWay:
    """What a round has come to so far."""

    progress: Progress
    is_halted: bool = False
    busy: int = 0  # in a row, for whom the channel was not ready
    broken: list[str] = field(default_factory=list)
    toasts: list[tuple[str, str, str]] = field(default_factory=list)
