"""Messages of the kinds that every tick reads, in memory, for as long as they are few enough."""

import threading
from collections.abc import Mapping

from bot.outbox.rules.message import Message, MessageKind
from bot.stores.message_rows import message_of
from bot.stores.rows import Row

CACHED_KINDS = frozenset(  # campaigns are planned from them each minute; a year has some thousands
    {
        MessageKind.AGREEMENT,
        MessageKind.ANSWERED,
        MessageKind.JOINED,
        MessageKind.NUDGE,
        MessageKind.PAPER,
        MessageKind.QUESTION,
        MessageKind.REPLY,
        MessageKind.STILL_OPEN,
        MessageKind.SUMMARY,
    }
)
MAX_CACHED_MESSAGES = 20_000  # of all kinds together, about 30 MB; from then on they are read from the file each time


class MessageCache:
    """Messages by the beginning of their keys, which names a school and a kind. Safe to use from any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._messages: dict[str, dict[str, Message]] = {}
        self._in_order: dict[str, tuple[Message, ...]] = {}
        self._revision = 0

    @property
    def revision(self) -> int:
        """How often messages have changed."""
        return self._revision

    def get(self, prefix: str) -> tuple[Message, ...] | None:
        """The messages whose keys begin so, by key; None if they are not in memory."""
        with self._turn:
            messages = self._messages.get(prefix)
            if messages is None:
                return None
            if prefix not in self._in_order:
                self._in_order[prefix] = tuple(messages[key] for key in sorted(messages))
            return self._in_order[prefix]

    def keep(self, prefix: str, messages: Mapping[str, Message], revision: int) -> None:
        """Keeps all messages whose keys begin so, by key, unless something changed since they began to be read."""
        with self._turn:
            if revision == self._revision:
                self._messages[prefix] = dict(messages)
                self._keep_within_bounds()

    def take(self, changes: Mapping[str, Mapping[str, Row | None]]) -> None:
        """Takes in what became durable: rows by table and key, None for one that was deleted."""
        rows = changes.get("message", {})
        if not rows:
            return
        with self._turn:
            self._revision += 1
            for key, row in rows.items():
                self._take_row(key, row)
            self._keep_within_bounds()

    def _take_row(self, key: str, row: Row | None) -> None:
        school, kind, _ = key.split("/", 2)
        prefix = f"{school}/{kind}/"
        messages = self._messages.get(prefix)
        if messages is None:
            return
        self._in_order.pop(prefix, None)
        if row is None:
            messages.pop(key, None)
        else:
            messages[key] = message_of(row)

    def _keep_within_bounds(self) -> None:
        if sum(map(len, self._messages.values())) > MAX_CACHED_MESSAGES:
            self._messages.clear()
            self._in_order.clear()
