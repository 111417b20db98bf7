"""A business manager brings a policy as she has it, in Chromium: from a file to a working school and a second version.

The documents are made from those of the two invented schools, in the three shapes that schools have: Word with
automatic numbers, Word with bullets under headings, and a PDF with nested numbers.
"""

import io
import textwrap
import tomllib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from docx import Document
from playwright.async_api import Browser, Page, expect

from bot.ask.held_understanding import with_policy
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.settings import ROOT, Settings
from tests.acceptance.test_school_pages import DESK, PHONE, opened, shown, violations
from tests.browsing import PATIENCE, ask
from tests.channels.pages.pages_school import NOW, PagesSchool, pages_school
from tests.import_policy.pdf_files import Paper

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHOOL = "new-school"
SCHOOL_TOML = 'name = "New School"\ndocuments = []\n\n[handoff]\nsafeguarding = "the safeguarding lead"\n'
Clause = Mapping[str, Any]
Build = Callable[[str, Sequence[Clause]], bytes]


def numbered_word(title: str, clauses: Sequence[Clause]) -> bytes:
    """A Word file whose numbers are Word's own."""
    return word(title, clauses, "List Number")


def bulleted_word(title: str, clauses: Sequence[Clause]) -> bytes:
    """A Word file with bullets under headings."""
    return word(title, clauses, "List Bullet")


def word(title: str, clauses: Sequence[Clause], style: str) -> bytes:
    document, file, heading = Document(), io.BytesIO(), ""
    document.add_heading(title, 0)
    for clause in clauses:
        if clause["heading"] != heading:
            heading = clause["heading"]
            document.add_heading(heading, 1)
        document.add_paragraph(clause["text"], style=style)
    document.save(file)
    return file.getvalue()


def numbered_pdf(title: str, clauses: Sequence[Clause]) -> bytes:
    """A PDF with headers, footers and nested numbers."""
    paper, heading = Paper(header=title, footer="New School"), ""
    paper.heading(title, 16)
    for clause in clauses:
        if paper.height < 130:
            paper.next_page()
        if clause["heading"] != heading:
            heading = clause["heading"]
            paper.heading(heading)
        paper.item(clause["ref"], *textwrap.wrap(clause["text"], 80), hang=45)
    return paper.saved()


@dataclass(frozen=True)
class Sample:
    """A document of an invented school, how it is written, and a question with words of the clause that answers it."""

    school: str
    document: str
    ending: str
    build: Build
    question: str
    answer: str

    def title_and_clauses(self) -> tuple[str, list[Clause]]:
        table = tomllib.loads((ROOT / "policies/examples" / self.school / self.document).read_text(encoding="utf-8"))
        return table["document"]["title"], table["clause"]

    def first(self) -> bytes:
        return self.build(*self.title_and_clauses())

    def second(self) -> bytes:
        """The same document a year later: what answers the question has other words, and the last clause is gone."""
        title, clauses = self.title_and_clauses()
        changed = [
            {**c, "text": f"{c['text'].rstrip('.')}, also at weekends."} if self.answer in c["text"] else c
            for c in clauses[:-1]
        ]
        return self.build(title, changed)


SAMPLES = {
    "Word with automatic numbers": Sample(
        "larkmead-infants",
        "phones-and-cameras.toml",
        ".docx",
        numbered_word,
        "can I tell my colleague my password",
        "Nobody tells anybody else their password",
    ),
    "Word with bullets under headings": Sample(
        "wyvern-moor-academy",
        "mobile-devices.toml",
        ".docx",
        bulleted_word,
        "can I take a photo of a pupil on my own phone",
        "Students must not be photographed",
    ),
    "PDF with nested numbers": Sample(
        "wyvern-moor-academy",
        "digital-conduct.toml",
        ".pdf",
        numbered_pdf,
        "can I put pupil data into chatgpt",
        "must not be entered into an AI service",
    ),
}


@pytest_asyncio.fixture(loop_scope="module", params=SAMPLES)
async def journey(
    request: pytest.FixtureRequest, settings: Settings, understanding: Understanding, tmp_path: Path
) -> AsyncIterator[tuple[PagesSchool, Sample]]:
    """A school without any policy, open in the browser, and what it is about to bring."""
    home = tmp_path / "policies" / SCHOOL
    home.mkdir(parents=True)
    (tmp_path / "policies" / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    for name, text in {"school.toml": SCHOOL_TOML, "rulings.toml": "", "source.txt": ""}.items():
        (home / name).write_text(text, encoding="utf-8")
    own = replace(settings, policies=tmp_path / "policies", school=SCHOOL)
    empty = with_policy(understanding, read_config(own, NOW.date(), demo=True).policy)
    async with pages_school(own, understanding=empty) as school:
        yield school, SAMPLES[request.param]


async def test_a_file_becomes_a_working_school_and_its_second_version_lists_what_no_longer_fits(
    browser: Browser, journey: tuple[PagesSchool, Sample], tmp_path: Path
):
    at, sample = journey
    office = await opened(browser, at, "demo-office", DESK)

    await bring(at, office, sample, tmp_path)
    await decide(office)
    await approve(await opened(browser, at, "demo-head", PHONE))
    await teacher_gets_the_clause(browser, at, sample)
    await second_version(office, at, sample, tmp_path)


async def bring(at: PagesSchool, office: Page, sample: Sample, folder: Path) -> None:
    file = folder / f"policy{sample.ending}"
    file.write_bytes(sample.first())
    await office.goto(f"{at.address}/school/add-policy")
    await office.get_by_label("The file").set_input_files(file)
    await office.get_by_role("button", name="Read this file").click()
    await office.get_by_text("Compare them with your paper").wait_for()
    await office.get_by_role("button", name="Use this policy").click()
    await office.get_by_text("is in use, with").wait_for()
    await at.server.staffroom.folder.policies.close()  # the proposals are made


async def decide(office: Page) -> None:
    """Changes one answer, strikes one, confirms the rest by topic, and says where the policy does not say."""
    await office.get_by_role("link", name="Answers", exact=True).click()
    assert await violations(office) == []
    await office.locator("section.ruling").first.get_by_role("button", name="Change").click()
    await office.get_by_role("button", name="Save").first.click()
    await office.get_by_role("link", name="Answers", exact=True).click()
    await office.locator("section.ruling").first.get_by_role("button", name="Strike").click()
    await office.get_by_text("Struck:").first.wait_for()
    presses = 0
    while await office.get_by_text("allow nothing: confirm them together").count():
        await office.get_by_text("allow nothing: confirm them together").first.click()
        await office.get_by_role("button", name="Confirm those ticked").first.click()
        await office.get_by_text("The headteacher can approve them now").wait_for()
        presses += 1
    while await office.get_by_role("button", name="Confirm", exact=True).count():
        await office.get_by_role("button", name="Confirm", exact=True).first.click()
        await office.get_by_role("status").wait_for()
        presses += 1
    assert presses <= 60
    await shown(office, "journey-decided")
    await office.get_by_role("button", name="Our policy does not say, for those ticked", exact=True).click()
    await office.get_by_text("Confirmed:").wait_for()
    await expect(office.locator("#silences")).to_have_count(0)
    assert await violations(office) == []


async def approve(head: Page) -> None:
    """In one sitting: what allows nothing together, each permission by itself."""
    await head.get_by_role("link", name="Answers", exact=True).click()
    while await head.get_by_role("button", name="Approve this permission").count():
        await head.get_by_role("button", name="Approve this permission").first.click()
        await head.get_by_role("status").wait_for()
    together = head.get_by_role("button", name="shown that allow nothing")
    while await together.count():
        await together.click()
        await head.get_by_text("answers are approved").wait_for()
        while await head.get_by_role("button", name="Approve this permission").count():
            await head.get_by_role("button", name="Approve this permission").first.click()
            await head.get_by_role("status").wait_for()
    await head.get_by_text("Nothing waits for you.").wait_for()
    assert await violations(head) == []


async def teacher_gets_the_clause(browser: Browser, at: PagesSchool, sample: Sample) -> None:
    teacher = await (await browser.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
    teacher.set_default_timeout(PATIENCE)
    await teacher.goto(at.address)
    await teacher.get_by_text("Hello").first.wait_for()
    await ask(teacher, sample.question)
    await expect(teacher.locator("article.bot").last).to_contain_text(sample.answer)
    await teacher.context.close()


async def second_version(office: Page, at: PagesSchool, sample: Sample, folder: Path) -> None:
    file = folder / f"policy-2{sample.ending}"
    file.write_bytes(sample.second())
    await office.get_by_role("link", name="Policy", exact=True).click()
    await office.get_by_role("link", name="New version of a document").click()
    assert await violations(office) == []
    await office.get_by_label("The new version", exact=False).set_input_files(file)
    await office.get_by_role("button", name="Show what changed").click()
    await office.get_by_role("heading", name="Answers to look at again").wait_for()
    await expect(office.locator("main")).to_contain_text("also at weekends")
    assert await violations(office) == []
    await shown(office, "journey-new-version")
    await office.get_by_role("button", name="Use the new version").click()
    await office.get_by_text("must be looked at again, on the page Answers").wait_for()
    assert await violations(office) == []
    await office.get_by_role("link", name="Answers", exact=True).click()
    await expect(office.locator("main")).to_contain_text("Changed since they were approved")
