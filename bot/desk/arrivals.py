"""What arrived at the door and is answered once, also if several replicas have a door."""

from enum import StrEnum
from typing import Protocol


class ArrivalState(StrEnum):
    """What a replica finds when something arrives."""

    NEW = "new"  # nobody else answers it: do so
    UNDER_WAY = "under way"  # another replica is answering it
    DONE = "done"  # another replica has answered it


class Arrivals(Protocol):
    """Remembers for ten minutes what arrived, by keys that name nobody and quote nothing."""

    async def begin_arrival(self, key: str) -> ArrivalState:
        """How far it is with other replicas; if NEW, it is ours. One that was killed meanwhile loses it soon."""
        ...

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Says that it is answered, or that it was not and may be begun again."""
        ...


class OneProcess:
    """For a store that one process writes: that process remembers in memory what arrived, and leads always."""

    async def lead(self) -> bool:
        """Always: nobody else is there."""
        return True

    async def begin_arrival(self, key: str) -> ArrivalState:
        """Always new: what the process remembers itself was asked before."""
        return ArrivalState.NEW

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Nothing is kept."""
