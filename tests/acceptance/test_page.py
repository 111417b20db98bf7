"""The page, in a real browser: ask, read, press, follow up, on a phone, by keyboard, in the dark."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from bot.ask.understanding import Understanding
from bot.cards import Cards
from bot.run_local import open_local
from bot.settings import ROOT, Settings
from tests.browsing import PICTURES, ask
from tests.standins.microsoft import serving

PHONE = {"width": 320, "height": 640}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def address(settings: Settings, understanding: Understanding) -> AsyncIterator[str]:
    async with open_local(settings, understanding=understanding) as local, serving(local.server) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phone(browser: Browser) -> BrowserContext:
    """One phone for all, so that the card renderer is compiled once."""
    return await browser.new_context(viewport=PHONE)


@pytest_asyncio.fixture(loop_scope="module")
async def page(phone: BrowserContext, address: str) -> AsyncIterator[Page]:
    opened = await phone.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    await opened.goto(address)
    await opened.get_by_text("Hello").first.wait_for()
    yield opened
    await opened.close()
    assert problems == []


async def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def test_a_question_is_answered_with_verdict_and_clause_in_one_phone_screen(page: Page):
    await ask(page, "can I use my phone at lunch?")
    card = page.locator("article.bot").last

    verdict = card.get_by_text("Only if", exact=False).first
    quote = card.get_by_text("Social media may be accessed during social time", exact=False)
    source = card.get_by_text("AUP-professional.4.b", exact=False).first
    for part in (verdict, quote, source):
        box = await part.bounding_box()
        assert box is not None
        assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await picture(page, "phone")


async def test_more_clauses_are_shown_on_a_press_by_keyboard(page: Page):
    await ask(page, "can I use my phone at lunch?")
    hidden = page.get_by_text("That they should not access these sites for personal use", exact=False)
    assert not await hidden.is_visible()

    await page.get_by_role("button", name="Show 4 more clauses").focus()
    await page.keyboard.press("Enter")
    await hidden.wait_for(state="visible")


async def test_a_button_and_a_follow_up_are_answered(page: Page):
    await ask(page, "My own child is in Year 3.")
    await page.get_by_role("button", name="My own child or relative is a pupil").last.click()
    await page.get_by_text("No exemption", exact=False).last.wait_for()

    await ask(page, "can i go on facebook on my break")
    await ask(page, "what about on the school wifi?")
    assert "Not on the school's internet" in await page.locator("article.bot").last.inner_text()


async def test_a_pupil_gets_the_one_kind_sentence(page: Page):
    await page.get_by_label("You are").select_option("a-pupil")
    await ask(page, "can I use my phone at lunch?")

    assert "noticeboard for staff" in await page.locator("article.bot").last.inner_text()


async def test_a_question_is_sent_to_the_school_on_purpose(page: Page):
    await ask(page, "what's for lunch today")
    await page.get_by_role("button", name="Did this help?").last.press("Enter")
    await page.get_by_role("button", name="Send this question to the school").click()
    field = page.get_by_label("Your question, as the school will see it", exact=False)
    assert await field.input_value() == "what's for lunch today"

    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_text("without your name", exact=False).wait_for()


async def test_no_two_parts_of_the_page_share_an_id(page: Page):
    for _ in range(2):
        await ask(page, "can I use my phone at lunch?")
    for number, card in enumerate((await page.locator("article.bot").all())[-2:]):
        await card.get_by_role("button", name="Did this help?").press("Enter")
        await card.get_by_role("button", name="Send this question to the school").click()
        await page.locator("[id$='-question']").nth(number).wait_for()

    ids = await page.evaluate("Array.from(document.querySelectorAll('[id]'), part => part.id)")
    controlled = await page.evaluate(
        "Array.from(document.querySelectorAll('[aria-controls]'), part => part.getAttribute('aria-controls'))"
    )
    assert len(ids) == len(set(ids))
    assert len(controlled) == len(set(controlled)) and set(controlled) <= set(ids)
    assert len([id for id in ids if id.endswith("-question")]) == 2


async def test_markup_in_a_question_stays_text(page: Page):
    await ask(page, "<img src=x onerror=alert(1)> **phone** at lunch")

    assert await page.locator("main img").count() == 0
    assert "<img src=x" in await page.locator("article.me").last.inner_text()


async def test_the_page_is_usable_in_the_dark_and_says_demo(browser: Browser, address: str):
    opened = await browser.new_page(viewport={"width": 1100, "height": 800}, color_scheme="dark")
    await opened.goto(address)
    await ask(opened, "a parent sent me a friend request")

    ink, paper = await opened.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert ink != paper
    assert await opened.get_by_text("DEMO").first.is_visible()
    await picture(opened, "dark")


async def test_the_desk_in_full_width(browser: Browser, address: str):
    opened = await browser.new_page(viewport={"width": 900, "height": 1000})
    await opened.goto(address)
    await ask(opened, "can I use my phone at lunch?")

    assert await opened.get_by_role("log").is_visible()
    await picture(opened, "wide")


@pytest.mark.parametrize("name", Cards(ROOT / "cards").names())
async def test_every_card_is_drawn_by_microsofts_renderer_without_an_event(page: Page, name: str):
    sample = json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))
    card = Cards(ROOT / "cards").fill(name, sample)

    events, text = await page.evaluate(
        """card => {
          const context = new AdaptiveCards.SerializationContext();
          const drawable = new AdaptiveCards.AdaptiveCard();
          drawable.parse(card, context);
          const events = Array.from({length: context.eventCount}, (_, i) => context.getEventAt(i).message);
          const drawn = drawable.render();
          const problems = drawable.validateProperties().validationEvents.map(event => event.message);
          return [[...events, ...problems], drawn.innerText];
        }""",
        card,
    )
    assert events == []
    assert text.strip()
