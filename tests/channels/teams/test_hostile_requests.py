"""Thousands of hostile requests, byte for byte: methods, paths, headers, tokens and bodies that mean harm."""

import asyncio
import json
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import jwt
import pytest

from bot.channels.connections import ConnectionLimits
from bot.channels.server import channel_server
from bot.channels.services import HttpSession
from bot.channels.signing_keys import SigningKeys
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import TeamsTokenCheck
from tests.channels.fakes import TEACHER, FakeRoster, SmallDesk
from tests.channels.shared_arrivals import SharedArrivals
from tests.channels.teams.checked_server import Clock
from tests.channels.teams.teams_bot import NoSchedule, Setting, build
from tests.standins.activities import said
from tests.standins.microsoft import APP_ID, TENANT, Key, LittleMicrosoft, little_microsoft, serving

REQUESTS = 100_000 if os.environ.get("STAFFROOM_SOAK") else 2_000
AT_ONCE = 50
LIMITS = ConnectionLimits(max_open=40, head=0.1, idle=0.3, lingering=0.05)  # fewer than come at once
METHODS = ["POST"] * 20 + [
    "GET",
    "PUT",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "post",
    "PO ST",
    "\x00",
    "G" * 9_000,
    "",
]
PATHS = ["/api/messages"] * 12 + [
    "/", "/healthz", "/readyz", "/api/messages/", "/api//messages", "/../etc/passwd", "/%00", "/%ff%fe", "*", "//x",
    "http://elsewhere/api/messages", "/api/messages?" + "x" * 9_000, "/api/messages#x", "", "/\u00e9",
]  # fmt: skip
HEADERS = [
    ("Content-Length", "-1"), ("Content-Length", "1e3"), ("Content-Length", "99999999999999999999"),
    ("Content-Length", "0x10"), ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "gzip, chunked"),
    ("Content-Encoding", "gzip"), ("Content-Type", "text/plain"), ("Content-Type", "application/json; charset=utf-7"),
    ("Content-Type", ";;;="), ("Expect", "100-continue"), ("Expect", "a miracle"), ("Upgrade", "websocket"),
    ("Connection", "Upgrade"), ("X-Forwarded-For", "127.0.0.1"), ("Host", "["), ("Cookie", "x" * 8_000), ("\x00", "x"),
    ("Authorization", "Basic eDp4"), ("Authorization", "Bearer"), ("X", "\x01\x02"), ("Range", "bytes=0-"), (" X", "x"),
]  # fmt: skip
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


@dataclass
class Target:
    microsoft: LittleMicrosoft
    small: SmallDesk
    port: int
    tokens: list[str]


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """The real mode's server with its limits, over a small desk."""
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        parts = build(microsoft, http, Setting(small=SmallDesk(roster=FakeRoster((TEACHER,)))))
        clock = Clock()
        keys = SigningKeys(microsoft.where().metadata, lambda: http, clock, clock.pause)
        check = TeamsTokenCheck(APP_ID, TENANT, keys, clock, microsoft.where(), request_time_limit=0.1)
        server = channel_server([teams_endpoint(parts.bot, check, SharedArrivals())], {}, HttpSession(), NoSchedule())
        forged = jwt.encode({"aud": APP_ID}, Key("f").private, "RS256", headers={"kid": "forged"})
        unsigned = jwt.encode({"aud": APP_ID}, "x" * 32, "HS256", headers={"kid": "k1"})
        good, other = microsoft.token(), microsoft.token(aud="somebody-else")
        async with serving(server, limits=LIMITS) as address:
            tokens = [good, good, other, forged, unsigned, good[:-3], "x", "..", "", "[" * 4_000]
            yield Target(microsoft, parts.running.small, int(address.rpartition(":")[2]), tokens)


def body_by(chance: random.Random, number: int, service: str) -> bytes:
    """A stranger's message, whole or spoilt."""
    stranger = {"from": {"id": f"29:{number}", "aadObjectId": f"x{number}"}, "id": f"h{number}"}
    body = json.dumps(said(service, "let me in", **stranger)).encode()
    match chance.randrange(9):
        case 0:
            return b"[" * chance.choice([50, 1_000, 100_000])
        case 1:
            return body[: chance.randrange(len(body))]
        case 2:
            return body.decode().encode(chance.choice(["utf-16", "utf-32", "utf-7"]))
        case 3:
            return body[:-1] + b', "id": "twice", "n": ' + chance.choice([b"NaN", b"1e999", b"1", b"9" * 5_000]) + b"}"
        case 4:
            return body.replace(b"let me in", chance.choice([b"\\ud800", b"\xff", b"\\u0000", "\u202e".encode()]))
        case 5:
            return bytes(chance.randrange(256) for _ in range(200))
    return body


def request_by(chance: random.Random, number: int, target: Target) -> bytes:
    """A request with a few things wrong with it."""
    body = body_by(chance, number, target.microsoft.service)
    headers = [("Host", "x"), ("Content-Type", "application/json"), ("Connection", "close")]
    headers.append(("Authorization", f"Bearer {chance.choice(target.tokens)}"))
    if chance.random() < 0.9:
        headers.append(("Content-Length", str(len(body) + chance.choice([0] * 12 + [1, -1, 2_000_000]))))
    headers += chance.sample(HEADERS, chance.choice([0, 0, 0, 1, 2]))
    chance.shuffle(headers)
    version = chance.choice(["HTTP/1.1"] * 20 + ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "x"])
    line = f"{chance.choice(METHODS)} {chance.choice(PATHS)} {version}"
    head = "\r\n".join([line, *(f"{name}: {value}" for name, value in headers), "", ""]).encode()
    whole = head + body
    return whole[: chance.randrange(len(whole))] if chance.random() < 0.05 else whole


async def response_to(request: bytes, port: int) -> bytes:
    """Everything the server says until it closes, which it does in time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    response = b""
    try:
        writer.write(request)
        async with asyncio.timeout(20):
            while more := await reader.read(65_536):
                response += more
    except ConnectionError:
        pass
    finally:
        writer.close()
    return response


async def test_no_hostile_request_brings_a_fault_or_changes_anything(target: Target):
    chance = random.Random(15)
    requests = (request_by(chance, number, target) for number in range(REQUESTS))
    statuses: Counter[int] = Counter()

    async def shoot() -> None:
        for request in requests:
            response = await response_to(request, target.port)
            assert b"Traceback" not in response and b"File " not in response, request[:300]
            for status in (int(status) for status in STATUS.findall(response)):
                assert status < 500 or status == 503, (status, request[:300])
                statuses[status] += 1

    await asyncio.gather(*(shoot() for _ in range(AT_ONCE)))

    assert {200, 400, 401, 404, 405, 413, 415, 429} <= set(statuses), statuses
    assert (target.small.people.kept, target.small.people.pins, target.small.heard) == ({}, {}, [])
