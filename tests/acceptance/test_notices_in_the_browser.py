"""A recorded lesson as people see it: in Chromium, from the notice that is typed to the recording that is gone."""

from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot import app
from bot.ask.understanding import Understanding
from bot.demo.clock import DemoClock
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.acceptance.test_campaign_in_the_browser import DESK, PHONE, last, page_of, picture, says
from tests.browsing import PATIENCE
from tests.journeys.school import School, school

NOTICE = "recording notice for Year 4 maths tomorrow 10am"
YEAR_4, RECEPTION = "class-year-4", "class-reception"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)
PROMISED = "Everyone in this class can watch it here until the end of Tuesday 29 September."

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with school(settings, understanding, DemoClock(app.now, ahead=MONDAY - app.now(), seconds_a_day=0)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def teacher(browser: Browser, at: School) -> AsyncIterator[Page]:
    page = await page_of(browser, at, "demo-teacher")
    yield page
    await page.close()


async def class_of(browser: Browser, at: School, size: dict[str, int] = DESK) -> Page:
    """The chat of Year 4, as children see it."""
    page = await browser.new_page(viewport=size)  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    await page.goto(at.address)
    await page.get_by_label("You are").select_option(label="The chat of Year 4: What children see there")
    return page


async def moves(page: Page, button: str, *days: str) -> None:
    """The clock is moved by a button, time and again, and comes to each of these days."""
    for day in days:
        await page.get_by_role("button", name=button).click()
        await expect(page.locator("#clock")).to_contain_text(day)
        await expect(page.get_by_role("button", name=button)).to_be_enabled()


async def plans(at: School, account: str, lesson: str, place: str) -> None:
    card = (await at.says(account, f"recording notice for {lesson}"))["card"]
    await at.press_on(account, card, "Post", place=place)


async def answers(at: School, account: str, label: str, day: date, **said: str) -> None:
    """Somebody's word for one of their lessons: was_recorded="yes", or is_gone="no"."""
    (recording,) = [
        recording
        for recording in (await at.recordings.projection()).between(day, day)
        if recording.lesson.label == label
    ]
    for verb, answer in said.items():
        await at.presses(account, verb, lesson=recording.lesson.id, answer=answer)


async def asked(page: Page, heading: str) -> Locator:
    """The last card of that heading, which has arrived."""
    card = page.locator("article.bot", has=page.get_by_role("heading", name=heading, exact=True)).last
    await card.wait_for()
    await card.scroll_into_view_if_needed()
    return card


async def is_within(page: Page) -> bool:
    """Whether nothing reaches beyond the right edge."""
    return bool(
        await page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('main, article')]"
            ".every(one => one.scrollWidth <= one.clientWidth + 1)"
        )
    )


async def are_whole(buttons: Locator) -> bool:
    """Whether each has its title in one line, so that no word is broken in two."""
    return all([await item.evaluate("one => one.offsetHeight < 50") for item in await buttons.all()])


async def test_a_notice_is_typed_corrected_and_posted_and_children_see_it(browser: Browser, at: School, teacher: Page):
    await says(teacher, NOTICE)
    shown = last(teacher)
    await shown.get_by_text("Tuesday 8 September 2026, 10:00 to 11:00").wait_for()
    await shown.get_by_text(PROMISED).wait_for()
    await shown.get_by_text("for a period of 21 days.").wait_for()
    await expect(shown.get_by_label("Where it is posted").locator("option:checked")).to_have_text("Year 4")
    await picture(teacher, "notice-understood")

    await shown.get_by_role("button", name="Change").click()
    await shown.get_by_label("From when?").fill("11:00")
    await picture(teacher, "notice-form")
    await shown.get_by_role("button", name="Show me").click()
    await shown.get_by_text("Tuesday 8 September 2026, 11:00 to 12:00").wait_for()
    children = await class_of(browser, at)
    await expect(children.locator("article")).to_have_count(0)

    await shown.get_by_role("button", name="Post").click()
    await teacher.get_by_text("It goes up in Year 4 within a minute.").wait_for()
    await children.get_by_text(PROMISED).wait_for()
    assert await children.get_by_role("heading", name="About this lesson").count() == 1
    for page in (children, await class_of(browser, at)):  # who opens the chat afterwards sees the same
        await page.get_by_text(PROMISED).wait_for()
        await expect(page.get_by_label("Your question")).to_be_hidden()
        await expect(page.locator("main").get_by_role("button")).to_have_count(0)
    await picture(children, "notice-class")

    await last(teacher).get_by_role("button", name="Take it back").click()
    await children.get_by_text("This notice was put here by mistake.").wait_for()
    await expect(children.get_by_text(PROMISED)).to_have_count(0)
    await picture(children, "notice-taken-back")
    await children.close()


async def test_a_lesson_is_asked_about_until_its_recording_is_gone(browser: Browser, at: School, teacher: Page):
    await plans(at, "demo-teacher", "Year 4 maths tomorrow 11am", YEAR_4)
    await moves(teacher, "A day on", "Tuesday 8 September", "Wednesday 9 September")
    await (await asked(teacher, "Was it recorded?")).get_by_role("button", name="Yes").click()
    await teacher.get_by_text("I will remind you on Friday 25 September.").wait_for()
    await picture(teacher, "notice-recorded")

    await moves(teacher, "A week on", "Wednesday 16", "Wednesday 23")
    await expect(teacher.get_by_role("heading", name="A recording's last day")).to_have_count(0)
    await moves(teacher, "A week on", "Wednesday 30")
    await asked(teacher, "A recording's last day")
    gone = await asked(teacher, "Is it gone?")
    await gone.get_by_text("If it is still there on Friday 2 October, I will tell the headteacher").wait_for()
    await gone.get_by_role("button", name="Not yet").click()
    await teacher.get_by_text("I will ask you once more tomorrow.").wait_for()
    await picture(teacher, "notice-not-yet")

    await moves(teacher, "A day on", "1 October", "2 October")
    await expect(teacher.get_by_role("heading", name="Is it gone?")).to_have_count(2)
    head = await page_of(browser, at, "demo-head")
    await head.get_by_text("STILL THERE; its last day was Tuesday 29 September").wait_for()
    await picture(head, "notice-head-told")
    await (await asked(teacher, "Is it gone?")).get_by_role("button", name="Yes, it is gone").click()
    await teacher.get_by_text("the recording is gone, and nothing more is needed").wait_for()
    await says(teacher, "my lessons")
    await last(teacher).get_by_text("✓ deleted").wait_for()
    await picture(teacher, "notice-my-lessons")
    await head.close()


async def test_the_head_sees_the_week_on_a_card_and_on_a_page(browser: Browser, at: School):
    await plans(at, "demo-part-time", "Reception phonics every Monday 2pm until 28 September", RECEPTION)
    await plans(at, "demo-teacher", "Year 4 maths every Tuesday 11am until 29 September", YEAR_4)
    await plans(at, "demo-safeguarding", "Year 4 history on 29 September 1pm", YEAR_4)
    await plans(at, "demo-deputy", "Year 4 poetry on 2 October 10am", YEAR_4)
    head = await page_of(browser, at, "demo-head", {"width": 700, "height": 1500})
    await moves(head, "A week on", "14 September", "21 September", "28 September")
    await moves(head, "A day on", "29 September", "30 September")
    await answers(at, "demo-teacher", "Year 4 maths", date(2026, 9, 8), was_recorded="yes", is_gone="yes")
    await answers(at, "demo-teacher", "Year 4 maths", date(2026, 9, 29), was_recorded="yes")
    await answers(at, "demo-part-time", "Reception phonics", date(2026, 9, 28), was_recorded="yes")
    await answers(at, "demo-safeguarding", "Year 4 history", date(2026, 9, 29), was_recorded="no")
    await moves(head, "A day on", "1 October")

    await says(head, "lessons")
    card = last(head)
    await card.get_by_role("heading", name="Recorded lessons, week of Monday 28 September").wait_for()
    await card.get_by_text("4 lessons = 1 announced + 2 recorded + 1 not recorded.").wait_for()
    await card.get_by_text("? NOBODY KNOWS whether it is gone; its last day was Monday 28 September").wait_for()
    await picture(head, "lessons-card")
    await card.get_by_role("button", name="Open: Year 4 poetry, 2 October").click()
    await head.get_by_role("button", name="The lesson is off").wait_for()

    phone = await page_of(browser, at, "demo-head", PHONE)
    await says(phone, "lessons")
    assert await is_within(phone)
    await picture(phone, "lessons-phone")
    for size, name in ((DESK, "lessons-page"), (PHONE, "lessons-page-phone")):
        await phone.set_viewport_size(size)  # type: ignore[arg-type]
        await phone.goto(f"{at.address}/lessons?account=demo-head&token={at.token}")
        await phone.get_by_role("row", name="Year 4 maths").get_by_role("cell", name="◑ recorded").wait_for()
        assert await is_within(phone)
        await picture(phone, name)
    for page in (head, phone):
        await page.close()


async def pressed(page: Page, name: str, key: str = "Tab") -> None:
    """Presses a button as people do who have no mouse."""
    await reached(page, name, key)
    await page.keyboard.press("Enter")


async def reached(page: Page, name: str, key: str = "Tab") -> None:
    """Goes on by a key until what has that name has the focus."""
    wanted = page.get_by_label(name).or_(page.get_by_role("button", name=name))
    await wanted.last.wait_for()
    for _ in range(12):
        await page.keyboard.press(key)
        if await page.locator(":focus").and_(wanted).count():
            return
    raise AssertionError(f"{name!r} cannot be reached by {key}")


async def test_a_notice_needs_no_mouse_and_fits_a_narrow_phone(browser: Browser, at: School):
    page = await page_of(browser, at, "demo-teacher", PHONE)
    await says(page, NOTICE)
    assert await is_within(page)
    await picture(page, "notice-phone")
    await pressed(page, "Change", "Shift+Tab")
    for name in ("What is the lesson called?", "On which day?", "From when?"):
        await reached(page, name)
    await page.locator(":focus").fill("11:30")
    assert await is_within(page)
    await picture(page, "notice-phone-form")
    for name in ("Until when?", "Every week, on school days", "Every week until?"):
        await reached(page, name)
    await pressed(page, "Show me")
    await page.get_by_text("11:30 to 12:30").wait_for()
    await reached(page, "Where it is posted")
    assert await are_whole(last(page).get_by_role("button"))
    await picture(page, "notice-phone-place")
    await pressed(page, "Post")
    await page.get_by_text("It goes up in Year 4").wait_for()
    await pressed(page, "Another time")
    await page.get_by_role("heading", name="Another time").wait_for()
    await picture(page, "notice-phone-moving")
    for name, hour in (("From when?", "13:30"), ("Until when?", "14:30")):
        await reached(page, name)
        await page.locator(":focus").fill(hour)
    await pressed(page, "Move it")
    await page.get_by_text("Moved. It can be watched until the end of Tuesday 29 September.").wait_for()
    await page.get_by_text("Year 4 maths, Tuesday 8 September, 13:30").wait_for()

    children = await class_of(browser, at, PHONE)
    await children.get_by_text("This lesson was moved.").wait_for()
    assert await is_within(children)
    await picture(children, "notice-phone-class")
    for item in (page, children):
        await item.close()


async def test_a_place_that_does_not_fit_the_lesson_has_to_be_chosen(teacher: Page):
    await says(teacher, "recording notice for Year 5 maths tomorrow 10am")
    await last(teacher).get_by_role("button", name="Post").click()
    await teacher.get_by_text("Please choose a chat or channel.").wait_for()
    await picture(teacher, "notice-no-place")

    await last(teacher).get_by_role("button", name="Copy").click()
    await teacher.get_by_role("heading", name="A notice to copy").wait_for()
    await picture(teacher, "notice-to-copy")
