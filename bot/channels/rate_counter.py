"""Counts requests by who sent them, so that nobody asks too much at once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW = 60.0  # seconds
MAX_COUNTED = 10_000  # people, and addresses, whose requests are counted


@dataclass(slots=True)
class RateCounter:
    """Counts by key within a window of time, and forgets the oldest keys when there are too many."""

    limit: int
    clock: Callable[[], float]
    _windows: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)  # the oldest first

    def is_over(self, key: str) -> bool:
        """Whether a key has reached the limit for now."""
        since, count = self._windows.get(key, (float("-inf"), 0))
        return count >= self.limit and self.clock() - since < WINDOW

    def add(self, key: str) -> None:
        """Counts one request."""
        now = self.clock()
        since, count = self._windows.get(key, (now, 0))
        if now - since >= WINDOW:
            since, count = now, 0
            self._windows.pop(key)
        self._windows[key] = (since, count + 1)
        while len(self._windows) > MAX_COUNTED or now - next(iter(self._windows.values()))[0] >= WINDOW:
            self._windows.popitem(last=False)
