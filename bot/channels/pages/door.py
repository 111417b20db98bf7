"""How the pages are reached: their addresses, who may frame them, and the cookie of a session."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from aiohttp import web

from bot.channels.pages.responses import NO_FRAMES

HOME = "/school/"

Respond: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """What answers at an address. Every handler checks the session for itself, but for those that are `is_open`."""

    method: str
    path: str
    respond: Respond
    is_open: bool = False  # a file without anything of the school


@dataclass(frozen=True, slots=True)
class Door:
    """How the pages are reached: cookies, the sites that may frame them, and the address that forms must come from.

    `origin` is empty in local mode, where it is the address that was asked for. `how` says how to sign in, and `start`
    where, if there is such a place. `again` is where people sign in once more for what needs a fresh sign-in, by the
    channel in which their account is known. `signed_in_at` names who may still know them once they have signed out.
    """

    cookie: str
    is_secure: bool
    frames: str
    how: str
    origin: str = ""
    start: str = ""
    again: Mapping[str, str] = field(default_factory=dict)
    signed_in_at: str = ""

    def session_cookie(self, value: str, lasts: timedelta) -> str:
        """The header that sets a session's cookie; with an empty value and no time it takes the cookie away."""
        # http.cookies knows Partitioned only from Python 3.14 on; a cookie in a tab needs it, and it needs Secure.
        site = "SameSite=None; Secure; Partitioned" if self.is_secure else "SameSite=Strict"
        if self.is_secure and self.frames == NO_FRAMES:
            site = "SameSite=Lax; Secure"  # not Strict: people come back from another site's sign-in
        return f"{self.cookie}={value}; Path={HOME}; Max-Age={int(lasts.total_seconds())}; HttpOnly; {site}"
