"""Does something for every recording that is open; a fault with one stops no other."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from bot.errors import LedgerMoved, StaffroomError, StoreError
from bot.recordings.rules.recording import Recording

LOG = logging.getLogger("staffroom.recordings")
BROKEN = "Something about {number} of the recorded lessons could not be done because of a fault of mine ({kind})."


async def for_every_recording(recordings: Sequence[Recording], act: Callable[[Recording], Awaitable[int]]) -> int:
    """The sum of what `act` did; raises StaffroomError afterwards if it broke for some.

    A recording to which something else happened meanwhile is left for the next tick.
    """
    done, faults = 0, list[str]()
    for recording in recordings:
        try:
            done += await act(recording)
        except LedgerMoved:
            LOG.info("lesson_changed_meanwhile")
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the other lessons go on
            LOG.error("lesson_broken error=%s", type(error).__name__)  # noqa: TRY400 - it may hold a lesson's name
            faults.append(type(error).__name__)
    if faults:
        raise StaffroomError(BROKEN.format(number=len(faults), kind=faults[0]))
    return done
