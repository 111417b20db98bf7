"""What is due by the clock. Each duty is computed from the store and the day; nothing is queued."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from bot.errors import StaffroomError

LOG = logging.getLogger("staffroom.tick")
Duty: TypeAlias = Callable[[], Awaitable[object]]


async def tick(duties: Mapping[str, Duty]) -> tuple[str, ...]:
    """Does every duty in order, safe to repeat at any time; the names of those that could not be done now.

    One that fails does not stop the others, and is tried again at the next tick.
    """
    undone = []
    for name, duty in duties.items():
        try:
            await duty()
        except StaffroomError as seen:
            LOG.warning("duty_failed duty=%s error=%s", name, type(seen).__name__)
            undone.append(name)
    return tuple(undone)
