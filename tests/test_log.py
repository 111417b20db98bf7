"""What may stand in a log, with real bytes sent to a real server."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
from aiohttp import web

from bot.log import MAX_COUNTED, MAX_SAME_LINES, OUR_LOGGER, WINDOW, CountingHandler, PlainFormatter, words_of
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


def event(words: str) -> logging.LogRecord:
    return logging.LogRecord(OUR_LOGGER, logging.INFO, "", 0, words, (), None)


def test_a_flood_of_the_same_line_is_counted_and_not_written():
    written, now = io.StringIO(), [0.0]
    handler = CountingHandler(written, lambda: now[0])

    for _ in range(4_012):
        handler.handle(event("refused status=401"))
    handler.handle(event("turn type=message"))
    now[0] = WINDOW
    handler.handle(event("another minute"))

    lines = written.getvalue().splitlines()
    assert len(lines) == MAX_SAME_LINES + 3
    assert lines[-2].endswith("the same line 4,012 times in the last minute: INFO staffroom refused status=401")
    assert lines[-1].endswith("another minute")


def test_a_flood_of_different_lines_has_an_end_and_what_was_not_written_is_counted_when_logging_ends():
    written = io.StringIO()
    handler = CountingHandler(written, lambda: 0.0)

    for number in range(MAX_COUNTED + 7):
        handler.handle(event(f"line {number}"))
    handler.close()

    lines = written.getvalue().splitlines()
    assert len(lines) == MAX_COUNTED + 1
    assert "7 more lines in the last minute" in lines[-1]


def test_what_other_libraries_repeat_is_counted_as_well():
    written = io.StringIO()
    handler = CountingHandler(written, lambda: 0.0)

    for _ in range(1_000):
        handler.handle(logging.LogRecord("asyncio", logging.ERROR, "", 0, "socket.accept() failed", (), None))
    handler.close()

    assert len(written.getvalue().splitlines()) == MAX_SAME_LINES + 1


def test_an_event_is_one_line_whatever_its_ids_are():
    record = event("sent id=a\nb\x1b[31m\u202e\ud800")

    assert words_of(record) == f"INFO {OUR_LOGGER} sent id=a b\ufffd[31m\ufffd"
