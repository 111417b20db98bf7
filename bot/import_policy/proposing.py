"""Makes proposals in the background, one run at a time, and says how far it is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.errors import StaffroomError

LOG = logging.getLogger("staffroom.import_policy")
FAILED = "The proposals could not be made. Try again, or ask IT to run python -m bot policy propose."

Step: TypeAlias = Callable[[str], None]  # told what is being done, in words; may be called from any thread
Propose: TypeAlias = Callable[[Step], Awaitable[int]]  # makes them; how many there are


class ProposingState(StrEnum):
    """How a run of proposals stands."""

    IDLE = "idle"  # none since Staffroom started
    RUNNING = "running"
    READY = "ready"  # written down, for a person to confirm
    FAILED = "failed"  # nothing was written


@dataclass(slots=True)
class Proposing:
    """The runs of one school. `says` is the step of a run, or why it failed; `count` how many were proposed."""

    propose: Propose
    now: Callable[[], datetime]
    state: ProposingState = ProposingState.IDLE
    says: str = ""
    count: int = 0
    begun: datetime | None = None
    _again: bool = False
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begins a run; during a run, another one follows it, because there are new clauses."""
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._begin()
        self._task = asyncio.create_task(self._run())

    def _begin(self) -> None:
        self.state, self.says, self.begun, self._again = ProposingState.RUNNING, "", self.now(), False

    async def _run(self) -> None:
        await self._run_once()
        while self._again:
            self._begin()
            await self._run_once()

    async def _run_once(self) -> None:
        try:
            self.count = await self.propose(self._note)
            self.state, self.says = ProposingState.READY, ""
        except StaffroomError as error:
            self.state, self.says = ProposingState.FAILED, str(error)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page says a sentence
            LOG.error("proposing_failed error=%s", type(error).__name__)  # noqa: TRY400 - it may hold a clause's words
            self.state, self.says = ProposingState.FAILED, FAILED

    def _note(self, step: str) -> None:
        self.says = step

    async def close(self) -> None:
        """Waits for the run to end, so that nothing is written after the school's records are closed."""
        self._again = False
        if self._task is not None:
            await self._task
