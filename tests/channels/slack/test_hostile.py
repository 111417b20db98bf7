"""Requests that mean harm, unsigned and validly signed: none gets a fault of the server, none changes anything."""

import asyncio
import copy
import gc
import itertools
import json
import os
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from bot.channels.memory import MAX_SEEN
from bot.channels.slack.request_fields import MAX_BYTES
from bot.channels.slack.signature_check import MAX_AGE, NOT_SIGNED, sign
from tests.channels.fakes import FakeRoster, SmallDesk
from tests.channels.slack.slack_bot import STRANGER_ID, TEACHER, RunningBot, Setting, bot_running
from tests.standins.slack import (
    APP_ID,
    SECRET,
    TEAM,
    as_form,
    command,
    direct,
    event,
    interaction,
    mention,
    pressed,
    signed,
    submitted,
)  # fmt: skip

REQUESTS = 10_000 if os.environ.get("STAFFROOM_SOAK") else 600
AT_ONCE = 16
# Bytes that may stay. What was admitted is remembered for ten minutes by its key, a tuple of three short texts
# (at most MAX_SEEN of them, so the end is 10 MB); the rest is what the first requests load and open, once.
BYTES_OF_A_KEY = 1024
BYTES_OF_THE_FIRST = 2 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"
GOOD = json.dumps(event(direct("let me in", STRANGER_ID))).encode()
DEEP = b'{"type": "event_callback", "event": ' + b"[" * 100 + b"]" * 100 + b"}"


def header(name: str, value: str | None, body: bytes = GOOD) -> dict[str, Any]:
    """A good request with one header changed, or left out."""
    request = signed(body)
    request["headers"] = {key: text for key, text in request["headers"].items() if key != name}
    request["headers"] |= {} if value is None else {name: value}
    return request


def stamped(stamp: str) -> dict[str, Any]:
    """A request whose signature is good for a strange time stamp."""
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign(SECRET, stamp, GOOD)}
    return {"data": GOOD, "headers": {"Content-Type": "application/json", **headers}}


UNSIGNED: dict[str, dict[str, Any]] = {
    "no headers": {"data": GOOD, "headers": {"Content-Type": "application/json"}},
    "no signature": header("X-Slack-Signature", None),
    "no time stamp": header("X-Slack-Request-Timestamp", None),
    "an empty signature": header("X-Slack-Signature", ""),
    "another signature": header("X-Slack-Signature", "v0=" + "0" * 64),
    "another version": header("X-Slack-Signature", "v1=" + "0" * 64),
    "a signature with accents": header("X-Slack-Signature", "v0=\u00e9"),
    "a long signature": header("X-Slack-Signature", "v0=" + "a" * 6_000),
    "an old time stamp": stamped(str(int(time.time()) - MAX_AGE - 60)),
    "a time stamp to come": stamped(str(int(time.time()) + MAX_AGE + 86_400)),
    "no number": stamped("abc"),
    "an empty time stamp": stamped(""),
    "a fraction": stamped("1.5"),
    "not a number": stamped("nan"),
    "five thousand digits": stamped("9" * 5_000),
    "a minus": stamped("-1"),
    "a space": stamped("1 0"),
    "an underscore": stamped("1_0"),
    "broken JSON": {**header("X-Slack-Signature", "v0=x"), "data": b"{"},
    "a list": {**header("X-Slack-Signature", "v0=x"), "data": b"[]"},
    "deep": {**header("X-Slack-Signature", "v0=x"), "data": b"[" * 50_000},
    "many digits": {**header("X-Slack-Signature", "v0=x"), "data": b"9" * 10_000},
    "no UTF-8": {**header("X-Slack-Signature", "v0=x"), "data": b"\xff\xfe"},
    "ssl_check": {"data": b"ssl_check=1", "headers": {"Content-Type": FORM}},
    "another body": {**signed(GOOD), "data": GOOD + b" "},
}


def with_event(**more: Any) -> bytes:
    return json.dumps(event({**direct("let me in", STRANGER_ID), **more})).encode()


def changed(payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    return interaction({**payload, **more})


PRESS = pressed({"action_id": "look", "value": "{}"}, STRANGER_ID, "D0STRANGE", "1.1")
VIEW = submitted({"callback_id": "look", "private_metadata": "{}"}, {}, STRANGER_ID)
SIGNED: dict[str, dict[str, Any]] = {
    "nothing": signed(b""),
    "broken JSON": signed(b"{"),
    "a list": signed(b"[]"),
    "a number": signed(b"5"),
    "null": signed(b"null"),
    "no type": signed(b"{}"),
    "a type that is a list": signed(b'{"type": []}'),
    "an unknown type": signed(b'{"type": "evil"}'),
    "deep": signed(DEEP),
    "deeper": signed(b"[" * 100_000),
    "a name twice": signed(GOOD[:-1] + b', "type": "event_callback"}'),
    "no number": signed(GOOD[:-1] + b', "n": NaN}'),
    "half a character": signed(GOOD.replace(b"let me in", b"\\ud800")),
    "no UTF-8": signed(GOOD.replace(b"let me in", b"\xff")),
    "UTF-16": signed(GOOD.decode().encode("utf-16")),
    "an event that is a list": signed(json.dumps({**event({}), "event": []}).encode()),
    "an event that is null": signed(json.dumps({**event({}), "event": None}).encode()),
    "an event without a type": signed(json.dumps(event({})).encode()),
    "a user that is an object": signed(with_event(user={"id": STRANGER_ID})),
    "a user that is a path": signed(with_event(user="../../etc/passwd")),
    "a text that is a list": signed(with_event(text=["x"])),
    "a time stamp that is a number": signed(with_event(ts=1.5)),
    "a channel with line breaks": signed(with_event(channel="D1\r\nX: y")),
    "a subtype that is an object": signed(with_event(subtype={})),
    "another workspace": signed(json.dumps(event(direct("x", STRANGER_ID), team_id="T0ANOTHER")).encode()),
    "another app": signed(json.dumps(event(direct("x", STRANGER_ID), api_app_id="A0ANOTHER")).encode()),
    "a workspace that is a number": signed(json.dumps(event(direct("x", STRANGER_ID), team_id=5)).encode()),
    "no app": signed(json.dumps({"type": "event_callback", "team_id": TEAM}).encode()),
    "a challenge that is a list": signed(b'{"type": "url_verification", "challenge": []}'),
    "no actions": changed(PRESS, actions=[]),
    "actions that are null": changed(PRESS, actions=None),
    "an action that is a text": changed(PRESS, actions=["x"]),
    "a verb that is a number": changed(PRESS, actions=[{"action_id": 5, "value": "{}"}]),
    "data that is no JSON": changed(PRESS, actions=[{"action_id": "look", "value": "{"}]),
    "data that is deep": changed(PRESS, actions=[{"action_id": "look", "value": "[" * 100_000}]),
    "a press without a user": changed(PRESS, user=None),
    "a press of another workspace": changed(PRESS, user={"id": STRANGER_ID, "team_id": "T0ANOTHER"}),
    "a message that is a list": changed(PRESS, message=[]),
    "a view that is null": changed(VIEW, view=None),
    "a view without a type": changed(VIEW, view={}),
    "a state that is a list": changed(VIEW, view={**VIEW["view"], "state": []}),
    "values that are a text": changed(VIEW, view={**VIEW["view"], "state": {"values": "x"}}),
    "metadata that is a list": changed(VIEW, view={**VIEW["view"], "private_metadata": []}),
    "a payload that is null": as_form({"payload": "null"}),
    "a payload that is empty": as_form({"payload": ""}),
    "a payload twice": signed(b"payload=%7B%7D&payload=%7B%7D", FORM),
    "a payload of bad bytes": signed(b"payload=%ff%fe", FORM),
    "many fields": signed("&".join(f"a{number}=1" for number in range(1_000)).encode(), FORM),
    "a command without a slash": as_form(command("x", STRANGER_ID) | {"command": "policy"}),
    "a command of another workspace": as_form(command("x", STRANGER_ID) | {"team_id": "T0ANOTHER"}),
    "a command without a trigger": as_form(command("x", STRANGER_ID) | {"trigger_id": ""}),
    "ssl_check": signed(b"ssl_check=1", FORM),
    "another media type": signed(GOOD, "text/plain"),
    "an unknown charset": signed(GOOD, "application/json; charset=utf-7"),
    "too large": signed(b" " * (MAX_BYTES + 1)),
}


@pytest.fixture
def setting() -> Setting:
    minutes = itertools.count()  # nobody asks too much
    small = SmallDesk(roster=FakeRoster((TEACHER,)))
    return Setting(small=small, monotonic=lambda: float(next(minutes) * 60))


def nothing_changed(bot: RunningBot) -> bool:
    return (bot.small.people.kept, bot.small.people.pins, bot.small.heard) == ({}, {}, [])


@pytest.mark.parametrize("name", UNSIGNED)
async def test_what_slack_did_not_sign_is_refused_before_it_is_read(bot: RunningBot, name: str):
    status, body = await bot.post(UNSIGNED[name])
    await bot.idle()

    assert (status, body) == (401, {"error": NOT_SIGNED})
    assert bot.slack.calls == [] and nothing_changed(bot)


@pytest.mark.parametrize("name", SIGNED)
async def test_signed_junk_gets_a_plain_answer_and_changes_nothing(bot: RunningBot, name: str):
    status, body = await bot.post(SIGNED[name])
    await bot.idle()

    assert status < 500
    assert status == 200 or list(body) == ["error"]
    assert nothing_changed(bot)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
async def test_only_posts_are_taken(bot: RunningBot, method: str):
    async with bot.http.request(method, f"{bot.address}/api/slack", **signed(GOOD)) as response:
        assert response.status == 405


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "x"])
async def test_what_is_compressed_is_not_taken(bot: RunningBot, encoding: str):
    status, _ = await bot.post(header("Content-Encoding", encoding))

    assert status == 415 and bot.slack.calls == []


async def test_many_bad_signatures_from_one_address_are_told_to_wait_and_good_ones_pass():
    async with bot_running(Setting()) as bot:
        statuses = [(await bot.post(UNSIGNED["another signature"]))[0] for _ in range(25)]
        good = await bot.post(signed(GOOD))
        await bot.idle()

    assert statuses[0] == 401 and statuses[-1] == 429 and good[0] == 200


async def test_one_person_cannot_ask_without_end():
    async with bot_running(Setting()) as bot:
        events = [json.dumps(event(direct("x", STRANGER_ID, ts=f"17.{number}"), f"Ev{number}")) for number in range(35)]
        statuses = [(await bot.post(signed(body.encode())))[0] for body in events]
        await bot.idle()

    assert statuses[0] == 200 and statuses[-1] == 429


STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 2**70, "", " ", "\x00", "x" * 5_000, "<!channel>", "${jndi:ldap://x}", "../../etc/passwd",
    "\u202e", "%s%n", "'; DROP TABLE document; --", [], [None], {}, {"a": {"b": []}}, [[[[]]]], "https://evil.example/",
    "D0STRANGE", "C0STAFF01", "U0NOBODY1", "1700000000.000100", "look", "{}", "null", "block_actions", "app_mention",
)  # fmt: skip
NAMES = ("type", "event", "user", "id", "team", "view", "actions", "value", "state", "values", "channel", "ts", "")


def originals() -> list[dict[str, Any]]:
    return [
        event(direct("can i use my phone", STRANGER_ID)),
        event(mention("hello", STRANGER_ID)),
        event({"type": "app_home_opened", "tab": "messages", "user": STRANGER_ID, "channel": "D0STRANGE"}),
        event({"type": "reaction_added", "user": STRANGER_ID}),
        PRESS,
        VIEW,
        {"type": "view_closed", "api_app_id": APP_ID, "team": {"id": TEAM}, "user": {"id": STRANGER_ID}},
        {"type": "url_verification", "challenge": "x"},
    ]


def mutated(value: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A copy with one to four places changed, taken away, added or wrapped."""
    copied = copy.deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        part: Any = copied
        while isinstance(part, dict) and part and chance.random() < 0.7:
            inner = [child for child in part.values() if isinstance(child, dict | list)]
            if not inner:
                break
            part = chance.choice(inner)
            part = chance.choice(part) if isinstance(part, list) and part else part
        if not isinstance(part, dict):
            continue
        name = chance.choice([*part, *NAMES])
        match chance.randrange(4):
            case 0:
                part.pop(name, None)
            case 1:
                part[name] = [part.get(name)]
            case _:
                part[name] = copy.deepcopy(chance.choice(STRANGE))
    return copied


def request_by(chance: random.Random, number: int) -> dict[str, Any]:
    """A request with a few things wrong in it, four of five of them validly signed."""
    payload = mutated(chance.choice(originals()), chance)
    payload.setdefault("event_id", f"Ev{number}")
    payload.setdefault("trigger_id", f"{number}.1")
    body = json.dumps(payload).encode()
    match chance.randrange(8):
        case 0:
            request = signed(body[: chance.randrange(len(body))])
        case 1:
            noise = bytes(chance.randrange(256) for _ in range(200))
            request = signed(noise, chance.choice([FORM, "application/json"]))
        case 2 | 3 | 4:
            request = signed(urlencode({"payload": body.decode()}).encode(), FORM)
        case 5:
            fields = command(str(chance.choice(STRANGE)), STRANGER_ID, trigger=str(number))
            fields[chance.choice(list(fields))] = str(chance.choice(STRANGE))
            request = signed(urlencode(fields, quote_via=quote).encode(), FORM)
        case _:
            request = signed(body)
    if chance.random() < 0.2:
        request["headers"]["X-Slack-Signature"] = chance.choice(["", "v0=", "v0=" + "f" * 64])
    return request


@pytest.fixture
async def target(setting: Setting) -> AsyncIterator[RunningBot]:
    async with bot_running(setting) as running:
        yield running


async def test_no_hostile_request_brings_a_fault_or_changes_anything(target: RunningBot):
    chance = random.Random(17)
    requests = (request_by(chance, number) for number in range(REQUESTS))
    statuses: Counter[int] = Counter()

    async def shoot() -> None:
        for request in requests:
            async with target.http.post(f"{target.address}/api/slack", **request) as response:
                text = await response.text()
                assert "Traceback" not in text and response.status < 500, (response.status, request["data"][:300])
                statuses[response.status] += 1

    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    await asyncio.gather(*(shoot() for _ in range(AT_ONCE)))
    await target.idle()
    target.slack.calls.clear()
    target.slack.messages.clear()
    target.slack.ephemeral.clear()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert {200, 400, 401, 403} <= set(statuses), statuses
    assert sum(statuses.values()) == REQUESTS
    assert nothing_changed(target)
    remembered = min(statuses[200], MAX_SEEN)
    assert after - before < BYTES_OF_THE_FIRST + remembered * BYTES_OF_A_KEY, (after - before, remembered)
