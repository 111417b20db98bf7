"""The school pages as people see them: in Chromium, on a phone and on a desk, light and dark, without a script."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.settings import ROOT, Settings
from tests.browsing import PATIENCE, PICTURES
from tests.channels.pages.pages_school import PAGES, PagesSchool, pages_school
from tests.conftest import lacking

AXE = ROOT / "tests" / "acceptance" / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
ROLES = ("demo-head", "demo-deputy", "demo-office", "demo-it", "demo-chair", "demo-teacher")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def at(settings: Settings) -> AsyncIterator[PagesSchool]:
    async with pages_school(settings) as opened:
        yield opened


async def opened(browser: Browser, at: PagesSchool, account: str, size: dict[str, int] = DESK, look: str = "light"):
    """The pages as somebody who followed the link in the chat sees them. axe needs scripts; the pages have none."""
    context = await browser.new_context(viewport=size, color_scheme=look, bypass_csp=True)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{at.address}/school/enter?token={at.token}&account={account}")
    return page


async def violations(page: Page) -> list[str]:
    """What axe-core finds on a page, with the element."""
    if not AXE.is_file():
        lacking("axe-core (npm ci in tests/acceptance)")
    await page.add_script_tag(path=AXE)
    found = await page.evaluate("axe.run()")
    return [f"{page.url} {rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]]


async def shown(page: Page, name: str) -> None:
    """Keeps a picture, and sees that nothing is wider than the window."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"pages-{name}.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


async def test_a_head_opens_and_sends_a_campaign_from_the_pages(browser: Browser, at: PagesSchool):
    head = await opened(browser, at, "demo-head", PHONE)
    await head.get_by_role("link", name="Campaigns").click()
    await (
        head.get_by_role("link", name="Publish the policy’s text")
        .or_(head.get_by_role("link", name="Publish the policy's text"))
        .click()
    )
    await head.get_by_role("button", name="Publish", exact=True).click()
    await head.get_by_role("link", name="Campaigns", exact=True).click()
    await head.get_by_role("link", name="Open a campaign").click()
    await shown(head, "opening-360")
    assert await violations(head) == []
    await head.get_by_role("button", name="Open anyway").click()
    await shown(head, "preview-360")
    assert await violations(head) == []
    await head.get_by_role("button", name="Send", exact=True).click()
    await head.get_by_text("will get it during their working hours").wait_for()
    await head.get_by_role("link", name="Back to Campaigns").click()
    await head.get_by_text("Who is left").first.wait_for()
    for look in ("light", "dark"):
        for size in (PHONE, DESK):
            page = await opened(browser, at, "demo-head", size, look)
            for name in ("today", "campaigns", "people"):
                await page.goto(f"{at.address}/school/{name}")
                await shown(page, f"{name}-{size['width']}-{look}")
            await page.context.close()


@pytest.mark.parametrize("account", ROLES)
async def test_axe_finds_nothing_on_any_page_for_any_role(browser: Browser, at: PagesSchool, account: str):
    found: list[str] = []
    for look in ("light", "dark") if account == "demo-head" else ("light",):  # the colours are everybody's
        page = await opened(browser, at, account, PHONE, look)
        for name in PAGES:
            await page.goto(f"{at.address}/school/{name}")
            found += await violations(page)
        await page.context.close()

    assert found == []


async def test_every_page_works_by_keyboard(browser: Browser, at: PagesSchool):
    head = await opened(browser, at, "demo-head")
    await head.keyboard.press("Tab")
    assert await head.evaluate("document.activeElement.textContent") == "Skip to the page"

    await head.keyboard.press("Enter")
    assert await head.evaluate("document.activeElement.id") == "main"
