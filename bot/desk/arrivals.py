"""What arrived at a channel's door and is answered once: after a restart too, and if several replicas have a door."""

from enum import StrEnum
from typing import Protocol


class ArrivalState(StrEnum):
    """What is known of something that arrives."""

    NEW = "new"  # nobody answers it: do so
    UNDER_WAY = "under way"  # it is being answered, here or by another replica
    DONE = "done"  # it was answered


class Arrivals(Protocol):
    """Remembers for ten minutes what was answered, by keys of which a digest is kept."""

    async def begin_arrival(self, key: str) -> ArrivalState:
        """How far it is; if NEW, the caller answers it. One that was begun by a process that was killed, and not ended,
        is new again: after the restart, or soon for another replica. Raises StoreError.
        """
        ...

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Says that it is answered, or that it was not and may be begun again. Raises StoreError."""
        ...


class OneProcess:
    """For a store that one process writes: that one leads always."""

    async def lead(self) -> bool:
        """Always: nobody else is there."""
        return True
