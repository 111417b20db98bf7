"""A request's form, by its head alone, and its body: read when there is room, within a time and a size."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import HttpVersion11, web

from bot.channels.teams.activity import MAX_BYTES, Refused

READING_TIME_LIMIT = 10.0  # seconds a body may take to arrive
MAX_BODIES_AT_ONCE = 32  # in memory while they arrive, each of up to MAX_BYTES
ROOM_TIME_LIMIT = 2.0  # seconds a request waits for room
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_LARGE = "That is too large."


def refuse_form(request: web.Request) -> None:
    """Raises Refused for a request whose head already says that its body need not be read."""
    if request.method != "POST":
        raise Refused(405, "Please POST an activity.")
    if (request.content_length or 0) > MAX_BYTES:
        raise Refused(413, TOO_LARGE)
    if request.content_type != "application/json":
        raise Refused(415, "Please send JSON.")
    if "Content-Encoding" in request.headers:
        raise Refused(415, "Please send plain JSON, not compressed.")


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
    """Reads bodies, as many at a time as there is `room` for; a request waits so many seconds for its turn."""

    room: asyncio.Semaphore = field(default_factory=_usual_room)
    room_time_limit: float = ROOM_TIME_LIMIT

    async def read(self, request: web.Request, time_limit: float = READING_TIME_LIMIT) -> bytes:
        """The body of a request, which must arrive within so many seconds; raises Refused."""
        try:
            async with asyncio.timeout(self.room_time_limit):
                await self.room.acquire()
        except TimeoutError as error:
            raise Refused(503, "Too much arrives at once. Please try again.", wait=1) from error
        try:
            async with asyncio.timeout(time_limit):
                return await _read(request)
        except TimeoutError as error:
            raise Refused(400, "The request took too long to arrive.") from error
        except (web.RequestPayloadError, ConnectionError) as error:
            raise Refused(400, "The request broke off.") from error
        finally:
            self.room.release()


async def _read(request: web.Request) -> bytes:
    if "Expect" in request.headers and request.version == HttpVersion11:
        await request.writer.write(CONTINUE)
        request.writer.output_size = 0  # the response itself has not begun
    body = bytearray()
    while len(body) <= MAX_BYTES and (more := await request.content.read(MAX_BYTES + 1 - len(body))):
        body += more
    if len(body) > MAX_BYTES:
        raise Refused(413, TOO_LARGE)
    return bytes(body)
