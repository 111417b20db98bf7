"""How far a demo's clock was moved: kept beside its store, for the next start and for the command line."""

from datetime import timedelta
from pathlib import Path

from bot.demo.clock import DemoClock
from bot.evidence.ports import Ledger
from bot.outside import number

MAX_AHEAD = timedelta(days=36_500)
FILE = "demo-clock.txt"  # in the data folder: the seconds that the demo is ahead


def keep_time(clock: DemoClock, data: Path) -> None:
    """Keeps how far the clock is ahead. If that cannot be written, the demo goes on."""
    try:
        (data / FILE).write_text(f"{int(clock.ahead.total_seconds())}\n", encoding="ascii")
    except OSError:
        return


async def continue_from(clock: DemoClock, ledger: Ledger, data: Path) -> None:
    """Moves the clock to where the demo was: as far ahead as was kept, and not before the ledger's last entry.

    A demo in which nothing has happened begins today, whatever a deleted one left behind.
    """
    head = await ledger.head()
    if not head.number:
        return
    clock.ahead = max(clock.ahead, _kept(data))
    for entry in await ledger.entries(head.number - 1):
        clock.move_to(entry.event.at)


def _kept(data: Path) -> timedelta:
    """How far ahead the demo was; nothing if that was not kept, or is not readable."""
    try:
        text = (data / FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return timedelta()
    return timedelta(seconds=number(text, 0, MAX_AHEAD.total_seconds()) or 0)
