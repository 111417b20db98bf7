"""What the office changes, as people see it: settings, exceptions, erasing, signing out; and where the tab starts."""

import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Person, Role
from bot.settings import ChooserSettings, Settings
from tests.acceptance.test_school_pages import DESK, PHONE, opened, shown, violations
from tests.browsing import PATIENCE
from tests.channels.pages.answers_school import FORBIDDEN, school_folder, understands_one
from tests.channels.pages.pages_school import PagesSchool, pages_school
from tests.channels.pages.settings_school import TERMS, school_file
from tests.channels.pages.tab_school import real_settings, tab_school
from tests.conftest import settings_with
from tests.standins.chooser import MODEL, little_chooser

pytestmark = pytest.mark.asyncio(loop_scope="module")
WITH_EXCEPTION = "own-phone-in-class"
LEFT = Person("gone", "Somebody Who Left", "gone@school.example", "gone", frozenset({Role.STAFF}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("office")
    return school_folder(settings_with(place / "data"), place / "policies")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with pages_school(folder, understanding=understands_one(folder)) as school:
        context = school.server.staffroom.books.context
        pseudonym = await context.pseudonym(LEFT)
        await context.write(EventKind.LEAVE, "left", subject=pseudonym, who=details(LEFT))
        yield school


async def looked_at(page: Page, name: str) -> None:
    """A picture, nothing wider than the window, and nothing that axe-core finds."""
    await shown(page, name)
    assert await violations(page) == []


async def test_the_office_changes_term_dates_by_keyboard_and_corrects_a_mistake(
    browser: Browser, at: PagesSchool, folder: Settings
):
    page = await opened(browser, at, "demo-office", PHONE)
    await page.goto(f"{at.address}/school/settings")
    await looked_at(page, "settings-360-light")

    await page.get_by_label("Terms", exact=True).focus()
    await page.keyboard.type("2 September 2026 to sometime")
    await page.get_by_role("button", name="Save term dates and hours").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="There is a problem").wait_for()
    await looked_at(page, "settings-problem-360")
    await page.get_by_role("alert").get_by_role("link").focus()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "calendar-terms"
    assert await page.get_by_label("Terms", exact=True).get_attribute("aria-invalid") == "true"
    assert await page.get_by_label("Terms", exact=True).input_value() == "2 September 2026 to sometime"

    await page.keyboard.press("Control+a")
    await page.keyboard.insert_text(TERMS)
    await page.get_by_role("button", name="Save term dates and hours").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("is saved, and counts from now on").wait_for()
    await looked_at(page, "settings-saved-360")
    assert len(tomllib.loads(school_file(folder).read_text(encoding="utf-8"))["calendar"]["terms"]) == 3
    await page.get_by_role("button", name="Undo the last change").click()
    await page.get_by_text("The last change was undone").wait_for()
    await page.context.close()


async def test_what_two_people_change_at_once_is_shown_side_by_side(browser: Browser, at: PagesSchool):
    office, head = await opened(browser, at, "demo-office", PHONE), await opened(browser, at, "demo-head", DESK, "dark")
    for page in (office, head):
        await page.goto(f"{at.address}/school/settings")
    await looked_at(head, "settings-1280-dark")
    await head.get_by_label("Headteacher").fill("Dr First")
    await head.get_by_role("button", name="Save contacts").click()
    await head.get_by_text("is saved, and counts from now on").wait_for()

    await office.get_by_label("Headteacher").fill("Dr Second")
    await office.get_by_role("button", name="Save contacts").click()

    await office.get_by_text("The settings say now: Dr First").wait_for()
    assert await office.get_by_label("Headteacher").input_value() == "Dr Second"
    await looked_at(office, "settings-meanwhile-360")
    for page in (office, head):
        await page.context.close()


@pytest.mark.parametrize(("size", "look", "situation"), [(PHONE, "dark", FORBIDDEN), (DESK, "light", WITH_EXCEPTION)])
async def test_an_exception_and_something_of_the_schools_own_are_written_in_forms_for_everybody(
    browser: Browser, at: PagesSchool, size: dict[str, int], look: str, situation: str
):
    name = f"{size['width']}-{look}"
    page = await opened(browser, at, "demo-office", size, look)
    await page.goto(f"{at.address}/school/answers")
    await page.get_by_text("Add something of your own").click()
    await page.get_by_label("What it is called, in a few words").fill(f"Minibus {name}")
    await page.get_by_label("Somebody asks about ...").fill("the minibus")
    await page.get_by_label("Questions as people ask them").fill("one\ntwo")
    await looked_at(page, f"answers-own-{name}")
    await page.get_by_role("button", name="Add it").click()
    await page.get_by_text("Please write at least 3 questions").wait_for()
    assert await page.get_by_label("Somebody asks about ...").input_value() == "the minibus"

    await page.locator(f"#{situation}").get_by_role("button", name="Change").click()
    await page.get_by_label("In which cases it is otherwise").last.fill("in an emergency")
    await looked_at(page, f"exceptions-{name}")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("It waits for the headteacher's approval").wait_for()
    await page.context.close()


async def test_erasing_shows_what_goes_and_what_stays_and_signing_out_ends_it(browser: Browser, at: PagesSchool):
    page = await opened(browser, at, "demo-head", PHONE)
    await page.goto(f"{at.address}/school/people")
    await looked_at(page, "people-erase-360")
    await page.get_by_label("Who", exact=True).select_option(label="Somebody Who Left (gone)")
    await page.get_by_role("button", name="Show what would be erased").click()
    await page.get_by_text("What stays:").wait_for()
    await looked_at(page, "erase-360")
    await page.get_by_role("button", name="Erase Somebody Who Left for good").click()
    await page.get_by_text("Erased: Staffroom has no details").wait_for()

    await page.get_by_role("button", name="Sign out").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="You are signed out").wait_for()
    await looked_at(page, "signed-out-360")
    await page.goto(f"{at.address}/school/today")
    await page.get_by_role("heading", name="Please sign in").wait_for()
    await page.context.close()


async def test_the_headteacher_acknowledges_a_language_model_by_keyboard_and_switches_it_off(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
):
    settings = settings_with(tmp_path_factory.mktemp("model") / "data")
    async with little_chooser() as little:
        chooser = ChooserSettings(little.address, MODEL, None, is_identity=False)
        async with pages_school(replace(settings, chooser=chooser)) as school:
            page = await opened(browser, school, "demo-head", PHONE)
            await page.goto(f"{school.address}/school/settings")
            await page.get_by_role("link", name="A language model").focus()
            await page.keyboard.press("Enter")
            await page.get_by_text("It is off: nothing is sent there").wait_for()
            await looked_at(page, "language-model-off-360")

            await page.get_by_role("button", name="I acknowledge this endpoint").focus()
            await page.keyboard.press("Enter")
            await page.get_by_text("Acknowledged. Unclear questions may now be sent").wait_for()
            await looked_at(page, "language-model-on-360")

            await page.get_by_role("button", name="Switch it off").focus()
            await page.keyboard.press("Enter")
            await page.get_by_text("Switched off. No question is sent anywhere.").wait_for()
            await page.context.close()
            page = await opened(browser, school, "demo-office", DESK, "dark")
            await page.goto(f"{school.address}/school/settings#language-model")
            await looked_at(page, "language-model-office-1280-dark")
            await page.context.close()


async def test_the_start_page_of_the_tab_leads_on_by_keyboard_where_teams_gives_no_token(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
):
    settings = real_settings(settings_with(tmp_path_factory.mktemp("tab") / "data"))
    async with tab_school(settings) as school:
        for size, look in ((PHONE, "light"), (DESK, "dark")):
            context = await browser.new_context(viewport=size, color_scheme=look, bypass_csp=True)  # type: ignore[arg-type]
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            await page.goto(f"{school.address}/school/start")
            await looked_at(page, f"tab-start-{size['width']}-{look}")
            await page.get_by_role("link", name="Sign in in your browser").wait_for()
            await looked_at(page, f"tab-start-refused-{size['width']}-{look}")
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.getAttribute('href')") == "/school/sign-in"
            await context.close()
