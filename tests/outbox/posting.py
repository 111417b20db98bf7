"""A post with a channel that does as it is told, for the tests of sending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.ask.answer_card import note
from bot.desk.rules.messages import Outgoing
from bot.errors import Unreachable
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.outbox.send import Progress, Sender
from tests.fakes import MONDAY, FakeStore

NINE = datetime(2021, 9, 6, 8, tzinfo=UTC)


@dataclass
class FakeMessenger:
    """Takes what it is told, unless something stands in the way."""

    store: FakeStore
    errors: list[Exception] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    waits: list[Exception] = field(default_factory=list)
    turns: list[Callable[[], None]] = field(default_factory=list)  # what happens while somebody waits for a turn
    states: list[DeliveryState] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    async def ready(self, to: str) -> None:
        if self.turns:
            self.turns.pop(0)()
        if self.waits:
            raise self.waits.pop(0)

    async def tell(self, account: str, outgoing: Outgoing) -> str:
        self.states.append(next(one.state for one in await self.store.slots() if one.state is DeliveryState.SENDING))
        if account in self.away:
            raise Unreachable("has removed it")
        if self.errors:
            raise self.errors.pop(0)
        self.told.append((account, outgoing.text))
        return f"m{len(self.told)}"

    async def replace_told(self, account: str, message: str, outgoing: Outgoing) -> None:
        self.replaced.append((account, message))

    async def reaches(self, account: str) -> bool:
        return account not in self.away


def slot(recipient: str = "p1", sort: MessageKind = MessageKind.AGREEMENT) -> Message:
    return Message(sort, "c1", recipient, MONDAY)


@dataclass
class Posting:
    store: FakeStore = field(default_factory=FakeStore)
    now: datetime = NINE
    seen: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.messenger = FakeMessenger(self.store)

    async def run(
        self,
        *,
        wanted: Callable[[Message], bool] = lambda slot: True,
        welcome: Callable[[Message], bool] = lambda slot: True,
        replaces: str = "",
        is_ending: Callable[[], bool] = lambda: False,
    ) -> int:
        class FakeRound:
            async def card(self, slot: Message) -> Outgoing | None:
                return note(f"for {slot.recipient}") if wanted(slot) else None

            def address(self, slot: Message) -> str:
                return {"p1": "account-1", "p2": "account-2", "p3": "account-3"}.get(slot.recipient, "")

            def is_welcome(self, slot: Message) -> bool:
                return welcome(slot)

            async def replaces(self, slot: Message) -> str:
                return replaces

        async def begin() -> FakeRound:
            return FakeRound()

        def tell(progress: Progress) -> None:
            self.seen.append((progress.done, progress.of))

        post = Sender(self.store, self.messenger, begin, lambda: self.now, tell, is_ending=is_ending)
        return await post.send_due()

    async def states(self) -> dict[str, DeliveryState]:
        return {one.recipient: one.state for one in await self.store.slots()}
