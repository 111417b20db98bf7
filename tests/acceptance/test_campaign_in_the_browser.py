"""The campaign as people see it: in Chromium, on a phone and on a desk, by pressing what is there."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.ask.understanding import Understanding
from bot.settings import Settings
from tests.browsing import PATIENCE, PICTURES
from tests.journeys.school import School, school

PHONE, DESK = {"width": 320, "height": 720}, {"width": 1000, "height": 900}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with school(settings, understanding) as opened:
        yield opened


async def page_of(browser: Browser, at: School, account: str, size: dict[str, int] = DESK) -> Page:
    page = await browser.new_page(viewport=size, accept_downloads=True)  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    await page.goto(at.address)
    await page.get_by_label("You are").select_option(account)
    await page.get_by_text("Hello").first.wait_for()
    return page


async def says(page: Page, text: str) -> None:
    before = await page.locator("article.bot").count()
    await page.get_by_label("Your question").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("article.bot").nth(before).wait_for()


def last(page: Page) -> Locator:
    return page.locator("article.bot").last


async def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


async def opened(browser: Browser, at: School) -> Page:
    """The head publishes and opens by pressing."""
    head = await page_of(browser, at, "demo-head")
    await says(head, "publish")
    await last(head).get_by_role("button", name="Publish", exact=True).click()
    await head.get_by_text("Published: Acceptable Use Policy").wait_for()
    await says(head, "open campaign")
    await picture(head, "opening")
    await last(head).get_by_role("button", name="Open anyway").click()
    await head.get_by_text("17 are written to once Send is pressed").wait_for()
    await picture(head, "preview")
    await last(head).get_by_role("button", name="Send").click()
    await head.get_by_text("will get it during their working hours").wait_for()
    await at.tick()
    return head


async def test_a_september_by_pressing_what_is_there(browser: Browser, at: School):
    head = await opened(browser, at)
    teacher = await page_of(browser, at, "demo-teacher", PHONE)
    card = teacher.locator("article.bot", has=teacher.get_by_text("Our Acceptable Use Policy"))
    await card.wait_for()
    await picture(teacher, "agreement-phone")

    hidden = card.get_by_text("I will not disclose my username or password")
    await expect(hidden).to_be_hidden()
    await card.get_by_role("button", name="Read: For my professional and personal safety").click()
    await expect(hidden).to_be_visible()
    await picture(teacher, "agreement-open")
    assert await teacher.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await card.get_by_role("button", name="Acknowledge").click()
    await teacher.get_by_text("Please tick this box first").wait_for()
    await card.get_by_role("checkbox").check()
    await card.get_by_role("button", name="Acknowledge").click()
    await teacher.get_by_text("Thank you: acknowledged").wait_for()
    await expect(teacher.get_by_role("button", name="Acknowledge")).to_have_count(0)
    await picture(teacher, "receipt")

    await says(head, "summary")
    await head.get_by_text("1 of 18 have acknowledged").first.wait_for()
    await picture(head, "summary")
    await last(head).get_by_role("button", name="Who is left").click()
    await head.get_by_text("A teaching assistant", exact=True).first.wait_for()
    await picture(head, "left")
    async with head.expect_download() as download:
        await says(head, "export")
        await last(head).get_by_role("link", name="Download DEMO-evidence").click()
    assert (await download.value).suggested_filename.startswith("DEMO-evidence-AUP-2026-1")
    for page in (head, teacher):
        await page.close()


async def test_a_question_on_the_way_and_the_heads_answer(browser: Browser, at: School):
    head = await opened(browser, at)
    teacher = await page_of(browser, at, "demo-teacher", PHONE)
    await teacher.get_by_role("button", name="I have a question").click()
    box = teacher.get_by_label("What would you like to know?")
    await box.fill("do I have to lock my laptop?")
    await teacher.get_by_role("button", name="See what the policy says").click()
    await teacher.get_by_role("button", name="Send to").wait_for()
    await picture(teacher, "question")
    await teacher.get_by_role("button", name="Send to").click()
    await teacher.get_by_text("Sent to").first.wait_for()
    await at.tick()

    await head.get_by_text("A class teacher asks").wait_for()
    await head.get_by_role("button", name="Mark as answered").click()
    await head.get_by_text("The person who asked is told").wait_for()
    await at.tick()
    await teacher.get_by_text("marked your question as answered").wait_for()
    for page in (head, teacher):
        await page.close()


async def test_the_office_records_a_sheet_and_the_head_sets_a_pause(browser: Browser, at: School):
    head = await opened(browser, at)
    office = await page_of(browser, at, "demo-office", PHONE)
    await says(office, "record paper")
    await picture(office, "paper")
    await last(office).get_by_label("Who signed").select_option("A volunteer without an account")
    await last(office).get_by_label("Witness").select_option("The site manager")
    await last(office).get_by_role("button", name="Record it").click()
    await office.get_by_text("Recorded: the sheet A volunteer without an account").wait_for()

    await says(head, "pause")
    await picture(head, "pause")
    await last(head).locator("select").select_option("A teacher on a pause")
    await last(head).get_by_label("Up to and including").fill("2026-10-30")
    await last(head).get_by_role("button", name="Set the pause").click()
    await head.get_by_text("is sent nothing until Friday 30 October").wait_for()
    for page in (head, office):
        await page.close()


async def test_the_summary_page_is_drawn_by_the_browser_on_a_phone(browser: Browser, at: School):
    head = await opened(browser, at)
    await at.after(days=3)
    page = await browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    problems: list[str] = []
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    await page.goto(f"{at.address}/summary?account=demo-head&token={at.token}")

    await page.get_by_role("heading", name="Acceptable Use Policy, 2026/27").wait_for()
    await picture(page, "summary-page")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.get_by_role("img").get_attribute("alt")
    assert problems == []
    await page.close()
    await head.close()
