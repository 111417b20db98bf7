"""A September on the page: a campaign is opened, the clock runs, cards and reminders come, the summary changes."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot import app
from bot.campaigns.rules.campaign import usual_last_day
from bot.config import read_config
from bot.demo.clock import DemoClock
from bot.run_local import open_local
from bot.school.rules.calendar import LONDON, written
from bot.settings import Settings, read_settings
from tests.acceptance.test_campaign_in_the_browser import last, says
from tests.browsing import FLAGS, PATIENCE, PICTURES
from tests.standins.microsoft import serving


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    """The local server as `make run` starts it, with a clock that can be moved."""
    clock = DemoClock(app.now, seconds_a_day=0.02)
    async with open_local(settings, clock=clock) as local, serving(local.server) as address:
        yield address


@pytest.fixture
async def page(address: str, chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        opened: Browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await opened.new_page(viewport={"width": 900, "height": 1000})
        page.set_default_timeout(PATIENCE)
        await page.goto(address)
        await page.get_by_text("I do not keep your questions").wait_for()
        yield page
        await opened.close()


async def is_now(page: Page, account: str) -> None:
    await page.locator("#who").select_option(account)
    await page.get_by_text("I do not keep your questions").last.wait_for()


async def test_a_september_is_rehearsed_before_ones_eyes(page: Page):
    await is_now(page, "demo-head")
    await page.get_by_role("button", name="Rehearse a September").click()
    await expect(page.locator("#clock")).to_contain_text("September 2027", timeout=PATIENCE)
    await page.locator("article.bot", has_text="have acknowledged").first.wait_for()
    await page.screenshot(path=PICTURES / "september-under-way.png")
    await expect(page.get_by_role("button", name="Rehearse a September")).to_be_enabled(timeout=PATIENCE)

    await expect(page.get_by_text("Still open").first).to_be_visible()
    await page.get_by_text("Closed on").last.wait_for()
    await page.screenshot(path=PICTURES / "september-head.png", full_page=True)
    for account in ("demo-midday", "demo-paused", "demo-starter", "demo-leaver"):
        await is_now(page, account)
        if await page.get_by_text("A reminder, no more").count() > 1:
            break
    reminders = page.locator("article.bot", has_text="A reminder, no more")
    assert await reminders.count() >= 2
    await reminders.last.scroll_into_view_if_needed()
    await page.screenshot(path=PICTURES / "september-reminders.png", full_page=True)


async def test_the_clock_moves_by_a_day_a_week_and_to_the_last_day(page: Page):
    clock = page.locator("#clock")
    await is_now(page, "demo-head")
    await page.get_by_role("button", name="To the last day").click()
    await page.get_by_text("There is no campaign just now.").wait_for()
    for text, button in (("publish", "Publish"), ("open campaign", "Open anyway")):
        await says(page, text)
        await last(page).get_by_role("button", name=button, exact=True).click()
    await last(page).get_by_role("button", name="Send", exact=True).click()
    await page.get_by_text("will get it during their working hours").wait_for()
    today = datetime.strptime((await clock.inner_text()).split(",")[0], "%A %d %B %Y").replace(tzinfo=LONDON).date()

    last_day = usual_last_day(today, read_config(read_settings({}), today, demo=True).school.calendar)

    for button, day in (
        ("A day on", today + timedelta(days=1)),
        ("A week on", today + timedelta(days=8)),
        ("To the last day", last_day),
    ):
        await page.get_by_role("button", name=button).click()
        await expect(clock).to_contain_text(written(day), timeout=PATIENCE)
        await expect(page.get_by_role("button", name=button)).to_be_enabled(timeout=PATIENCE)

    await expect(clock).to_have_text(f"{written(last_day)}, 19:00")


async def test_only_the_page_itself_moves_the_clock(address: str):
    async with aiohttp.ClientSession(trust_env=False) as http:
        for does in ("clock", "september"):
            async with http.post(f"{address}/demo/{does}", json={"to": "week"}) as answer:
                assert answer.status == 403
