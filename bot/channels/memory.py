"""What a channel remembers for a follow-up: the last situation per conversation, for ten minutes, never words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT_FOR = timedelta(minutes=10)
MOST = 10_000  # conversations


@dataclass(slots=True)
class Memory:
    """Last situations by (account, conversation); in memory only, gone when the process ends."""

    _held: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)

    def last(self, who: tuple[str, str], now: datetime) -> str:
        """The situation of the answer before, or nothing when that was more than ten minutes ago."""
        situation, at = self._held.get(who, ("", now))
        return situation if now - at <= KEPT_FOR else ""

    def keep(self, who: tuple[str, str], situation: str, now: datetime) -> None:
        """Remembers an answer's situation; nothing takes its place when the reply had none."""
        self._held.pop(who, None)
        if situation:
            self._held[who] = (situation, now)
        while len(self._held) > MOST:
            del self._held[next(iter(self._held))]
