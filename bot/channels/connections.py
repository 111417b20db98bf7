"""Limits on a server's connections, in the program itself: how many are open, and how long a request's head may take.

aiohttp has no such limits of its own: a connection that has sent half a head would stay open for an hour. What a proxy
in front limits as well is limited twice, and a server without one is not defenceless.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.channels.plain_errors import plain_error

LOG = logging.getLogger("staffroom.connections")
MAX_CONNECTIONS = 512
HEAD_TIME_LIMIT = 10.0  # seconds from a connection's or a request's first byte to the end of its head
IDLE_TIME_LIMIT = 150.0  # seconds between two requests: longer than the two minutes for which Caddy keeps connections
LINGERING_TIME = 2.0  # seconds for which a refused body is still taken, so that its sender gets to read why
READ_BUFFER_BYTES = 16 * 1024  # of a body that nobody has asked for yet, two of these are in memory at most


def usual_max() -> int:
    """Half of the files this process may have open at once, so that the store and our own requests find room."""
    try:
        import resource  # there is none on Windows
    except ImportError:
        return MAX_CONNECTIONS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(MAX_CONNECTIONS, soft // 2))


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections may be open at once, and how long each may keep us waiting, in seconds."""

    max_open: int
    head: float = HEAD_TIME_LIMIT
    idle: float = IDLE_TIME_LIMIT
    lingering: float = LINGERING_TIME


class LimitedConnection(RequestHandler):
    """A connection that is closed unless each request's head is there in time."""

    __slots__ = ("_connections", "_head_timer", "_is_refused")

    def __init__(self, connections: "LimitedConnections", server: web.Server) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=connections.limits.idle,
            lingering_time=connections.limits.lingering,
            read_bufsize=READ_BUFFER_BYTES,
            access_log=None,  # type: ignore[arg-type]  # aiohttp takes None for "no log": it would hold addresses
            auto_decompress=False,  # a small request must not become a large one before it is checked
        )
        self._connections = connections
        self._head_timer: asyncio.TimerHandle | None = None
        self._is_refused = False  # what still comes is dropped unread: the response went out before the body was there

    @property
    def is_waiting(self) -> bool:
        """Whether no request of this connection is being answered: it is idle, or its next head is incomplete."""
        return self._waiter is not None and not self._waiter.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins to wait for the first request's head, or is closed at once because too many others are open."""
        super().connection_made(transport)
        self._await_head()
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Takes bytes; the first after a pause begin another head."""
        if self._is_refused:
            return
        known = self._request_count
        super().data_received(data)
        if self._request_count > known:
            self._stop_waiting()
        elif self._head_timer is None and self.is_waiting:
            self._await_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is closed."""
        self._stop_waiting()
        self._connections.discard(self)
        super().connection_lost(exc)

    def drop(self) -> None:
        """Closes the connection without a word: the other end has sent no whole request."""
        self._stop_waiting()
        self._connections.discard(self)
        if self.transport is not None:
            self.transport.abort()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Sends a response. If the body was not read, what still comes of it is dropped, which costs next to nothing.

        aiohttp goes on to wait for it for the lingering time: closed at once, the sender would not get to read why.
        """
        finished = await super().finish_response(request, resp, start_time)
        if not request.content.is_eof():
            self._is_refused = True
            if self.transport is not None:
                self.transport.resume_reading()
        return finished

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """A plain sentence for what is no HTTP, or went wrong outside our handlers; aiohttp would repeat the bytes."""
        LOG.info("request_unreadable status=%d error=%s", status, type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("A response has begun already.")
        return plain_error(status)

    def _await_head(self) -> None:
        self._head_timer = asyncio.get_running_loop().call_later(self._connections.limits.head, self._head_is_late)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        LOG.info("connection_dropped why=slow_head")
        self.drop()


class LimitedConnections:
    """Makes the connections of a server, and keeps below the limit on how many are open."""

    def __init__(self, server: web.Server, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._server = server
        self._open: dict[LimitedConnection, None] = {}  # the oldest first

    def __call__(self) -> LimitedConnection:
        """A connection, for asyncio."""
        return LimitedConnection(self, self._server)

    def add(self, connection: LimitedConnection) -> None:
        """Counts a connection. If there are too many, the one that has waited longest without a request is dropped."""
        self._open[connection] = None
        if len(self._open) > self.limits.max_open:
            LOG.info("connection_dropped why=too_many")
            _oldest_waiting(self._open, otherwise=connection).drop()

    def discard(self, connection: LimitedConnection) -> None:
        """Forgets a closed connection."""
        self._open.pop(connection, None)


def _oldest_waiting(connections: Iterable[LimitedConnection], otherwise: LimitedConnection) -> LimitedConnection:
    return next((connection for connection in connections if connection.is_waiting), otherwise)


class LimitedSite(web.TCPSite):
    """Where a server listens, with limits on its connections."""

    def __init__(self, runner: web.BaseRunner, host: str, port: int, limits: ConnectionLimits | None = None) -> None:
        super().__init__(runner, host, port)
        self._limits = limits or ConnectionLimits(usual_max())

    async def start(self) -> None:
        """Listens; raises OSError if it cannot."""
        await web.BaseSite.start(self)
        server = self._runner.server
        assert server is not None
        connections = LimitedConnections(server, self._limits)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(connections, self._host, self._port, backlog=self._backlog)
