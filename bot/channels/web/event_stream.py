"""What the local page is told without asking: a stream for each open page, a mailbox for whoever has none open."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

HEARTBEAT = 15.0  # seconds between signs of life on an open stream
MOST_WAITING = 50  # messages kept for somebody who has not opened the page
GOODBYE = "goodbye"  # no line of JSON: it ends a stream when the server stops


@dataclass(slots=True)
class EventStreams:
    """Lines of JSON, by account."""

    _open: dict[str, set[asyncio.Queue[str]]] = field(default_factory=lambda: defaultdict(set))
    _mailboxes: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_WAITING)))

    def hand(self, account: str, told: Mapping[str, Any]) -> None:
        """Tells somebody something now, or when they open the page."""
        line = json.dumps(told)
        listening = self._open.get(account, set())
        for queue in listening:
            queue.put_nowait(line)
        if not listening:
            self._mailboxes[account].append(line)

    def show(self, told: Mapping[str, Any]) -> None:
        """Shows something to everybody who has the page open, and keeps it for nobody."""
        self._say(json.dumps(told))

    def hang_up(self) -> None:
        """Ends every stream."""
        self._say(GOODBYE)

    def _say(self, line: str) -> None:
        for queue in (queue for listening in self._open.values() for queue in listening):
            queue.put_nowait(line)

    def collect(self, account: str) -> list[str]:
        """What waits for somebody; it waits no longer."""
        return list(self._mailboxes.pop(account, ()))

    @asynccontextmanager
    async def listening(self, account: str) -> AsyncIterator[AsyncIterator[str]]:
        """Somebody's lines for as long as the block runs; an empty one from time to time, as a sign of life."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._open[account].add(queue)
        try:
            yield _lines(queue)
        finally:
            self._open[account].discard(queue)
            if not self._open[account]:
                del self._open[account]


async def _lines(queue: asyncio.Queue[str]) -> AsyncIterator[str]:
    while True:
        try:
            line = await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            line = ""
        if line == GOODBYE:
            return
        yield line
