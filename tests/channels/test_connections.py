"""Limits on connections, with real sockets at a real server."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.channels.connections import ConnectionLimits
from bot.channels.plain_errors import with_plain_errors
from tests.standins.microsoft import serving

HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: "
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SHORT = ConnectionLimits(max_open=600, head=0.3, idle=60.0)
PATIENT = ConnectionLimits(max_open=20, head=60.0, idle=60.0)
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def listening(limits: ConnectionLimits) -> AsyncIterator[int]:
    """The port of a server that greets."""

    async def greet(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def break_down(request: web.Request) -> web.Response:
        raise ValueError("a secret")

    app = web.Application(middlewares=[with_plain_errors])
    app.router.add_get("/", greet)
    app.router.add_get("/broken", break_down)
    async with serving(app, limits=limits) as address:
        yield int(address.rpartition(":")[2])


async def opened(port: int, first: bytes) -> Stream:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    return reader, writer


async def is_greeted(port: int) -> bool:
    reader, writer = await opened(port, WHOLE)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head.startswith(b"HTTP/1.1 200")


async def rest_of(stream: Stream) -> bytes:
    """What still comes until the server closes."""
    try:
        return await asyncio.wait_for(stream[0].read(), 10)
    except ConnectionError:
        return b""


async def test_eleven_hundred_half_headers_are_closed_and_somebody_else_is_answered_meanwhile():
    async with listening(SHORT) as port:
        halves = [await opened(port, HALF) for _ in range(1_100)]
        assert await is_greeted(port)

        rests = await asyncio.gather(*(rest_of(half) for half in halves))

        assert set(rests) == {b""}
        assert await is_greeted(port)
    for _, writer in halves:
        writer.close()


async def test_the_connection_that_waited_longest_makes_room_for_a_new_one():
    async with listening(PATIENT) as port:
        halves = [await opened(port, HALF) for _ in range(PATIENT.max_open)]

        assert await is_greeted(port)
        assert await rest_of(halves[0]) == b""
        halves[-1][1].write(b"y\r\n\r\n")
        assert (await halves[-1][0].readline()).startswith(b"HTTP/1.1 200")
    for _, writer in halves:
        writer.close()


async def test_a_head_that_drips_is_closed_also_after_a_first_request():
    async with listening(SHORT) as port:
        reader, writer = await opened(port, WHOLE)
        await reader.readuntil(b"hello")
        writer.write(HALF)

        assert await rest_of((reader, writer)) == b""
        writer.close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", b"400"),
        (b"GET /a%20secret HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
        (b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
        (b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n", b"500"),
    ],
)
async def test_whatever_goes_wrong_is_said_in_one_plain_sentence(request_bytes: bytes, status: bytes):
    async with listening(SHORT) as port:
        stream = await opened(port, request_bytes)
        response = await rest_of(stream)
        stream[1].close()

    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status) or head.startswith(b"HTTP/1.0 " + status)
    assert body.startswith(b'{"error": "') and b"secret" not in body and b"Traceback" not in body


def test_a_machine_that_limits_no_open_files_has_the_usual_limit_and_every_command():
    """As on Windows, where Python has no `resource`; in a process of its own."""
    code = (
        "import sys; sys.modules['resource'] = None\n"
        "from bot.channels.connections import MAX_CONNECTIONS, usual_max\n"
        "from bot.cli.main import parser\n"
        "print(usual_max() == MAX_CONNECTIONS)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "True", done.stderr
