"""Ten thousand requests that mean harm, made from real activities: none brings the bot down or changes its store."""

import asyncio
import copy
import gc
import itertools
import json
import os
import random
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import aiohttp
import pytest

from bot.channels.server import channel_server
from bot.channels.services import HttpSession
from bot.channels.signing_keys import SigningKeys
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import TeamsTokenCheck
from tests.channels.fakes import TEACHER, FakeRoster, SmallDesk
from tests.channels.shared_arrivals import SharedArrivals
from tests.channels.teams.teams_bot import NoSchedule, Setting, build
from tests.standins.activities import activity, in_group, pressed, said
from tests.standins.microsoft import APP_ID, TENANT, LittleMicrosoft, little_microsoft, serving

REQUESTS = 100_000 if os.environ.get("STAFFROOM_SOAK") else 2_000
AT_ONCE = 16
# Bytes that may stay: what is remembered for ten minutes has an end, which only the long run reaches.
GROWTH = (12 if os.environ.get("STAFFROOM_SOAK") else 3) * 1024 * 1024
STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 2**70, "", " ", "\x00", "x" * 5000, "<b>", "${jndi:ldap://x}", "../../etc/passwd",
    "\u202e", "%s%n", "'; DROP TABLE document; --", [], [None], {}, {"a": {"b": []}}, [[[[]]]], "2021-13-45T99:99:99Z",
    "null", "https://evil.example/", "http://127.0.0.1:1/", "Action.Execute", "adaptiveCard/action", "expectReplies",
    "msteams",
)  # fmt: skip
NAMES = ("type", "id", "from", "value", "action", "verb", "data", "text", "serviceUrl", "conversation", "toString", "")


class Target(NamedTuple):
    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    address: str
    small: SmallDesk


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """The real mode's server over a small desk, with a clock that goes a minute ahead at each look."""
    minutes = itertools.count()

    def clock() -> float:
        return float(next(minutes) * 60)

    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        parts = build(microsoft, http, Setting(small=SmallDesk(roster=FakeRoster((TEACHER,)))))
        keys = SigningKeys(microsoft.where().metadata, lambda: http, clock)
        check = TeamsTokenCheck(APP_ID, TENANT, keys, clock, microsoft.where())
        server = channel_server([teams_endpoint(parts.bot, check, SharedArrivals())], {}, HttpSession(), NoSchedule())
        async with serving(server) as address:
            yield Target(microsoft, http, f"{address}/api/messages", parts.running.small)


def originals(service: str) -> list[dict[str, Any]]:
    return [
        said(service, "can i use my phone"),
        said(service, "<at>Staffroom</at> hello", **in_group()),
        pressed(service, "look", {"situation": "phones"}),
        pressed(service, "send", {"question": "why"}),
        activity(service, "installationUpdate", action="add"),
        activity(service, "conversationUpdate", membersAdded=[{"id": "28:bot"}]),
        activity(service, "messageReaction", reactionsAdded=[{"type": "like"}], replyToId="m1"),
        said(service, "edited", type="messageUpdate"),
        said(service, "in the answer", deliveryMode="expectReplies"),
    ]


def mutated(value: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A copy with one to four places changed, taken away, added or wrapped."""
    copied = copy.deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        at: Any = copied
        while isinstance(at, dict) and at:
            key = chance.choice(list(at))
            if isinstance(at[key], dict) and at[key] and chance.random() < 0.6:
                at = at[key]
                continue
            match chance.randrange(4):
                case 0:
                    at[key] = chance.choice(STRANGE)
                case 1:
                    del at[key]
                case 2:
                    at[chance.choice(NAMES)] = chance.choice(STRANGE)
                case 3:
                    at[key] = chance.choice([[at[key]], {"x": at[key]}, str(at[key]), json.dumps(at[key])])
            break
    return copied


def bent(body: bytes, chance: random.Random) -> bytes:
    """Bytes cut, doubled or flipped."""
    place = chance.randrange(len(body))
    match chance.randrange(3):
        case 0:
            return body[:place]
        case 1:
            return body[:place] + body[place:] * 2
    return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]


def requests(target: Target, count: int, seed: int) -> list[tuple[bytes, dict[str, str]]]:
    chance = random.Random(seed)
    service = target.microsoft.service
    good, bad = target.microsoft.token(), target.microsoft.token(aud="somebody-else")
    tokens = [good, good, good, bad, good[:-3], "x", ""]
    batch = []
    for number in range(count):
        thing = mutated({**chance.choice(originals(service)), "id": f"h{number}"}, chance)
        somebody_else = {"id": f"29:{number}", "aadObjectId": f"x{number}"}
        thing["from"] = thing.get("from") if chance.random() < 0.5 else somebody_else
        body = json.dumps(thing).encode()
        if chance.random() < 0.2:
            body = bent(body, chance)
        kind = chance.choice(["application/json"] * 8 + ["text/plain", ""])
        batch.append((body, {"Authorization": f"Bearer {chance.choice(tokens)}", "Content-Type": kind}))
    return batch


async def fire(target: Target, batch: list[tuple[bytes, dict[str, str]]]) -> Counter[int]:
    statuses: Counter[int] = Counter()
    queue = iter(batch)

    async def shoot() -> None:
        for body, headers in queue:
            async with target.http.post(target.address, data=body, headers=headers) as response:
                statuses[response.status] += 1
                text = await response.read()
                assert b"Traceback" not in text, body
                assert response.status < 500 or response.status == 501, (response.status, body)

    await asyncio.gather(*(shoot() for _ in range(AT_ONCE)))
    return statuses


def forget(target: Target) -> None:
    """What only the test remembers."""
    target.microsoft.taken.clear()
    target.small.heard.clear()


async def test_harmful_requests_are_refused_and_nothing_they_say_is_kept(target: Target):
    batch = [(as_nobody(body), headers) for body, headers in requests(target, REQUESTS // 2, 1)]

    statuses = await fire(target, batch)

    assert sum(statuses.values()) == REQUESTS // 2
    assert {200, 400, 401, 403, 415} <= set(statuses)
    assert (target.small.people.kept, target.small.people.pins) == ({}, {})


def as_nobody(body: bytes) -> bytes:
    try:
        thing = json.loads(body)
    except ValueError:
        return body
    nobody = {"from": {"id": "29:nobody", "aadObjectId": "nobody"}}
    return json.dumps({**thing, **nobody}).encode() if isinstance(thing, dict) else body


@pytest.mark.long
async def test_harmful_requests_in_a_teachers_name_bring_nothing_down_and_memory_stays_flat(target: Target):
    batches = [requests(target, REQUESTS // 10, seed) for seed in range(2, 7)]
    tracemalloc.start()
    await fire(target, batches[0])  # fills what is remembered for ten minutes
    forget(target)
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()

    for batch in batches[1:]:
        await fire(target, batch)
        forget(target)

    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < GROWTH
    assert target.small.people.pins == {}
