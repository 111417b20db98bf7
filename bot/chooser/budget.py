"""How often the model is asked: a budget for the day and for each person, and a rest after failures."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

MAX_PER_DAY = 500  # requests of a school
MAX_PER_PERSON = 30  # requests of one person in a day
FAILURES_BEFORE_REST = 3  # in a row
REST = 120.0  # seconds without requests; then one, which must go well


@dataclass(slots=True)
class DailyBudget:
    """Counts requests, in memory only: whose they were is gone with the day, or when Staffroom stops."""

    today: Callable[[], date]
    used: int = 0  # today
    day: date = date.min
    _by_person: Counter[str] = field(default_factory=Counter)

    def take(self, person: str) -> bool:
        """Counts one request if it may be made; a request without a person counts for the day alone."""
        self.turn_day()
        is_spent = self.used >= MAX_PER_DAY or bool(person and self._by_person[person] >= MAX_PER_PERSON)
        if is_spent:
            return False
        self.used += 1
        self._by_person[person] += 1
        return True

    def turn_day(self) -> None:
        """Begins again if it is another day than when something was last counted."""
        today = self.today()
        if today != self.day:
            self.day, self.used = today, 0
            self._by_person.clear()


@dataclass(slots=True)
class CircuitBreaker:
    """Stops asking an endpoint that fails; `monotonic` gives seconds."""

    monotonic: Callable[[], float]
    _failures: int = 0
    _rests_until: float = float("-inf")

    @property
    def is_closed(self) -> bool:
        """Whether requests may go through (a closed circuit lets current flow)."""
        return self.monotonic() >= self._rests_until

    def record(self, *, is_well: bool, rest: float = 0.0) -> None:
        """Notes how a question went; `rest` is how many seconds the endpoint itself asks for."""
        self._failures = 0 if is_well else self._failures + 1
        wanted = max(rest, REST if self._failures >= FAILURES_BEFORE_REST else 0.0)
        if wanted:
            self._rests_until = self.monotonic() + wanted
