"""What may stand in a log, with real bytes sent to a real server."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
from aiohttp import web

from bot.log import OUR_LOGGER, PlainFormatter
from tests.standins.microsoft import serving


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PlainFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


async def test_what_somebody_sent_never_reaches_the_log_through_another_library(lines: io.StringIO):
    async def broken(request: web.Request) -> web.Response:
        raise ValueError(await request.text())

    app = web.Application()
    app.router.add_post("/", broken)
    async with serving(app) as address:
        port = int(address.rpartition(":")[2])
        for reply in (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na secret!!",
            b"POST / HTTP/1.1\r\nHost: x\r\nA Secret Header\x00: a secret\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\na secret\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(reply)
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()

    assert "ERROR aiohttp.server error=ValueError" in lines.getvalue()
    assert "secret" not in lines.getvalue().lower()


def test_our_own_events_are_told_in_words(lines: io.StringIO):
    logging.getLogger(f"{OUR_LOGGER}.door").warning("refused status=%d", 401)

    assert lines.getvalue().endswith(f"WARNING {OUR_LOGGER}.door refused status=401\n")


def test_an_event_is_one_line_whatever_its_ids_are(lines: io.StringIO):
    logging.getLogger(f"{OUR_LOGGER}.test").warning("sent id=%s", "a\nb\x1b[31m\u202e\ud800")

    (line,) = lines.getvalue().splitlines()
    assert line.endswith("sent id=a b\ufffd[31m\ufffd")
