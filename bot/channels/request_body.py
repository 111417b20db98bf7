"""A request's body: read when there is room, within a time and a size. And the refusal of a request."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import HttpVersion11, web

MAX_BYTES = 1024 * 1024
READING_TIME_LIMIT = 10.0  # seconds a body may take to arrive
MAX_BODIES_AT_ONCE = 32  # in memory while they arrive, each of up to MAX_BYTES
ROOM_TIME_LIMIT = 2.0  # seconds a request waits for room
SLOW_AFTER = 1.0  # seconds a body may take while others wait; Teams sends each in one go
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_LARGE = "That is too large."


class Refused(Exception):
    """A request that is not served: the HTTP status, one plain sentence, and seconds to wait if that helps."""

    def __init__(self, status: int, sentence: str, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait


def refusal(error: Refused) -> web.Response:
    """The response to a request that is not served."""
    headers = {"Retry-After": str(error.wait)} if error.wait else {}
    return web.json_response({"error": str(error)}, status=error.status, headers=headers)


async def expect_later(request: web.Request) -> None:
    """Says no "100 Continue" yet: BodyReader says it when the body is wanted.

    Raises HTTPExpectationFailed for any other expectation.
    """
    if request.headers.get("Expect", "").lower() != "100-continue":
        raise web.HTTPExpectationFailed


def _usual_room() -> asyncio.Semaphore:
    return asyncio.Semaphore(MAX_BODIES_AT_ONCE)


@dataclass(slots=True)
class BodyReader:
    """Reads bodies, as many at a time as there is `room` for; a request waits so many seconds for its turn.

    Whose account a body is of stands in the body itself, so no account can be given a share before it is read. Instead
    slow bodies give way: each request that finds no room leaves the longest-read body `slow_after` seconds in all.
    """

    room: asyncio.Semaphore = field(default_factory=_usual_room)
    room_time_limit: float = ROOM_TIME_LIMIT
    max_bytes: int = MAX_BYTES
    slow_after: float = SLOW_AFTER
    _began: dict[asyncio.Timeout, float] = field(default_factory=dict)  # of bodies that nobody waits for, oldest first

    async def read(self, request: web.Request, time_limit: float = READING_TIME_LIMIT) -> bytes:
        """The body of a request, which must arrive within so many seconds; raises Refused."""
        try:
            async with asyncio.timeout(self.room_time_limit):
                if self.room.locked():
                    self._hurry_oldest()
                await self.room.acquire()
        except TimeoutError as error:
            raise Refused(503, "Too much arrives at once. Please try again.", wait=1) from error
        try:
            async with asyncio.timeout(time_limit) as limit:
                self._began[limit] = asyncio.get_running_loop().time()
                try:
                    return await _read(request, self.max_bytes)
                finally:
                    self._began.pop(limit, None)
        except TimeoutError as error:
            raise Refused(400, "The request took too long to arrive.") from error
        except (web.RequestPayloadError, ConnectionError) as error:
            raise Refused(400, "The request broke off.") from error
        finally:
            self.room.release()

    def _hurry_oldest(self) -> None:
        """Gives the body that has been read for longest no more time than a slow one may have."""
        limit = next(iter(self._began), None)
        if limit is not None:
            soon = self._began.pop(limit) + self.slow_after
            limit.reschedule(min(soon, limit.when() or soon))


async def _read(request: web.Request, max_bytes: int) -> bytes:
    if "Expect" in request.headers and request.version == HttpVersion11:
        await request.writer.write(CONTINUE)
        request.writer.output_size = 0  # the response itself has not begun
    body = bytearray()
    while len(body) <= max_bytes and (more := await request.content.read(max_bytes + 1 - len(body))):
        body += more
    if len(body) > max_bytes:
        raise Refused(413, TOO_LARGE)
    return bytes(body)
