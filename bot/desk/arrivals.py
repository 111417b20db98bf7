"""What arrived at a channel's door and is answered once, also if it is delivered again after a restart."""

from enum import StrEnum
from typing import Protocol


class ArrivalState(StrEnum):
    """What is known of something that arrives."""

    NEW = "new"  # nobody answers it: do so
    UNDER_WAY = "under way"  # it is being answered
    DONE = "done"  # it was answered


class Arrivals(Protocol):
    """Remembers for ten minutes what was answered, by keys of which a digest is kept."""

    async def begin_arrival(self, key: str) -> ArrivalState:
        """How far it is; if NEW, the caller answers it. One that was begun before a restart, and not ended, is new.

        Raises StoreError.
        """
        ...

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        """Says that it is answered, or that it was not and may be begun again. Raises StoreError."""
        ...
