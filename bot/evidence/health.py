"""Says whether everything works, as far as Staffroom knows by itself."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.evidence.context import Context
from bot.evidence.ports import Store
from bot.outbox.rules.message import MessageKind
from bot.people.rules.person import Person

HOW_TO_CHECK = "The person who looks after Staffroom can check everything on its computer: python -m bot doctor"
SECONDS_BETWEEN_CHECKS = 1.0  # anybody may ask whether Staffroom is ready, and each check writes to the disk
NOTHING_FAILED = "Nothing that I do by the clock has failed today."


@dataclass(frozen=True, slots=True)
class Health:
    """The part of the desk that is asked whether all is well. The full check needs the computer it runs on."""

    context: Context

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (Command("health", self._health, intents=("doctor",), shows_only=True),)

    async def _health(self, incoming: Incoming, person: Person) -> Outgoing:
        """How to check; the IT lead, who is told about faults anyway, also hears what failed today."""
        if person not in self.context.it_leads():
            return note(HOW_TO_CHECK)
        return note("\n\n".join([*(await self.faults_today() or [NOTHING_FAILED]), HOW_TO_CHECK]))

    async def faults_today(self) -> list[str]:
        """What failed today of what is done by the clock, each once."""
        messages = await self.context.store.messages(MessageKind.FAULT)
        return list(dict.fromkeys(message.words for message in messages if message.on == self.context.today))


@dataclass(slots=True)
class StoreCheck:
    """Whether the store is well, looked at once a second at most; `monotonic` gives seconds."""

    store: Store
    monotonic: Callable[[], float]
    _checked_at: float | None = None
    _is_well: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def is_well(self) -> bool:
        """What the last look found, or a new one."""
        async with self._turn:
            now = self.monotonic()
            if self._checked_at is None or now - self._checked_at >= SECONDS_BETWEEN_CHECKS:
                self._is_well = await self.store.is_well()
                self._checked_at = now
            return self._is_well
