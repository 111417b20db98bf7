"""Every answer of the school on a phone and on a desk: what the first screen holds, and that no label is cut off."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.ask.answer_card import answer_card
from bot.ask.ask import look_up
from bot.ask.rules.policy import Policy
from bot.ask.rules.safeguarding import HandOff, HarmSigns
from bot.ask.understanding import Understanding
from bot.cards import Cards
from bot.run_local import open_local
from bot.settings import ROOT, Settings
from tests.browsing import PICTURES
from tests.fakes import SURE, FakeQuestionReader
from tests.standins.microsoft import serving

PHONE = {"width": 360, "height": 640}
DESK = {"width": 1000, "height": 800}
TODAY = date(2026, 11, 30)
CARDS = Cards(ROOT / "cards")
DRAW = "card => showMessage({card, text: 'not drawn', takes_place: true}, document.querySelector('article.bot'))"
MEASURE = """() => {
  const card = document.querySelector('article.bot');
  const buttons = Array.from(card.querySelectorAll('.ac-pushButton')).filter(button => button.offsetParent);
  const quote = card.querySelector('.ac-richTextBlock');
  const clause = quote ? quote.parentElement.getBoundingClientRect().bottom : 0;
  return {
    clause, room: document.getElementById('talk').getBoundingClientRect().bottom,
    top: card.getBoundingClientRect().top,
    buttons: buttons.map(button => button.innerText),
    cut: buttons.filter(button => button.scrollWidth > button.clientWidth || button.scrollHeight > button.clientHeight)
      .map(button => button.innerText),
    overflow: document.documentElement.scrollWidth > innerWidth,
  };
}"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def understood(policy: Policy) -> Understanding:
    return Understanding(policy, FakeQuestionReader(), SURE, HarmSigns.of([], [], {}, []), trusts_drafts=True)


@pytest.fixture(scope="module")
def answers(understood: Understanding) -> dict[str, dict[str, Any]]:
    """The card of every ruling, without a hand-off, with three other readings beside it."""
    policy = understood.policy
    others = look_up(max(policy.situations, key=lambda id: len(policy.situations[id].offers)), understood, TODAY).offers
    cards = {}
    for id in policy.rulings:
        reply = replace(look_up(id, understood, TODAY), hand_off=HandOff.NONE, question="may I?", offers=others)
        outgoing = answer_card(reply, policy, is_private=True)
        cards[id] = CARDS.fill(outgoing.card, {**outgoing.values, "is_demo": True})
    return cards


@pytest_asyncio.fixture(loop_scope="module")
async def address(settings: Settings, understood: Understanding) -> AsyncIterator[str]:
    async with open_local(settings, understanding=understood) as local, serving(local.server) as address:
        yield address


async def opened(browser: Browser, address: str, viewport: dict[str, int]) -> Page:
    page = await browser.new_page(viewport=viewport)
    await page.goto(address)
    await page.get_by_text("Hello").first.wait_for()
    return page


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
async def test_every_answer_has_three_buttons_at_most_and_no_label_is_cut_off(
    browser: Browser, address: str, answers: dict[str, dict[str, Any]], viewport: dict[str, int]
):
    page = await opened(browser, address, viewport)

    for id, card in answers.items():
        await page.evaluate(DRAW, card)
        drawn = await page.evaluate(MEASURE)
        assert len(drawn["buttons"]) <= 3 and len(set(drawn["buttons"])) == len(drawn["buttons"]), id
        assert not drawn["cut"] and not drawn["overflow"], id


async def test_the_first_screen_of_a_phone_holds_verdict_sentence_and_clause(
    browser: Browser, address: str, answers: dict[str, dict[str, Any]]
):
    page = await opened(browser, address, PHONE)

    too_long = {}
    for id, card in answers.items():
        await page.evaluate(DRAW, card)
        drawn = await page.evaluate(MEASURE)
        if drawn["clause"] > drawn["room"] or drawn["top"] < 0:
            too_long[id] = (round(drawn["clause"]), drawn["room"])
    assert too_long == {}


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
async def test_feedback_is_one_quiet_line_that_a_keyboard_opens(
    browser: Browser, address: str, answers: dict[str, dict[str, Any]], viewport: dict[str, int]
):
    page = await opened(browser, address, viewport)
    await page.evaluate(DRAW, answers["own-phone-break"])
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"answer-{viewport['width']}.png")
    helped = page.get_by_role("button", name="That helped")
    assert not await helped.is_visible()

    await page.get_by_role("button", name="Did this help?").focus()
    await page.keyboard.press("Enter")

    await helped.wait_for(state="visible")
    await page.screenshot(path=PICTURES / f"answer-feedback-{viewport['width']}.png")
    assert await page.get_by_role("button", name="Send this question to the school").is_visible()
