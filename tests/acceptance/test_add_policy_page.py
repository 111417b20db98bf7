"""The office adds a policy in Chromium: brings a Word file, sets its clauses right, uses it, goes on to Answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page

from bot.settings import Settings
from tests.acceptance.test_school_pages import DESK, PHONE, opened, shown, violations
from tests.channels.pages.answers_school import answers_school, school_folder
from tests.channels.pages.pages_school import PagesSchool
from tests.channels.pages.policy_school import SECTIONS, a_document

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def at(settings: Settings, tmp_path: Path) -> AsyncIterator[PagesSchool]:
    async with answers_school(school_folder(settings, tmp_path / "policies")) as opened_school:
        yield opened_school


def card(page: Page, words: str) -> Locator:
    return page.locator("section.ruling").filter(has=page.locator(".words", has_text=words))


async def test_the_office_adds_a_policy_without_a_terminal(browser: Browser, at: PagesSchool, tmp_path: Path):
    office = await opened(browser, at, "demo-office", PHONE)

    await bring_a_file(office, tmp_path / "Wearables Policy.docx")
    await set_clauses_right(office)
    await look_at_a_desk(browser, at)
    await use_it(office)

    await at.server.staffroom.folder.policies.close()  # the proposals are made
    await office.goto(f"{at.address}/school/add-policy")
    await office.get_by_role("link", name="Go on to Answers").click()
    await office.get_by_role("heading", name="Answers", exact=True).wait_for()
    assert "Wearables" in await office.content()
    assert await violations(office) == []


async def bring_a_file(office: Page, file: Path) -> None:
    more = {f"On trips {n}": ("The leader must carry the school's phone.", "Pupils hand theirs in.") for n in range(6)}
    file.write_bytes(a_document({**SECTIONS, **more}))
    await office.get_by_role("link", name="Policy", exact=True).click()
    await office.get_by_role("link", name="Add a policy").click()
    await shown(office, "add-policy-start-360")
    assert await violations(office) == []

    await office.get_by_label("The file").set_input_files(file)
    await office.get_by_role("button", name="Read this file").click()
    await office.get_by_text("17 clauses. Compare them").wait_for()
    await shown(office, "add-policy-draft-360")
    assert await violations(office) == []


async def set_clauses_right(office: Page) -> None:
    await card(office, "switched off").get_by_role("button", name="Join with the next").click()
    await card(office, "in classrooms, and").get_by_text("Joined with the next clause.").wait_for()
    assert "#c" in office.url
    photos = card(office, "photographs of children")
    await photos.get_by_text("Change or split").click()
    await photos.get_by_label("First words of the second part").fill("Staff may use the school's")
    await photos.get_by_role("button", name="Split here").press("Enter")
    await card(office, "photographs of children").get_by_text("Split in two.").wait_for()
    await shown(office, "add-policy-split-360")
    await card(office, "A kettle").get_by_role("button", name="Leave out").click()
    await office.get_by_role("heading", name="Left out by you").wait_for()
    assert await violations(office) == []


async def look_at_a_desk(browser: Browser, at: PagesSchool) -> None:
    for look in ("light", "dark"):
        desk = await opened(browser, at, "demo-office", DESK, look)
        await desk.goto(f"{at.address}/school/add-policy?draft=wearables-policy")
        await desk.get_by_text("Change or split").first.click()
        await desk.get_by_text("Title, version and dates").click()
        assert await violations(desk) == []
        await shown(desk, f"add-policy-1280-{look}")
        await desk.context.close()


async def use_it(office: Page) -> None:
    await office.get_by_role("button", name="Use this policy").click()
    await office.get_by_text("is in use, with 16 clauses").wait_for()
    await shown(office, "add-policy-used-360")
    assert await violations(office) == []
