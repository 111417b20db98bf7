"""Files that wait to be fetched, in memory only, for ten minutes."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.memory import KEPT_FOR
from bot.desk.rules.messages import Attachment

MOST = 20


@dataclass(slots=True)
class PendingFiles:
    """Files by an id nobody can guess."""

    _held: dict[str, tuple[Attachment, datetime]] = field(default_factory=dict)

    def keep(self, file: Attachment, now: datetime) -> str:
        """Keeps a file for ten minutes; its id."""
        self._held = {id: held for id, held in self._held.items() if now - held[1] <= KEPT_FOR}
        while len(self._held) >= MOST:
            del self._held[next(iter(self._held))]
        id = secrets.token_urlsafe(16)
        self._held[id] = (file, now)
        return id

    def get(self, id: str, now: datetime) -> Attachment | None:
        """A file that still waits."""
        file, at = self._held.get(id, (None, now))
        return file if now - at <= KEPT_FOR else None

    def drop(self, id: str) -> None:
        """Lets go of a file."""
        self._held.pop(id, None)
