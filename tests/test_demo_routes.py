"""The demo as it is put together: every route it serves, tried without the page's token."""

from contextlib import AsyncExitStack

import aiohttp

from bot.ask.understanding import Understanding
from bot.channels.web.access import DECLARED, Check
from bot.run_local import open_local
from bot.settings import Settings
from tests.standins.microsoft import serving

# Another open route has to be named here.
OPEN = {("GET", "/"), ("GET", "/page/{name}"), ("GET", "/school/file/{name}"), ("GET", "/slack/{name}")}
BY_SESSION = {  # the school pages: tests/channels/pages tries each without a session
    ("GET", "/school/download/{id}"),
    ("GET", "/school/{page}"),
    ("GET", "/school/{page}/{verb}"),
    ("POST", "/school/sign-out"),
    ("POST", "/school/{page}"),
}
CHECKED_BY_ITSELF = {("*", "/api/messages")} | BY_SESSION  # the Agents Playground, on this machine


async def test_nothing_but_the_page_is_served_without_its_token(settings: Settings, understanding: Understanding):
    async with AsyncExitStack() as stack:
        local = await stack.enter_async_context(open_local(settings, understanding=understanding))
        address = await stack.enter_async_context(serving(local.server))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        declared = local.server[DECLARED]
        checks = {(route.method, route.path): route.check for route in declared.values()}
        assert set(declared) == set(local.server.router.routes())
        assert {name for name, check in checks.items() if check is Check.OPEN} == OPEN
        assert {name for name, check in checks.items() if check is Check.OWN_CHECK} == CHECKED_BY_ITSELF

        for method, path in set(checks) - OPEN - CHECKED_BY_ITSELF:
            async with http.request(method, address + path.format(name="x", id="x", action="clock")) as response:
                assert response.status == 403, (method, path)
                assert "Please reload the page." in await response.text()
