"""Sign in with Slack as somebody sees it: in Chromium, over HTTPS at the school's own address, from start to Today."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
import trustme
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from bot.settings import ROOT, Settings
from tests.acceptance.test_school_pages import shown, violations
from tests.browsing import FLAGS, PATIENCE
from tests.channels.pages.slack_school import HEAD, STRANGER, SlackSchool, slack_school, slack_settings
from tests.channels.pages.tab_school import ADDRESS

AXE = ROOT / "tests" / "acceptance" / "node_modules" / "axe-core" / "axe.min.js"
HOST = ADDRESS.removeprefix("https://")
PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def at(settings: Settings) -> AsyncIterator[SlackSchool]:
    async with slack_school(slack_settings(settings)) as opened:
        yield opened


@asynccontextmanager
async def over_tls(address: str) -> AsyncIterator[int]:
    """The port on which a server is reached over TLS, with a certificate for the school's host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    behind = urlsplit(address)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(behind.hostname, behind.port)
        await asyncio.gather(pass_on(reader, to_server), pass_on(from_server, writer), return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: str, at: SlackSchool) -> AsyncIterator[Browser]:
    """Chromium that finds the school's address on this machine."""
    async with over_tls(at.address) as port, async_playwright() as playwright:
        rule = f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}"
        opened = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, rule])
        yield opened
        await opened.close()


async def start_page(browser: Browser, size: ViewportSize, look: str = "light") -> Page:
    context = await browser.new_context(
        viewport=size,
        color_scheme=look,  # type: ignore[arg-type]
        ignore_https_errors=True,
        bypass_csp=True,  # for axe
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{ADDRESS}/school/start")
    return page


async def test_the_head_signs_in_with_slack_and_opens_today(browser: Browser, at: SlackSchool):
    at.sign_in.user = HEAD
    for size, look in ((PHONE, "dark"), (DESK, "light")):
        page = await start_page(browser, size, look)
        await shown(page, f"slack-start-{size['width']}")
        assert await violations(page) == []

        await page.get_by_role("link", name="Sign in with Slack").press("Enter")
        await page.get_by_text("You are The head.").wait_for()

        assert page.url == f"{ADDRESS}/school/today"
        await shown(page, f"slack-today-{size['width']}")
        await page.get_by_role("link", name="People").click()
        await page.get_by_text("Teacher 3", exact=True).wait_for()
        await page.context.close()


async def open_a_campaign(head: Page) -> None:
    """Publishes the policy's text and opens a campaign, without which there is nothing to make a pack of."""
    await head.goto(f"{ADDRESS}/school/campaigns/publish_form")
    await head.get_by_role("button", name="Publish", exact=True).click()
    await head.get_by_role("link", name="Campaigns", exact=True).click()
    await head.get_by_role("link", name="Open a campaign").click()
    await head.get_by_role("button", name="Open anyway").click()
    await head.get_by_role("button", name="Send", exact=True).wait_for()


async def make_the_pack(head: Page) -> None:
    await head.get_by_role("link", name="Evidence").click()
    await head.get_by_role("link", name="Make the evidence pack").click()
    await head.get_by_role("button", name="Make the evidence pack").click()


async def test_an_old_session_is_renewed_at_slack_for_what_needs_it(browser: Browser, at: SlackSchool):
    at.sign_in.user = HEAD
    page = await start_page(browser, DESK)
    await page.get_by_role("link", name="Sign in with Slack").click()
    await open_a_campaign(page)
    at.later(minutes=6)

    await make_the_pack(page)
    await page.get_by_text("you must have signed in within the last five minutes").wait_for()
    await shown(page, "slack-too-old")
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Sign in again in your browser").click()
    again = await opening.value
    await again.get_by_text("You are The head.").wait_for()

    await make_the_pack(again)
    await again.get_by_role("link", name="Download").wait_for()


async def test_somebody_who_is_not_on_the_list_reads_one_sentence(browser: Browser, at: SlackSchool):
    at.sign_in.user = STRANGER
    page = await start_page(browser, PHONE)

    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_text("The school pages are for people on the staff list.").wait_for()

    await shown(page, "slack-stranger-360")
    assert await violations(page) == []
