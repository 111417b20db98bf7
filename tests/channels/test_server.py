"""The real mode's server: Teams' endpoint, two health pages, and what starts and ends with it."""

from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from bot.channels.server import channel_server
from bot.channels.services import Endpoint, HttpSession
from bot.errors import SettingsError
from tests.standins.microsoft import serving


@dataclass
class Parts:
    """Services that note what happens to them, and a check that may fail."""

    steps: list[str] = field(default_factory=list)
    is_well: bool = True

    def start(self) -> None:
        self.steps.append("schedule started")

    async def close(self) -> None:
        self.steps.append("schedule closed")

    async def respond(self, request: web.Request) -> web.Response:
        return web.Response(text=request.method)

    async def finish(self) -> None:
        self.steps.append("answers finished")

    async def check(self) -> bool:
        return self.is_well

    def server(self, http: HttpSession) -> web.Application:
        return channel_server([Endpoint("/api/messages", self.respond, self.finish)], {"store": self.check}, http, self)


@pytest.fixture
def parts() -> Parts:
    return Parts()


async def test_the_schedule_ends_first_then_what_is_being_answered_and_the_session_last(parts: Parts):
    http = HttpSession()
    with pytest.raises(SettingsError):
        http()

    async with serving(parts.server(http)):
        session = http()
        assert not session.closed
        assert parts.steps == ["schedule started"]

    assert parts.steps == ["schedule started", "schedule closed", "answers finished"]
    assert session.closed


@pytest.mark.parametrize(("is_well", "status"), [(True, 200), (False, 503)])
async def test_it_is_ready_when_every_check_passes_and_alive_all_the_time(parts: Parts, is_well: bool, status: int):
    parts.is_well = is_well
    async with serving(parts.server(HttpSession())) as address, aiohttp.ClientSession() as http:
        async with http.get(f"{address}/healthz") as response:
            assert (response.status, await response.json()) == (200, {"alive": True})
        async with http.get(f"{address}/readyz") as response:
            assert response.status == status
            assert await response.json() == {"ready": is_well, "store": is_well}


async def test_nothing_else_is_served(parts: Parts):
    async with serving(parts.server(HttpSession())) as address, aiohttp.ClientSession() as http:
        for path, status in (("/api/messages", 200), ("/", 404), ("/summary", 404), ("/people", 404)):
            async with http.get(address + path) as response:
                assert response.status == status, path
