"""The door in its order: the cheapest proof first, and nothing odd in a token or a body is a fault of ours."""

import asyncio
import base64
import json
from typing import Any

import pytest

from bot.channels.plain_errors import SORRY
from bot.channels.request_body import BodyReader, Refused
from bot.channels.teams import token_check
from bot.channels.teams.activity import read_activity
from tests.channels.teams.checked_server import CheckedServer
from tests.standins.microsoft import Key


async def head_only(server: CheckedServer, token: str, **headers: str) -> tuple[bytes, asyncio.StreamWriter]:
    """The first line of the response to a request of which only the head was sent; a megabyte is announced."""
    port = int(server.address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    fields = {"Host": "x", "Content-Type": "application/json", "Content-Length": "1000000", **headers}
    fields |= {"Authorization": f"Bearer {token}"} if token else {}
    lines = [f"{name}: {value}" for name, value in fields.items()]
    writer.write("\r\n".join(["POST /api/messages HTTP/1.1", *lines, "", ""]).encode())
    return await asyncio.wait_for(reader.readline(), 5), writer


@pytest.mark.parametrize("token", ["", "bad", "a.b.c"])
async def test_the_body_of_a_request_without_a_valid_token_is_never_read(server: CheckedServer, token: str):
    line, writer = await head_only(server, token)
    writer.close()

    assert b" 401 " in line


async def test_a_body_is_asked_for_only_when_the_token_is_good(server: CheckedServer):
    refused, first = await head_only(server, "bad", Expect="100-continue")
    wanted, second = await head_only(server, server.microsoft.token(), Expect="100-continue")
    first.close()
    second.close()

    assert b" 401 " in refused
    assert b" 100 " in wanted


async def test_bodies_are_read_a_limited_number_at_a_time(server: CheckedServer):
    server.check.bodies = BodyReader(asyncio.Semaphore(1), room_time_limit=0.05, slow_after=5.0)
    _, writer = await head_only(server, server.microsoft.token(), Expect="100-continue")

    assert await server.ask() == (503, "Too much arrives at once. Please try again.")
    writer.close()


async def test_slow_bodies_with_a_good_token_give_way_to_whoever_comes(server: CheckedServer):
    server.check.bodies = BodyReader(slow_after=0.2)
    token = server.microsoft.token()
    slow = await asyncio.gather(*(head_only(server, token, Expect="100-continue") for _ in range(32)))
    assert server.check.bodies.room.locked()

    replies = await asyncio.gather(*(server.ask() for _ in range(8)))

    assert [status for status, _ in replies] == [200] * 8
    for _, writer in slow:
        writer.close()


def unsigned(header: Any, **claims: Any) -> str:
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), b"signature")
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.parametrize(
    "token",
    [
        base64.urlsafe_b64encode(b"[" * 5_000).rstrip(b"=").decode() + ".e30.e30",
        unsigned([]), unsigned(7), unsigned({}), unsigned({"alg": "RS256"}), unsigned({"alg": "RS256", "kid": ["k1"]}),
        unsigned({"alg": ["RS256"], "kid": "k1"}), unsigned({"alg": "RS256", "kid": "k1", "crit": ["x"], "x": 1}),
        unsigned({"alg": "RS256", "kid": "k1", "b64": False, "crit": ["b64"]}), unsigned({"alg": "none", "kid": "k1"}),
        "..", "a..b", "a.b.c.d", "\u00e9.b.c", "a.b.\u212a",
    ],
)  # fmt: skip
async def test_no_odd_token_is_a_fault_of_ours(server: CheckedServer, token: str):
    line, writer = await head_only(server, token)
    writer.close()

    assert b" 401 " in line


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("time", [float("nan"), float("inf"), "inf", "1e400", "1700000000", [], {}, True, 10**400])
async def test_times_in_a_token_are_numbers(server: CheckedServer, claim: str, time: Any):
    assert (await server.ask(token=server.microsoft.token(**{claim: time})))[0] == 401
    assert server.passed == []


async def test_two_tokens_are_none(server: CheckedServer):
    line, writer = await head_only(server, server.microsoft.token(), authorization="Bearer x")
    writer.close()

    assert b" 401 " in line or b" 400 " in line


async def test_an_address_over_its_limit_makes_nobody_fetch_keys(server: CheckedServer):
    assert (await server.ask())[0] == 200
    for _ in range(token_check.MAX_FAILURES):
        await server.ask(token="bad")
    fetched = server.microsoft.keys_fetched

    server.microsoft.keys = {"k2": Key("k2")}
    for _ in range(5):
        assert (await server.ask(token=server.microsoft.token("k2")))[0] == 429

    assert (server.microsoft.keys_fetched, server.clock.pauses) == (fetched, [])
    server.clock.at += token_check.WINDOW
    assert (await server.ask(token=server.microsoft.token("k2")))[0] == 200


async def test_whatever_goes_wrong_behind_the_door_is_one_plain_sentence(server: CheckedServer):
    server.failure = RuntimeError("a secret")

    assert await server.ask() == (500, SORRY)


@pytest.mark.parametrize(
    "body",
    [b'{"type": 1, "type": 2}', b'{"n": 1e400}', b'{"n": -Infinity}', b'{"n": ' + b"9" * 5_000 + b"}",
     b"\xef\xbb\xbf{}", b'{"text": "\xc3"}', '{"text": "x"}'.encode("utf-16"), b'{"\\udfff": 1}'],
)  # fmt: skip
def test_json_that_two_readers_would_read_differently_is_refused(body: bytes):
    with pytest.raises(Refused):
        read_activity(body)
