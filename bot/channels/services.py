"""What runs beside a server for as long as it runs: the HTTP session, a channel's unfinished work, the schedule."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import ClientSession, DummyCookieJar, web

from bot.errors import SettingsError

CLOSING_TIME_LIMIT = 5.0  # seconds for what is still under way when a server stops


class Service(Protocol):
    """Something that is started and closed with a server."""

    def start(self) -> None:
        """Starts it, on the running event loop."""
        ...

    async def close(self) -> None:
        """Ends it in good order."""
        ...


def run_with(app: web.Application, *services: Service) -> None:
    """Starts services in this order when a server starts, and closes them in reverse order when it stops."""
    for service in services:
        app.cleanup_ctx.append(_while_running(service))


def _while_running(service: Service) -> Callable[[web.Application], AsyncIterator[None]]:
    async def running(app: web.Application) -> AsyncIterator[None]:
        service.start()
        yield
        await service.close()

    return running


class HttpSession:
    """One HTTP session for everything Staffroom asks of others.

    Proxies come from HTTPS_PROXY and its like, as for MSAL.
    """

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    def __call__(self) -> ClientSession:
        """The session; raises SettingsError unless it was started."""
        if self._session is None:
            raise SettingsError("The server has not started.")
        return self._session

    def start(self) -> None:
        """Opens the session."""
        self._session = ClientSession(cookie_jar=DummyCookieJar(), trust_env=True)

    async def close(self) -> None:
        """Closes the session."""
        if self._session:
            await self._session.close()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path on a server whose handler checks for itself who may come in. It answers every method.

    As a service it waits, when the server stops, for what is still being answered.
    """

    path: str
    respond: Callable[[web.Request], Awaitable[web.StreamResponse]]
    finish: Callable[[], Awaitable[None]]

    def start(self) -> None:
        """Does nothing: answers begin with requests."""

    async def close(self) -> None:
        """Waits for what is still being answered, at most a few seconds."""
        await self.finish()
