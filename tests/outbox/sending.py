"""A sender over a store in memory and a channel that does as the test says."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.desk.rules.messages import Outgoing, note
from bot.outbox.messengers import Messengers
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.outbox.send import Progress, Sender
from bot.people.rules.conversations import Address, SentMessage
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, FakeClock, FakeMessenger

CAMPAIGN = Subject(campaign="c1", text="v1")


def message(recipient: str = "p1", kind: MessageKind = MessageKind.AGREEMENT) -> Message:
    return Message(kind, CAMPAIGN, recipient, MONDAY)


def always(message: Message) -> bool:
    return True


@dataclass
class WatchedMessenger(FakeMessenger):
    """Notes how far each message is in the store while the channel has it, and lets things happen meanwhile."""

    store: FakeStore = field(default_factory=FakeStore)
    while_waiting: list[Callable[[], None]] = field(default_factory=list)  # one thing for each wait for a turn
    under_way: list[Message] = field(default_factory=list)

    async def ready(self, address: Address) -> None:
        if self.while_waiting:
            self.while_waiting.pop(0)()
        await FakeMessenger.ready(self, address)

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        messages = await self.store.messages(*MessageKind)
        self.under_way += [message for message in messages if message.state is DeliveryState.SENDING]
        return await FakeMessenger.send(self, address, outgoing)


@dataclass
class FakeRound:
    """Recipients p1 to p3 have an account on the channel "test", nobody else has one."""

    messengers: Messengers
    is_wanted: Callable[[Message], bool]
    is_welcomed: Callable[[Message], bool]

    async def render(self, message: Message) -> Outgoing | None:
        return note(f"for {message.recipient}") if self.is_wanted(message) else None

    async def address(self, message: Message) -> Address | None:
        if message.address:
            return await self.messengers.resolved(message.address)
        has_account = message.recipient in {"p1", "p2", "p3"}
        return Address("test", account=f"account of {message.recipient}") if has_account else None

    def is_welcome(self, message: Message) -> bool:
        return self.is_welcomed(message)


@dataclass
class Sending:
    """Everything it takes to send, and what became of it."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    progress: list[tuple[int, int]] = field(default_factory=list)  # pairs of done and total

    def __post_init__(self) -> None:
        self.channel = WatchedMessenger(store=self.store)

    async def run(
        self,
        *,
        is_wanted: Callable[[Message], bool] = always,
        is_welcome: Callable[[Message], bool] = always,
        is_ending: Callable[[], bool] = lambda: False,
        holder: str = "this process",
        monotonic: Callable[[], float] = lambda: 0.0,
    ) -> int:
        messengers = Messengers((self.channel,), self.store)

        async def begin() -> FakeRound:
            return FakeRound(messengers, is_wanted, is_welcome)

        def show(progress: Progress) -> None:
            self.progress.append((progress.done, progress.total))

        sender = Sender(
            self.store, messengers, begin, self.clock, holder, show, is_ending=is_ending, monotonic=monotonic
        )
        return await sender.send_due()

    async def messages(self) -> tuple[Message, ...]:
        return await self.store.messages(*MessageKind)

    async def states(self) -> dict[str, DeliveryState]:
        return {message.recipient: message.state for message in await self.messages()}
