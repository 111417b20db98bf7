"""What several doors share, in memory."""

from dataclasses import dataclass, field

from bot.desk.arrivals import ArrivalState
from bot.errors import StoreError


@dataclass
class SharedArrivals:
    """Keeps the promises of `Arrivals`; while it `is_away`, nobody knows anything."""

    states: dict[str, ArrivalState] = field(default_factory=dict)
    is_away: bool = False

    async def begin_arrival(self, key: str) -> ArrivalState:
        if self.is_away:
            raise StoreError("The store could not be read; please try again.")
        state = self.states.get(key, ArrivalState.NEW)
        self.states.setdefault(key, ArrivalState.UNDER_WAY)
        return state

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        if is_done:
            self.states[key] = ArrivalState.DONE
        else:
            self.states.pop(key, None)
