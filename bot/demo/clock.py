"""The demo's clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.school.rules.calendar import LONDON


@dataclass(slots=True)
class DemoClock:
    """London time in local mode, over the `real` time. It can be moved ahead, never back.

    While it is moved to be watched, each day takes `seconds_a_day`.
    """

    real: Callable[[], datetime]
    ahead: timedelta = timedelta()
    seconds_a_day: float = 0.35

    def __call__(self) -> datetime:
        """The time in London, as far ahead as it was moved."""
        return self.real().astimezone(LONDON) + self.ahead

    def move_to(self, at: datetime) -> None:
        """Moves to an instant, unless it has passed."""
        self.ahead += max(at.astimezone(LONDON) - self(), timedelta())
