"""The local web chat's door, over real HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.cards import Cards
from bot.channels.web.chat import HEADERS, WebChat
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import StoreError, Unreachable
from bot.settings import ROOT
from tests.fakes import TEACHER

CARDS = Cards(ROOT / "cards")
NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")


class Running:
    """A chat on a real port, with a desk that repeats what it heard."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []
        self.now = NINE
        self.fails = False
        self.breaks = False
        self.chat = WebChat(
            self.desk,
            CARDS.fill,
            lambda: (TEACHER,),
            "school",
            "School",
            lambda: self.note("welcome"),
            lambda: self.now,
        )
        self.address = ""

    @staticmethod
    def note(text: str) -> Outgoing:
        return Outgoing("note", {"text": text}, text, last="lunch")

    async def desk(self, incoming: Incoming) -> Outgoing:
        self.heard.append(incoming)
        if self.fails:
            raise StoreError("This could not be saved.")
        if self.breaks:
            raise LookupError(incoming.text)
        return self.note(incoming.text or incoming.verb)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    made = Running()
    runner = web.AppRunner(made.chat.app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def say(running: Running, http: aiohttp.ClientSession, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = {"X-Staffroom-Token": running.chat.token, "Content-Type": "application/json"} | headers
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    async with http.post(f"{running.address}/say", data=data, headers=sent) as response:
        return response.status, await response.json()


HELLO = {"account": "teacher", "text": "hello"}


async def test_what_is_said_reaches_the_desk_and_comes_back_as_a_card(running, http):
    status, made = await say(running, http, HELLO)

    assert status == 200
    assert made["text"] == "hello"
    assert made["card"]["body"][0]["text"] == "DEMO"
    assert running.heard[0].caller.account == "teacher"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Staffroom-Token": "guessed"}, 403),
        ({"X-Staffroom-Token": ""}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"X-Forwarded-For": "1.2.3.4"}, 403),
        ({"Forwarded": "for=1.2.3.4"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_nobody_else_gets_through_the_door(running, http, headers, status):
    got, made = await say(running, http, HELLO, **headers)

    assert got == status
    assert made["error"].endswith(".")
    assert running.heard == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"3",
        '{"account": 3}',
        '{"account": "teacher", "text": 3}',
        '{"account": "t", "inputs": []}',
        "[" * 5_000 + "]" * 5_000,
    ],
)
async def test_a_broken_message_gets_a_plain_sentence(running, http, body):
    status, made = await say(running, http, body)

    assert status == 400
    assert made["error"].endswith(".")
    assert running.heard == []


async def test_a_message_that_is_too_large_is_refused(running, http):
    status, made = await say(running, http, {"account": "teacher", "text": "x" * 70_000})

    assert (status, made["error"]) == (413, "That is too large.")


async def test_a_failure_is_told_in_its_own_words_without_a_trace(running, http):
    running.fails = True

    assert await say(running, http, HELLO) == (500, {"error": "This could not be saved."})


async def test_a_fault_of_ours_gets_a_plain_sentence(running, http):
    running.breaks = True

    status, made = await say(running, http, HELLO)

    assert (status, made) == (500, {"error": "Something went wrong on my side. Please try again."})


async def test_the_last_situation_is_remembered_for_ten_minutes_and_per_person(running, http):
    await say(running, http, HELLO)
    await say(running, http, HELLO)
    running.now += timedelta(minutes=10, seconds=1)
    await say(running, http, HELLO)
    await say(running, http, {"account": "other", "text": "hello"})

    assert [one.last for one in running.heard] == ["", "lunch", "", ""]


async def test_every_answer_carries_the_safety_headers(running, http):
    for path in ("/", "/page/chat.js", "/nothing", "/say"):
        async with http.get(running.address + path) as response:
            for name, value in HEADERS.items():
                assert response.headers[name] == value, path


async def test_only_the_pages_own_files_are_served(running, http):
    for path in ("/page/..%2fweb.py", "/page/package.json", "/page/%2e%2e/web.py", "/bot/app.py"):
        async with http.get(running.address + path) as response:
            assert response.status == 404


async def test_what_the_bot_says_on_its_own_arrives_on_the_stream(running, http):
    where = {"account": "teacher", "token": running.chat.token}
    async with http.get(f"{running.address}/events", params=where) as response:
        assert "welcome" in (await response.content.readline()).decode()
        await response.content.readline()

        assert await running.chat.tell("teacher", running.note("good morning"))
        assert "good morning" in (await response.content.readline()).decode()
    with pytest.raises(Unreachable):
        await running.chat.tell("nobody", running.note("hello?"))


async def test_the_stream_needs_the_pages_token(running, http):
    async with http.get(f"{running.address}/events", params={"account": "teacher", "token": "x"}) as response:
        assert response.status == 403


async def test_the_roster_names_people_by_role_and_leaves_out_who_has_no_account(running, http):
    async with http.get(f"{running.address}/people", headers={"X-Staffroom-Token": running.chat.token}) as response:
        made = await response.json()

    assert [one["name"] for one in made["people"]] == ["A teacher", "A pupil (not on the roster)"]
