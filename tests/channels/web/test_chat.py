"""The local web chat, over real HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.channels.web.responses import HEADERS
from bot.desk.rules.messages import QuietLine, note, with_quiet_line
from bot.errors import StoreError, Unreachable
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from tests.channels.fakes import PACK, FakePeople
from tests.channels.web.page import CARDS, LocalPage, page_running

HELLO = {"account": "teacher", "text": "hello"}
TO_TEACHER = Address("web", account="teacher")
TO_CLASS = Address("web", conversation="class-year-4")


@pytest.fixture
async def page() -> AsyncIterator[LocalPage]:
    async with page_running() as page:
        yield page


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def get(page: LocalPage, http: aiohttp.ClientSession, path: str, **query: str) -> tuple[int, str]:
    async with http.get(page.address + path, params={"token": page.messenger.token, **query}) as response:
        return response.status, await response.text()


async def events(page: LocalPage, http: aiohttp.ClientSession, account: str, number: int) -> list[dict[str, Any]]:
    """The first so many events somebody gets who opens the page."""
    query = {"account": account, "token": page.messenger.token}
    async with http.get(f"{page.address}/events", params=query) as response:
        lines = [await response.content.readline() for _ in range(2 * number)]
    return [json.loads(line.decode().removeprefix("data: ")) for line in lines[::2]]


async def test_what_is_said_reaches_the_desk_and_comes_back_as_a_card(page: LocalPage, http: aiohttp.ClientSession):
    status, message = await page.say(http, HELLO)

    assert status == 200
    assert message["text"] == "hello"
    assert message["card"]["body"][0]["text"] == "DEMO"
    (incoming,) = page.desk.heard
    assert (incoming.caller.account, incoming.caller.channel, incoming.conversation) == ("teacher", "web", "teacher")


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
async def test_nobody_else_gets_an_answer(
    page: LocalPage, http: aiohttp.ClientSession, headers: dict[str, str], status: int
):
    answered, message = await page.say(http, json.dumps(HELLO), **headers)

    assert answered == status
    assert message["error"].endswith(".")
    assert page.desk.heard == []


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
async def test_a_broken_message_gets_a_plain_sentence(page: LocalPage, http: aiohttp.ClientSession, body: bytes | str):
    status, message = await page.say(http, body)

    assert status == 400
    assert message["error"].endswith(".")
    assert page.desk.heard == []


async def test_a_message_that_is_too_large_is_refused(page: LocalPage, http: aiohttp.ClientSession):
    status, message = await page.say(http, {"account": "teacher", "text": "x" * 70_000})

    assert (status, message["error"]) == (413, "That is too large.")


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (StoreError("This could not be saved."), "This could not be saved."),
        (LookupError("hello"), "Something went wrong on my side. Please try again."),
    ],
)
async def test_a_failure_is_a_plain_sentence_without_a_trace(
    page: LocalPage, http: aiohttp.ClientSession, failure: Exception, sentence: str
):
    page.desk.failure = failure

    assert await page.say(http, HELLO) == (500, {"error": sentence})


async def test_the_last_situation_is_remembered_for_ten_minutes_and_per_person(
    page: LocalPage, http: aiohttp.ClientSession
):
    await page.say(http, HELLO)
    await page.say(http, HELLO)
    page.now += timedelta(minutes=10, seconds=1)
    await page.say(http, HELLO)
    await page.say(http, {"account": "other", "text": "hello"})

    assert [incoming.last for incoming in page.desk.heard] == ["", "lunch", "", ""]


@pytest.mark.parametrize(
    ("said", "takes_place"), [({"text": "help"}, False), ({"verb": "help"}, True), ({"verb": "helped"}, False)]
)
async def test_what_a_button_brings_takes_its_cards_place_unless_it_is_a_sentence(
    page: LocalPage, http: aiohttp.ClientSession, said: dict[str, str], takes_place: bool
):
    _, message = await page.say(http, {"account": "teacher", **said})

    assert message["takes_place"] is takes_place


async def test_every_answer_carries_the_safety_headers(page: LocalPage, http: aiohttp.ClientSession):
    for path in ("/", "/page/chat.js", "/nothing", "/say"):
        async with http.get(page.address + path) as response:
            for name, value in HEADERS.items():
                assert response.headers[name] == value, path


async def test_only_the_pages_own_files_are_served(page: LocalPage, http: aiohttp.ClientSession):
    for path in ("/page/..%2fweb.py", "/page/package.json", "/page/%2e%2e/web.py", "/bot/app.py"):
        async with http.get(page.address + path) as response:
            assert response.status == 404


async def test_a_file_is_fetched_by_its_link_for_ten_minutes(page: LocalPage, http: aiohttp.ClientSession):
    _, message = await page.say(http, {"account": "teacher", "text": "export"})
    address = page.address + message["file"]["address"]
    async with http.get(address) as response:
        assert (response.status, await response.read()) == (200, PACK.content)
        assert PACK.name in response.headers["Content-Disposition"]

    page.now += timedelta(minutes=11)
    async with http.get(address) as response:
        assert response.status == 404


async def test_a_page_is_shown_to_people_who_may_see_it(page: LocalPage, http: aiohttp.ClientSession):
    assert await get(page, http, "/summary", account="teacher") == (200, "<p>For teacher of school</p>")
    status, text = await get(page, http, "/lessons", account="a-pupil")
    assert (status, json.loads(text)["error"]) == (403, "Only the headteacher can see this.")


async def test_what_the_bot_says_on_its_own_arrives_on_the_stream(page: LocalPage, http: aiohttp.ClientSession):
    query = {"account": "teacher", "token": page.messenger.token}
    async with http.get(f"{page.address}/events", params=query) as response:
        for expected in ("welcome", "clock"):
            assert expected in (await response.content.readline()).decode()
            await response.content.readline()

        sent = await page.messenger.send(TO_TEACHER, note("good morning"))
        line = (await response.content.readline()).decode()
        assert "good morning" in line and sent.id in line
        await response.content.readline()

        await page.messenger.replace(sent, note("good afternoon"))
        line = (await response.content.readline()).decode()
        assert "good afternoon" in line and f'"replaces": "{sent.id}"' in line
    assert (sent.channel, sent.conversation) == ("web", "teacher")


async def test_nobody_who_is_not_on_the_page_can_be_written_to(page: LocalPage):
    for address in (Address("web", account="nobody"), Address("web", account=""), Address("web", conversation="19:x")):
        assert not await page.messenger.reaches(address)
        with pytest.raises(Unreachable):
            await page.messenger.send(address, note("hello?"))


async def test_what_was_sent_waits_until_somebody_opens_the_page(page: LocalPage, http: aiohttp.ClientSession):
    await page.messenger.send(TO_TEACHER, note("good morning"))
    page.waiting.append(note("still to do"))

    assert [event.get("text") for event in await events(page, http, "teacher", 3)] == ["welcome", "good morning", None]
    assert [event.get("text") for event in await events(page, http, "teacher", 3)] == ["welcome", "still to do", None]


async def test_a_class_chat_shows_its_notices_and_nothing_else(page: LocalPage, http: aiohttp.ClientSession):
    page.notices.append(("n1", note("This lesson will be recorded.")))
    assert await page.messenger.reaches(TO_CLASS)

    (notice,) = await events(page, http, "class-year-4", 1)
    assert (notice["id"], notice["text"]) == ("n1", "This lesson will be recorded.")


async def test_the_class_chats_are_conversations_of_the_page_and_everybody_is_in_them(page: LocalPage):
    people = FakePeople()
    await page.messenger.keep_classes(people)
    await page.messenger.keep_classes(people)

    first, second = people.conversations()
    assert (first.channel, first.id, first.name, first.team) == ("web", "class-reception", "Reception", first.id)
    assert people.writes == 2
    assert await page.messenger.is_member(second, "web", "teacher")
    in_teams = Conversation("msteams", "19:x", ConversationKind.TEAM, "", "")
    assert not await page.messenger.is_member(in_teams, "web", "teacher")


async def test_the_demos_clock_is_moved_from_the_page(page: LocalPage, http: aiohttp.ClientSession):
    headers = {"X-Staffroom-Token": page.messenger.token}
    for path, body, status in (
        ("clock", {"to": "day"}, 200),
        ("september", {}, 200),
        ("clock", {"to": "yesterday"}, 400),
        ("clock", [], 400),
        ("christmas", {}, 404),
    ):
        async with http.post(f"{page.address}/demo/{path}", json=body, headers=headers) as response:
            assert response.status == status, path
    assert page.demo.asked == ["day", "september"]


async def test_the_stream_needs_the_pages_token(page: LocalPage, http: aiohttp.ClientSession):
    status, _ = await get(page, http, "/events", account="teacher", token="x")

    assert status == 403


async def test_the_page_names_people_by_role_and_leaves_out_people_without_an_account(
    page: LocalPage, http: aiohttp.ClientSession
):
    async with http.get(f"{page.address}/people", headers={"X-Staffroom-Token": page.messenger.token}) as response:
        people = (await response.json())["people"]

    assert [person["name"] for person in people] == [
        "A teacher",
        "The chat of Reception",
        "The chat of Year 4",
        "A pupil (not on the staff list)",
    ]


def test_the_page_can_show_every_card_and_marks_it_as_a_demo():
    page = LocalPage()
    large = note("x" * 100_000)

    assert CARDS.fill("note", {**large.values, "is_demo": True}) == page.messenger.message(large)["card"]


def test_on_the_page_a_quiet_line_is_the_last_thing_on_the_card():
    message = LocalPage().messenger.message(
        with_quiet_line(note("Done."), QuietLine("Tell 01234.", "Tell [01234](tel:01234)."))
    )

    assert message["text"] == "Done.\n\nTell 01234."
    assert message["card"]["body"][-1]["text"] == "Tell [01234](tel:01234)."
