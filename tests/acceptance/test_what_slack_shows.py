"""The demo's page "What Slack shows", in a browser: the cards as Slack draws them, and the same desk behind them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.ask.policy_file import read_signs
from bot.ask.rules.policy import Policy
from bot.ask.understanding import Understanding
from bot.channels.slack.demo_page import PAGE
from bot.run_local import open_local
from bot.settings import Settings
from tests.browsing import PATIENCE, PICTURES
from tests.conftest import lacking
from tests.fakes import SURE, FakeQuestionReader
from tests.standins.microsoft import serving

PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def address(settings: Settings, policy: Policy, tmp_path: Path) -> AsyncIterator[str]:
    understanding = Understanding(policy, FakeQuestionReader(), SURE, read_signs(settings.policies), trusts_drafts=True)
    own = replace(settings, cache=tmp_path)
    async with open_local(own, understanding=understanding) as local, serving(local.server) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    """The headteacher's page on a phone, opened from the chat."""
    if not (PAGE / "node_modules" / "slack-blocks-to-jsx").is_dir():
        lacking("what bot/channels/slack/page needs (npm ci there)")
    opened = await browser.new_page(viewport=PHONE, locale="en-GB")
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    await opened.goto(address)
    token = await opened.locator("meta[name=staffroom-token]").get_attribute("content")
    await opened.goto(f"{address}/slack?account=demo-head&token={token}", timeout=PATIENCE)
    await opened.get_by_text("Hello").first.wait_for(timeout=PATIENCE)
    yield opened
    await opened.close()
    assert problems == []


async def says(page: Page, text: str) -> None:
    before = await page.locator("article").count()
    await page.get_by_label("Message Staffroom").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("article").nth(before).wait_for()


async def test_the_head_publishes_and_opens_a_campaign_by_keyboard_alone(page: Page):
    await says(page, "publish")
    await page.get_by_role("button", name="Publish", exact=True).press("Enter")
    await page.get_by_text("Published: Acceptable Use Policy").wait_for()
    await says(page, "open campaign")
    await page.get_by_role("button", name="Open anyway").press("Enter")
    form = page.get_by_role("dialog", name="Open a campaign")
    await form.get_by_label("The last day").wait_for()
    await page.screenshot(path=PICTURES / "what-slack-shows-form.png")

    await form.get_by_role("button", name="Cancel").press("Enter")
    await expect(page.get_by_role("button", name="Open anyway")).to_be_focused()
    await page.keyboard.press("Enter")
    await form.get_by_role("button", name="Open anyway").press("Enter")

    await page.locator("article").last.get_by_role("button", name="Send", exact=True).wait_for()
    assert "has no account here, so on paper" in await page.locator("article").last.inner_text()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.screenshot(path=PICTURES / "what-slack-shows.png", full_page=True)


async def test_what_the_desk_refuses_is_said_under_its_field(page: Page):
    await says(page, "publish")
    await page.get_by_role("button", name="Publish", exact=True).press("Enter")
    await page.get_by_text("Published: Acceptable Use Policy").wait_for()
    await says(page, "open campaign")
    await page.get_by_role("button", name="Open anyway").press("Enter")
    form = page.get_by_role("dialog", name="Open a campaign")
    await form.get_by_label("The last day").fill("2020-01-06")

    await form.get_by_role("button", name="Open anyway").press("Enter")

    await form.get_by_role("alert").wait_for()
    await page.screenshot(path=PICTURES / "what-slack-shows-refusal.png")
