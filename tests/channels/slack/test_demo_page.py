"""The demo's page "What Slack shows": the same desk behind it, nothing odd taken, and words where npm is missing."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels.plain_errors import with_plain_errors
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.demo_page import NO_RENDERER, NOT_READABLE, DemoPage
from bot.channels.slack.payload import CHANNEL
from bot.desk.desk import STRANGER
from bot.desk.rules.messages import Outgoing
from bot.people.rules.person import Caller, Proof
from bot.settings import ROOT
from tests.channels.fakes import FakeRoster, SmallDesk, shown
from tests.channels.slack.slack_bot import TEACHER
from tests.standins.microsoft import serving

NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
JSON = {"Content-Type": "application/json"}


class Running:
    """The page at an address, and the desk behind it."""

    def __init__(self, small: SmallDesk, address: str, http: aiohttp.ClientSession) -> None:
        self.small, self.address, self.http = small, address, http

    async def posts(self, action: str, body: Any, headers: dict[str, str] = JSON) -> tuple[int, dict[str, Any]]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.http.post(f"{self.address}/slack/{action}", data=raw, headers=headers) as response:
            return response.status, await response.json()


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Running]:
    small = SmallDesk(roster=FakeRoster((TEACHER,)))
    await small.people.pin(CHANNEL, "U0TEACHER", TEACHER.id)

    async def first_cards(caller: Caller) -> list[Outgoing]:
        return [shown("note", "Hello")]

    page = DemoPage(
        cards=SlackCards(ROOT / "cards", is_demo=True),
        desk=small.desk(),
        first_cards=first_cards,
        caller_of=lambda account: Caller("school", CHANNEL, "", account, Proof.TOKEN),
        now=lambda: NINE,
        bundle=tmp_path / "bundle",
        page=tmp_path,  # nothing of npm is there
    )
    server = web.Application(middlewares=[with_plain_errors])
    server.router.add_get("/slack", page.show)
    server.router.add_get("/slack/{name}", page.file)
    server.router.add_post("/slack/{action}", page.act)
    async with serving(server) as address, aiohttp.ClientSession() as http:
        yield Running(small, address, http)


async def test_without_the_renderer_the_page_says_so_and_loads_no_script(at: Running):
    async with at.http.get(f"{at.address}/slack") as response:
        text = await response.text()

    assert response.status == 200 and NO_RENDERER in text and "<script" not in text


@pytest.mark.parametrize("name", ["page.js", "..%2Fpackage.json", "draw.mjs", ""])
async def test_no_file_but_its_own_two_is_served(at: Running, name: str):
    async with at.http.get(f"{at.address}/slack/{name}") as response:
        assert response.status == 404


async def test_a_question_reaches_the_desk_and_comes_back_as_blocks_that_a_press_replaces(at: Running):
    status, said = await at.posts("say", {"account": "U0TEACHER", "text": "can i use my phone"})
    (message,) = said["messages"]
    buttons = [part for block in message["blocks"] for part in block.get("elements", ()) if part.get("action_id")]
    action = next({name: part[name] for name in ("action_id", "value")} for part in buttons)

    pressed = await at.posts("press", {"account": "U0TEACHER", "message": message["id"], "action": action})

    assert status == pressed[0] == 200 and message["blocks"]
    assert [incoming.text for incoming in at.small.heard][:1] == ["can i use my phone"]


async def test_somebody_who_is_not_on_the_list_gets_the_sentence(at: Running):
    status, said = await at.posts("say", {"account": "U0NOBODY", "text": "can i use my phone"})

    assert status == 200 and STRANGER in json.dumps(said, ensure_ascii=False)
    assert at.small.heard == []


@pytest.mark.parametrize("action", ["open", "say", "press", "submit"])
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff", b"[" * 50_000, b'{"account": 1}', b'{"account": null, "text": "x"}'],
    ids=["nothing", "a list", "null", "cut off", "no UTF-8", "deep", "a number", "no account"],
)
async def test_a_body_that_is_none_of_its_own_gets_a_sentence_and_reaches_nobody(at: Running, action: str, body: bytes):
    status, answer = await at.posts(action, body)

    assert (status, answer, at.small.heard) == (400, {"error": NOT_READABLE}, [])


@pytest.mark.parametrize("odd", [None, [], "x", 1, {}, {"action_id": 1}, {"action_id": "look", "value": "["}])
async def test_a_press_or_a_form_that_it_did_not_make_is_refused_in_words(at: Running, odd: Any):
    press = await at.posts("press", {"account": "U0TEACHER", "message": "x", "action": odd})
    form = await at.posts("submit", {"account": "U0TEACHER", "view": odd})

    assert press[0] == form[0] == 400 and press[1]["error"] and form[1]["error"]
    assert at.small.heard == []


async def test_words_without_the_header_of_json_are_not_taken(at: Running):
    status, _ = await at.posts("say", {"account": "U0TEACHER", "text": "x"}, {"Content-Type": "text/plain"})

    assert status == 400 and at.small.heard == []
