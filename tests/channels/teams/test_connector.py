"""What the bot does when Teams does not take a message: over real HTTP, with waits that are only noted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
import pytest
from aiohttp import web

from bot.channels.teams.connector import Connector
from bot.errors import Busy, ChannelError, InDoubt, TokenUnavailable, Unreachable
from tests.standins.microsoft import LittleMicrosoft, little_microsoft, serving

HI = {"type": "message", "text": "hi"}
WAIT = {"Retry-After": "7"}


@dataclass
class Line:
    microsoft: LittleMicrosoft
    connector: Connector
    waited: list[float]

    async def send(self) -> str:
        return await self.connector.send(self.microsoft.service, "19:a/b;messageid=1", HI)

    async def update(self) -> None:
        await self.connector.update(self.microsoft.service, "19:a/b;messageid=1", "m/1", HI)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        waited: list[float] = []

        async def pause(seconds: float) -> None:
            waited.append(seconds)

        yield Line(microsoft, Connector(lambda: http, None, pause), waited)


async def test_a_message_gets_its_id_and_the_ids_in_its_address_are_quoted(line: Line):
    assert await line.send() == "m1"
    await line.connector.delete(line.microsoft.service, "19:a/b;messageid=1", "m/1")

    assert [request.method for request in line.microsoft.taken] == ["POST", "DELETE"]
    assert line.microsoft.taken[0].token == ""


async def test_a_full_line_is_waited_for_as_long_as_teams_says(line: Line):
    line.microsoft.next_answers.extend([(429, WAIT), (429, {})])

    assert await line.send() == "m3"
    assert line.waited == [7.0, 1.0]


async def test_a_line_that_stays_full_is_given_up_with_the_time_to_come_back(line: Line):
    line.microsoft.next_answers.extend([(429, WAIT)] * 5)
    with pytest.raises(Busy) as error:
        await line.send()
    assert (error.value.seconds, len(line.microsoft.taken)) == (7.0, 3)

    line.microsoft.next_answers.clear()
    line.microsoft.next_answers.append((429, {"Retry-After": "600"}))
    with pytest.raises(Busy) as error:
        await line.send()
    assert (error.value.seconds, line.waited) == (600.0, [7.0, 7.0])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_message_that_may_have_arrived_is_never_sent_again(line: Line, status: int):
    line.microsoft.next_answers.append((status, {}))

    with pytest.raises(InDoubt):
        await line.send()
    assert len(line.microsoft.taken) == 1


async def test_a_line_cut_in_the_middle_leaves_doubt(line: Line):
    line.microsoft.next_answers.append((0, {}))

    with pytest.raises(InDoubt):
        await line.send()
    assert len(line.microsoft.taken) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_what_may_be_repeated_without_harm_is_repeated(line: Line, status: int):
    line.microsoft.next_answers.append((status, {}))

    await line.update()

    assert [request.method for request in line.microsoft.taken] == ["PUT", "PUT"]


@pytest.mark.parametrize(
    ("status", "error"), [(403, Unreachable), (404, Unreachable), (400, ChannelError), (302, ChannelError)]
)
async def test_what_will_never_be_taken_is_said_at_once(line: Line, status: int, error: type[Exception]):
    line.microsoft.next_answers.append((status, {"Location": "http://127.0.0.1:1/"}))

    with pytest.raises(error):
        await line.send()
    assert len(line.microsoft.taken) == 1


async def test_nobody_at_the_other_end_is_no_doubt(line: Line):
    with pytest.raises(Busy):
        await line.connector.send("http://127.0.0.1:9/", "c", HI)


async def test_no_token_means_nothing_is_sent(line: Line):
    async def none(scope: str) -> str:
        raise TokenUnavailable("No.")

    with pytest.raises(Busy, match=r"^No\.$"):
        await replace(line, connector=replace(line.connector, token=none)).send()
    assert line.microsoft.taken == []


async def test_many_messages_go_side_by_side(line: Line):
    assert len(set(await asyncio.gather(*(line.send() for _ in range(50))))) == 50


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("1e9", 3600.0), ("9" * 30, 3600.0), ("inf", 1.0), ("1e400", 1.0), ("nan", 1.0), ("-5", 0.0), ("soon", 1.0)],
)
async def test_nobody_is_put_off_for_more_than_an_hour_by_a_number_of_somebody_elses(
    line: Line, retry_after: str, seconds: float
):
    line.microsoft.next_answers.extend([(429, {"Retry-After": retry_after})] * 5)

    with pytest.raises(Busy) as error:
        await line.send()

    assert error.value.seconds == seconds


@asynccontextmanager
async def answering(body: bytes) -> AsyncIterator[tuple[str, Connector]]:
    """A service that answers everything with these bytes."""

    async def respond(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    async with serving(app) as address, aiohttp.ClientSession() as http:
        yield address, Connector(lambda: http, None)


@pytest.mark.parametrize(
    "id", [b"null", b"1e999", b'{"a": 1}', b'["m1"]', b"true", b'"\\ud800"', b'"%s"' % (b"m" * 3000)]
)
async def test_an_id_that_could_not_be_kept_or_sent_back_is_none(id: bytes):
    async with answering(b'{"id": %s}' % id) as (address, connector):
        assert await connector.send(address, "a:chat", HI) == ""


async def test_a_list_of_members_whose_next_page_has_no_name_ends_there():
    async with answering(b'{"members": [], "continuationToken": "\\ud800"}') as (address, connector):
        assert await connector.members(address, "a:chat") == ()
