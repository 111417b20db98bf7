"""Server-sent events for the local page: a stream for each open page, a mailbox for people who have none open."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

SIGN_OF_LIFE_AFTER = 15.0  # seconds without a line on an open stream
MAX_WAITING = 50  # messages kept for somebody who has not opened the page
END = "end"  # no line of JSON: it ends a stream when the server stops


def _mailbox() -> deque[str]:
    return deque(maxlen=MAX_WAITING)


@dataclass(slots=True)
class EventStreams:
    """Lines of JSON, by account."""

    _open: dict[str, set[asyncio.Queue[str]]] = field(default_factory=lambda: defaultdict(set))
    _mailboxes: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(_mailbox))

    def deliver(self, account: str, event: Mapping[str, Any]) -> None:
        """Shows somebody an event now, or when they open the page."""
        line = json.dumps(event)
        queues = self._open.get(account, set())
        for queue in queues:
            queue.put_nowait(line)
        if not queues:
            self._mailboxes[account].append(line)

    def broadcast(self, event: Mapping[str, Any]) -> None:
        """Shows an event to everybody who has the page open, and keeps it for nobody."""
        self._put_everywhere(json.dumps(event))

    def end_all(self) -> None:
        """Ends every stream."""
        self._put_everywhere(END)

    def _put_everywhere(self, line: str) -> None:
        for queues in self._open.values():
            for queue in queues:
                queue.put_nowait(line)

    def collect(self, account: str) -> list[str]:
        """The lines that wait for somebody; they wait no longer."""
        return list(self._mailboxes.pop(account, ()))

    @asynccontextmanager
    async def listening(self, account: str) -> AsyncIterator[AsyncIterator[str]]:
        """Somebody's lines for as long as the block runs; an empty line from time to time, as a sign of life."""
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
            line = await asyncio.wait_for(queue.get(), SIGN_OF_LIFE_AFTER)
        except TimeoutError:
            line = ""
        if line == END:
            return
        yield line
