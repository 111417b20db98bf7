"""Files that wait to be fetched, in memory only, for ten minutes."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.memory import REMEMBERED_FOR
from bot.desk.rules.messages import Attachment

MAX_FILES = 20


@dataclass(slots=True)
class PendingFiles:
    """Files by an id nobody can guess."""

    _files: dict[str, tuple[Attachment, datetime]] = field(default_factory=dict)  # oldest first

    def keep(self, file: Attachment, now: datetime) -> str:
        """Keeps a file for ten minutes, and returns its id."""
        self._files = {id: (kept, at) for id, (kept, at) in self._files.items() if now - at <= REMEMBERED_FOR}
        while len(self._files) >= MAX_FILES:
            del self._files[next(iter(self._files))]
        id = secrets.token_urlsafe(16)
        self._files[id] = (file, now)
        return id

    def get(self, id: str, now: datetime) -> Attachment | None:
        """A file that still waits; None if it does not."""
        file, kept_at = self._files.get(id, (None, now))
        return file if now - kept_at <= REMEMBERED_FOR else None

    def drop(self, id: str) -> None:
        """Forgets a file; forgetting it again changes nothing."""
        self._files.pop(id, None)
