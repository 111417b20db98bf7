"""A store that is written by a process which is killed then."""

import signal
import subprocess
import sys
from pathlib import Path

from bot.stores.sqlite.store import SqliteStore

ACKNOWLEDGING = """
import asyncio, sys
from pathlib import Path
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import acknowledged

async def main():
    store = SqliteStore(Path(sys.argv[1]), "school", demo=True)
    first = (await store.head()).number
    print("opened", flush=True)
    for number in range(first, first + int(sys.argv[2])):
        entry = await store.append(acknowledged(f"p{number}"), f"acknowledge/p{number}")
        print(entry.number, flush=True)
    sys.stdin.read()

asyncio.run(main())
"""


def beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}{ending}")


def acknowledge_and_kill(path: Path, times: int = 60) -> int:
    """How many acknowledgements a child process had confirmed when it was killed."""
    writer = subprocess.Popen(
        [sys.executable, "-c", ACKNOWLEDGING, str(path), str(times)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None and writer.stdin is not None
    assert writer.stdout.readline() == "opened\n"
    confirmed = [int(writer.stdout.readline()) for _ in range(times)]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdin.close()
    writer.stdout.close()
    return confirmed[-1]


async def ledger_of(path: Path, *, writes: bool = True, creates: bool = True) -> int:
    """How many entries a store has that opens."""
    opened = SqliteStore(path, "school", demo=True, writes=writes, creates=creates)
    entries = await opened.entries()
    await opened.close()
    return len(entries)
