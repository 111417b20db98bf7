"""What is printed: one sheet for each person, whole and safe whatever somebody is called."""

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.ask.rules.policy import Policy
from bot.ask.rules.quotes import quoted
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import EVERYBODY, Campaign
from bot.campaigns.rules.sheets import sheets
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.versions import frozen
from bot.campaigns.settings import campaign_settings
from bot.cards import Pages
from bot.errors import CardError
from bot.policies import SchoolTables
from bot.settings import ROOT
from tests.browsing import FLAGS
from tests.fakes import MONDAY

PAGES = Pages(ROOT / "cards" / "pages")
DUE = date(2026, 9, 28)
SLY = '<script>alert(1)</script> & "Co"'
LONG = "A very long name " * 12


@pytest.fixture(scope="module")
def agreement(tables: SchoolTables, policy: Policy) -> Agreement:
    agreement = campaign_settings(tables, policy.documents).agreement
    assert agreement
    return agreement


def sheet(policy: Policy, agreement: Agreement, *names: str, is_large: bool = False) -> str:
    version = frozen(policy.documents["AUP"])
    campaign = Campaign(
        "AUP-2026-1", "AUP", version.label, version.digest, version.digest, EVERYBODY, MONDAY, DUE, frozenset()
    )
    people = [
        Signatory(f"{number:032x}", name, None, DUE, Standing.UNREACHABLE, None, False)
        for number, name in enumerate(names)
    ]
    values = sheets(version, campaign, agreement, people)
    return PAGES.fill("sheet", {**values, "is_demo": False, "is_large": is_large})


def test_a_sheet_cites_each_clause_as_answers_do_and_numbers_nothing_itself(policy: Policy, agreement: Agreement):
    document = policy.documents["AUP"]

    page = sheet(policy, agreement, "A volunteer")

    shown = [unescape(ref) for ref in re.findall(r'<span class="ref">(.*?)</span>', page)]
    sources = [quoted(clause, document, MONDAY).source for clause in document.clauses if clause.id != agreement.clause]
    assert [f"{document.short}, {ref}" for ref in shown] == [source.partition(", version")[0] for source in sources]
    assert "<ol" not in page


def test_a_sheet_has_the_whole_text_in_order_and_word_for_word(policy: Policy, agreement: Agreement):
    page = sheet(policy, agreement, "A volunteer")

    shown = [unescape(item) for item in re.findall(r'<p class="clause"><span class="ref">.*?</span> (.*?)</p>', page)]
    assert shown == [clause.text for clause in policy.documents["AUP"].clauses if clause.id != agreement.clause]
    assert agreement.statement in unescape(page)
    assert 'lang="en-GB"' in page and "DEMO" not in page


def test_names_are_only_ever_names(policy: Policy, agreement: Agreement):
    page = sheet(policy, agreement, SLY, LONG)

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_page_with_a_hole_is_an_error():
    with pytest.raises(CardError, match=r"pages/sheet\.html"):
        PAGES.fill("sheet", {})


@pytest_asyncio.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        await opened.close()


@pytest.mark.long
async def test_every_sheet_begins_on_a_page_of_its_own(
    browser: Browser, policy: Policy, agreement: Agreement, tmp_path: Path
):
    page = await browser.new_page()
    numbers = []
    for names in (["A volunteer"], ["A volunteer", SLY, LONG]):
        await page.set_content(sheet(policy, agreement, *names))
        pdf = await page.pdf(prefer_css_page_size=True)
        numbers.append(len(re.findall(rb"/Type\s*/Page\b", pdf)))
    await page.screenshot(path=ROOT / ".cache" / "pictures" / "sheet.png", full_page=True)

    assert numbers[0] >= 2
    assert numbers[1] == 3 * numbers[0]
