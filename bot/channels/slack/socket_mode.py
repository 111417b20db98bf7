"""Socket Mode: Slack's requests over a connection that we open, for schools without a public address.

What arrives goes the same way as what is posted to an address: shape, app and workspace, once. The one module that
knows slack_sdk; which of its ways are changed here, and why: docs/decisions/17-slack.md.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import aiohttp
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.memory import finish
from bot.channels.request_body import Refused
from bot.channels.services import CLOSING_TIME_LIMIT
from bot.channels.slack.acknowledge import MAX_UNDER_WAY, Acknowledger
from bot.channels.slack.envelope import Envelope, Goodbye, Hello, read_envelope, read_frame
from bot.channels.slack.request_fields import MAX_BYTES
from bot.channels.slack.workspace_check import WorkspaceCheck
from bot.channels.upload_address import is_upload_address as is_address_of
from bot.errors import Busy, ChannelError

LOG = logging.getLogger("staffroom.slack")
PING_EVERY = 5.0  # seconds; a connection that does not answer is given up
OPENING_TIME_LIMIT = 20.0  # seconds, for the address and the connection
HELD_FOR = 10.0  # seconds after which a connection counts as one that held
FIRST_WAIT, MAX_WAIT = 1.0, 60.0  # seconds before the next try; Slack gives an address about once a minute at worst
READ_OUT_FOR = 20.0  # seconds for what still comes on a connection that Slack gives up; it closes it after ten
TOO_MANY = "too_many_websockets"
TRY_LATER = 429
_LOST = (aiohttp.ClientError, ConnectionError, TimeoutError)

# slack_sdk logs what people wrote, and addresses with their tickets. It gets a logger that passes on nothing.
_SILENT = logging.Logger("slack_sdk", logging.CRITICAL + 1)


@dataclass(slots=True)
class SocketDoor:
    """What a connection needs of the world.

    `address` asks Slack for the address of a connection, which is good for one, and raises ChannelError.
    """

    http: Callable[[], aiohttp.ClientSession]
    address: Callable[[], Awaitable[str]]
    hosts: tuple[str, ...] = (".slack.com",)  # to which we connect; another in tests only
    scheme: str = "wss"
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ping_every: float = PING_EVERY
    clock: Callable[[], float] = monotonic  # seconds of any beginning

    async def checked_address(self) -> str:
        """An address of Slack's, and of nobody else's; raises ChannelError.

        It begins with http in place of ws, which is the same connection: aiohttp finds HTTPS_PROXY only for these.
        """
        address = await self.address()
        if not is_address_of(address, self.scheme, self.hosts):
            raise ChannelError("That is no address of Slack's.")
        return address.replace("ws", "http", 1)


class Connections(SocketModeClient):
    """slack_sdk's client: it reads the connection in use, pings it, and has it renewed when it is lost.

    Each connection gets an address of its own, one is opened at a time, and the one before is closed after it.
    """

    def __init__(self, door: SocketDoor, heard: Callable[[ClientWebSocketResponse, str], None]) -> None:
        """`heard` gets each text frame, with the connection that it came on."""
        super().__init__(
            app_token="", logger=_SILENT, web_client=AsyncWebClient(logger=_SILENT), ping_interval=door.ping_every
        )
        self._door = door
        self._heard = heard
        self._tasks: set[asyncio.Task[None]] = set()
        self._wait = 0.0
        self._opened_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self.current_session is not None and not self.current_session.closed

    async def enqueue_message(self, message: str) -> None:
        """Takes a frame as it comes, with the connection that its answer belongs on."""
        if self.current_session is not None:
            self._heard(self.current_session, message)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Opens a connection unless there is one by then; however long another takes, never a second beside it."""
        async with self.connect_operation_lock:
            if not await self.is_connected():
                await self.connect()

    async def connect(self) -> None:
        """Opens a connection, however often that has to be tried, and closes the one before."""
        before = self.current_session
        while not self.closed:
            session = await self._opened()
            if session is None:
                continue
            self.current_session, self.stale, self.last_ping_pong_time = session, False, None
            self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
            self.message_receiver = asyncio.ensure_future(self.receive_messages())
            if before is not None:
                self.do(_closed(before))
            return

    async def _opened(self) -> ClientWebSocketResponse | None:
        """A connection; None, after a while, if there was none to be had."""
        if self._opened_at is not None and self._door.clock() - self._opened_at >= HELD_FOR:
            self._wait = 0.0
        self._opened_at = None
        if self._wait:
            await self._door.pause(self._wait)
        self._wait = min(max(FIRST_WAIT, self._wait * 2), MAX_WAIT)
        try:
            async with asyncio.timeout(OPENING_TIME_LIMIT):
                session = await self._door.http().ws_connect(
                    await self._door.checked_address(),
                    autoping=False,
                    heartbeat=self.ping_interval,
                    max_msg_size=4 * MAX_BYTES,
                )
        except Exception as error:  # noqa: BLE001 - whatever it was, without a next try nobody is answered any more
            LOG.warning("socket_not_opened error=%s", type(error).__name__)
            if isinstance(error, Busy):
                self._wait = min(max(self._wait, error.seconds), MAX_WAIT)
            return None
        self._opened_at = self._door.clock()
        return session

    def give_up(self, session: ClientWebSocketResponse, reason: str) -> None:
        """Opens the next connection, as Slack asks; what still comes on this one until Slack closes it is read."""
        if session is not self.current_session:
            return
        self.current_session = None
        self.do(_closed(session) if reason == TOO_MANY else self._read_out(session))
        self.do(self.connect_to_new_endpoint())

    async def _read_out(self, session: ClientWebSocketResponse) -> None:
        with suppress(*_LOST):
            async with asyncio.timeout(READ_OUT_FOR):
                async for frame in session:
                    if frame.type is WSMsgType.TEXT:
                        self._heard(session, frame.data)
                    elif frame.type is WSMsgType.PING:
                        await session.pong(frame.data)
        await _closed(session)

    async def answer(self, session: ClientWebSocketResponse, text: str) -> None:
        """Sends it on the connection that the question came on; if that is lost, on the one in use."""
        for connection in (session, self.current_session):
            if connection is not None and not connection.closed:
                with suppress(*_LOST):
                    await connection.send_str(text)
                    return
        LOG.info("not_acknowledged")  # Slack sends it again

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Does something beside the reading; it is ended when the client is closed."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Closes the connection, within a few seconds."""
        self.closed = True
        running = (*self._tasks, self.message_processor, self.current_session_monitor, self.message_receiver)
        await finish([task for task in running if task], 0.0)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_TIME_LIMIT):
                if self.current_session is not None:
                    await _closed(self.current_session)
        await self.aiohttp_client_session.close()


@dataclass(slots=True)
class SocketMode:
    """Opens a connection to Slack when the server starts, and takes what comes over it until the server stops.

    Something is acknowledged as soon as it is begun; what may come again, because there is too much of it at once, is
    not. `finish` waits for what is still being answered.
    """

    acknowledger: Acknowledger
    check: WorkspaceCheck
    door: SocketDoor
    finish: Callable[[], Awaitable[None]]
    _connections: Connections | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _is_closing: bool = False

    async def is_connected(self) -> bool:
        """Whether Slack reaches us now."""
        return self._connections is not None and self._connections.is_open

    def start(self) -> None:
        """Opens the connection, beside whatever else starts."""
        self._connections = Connections(self.door, self._hear)
        self._connections.do(self._connections.connect_to_new_endpoint())

    async def close(self) -> None:
        """Takes nothing more, waits for what is being answered, at most a few seconds, and closes the connection."""
        self._is_closing = True
        await finish(tuple(self._tasks), CLOSING_TIME_LIMIT)
        if self._connections:
            await self._connections.close()
        await self.finish()

    def _hear(self, session: ClientWebSocketResponse, text: str) -> None:
        try:
            frame = read_frame(text)
        except Refused as error:
            LOG.info("frame_refused status=%d", error.status)
            return
        match frame:
            case Hello():
                self._greeted(frame)
            case Goodbye() if self._connections:
                LOG.info("socket_given_up reason=%s", frame.reason)
                self._connections.give_up(session, frame.reason)
            case Envelope() if not self._is_closing and len(self._tasks) < MAX_UNDER_WAY:
                task = asyncio.create_task(_quietly(self._take(session, frame)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case Envelope():
                LOG.info("not_taken kind=%s", frame.kind)  # not acknowledged: Slack sends it again

    def _greeted(self, hello: Hello) -> None:
        LOG.info("socket_opened connections=%d", hello.connections)
        if hello.app and hello.app != self.check.app:
            LOG.error("socket_of_another_app")  # nothing that comes over it is taken

    async def _take(self, session: ClientWebSocketResponse, envelope: Envelope) -> None:
        ack: dict[str, Any] = {"envelope_id": envelope.id}
        try:
            answer = await self.acknowledger.take(self.check.admit(read_envelope(envelope)))
        except Refused as error:
            LOG.info("refused status=%d", error.status)
            if error.status == TRY_LATER:
                return
            answer = None  # it would be refused again
        if answer:
            ack["payload"] = answer
        if self._connections:
            await self._connections.answer(session, json.dumps(ack))


async def _closed(session: ClientWebSocketResponse) -> None:
    with suppress(*_LOST):
        await session.close()


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """Does it; whatever goes wrong, one line without anybody's words is in the log."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - there is nobody else to tell
        LOG.error("socket_work_failed error=%s", type(error).__name__)  # noqa: TRY400
