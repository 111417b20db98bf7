"""What is due by the clock. Each duty is computed from the store and the day; nothing is queued."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.errors import LedgerMoved, StaffroomError

LOG = logging.getLogger("staffroom.tick")
Duty: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Heartbeat:
    """Tells the tick to come at once, or to begin nothing new because Staffroom is being stopped."""

    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    is_ending: bool = False

    def hurry(self) -> None:
        """Asks for a tick as soon as possible."""
        self.wanted.set()


async def run_duties(duties: Mapping[str, Duty]) -> dict[str, str]:
    """Does every duty in order; safe to repeat at any time. Returns what could not be done, and why in a sentence.

    A duty that fails does not stop the others, and is tried again at the next tick.
    """
    failures = {}
    for name, duty in duties.items():
        try:
            await duty()
        except LedgerMoved:  # somebody pressed a button meanwhile: the next tick decides again
            LOG.info("duty_put_off duty=%s", name)
        except StaffroomError as error:
            failures[name] = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it was, the other duties go on
            failures[name] = type(error).__name__
        if name in failures:
            LOG.warning("duty_failed duty=%s", name)
    return failures
