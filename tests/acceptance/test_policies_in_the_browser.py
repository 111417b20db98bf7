"""The policies, read in a real browser at the width of a phone: by words, by buttons, by keyboard."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.ask.understanding import Understanding
from bot.run_local import open_local
from bot.settings import Settings
from tests.browsing import PICTURES, ask
from tests.standins.microsoft import serving

PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, settings: Settings, understanding: Understanding) -> AsyncIterator[Page]:
    contacts = replace(understanding.policy.contacts, phone="01524 000000", deputies=("the deputy",))
    with_number = replace(understanding, policy=replace(understanding.policy, contacts=contacts))
    async with open_local(settings, understanding=with_number) as local, serving(local.server) as address:
        opened = await browser.new_page(viewport=PHONE)
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        await opened.goto(address)
        await opened.get_by_text("Hello").first.wait_for()
        yield opened
        await opened.close()
        assert problems == []


async def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.locator("article.bot").last.screenshot(path=PICTURES / f"{name}.png")


async def test_the_policies_are_opened_and_turned_by_keyboard(page: Page):
    await page.get_by_role("button", name="Read the policies").first.focus()
    await page.keyboard.press("Enter")
    section = page.get_by_role("button", name="5. SAFEGUARDING ISSUES")
    await section.wait_for()
    await picture(page, "policies")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    await section.focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Page 1 of").wait_for()
    await picture(page, "passage")
    await page.get_by_role("button", name="Next page").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Page 2 of").wait_for()
    await page.get_by_role("button", name="Back to the policies").click()
    await section.wait_for()


async def test_what_somebody_searches_for_stays_text(page: Page):
    await ask(page, "find '<b>encrypted</b> [x](tel:1)'")

    assert "<b>encrypted</b> [x](tel:1)" in await page.locator("article.bot").last.inner_text()
    assert await page.locator("article.bot").last.locator("b, a").count() == 0
    await picture(page, "nothing-found")


async def test_a_phone_number_can_be_pressed(page: Page):
    await ask(page, "who is the safeguarding lead?")

    await expect(page.locator("article.bot").last.locator("a")).to_have_attribute("href", "tel:01524000000")
    await picture(page, "contact")
