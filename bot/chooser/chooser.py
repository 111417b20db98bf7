"""The school's language model as `ask/` sees it: two seconds, two tries, a budget, and a rest after failures."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ask.rules.chooser_use import ChooserUse
from bot.ask.rules.model_pick import Option, Pick
from bot.chooser.answer import ModelAnswer, Shape
from bot.chooser.budget import CircuitBreaker, DailyBudget
from bot.chooser.counts import Counts, read_counts, use_of, write_counts
from bot.chooser.endpoint import ChatEndpoint

LOG = logging.getLogger("staffroom.chooser")
TIME_LIMIT = 2.0  # seconds for a question, with everything: token, both tries, the pause between them
MAX_TRIES = 2
MAX_AT_ONCE = 4  # questions under way; further ones are answered without the model
# A text of ours, so that `doctor` can try the endpoint without anybody's question.
TRIAL_QUESTION = "Where may I park my car?"
TRIAL_OPTIONS = (Option("parking", "Cars and bicycles, and where to leave them."), Option("lunch", "Meals at school."))
WORTH_ANOTHER_TRY = {Shape.BUSY, Shape.FAILED}


@dataclass(slots=True)
class ModelChooser:
    """Implements `CountedChooser`. `data` is the folder in which counts are kept for `doctor`; None keeps none."""

    endpoint: ChatEndpoint
    budget: DailyBudget
    breaker: CircuitBreaker
    data: Path | None = None
    time_limit: float = TIME_LIMIT
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _under_way: int = 0

    def start(self) -> None:
        """Opens what it asks with, when the server starts."""
        self.endpoint.start()

    async def close(self) -> None:
        """Closes it again."""
        await self.endpoint.close()

    async def pick(self, question: str, options: Sequence[Option], asker: str) -> Pick | None:
        """What the model picked; None if it was not asked or gave no answer. Raises nothing."""
        if self._under_way >= MAX_AT_ONCE or not self.breaker.is_closed:
            return None
        self._under_way += 1
        try:
            answer = await self._answer(question, options, asker)
        finally:
            self._under_way -= 1
        if answer is None:
            return None
        self.breaker.record(is_well=answer.shape.is_well, rest=answer.retry_after)
        if not answer.shape.is_well:
            LOG.warning("chooser_gave_no_answer kind=%s", answer.shape.name.lower())
        await self._keep_counts(answer)
        return answer.pick

    async def use(self) -> ChooserUse:
        """How often it was asked today, and what the last answer looked like; nothing of what it said."""
        self.budget.turn_day()
        counts = await asyncio.to_thread(read_counts, self.data) if self.data else None
        return use_of(counts, self.budget.used)

    async def trial(self) -> ModelAnswer:
        """The answer to a question of our own, within the same time; nobody's budget pays for it."""
        try:
            async with asyncio.timeout(self.time_limit):
                return await self.endpoint.ask(TRIAL_QUESTION, TRIAL_OPTIONS)
        except TimeoutError:
            return ModelAnswer(Shape.SLOW)

    async def _answer(self, question: str, options: Sequence[Option], asker: str) -> ModelAnswer | None:
        """The answer of the first try or of the second; None if the budget is spent before the first."""
        answer = None
        try:
            async with asyncio.timeout(self.time_limit) as limit:
                for _ in range(MAX_TRIES):
                    if not self.budget.take(asker):
                        return answer
                    answer = await self.endpoint.ask(question, options)
                    left = (limit.when() or 0.0) - asyncio.get_running_loop().time()
                    if answer.shape not in WORTH_ANOTHER_TRY or answer.retry_after >= left:
                        return answer
                    await self.pause(answer.retry_after)
                return answer
        except TimeoutError:
            return ModelAnswer(Shape.SLOW)
        except Exception as error:  # noqa: BLE001 - whatever a library does with an odd answer, people get their reply
            LOG.warning("chooser_failed error=%s", type(error).__name__)
            return ModelAnswer(Shape.FAILED)

    async def _keep_counts(self, answer: ModelAnswer) -> None:
        if self.data is None:
            return
        counts = Counts(self.budget.day.isoformat(), self.budget.used, answer.shape.value, answer.model, answer.region)
        try:
            await asyncio.to_thread(write_counts, self.data, counts)
        except OSError as error:
            LOG.warning("chooser_counts_not_kept error=%s", type(error).__name__)
