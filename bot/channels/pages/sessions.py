"""Who has the pages open: sessions, in memory only, for an hour at most. A restart ends them all."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels.pending_files import PendingFiles
from bot.people.rules.person import Caller

LASTS = timedelta(hours=1)
FRESH_FOR = timedelta(minutes=5)  # in which somebody who has just signed in may do what needs that
MAX_SESSIONS = 500
MAX_SESSIONS_OF_ONE = 10  # so that nobody ends the sessions of others by signing in again and again


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of somebody: `proved` is when they showed who they are, `csrf` what every form of theirs carries."""

    id: str = field(repr=False)
    caller: Caller
    began: datetime
    proved: datetime
    csrf: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(24))
    files: PendingFiles = field(repr=False, default_factory=PendingFiles)

    def is_fresh(self, now: datetime, within: timedelta = FRESH_FOR) -> bool:
        """Whether they showed who they are within the last minutes."""
        return timedelta(0) <= now - self.proved <= within

    def is_form_token(self, shown: str) -> bool:
        """Whether a form came from a page of this session."""
        return secrets.compare_digest(shown.encode(errors="replace"), self.csrf.encode())


@dataclass(slots=True)
class Sessions:
    """Sessions by their cookie's value, of which only a hash is kept."""

    _sessions: dict[str, Session] = field(default_factory=dict)  # oldest first

    def begin(self, caller: Caller, now: datetime, proved: datetime) -> str:
        """Begins a session; returns the value of its cookie."""
        while self._sessions and (
            len(self._sessions) >= MAX_SESSIONS or self._is_over(next(iter(self._sessions)), now)
        ):
            del self._sessions[next(iter(self._sessions))]
        own = [key for key, session in self._sessions.items() if session.caller == caller]
        for key in own[: max(0, len(own) - MAX_SESSIONS_OF_ONE + 1)]:
            del self._sessions[key]
        cookie = secrets.token_urlsafe(32)
        key = _key(cookie)
        self._sessions[key] = Session(key, caller, now, proved)
        return cookie

    def of(self, cookie: str, now: datetime) -> Session | None:
        """The session of a cookie; None if there is none, or it is over."""
        key = _key(cookie)
        return None if key not in self._sessions or self._is_over(key, now) else self._sessions[key]

    def end(self, session: Session) -> None:
        """Ends a session; ending it again changes nothing."""
        self._sessions.pop(session.id, None)

    def _is_over(self, key: str, now: datetime) -> bool:
        return not timedelta(0) <= now - self._sessions[key].began < LASTS


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode(errors="replace")).hexdigest()
