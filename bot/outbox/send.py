"""Sends what is due: every message is a row before it is sent, leased while it is sent, and says how that ended."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from bot.desk.rules.messages import Outgoing
from bot.errors import Busy, ChannelError, GraphError, InDoubt, StaffroomError, Unreachable
from bot.outbox.messengers import Messengers
from bot.outbox.ports import Messenger, Notifier, Outbox
from bot.outbox.rules.message import LEASE, Claim, DeliveryState, Message, MessageKind
from bot.people.rules.accounts import counts_on
from bot.people.rules.conversations import Address, SentMessage

LOG = logging.getLogger("staffroom.send")
MAX_AT_ONCE = 24  # messages being sent at the same time; how fast they go is the channel's to say
NOTIFIED = frozenset({MessageKind.AGREEMENT, MessageKind.NUDGE})
# At an hour that suits, once somebody is reachable again.
PLANNED_AGAIN = frozenset({MessageKind.AGREEMENT, MessageKind.NUDGE})
HAND_OVER_LIMIT = timedelta(minutes=2)  # for everything a channel does to send one message; far below the lease
MAX_BUSY = 3  # in a row, after which it is the channel that is busy and not this or that chat
STUCK = "The channel never answered."
TOO_LATE = "The channel took too long."
BROKEN = "{number} messages could not be sent because of a fault of mine ({kind}). The others were."
NO_ACCOUNT = "has no account here"


class Round(Protocol):
    """One round of sending, as it is at its start."""

    async def render(self, message: Message) -> Outgoing | None:
        """What a message says as things are now; None if nobody needs it any more."""
        ...

    async def address(self, message: Message) -> Address | None:
        """Where it goes; None if its recipient has no account. Raises Unreachable."""
        ...

    def is_welcome(self, message: Message) -> bool:
        """Whether its recipient may be written to at this hour."""
        ...


@dataclass(slots=True)
class Progress:
    """How far a round is, to show while messages go out."""

    total: int = 0
    done: int = 0
    sent: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is being sent any more."""
        return self.done >= self.total


ShowProgress: TypeAlias = Callable[[Progress], None]


@dataclass(slots=True)
class _UnderWay:
    """What a round has come to so far."""

    progress: Progress
    halted: set[str] = field(default_factory=set)  # channels that are sent nothing more in this round
    busy: Counter[str] = field(default_factory=Counter)  # how often in a row each channel was not ready
    faults: list[str] = field(default_factory=list)
    notifications: list[tuple[str, str, str]] = field(default_factory=list)  # account, topic, text


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due. `holder` names this process in leases; while `is_ending`, nothing new is begun.

    `monotonic` is this process's own clock, in seconds: a process that was paused asks it before it sends.
    """

    outbox: Outbox
    messengers: Messengers
    begin: Callable[[], Awaitable[Round]]
    now: Callable[[], datetime]
    holder: str
    show: ShowProgress = lambda progress: None
    notifier: Notifier | None = None
    is_ending: Callable[[], bool] = lambda: False
    lease: timedelta = LEASE
    hand_over_limit: timedelta = HAND_OVER_LIMIT
    monotonic: Callable[[], float] = time.monotonic

    async def send_due(self) -> int:
        """Sends every message that is due, and returns how many the channels took.

        A channel that asks to wait is sent nothing more in this round; the others are. A message that cannot be
        rendered stays due and holds up no other; raises StaffroomError afterwards.
        """
        round = await self.begin()
        for stuck in await self.outbox.stuck_messages(self.now()):
            await self.outbox.move(stuck, stuck.doubted(self.now(), STUCK))
        waiting = await self.outbox.open_messages(self.now())
        due = [message for before in waiting if (message := await self._current(before, round))]
        under_way = _UnderWay(Progress(total=len(due)))
        room = asyncio.Semaphore(MAX_AT_ONCE)

        async def send(message: Message) -> None:
            async with room:
                await self._send_safely(message, round, under_way)

        async with asyncio.TaskGroup() as tasks:
            for message in due:
                tasks.create_task(send(message))
        await self._notify_all(under_way.notifications)
        if under_way.faults:
            raise StaffroomError(BROKEN.format(number=len(under_way.faults), kind=under_way.faults[0]))
        return under_way.progress.sent

    async def _send_safely(self, message: Message, round: Round, under_way: _UnderWay) -> None:
        try:
            if not self.is_ending():
                under_way.progress.sent += await self._send(message, round, under_way)
        except Exception as error:  # noqa: BLE001 - whatever it was, the other messages go out
            LOG.error("message_broken kind=%s error=%s", message.kind.value, type(error).__name__)  # noqa: TRY400
            under_way.faults.append(type(error).__name__)
        under_way.progress.done += 1
        self.show(under_way.progress)

    async def _current(self, message: Message, round: Round) -> Message | None:
        """The message if it should go out now. An expired one is forgotten."""
        if message.is_unreachable:
            return await self._reachable_again(message, round)
        if message.has_expired(self.now()):
            await self._expire(message)
            return None
        return message if message.is_due(self.now()) and round.is_welcome(message) else None

    async def _reachable_again(self, message: Message, round: Round) -> Message | None:
        """A message that could not reach somebody, once it can; cards and reminders are planned again instead."""
        if not await self._is_reachable(message, round):
            return None
        if message.kind in PLANNED_AGAIN:
            await self.outbox.drop_messages(message)
            return None
        again = message.again()
        return again if await self.outbox.move(message, again) and round.is_welcome(again) else None

    async def _is_reachable(self, message: Message, round: Round) -> bool:
        try:
            address = await round.address(message)
            return address is not None and await self.messengers.of(address.channel).reaches(address)
        except Unreachable:  # no channel has the chat, or the one that had it does not run any more
            return False

    async def _expire(self, message: Message) -> None:
        await self._let_go(message, "Its time went by.")
        LOG.info("message_expired kind=%s", message.kind.value)

    async def _let_go(self, message: Message, why: str) -> None:
        """Forgets a message that is not wanted any more; if it may have arrived, it stays listed as a doubt."""
        if message.tries:
            await self.outbox.move(message, message.left_in_doubt(why))
        else:
            await self.outbox.drop_messages(message)

    async def _send(self, message: Message, round: Round, under_way: _UnderWay) -> bool:
        """Whether the channel took it. If everybody on that channel has to wait, the message is kept for later.

        The wait comes first: what a message says, and whether it is wanted, is decided when it really goes.
        """
        address = await self._ready_address(message, round, under_way)
        if address is None:
            return False
        if message.has_expired(self.now()):
            await self._expire(message)
            return False
        outgoing = await round.render(message)
        if outgoing is None:
            await self._let_go(message, "It was not wanted any more.")
            return False
        claim = await self._claim(message)
        if claim is None:
            return False
        try:
            after = await self._hand_over(claim.message, address, outgoing)
        except Busy as error:
            await self._settle(claim, self._later(message, error))
            under_way.halted.add(address.channel)
            return False
        await self._settle(claim, after)
        # The activity feed is Microsoft's: an account of Slack means nothing there.
        is_known_there = bool(address.account) and counts_on("", address.channel)
        if after.state is DeliveryState.SENT and message.kind in NOTIFIED and is_known_there:
            under_way.notifications.append(_notification(message, address, outgoing))
        return after.state is DeliveryState.SENT

    async def _claim(self, message: Message) -> Claim | None:
        """The message, ours alone for long enough to send it; None if it is not, or has changed since we looked.

        Our view of the lease begins before that of the store, so it can only be the shorter one. A process that was
        paused meanwhile gives the message back: somebody may call it a doubt before the channel has answered.
        """
        ends_at = self.monotonic() + (self.lease - self.hand_over_limit).total_seconds()
        claims = await self.outbox.claim_messages([message], self.holder, self.now(), self.lease)
        if claims and self.monotonic() > ends_at:
            await self._settle(claims[0], message)
            return None
        return claims[0] if claims else None

    async def _settle(self, claim: Claim, after: Message) -> None:
        kind, state = after.kind.value, after.state.value
        if await self.outbox.settle(claim, after):
            LOG.info("message_done kind=%s state=%s", kind, state)
        else:  # the lease ran out, and it is in doubt: that stands
            LOG.warning("message_settled_too_late kind=%s state=%s", kind, state)

    async def _ready_address(self, message: Message, round: Round, under_way: _UnderWay) -> Address | None:
        """Where it goes, once the channel is ready; None if it does not go now."""
        try:
            address = await round.address(message)
            if address is None:
                await self.outbox.move(message, message.unreachable(NO_ACCOUNT))
                return None
            is_ready = await self._is_ready(self.messengers.of(address.channel), address, message, under_way)
        except Unreachable as error:
            await self.outbox.move(message, message.unreachable(str(error)))
            return None
        return address if is_ready else None

    async def _is_ready(self, messenger: Messenger, address: Address, message: Message, under_way: _UnderWay) -> bool:
        """Whether a channel is ready and not halted; several in a row for which it is not ready halt it.

        Raises Unreachable.
        """
        channel = messenger.channel
        if channel in under_way.halted:
            return False
        try:
            await messenger.ready(address)
        except Busy as error:
            await self.outbox.move(message, self._later(message, error))
            under_way.busy[channel] += 1
            if under_way.busy[channel] >= MAX_BUSY:
                under_way.halted.add(channel)
            return False
        under_way.busy[channel] = 0
        return channel not in under_way.halted  # another message may have been asked to wait meanwhile

    def _later(self, message: Message, busy: Busy) -> Message:
        return message.later(self.now() + timedelta(seconds=busy.seconds), str(busy))

    async def _hand_over(self, leased: Message, address: Address, outgoing: Outgoing) -> Message:
        """The message afterwards; a fault of ours while the channel had it leaves doubt. Raises Busy."""
        messenger = self.messengers.of(address.channel)
        try:
            async with asyncio.timeout(self.hand_over_limit.total_seconds()):
                if leased.replaces:
                    sent = SentMessage(address.channel, leased.replaces.conversation, leased.replaces.id)
                    await messenger.replace(sent, outgoing)
                else:
                    sent = await messenger.send(address, outgoing)
            return leased.arrived(sent, self.now())
        except TimeoutError:
            return leased.doubted(self.now(), TOO_LATE)
        except InDoubt as error:
            return leased.doubted(self.now(), str(error))
        except Busy:
            raise
        except Unreachable as error:
            return leased.unreachable(str(error))
        except ChannelError as error:
            return leased.failed(str(error))
        except Exception as error:  # noqa: BLE001 - nobody knows what became of it
            return leased.doubted(self.now(), f"A fault of mine ({type(error).__name__}).")

    async def _notify_all(self, notifications: list[tuple[str, str, str]]) -> None:
        """Beside the messages, which are what counts: if one fails, nothing is done about it."""
        if self.notifier is None:
            return
        for account, topic, text in notifications:
            try:
                await self.notifier.notify(account, topic, text)
            except GraphError as error:
                LOG.warning("notification_failed status=%d", error.status)
                if not error.status:
                    return


def _notification(message: Message, address: Address, outgoing: Outgoing) -> tuple[str, str, str]:
    topic = next(iter(message.campaigns), message.subject)
    return address.account, f"{topic.campaign}.{topic.text}", str(outgoing.values.get("fallback", outgoing.text))
