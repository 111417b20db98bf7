"""What is printed: one sheet for each person, whole and safe whatever somebody is called; the commonest answers."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Approval, digest
from bot.ask.rules.tallies import Count, Outcome, Tally
from bot.campaigns.rules.campaign import EVERYBODY, Campaign
from bot.campaigns.rules.sheets import answers, sheets
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.versions import frozen
from bot.cards import Pages
from bot.errors import CardError
from bot.settings import ROOT
from tests.browsing import FLAGS
from tests.fakes import MONDAY

PAGES = Pages(ROOT / "cards" / "pages")
DUE = date(2026, 9, 28)
SLY = '<script>alert(1)</script> & "Co"'
LONG = "A very long name " * 12


def sheet(school: Policy, *names: str, large: bool = False) -> str:
    assert school.agreement
    version = frozen(school.documents["AUP"])
    campaign = Campaign(
        "AUP-2026-1", "AUP", version.label, version.digest, version.digest, EVERYBODY, MONDAY, DUE, frozenset()
    )
    people = [
        Signatory(f"{number:032x}", name, None, DUE, Standing.UNREACHABLE, None, False)
        for number, name in enumerate(names)
    ]
    values = sheets(version, campaign, school.agreement, people)
    return PAGES.fill("sheet", {**values, "is_demo": False, "is_large": large})


def test_a_sheet_holds_the_whole_text_in_order_and_word_for_word(school: Policy):
    assert school.agreement
    text = sheet(school, "A volunteer")
    shown = re.findall(r"<li>(.*?)</li>", text)

    wanted = [one.text for one in school.documents["AUP"].clauses if one.id != school.agreement.clause]
    assert [one.replace("&#34;", '"').replace("&#39;", "'") for one in shown] == wanted
    assert school.agreement.statement in text.replace("&#39;", "'")
    assert 'lang="en-GB"' in text and "DEMO" not in text


def test_names_are_only_ever_names(school: Policy):
    text = sheet(school, SLY, LONG)

    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_page_with_a_hole_is_an_error():
    with pytest.raises(CardError, match=r"pages/sheet\.html"):
        PAGES.fill("sheet", {})


def test_only_approved_rulings_hang_on_the_wall_the_most_asked_first(school: Policy):
    approved = {
        id: replace(one, approval=Approval("the head", MONDAY, digest(one, school.clauses)))
        for id, one in school.rulings.items()
        if id in {"own-phone-break", "leave-unlocked", "lock-screen"}
    }
    assert approved, "the situations have other names now"
    some = replace(school, rulings={**school.rulings, **approved})
    last = list(approved)[-1]
    made = answers(some, [Tally(Count(MONDAY, last, Outcome.ASKED), 9)], drafts=False)

    assert len(made["answers"]) == len(approved)
    assert made["answers"][0]["asks"] == some.situations[last].label
    text = PAGES.fill("answers", {**made, "is_demo": False})
    assert f"These are all {len(approved)} answers the school has approved so far" in text
    assert "draft" not in text


def test_a_school_that_has_approved_nothing_prints_nothing(school: Policy):
    made = answers(school, [], drafts=False)

    assert made["answers"] == []
    assert "has not approved an answer yet" in PAGES.fill("answers", {**made, "is_demo": False})


@pytest_asyncio.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        await opened.close()


@pytest.mark.browser
async def test_every_sheet_begins_on_a_page_of_its_own(browser: Browser, school: Policy, tmp_path: Path):
    page = await browser.new_page()
    pages = []
    for names in (["A volunteer"], ["A volunteer", SLY, LONG]):
        await page.set_content(sheet(school, *names))
        made = await page.pdf(prefer_css_page_size=True)
        pages.append(len(re.findall(rb"/Type\s*/Page\b", made)))
    await page.screenshot(path=ROOT / ".cache" / "pictures" / "sheet.png", full_page=True)

    assert pages[0] >= 2
    assert pages[1] == 3 * pages[0]
