"""From a folder of proposals to approved answers, in Chromium: the office confirms, the head approves, both try it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.ask.rules.rulings import is_draft
from bot.settings import Settings
from tests.acceptance.test_school_pages import DESK, PHONE, opened, shown, violations
from tests.channels.pages.answers_school import FORBIDDEN, PERMISSION, QUESTION, answers_school, school_folder
from tests.channels.pages.pages_school import PagesSchool

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def at(settings: Settings, tmp_path: Path) -> AsyncIterator[PagesSchool]:
    async with answers_school(school_folder(settings, tmp_path / "policies")) as school:
        yield school


async def test_a_school_comes_from_proposals_to_approved_answers(browser: Browser, at: PagesSchool):
    office = await opened(browser, at, "demo-office", PHONE)
    await office.get_by_role("link", name="Answers", exact=True).click()
    await shown(office, "answers-office-360")
    assert await violations(office) == []
    for situation in (PERMISSION, FORBIDDEN):
        await office.locator(f"#{situation}").get_by_role("button", name="Confirm").click()
        await office.get_by_role("status").wait_for()
    await office.locator("section.ruling").first.get_by_role("button", name="Change").click()
    assert await violations(office) == []
    await shown(office, "answers-change-360")

    for size in (PHONE, DESK):
        head = await opened(browser, at, "demo-head", size)
        await head.get_by_role("link", name="Answers", exact=True).click()
        await shown(head, f"answers-head-{size['width']}")
        assert await violations(head) == []
    await head.get_by_role("button", name="Approve all 1 shown that allow nothing").click()
    await head.get_by_text("1 answers are approved").wait_for()
    await head.locator(f"#{PERMISSION}").get_by_role("button", name="Approve this permission").click()
    await head.get_by_role("status").wait_for()
    policy = at.server.staffroom.held.current.policy
    assert not any(is_draft(policy.rulings[id], policy.clauses) for id in (PERMISSION, FORBIDDEN))

    await head.get_by_label("A question").fill(QUESTION)
    await head.get_by_role("button", name="Try it").click()
    await head.get_by_text(policy.rulings[PERMISSION].says).wait_for()
    assert await violations(head) == []
    await shown(head, "answers-tried-1280")
