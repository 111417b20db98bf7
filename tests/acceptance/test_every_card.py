"""Every card on the page, in a browser: nothing is cut off, no id is there twice, the summary fits a screen."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.ask.understanding import Understanding
from bot.campaigns.progress_picture import progress
from bot.campaigns.summary_card import MAX_NAMED_ON_CARD, data_address
from bot.cards import Cards
from bot.run_local import open_local
from bot.settings import ROOT, Settings
from tests.browsing import PICTURES
from tests.fakes import MONDAY, days
from tests.standins.microsoft import serving

CARDS = Cards(ROOT / "cards")
PHONE, SCREEN = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
TEAMS_WIDTH = 480  # pixels: a card in a chat of Teams' usual window
CUT_OFF = """() => [...document.querySelectorAll("button, [role=button]")].filter((part) => part.offsetParent)
  .filter((part) => part.getBoundingClientRect().right > innerWidth || part.scrollWidth > part.clientWidth + 1
                    || part.scrollHeight > part.clientHeight + 1).map((part) => part.innerText)"""
IDS = "() => [...document.querySelectorAll('[id]')].map((part) => part.id)"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def page(settings: Settings, understanding: Understanding, browser: Browser) -> AsyncIterator[Page]:
    async with open_local(settings, understanding=understanding) as local, serving(local.server) as address:
        opened = await browser.new_page(viewport=PHONE)
        await opened.goto(address)
        await opened.get_by_text("Hello").first.wait_for()
        yield opened
        await opened.close()


def sample(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))


async def show(page: Page, name: str, values: dict[str, Any]) -> None:
    await page.evaluate("(message) => showMessage(message)", {"card": CARDS.fill(name, values), "text": ""})


async def test_every_card_is_whole_on_a_phone_and_shares_no_id_with_another(page: Page):
    for name in (*CARDS.names(), *CARDS.names()):
        await show(page, name, sample(name))
        for form in (
            await page.locator("article").last.locator(".ac-pushButton.expandable, [aria-expanded=false]").all()
        ):
            if await form.is_visible():
                await form.press("Enter")

    ids = await page.evaluate(IDS)
    assert len(ids) == len(set(ids)) > 2 * len(CARDS.names())
    assert await page.evaluate(CUT_OFF) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_a_button_with_the_longest_label_is_not_cut_off(page: Page):
    label = "Recording an online lesson at home today"
    others = [{"situation": "s", "label": label}, {"situation": "t", "label": "W" * 40}]
    await show(page, "answer", {**sample("answer"), "others_meant": others, "see_also": []})

    assert await page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("width", [TEAMS_WIDTH, SCREEN["width"]])
async def test_the_heads_weekly_card_fits_on_one_screen(page: Page, width: int):
    await page.set_viewport_size({**SCREEN, "width": width})
    picture = progress([(MONDAY + days(day), min(12, day)) for day in range(14)], 18)
    name = {"name": "A teacher who works Monday and Tuesday", "what": "still with time, by Mon 27 Sep"}
    names = [name] * MAX_NAMED_ON_CARD
    values = {**sample("summary"), "picture": data_address(picture), "few": names, "by_role": "", "is_closed": False}

    await show(page, "summary", values)

    card, talk = page.locator("article").last, page.locator("#talk")
    shown, room = await card.bounding_box(), await talk.bounding_box()
    assert shown and room and shown["height"] <= room["height"]
    await card.screenshot(path=PICTURES / f"summary-{width}.png")


async def test_who_is_left_is_a_table_that_a_phone_can_show(page: Page):
    people = [{"name": "A teacher in her first weeks", "by": "Mon 27 Sep", "next": "has the card since Mon 6 Sep"}] * 5
    group = {"title": "Still with time (5)", "people": people, "text": ""}
    await show(page, "left", {**sample("left"), "groups": [group]})

    table = page.get_by_role("table").last
    assert await table.get_by_role("row").count() == 6
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
