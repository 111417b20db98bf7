"""What the page "Add a policy" says of the answers and of another school, and how IT makes up for what failed."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from docx import Document

from bot.ask.rules.rulings_text import silent_text
from bot.errors import StaffroomError
from bot.policy_pages import proposals_of
from bot.settings import ROOT, Settings, read_settings
from tests.channels.pages.answers_school import answers_school, rulings_file, school_folder
from tests.channels.pages.pages_school import PagesSchool, later, pages_school, understands_nothing
from tests.channels.pages.policy_school import a_document, bring


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    return school_folder(settings, tmp_path / "policies")


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        await opened.sign_in("demo-office")
        yield opened


def rule_on_everything(settings: Settings) -> None:
    situations = tomllib.loads((settings.policies / "staffroom" / "situations.toml").read_text())
    ruled = tomllib.loads(rulings_file(settings).read_text())
    with rulings_file(settings).open("a", encoding="utf-8") as file:
        file.write(silent_text([id for id in situations if id not in ruled]))


def a_document_of(school: str) -> bytes:
    document = Document(BytesIO(a_document()))
    document.paragraphs[1].insert_paragraph_before(f"School: {school}")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


async def propose(at: PagesSchool) -> str:
    page = await at.get("add-policy")
    button = json.dumps({"verb": "propose_rulings", "data": {}, "takes_fields": False})
    await at.post("add-policy", {"csrf": page.csrf, "press": button})
    await at.server.staffroom.folder.policies.close()
    return unescape((await at.get("add-policy")).text)


async def test_where_everything_is_ruled_on_nothing_needed_proposing_and_that_is_no_failure(
    at: PagesSchool, folder: Settings
):
    rule_on_everything(folder)
    before = rulings_file(folder).read_text()

    page = await propose(at)

    assert "Nothing needed proposing." in page and "on everything that staff ask about" in page
    assert 'role="alert"' not in page and "No proposals were made" not in page
    assert rulings_file(folder).read_text() == before


async def test_while_it_is_compared_the_page_says_the_step_and_shows_it_again_by_itself(at: PagesSchool):
    page = await at.get("add-policy")
    button = json.dumps({"verb": "propose_rulings", "data": {}, "takes_fields": False})
    begun = await at.post("add-policy", {"csrf": page.csrf, "press": button})
    running = await at.get("add-policy")
    later(at, seconds=145)
    slow = await at.get("add-policy")
    await at.server.staffroom.folder.policies.close()
    ready = await at.get("add-policy")

    assert "<strong>Done.</strong>" not in begun.text and "is being worked out" in begun.text
    assert 'data-refresh="/school/add-policy"' in running.text and "Begun 0 seconds ago" in running.text
    assert "some minutes on a slow one" in running.text and "Begun 2 minutes ago" in slow.text
    assert '<noscript><meta http-equiv="refresh" content="10;url=/school/add-policy">' in running.text
    assert "is ready." in ready.text or "are ready." in ready.text
    assert "data-refresh" not in ready.text and "noscript" not in ready.text


def test_a_failure_quotes_the_whole_command_with_the_schools_name(folder: Settings):
    def fails(step: str) -> None:
        raise OSError(step)

    with pytest.raises(StaffroomError, match='python -m bot policy propose --school "larkmead-infants"'):
        proposals_of(folder, fails)


async def test_a_document_of_another_school_is_named_before_it_is_used(at: PagesSchool):
    page = unescape((await bring(at, a_document_of("Hilltop Primary School"))).text)

    says = page.index("This document names another school: “Hilltop Primary School”")
    assert page.index('id="use"') < says < page.index("Use this policy</button>")
    assert "Begin with an empty school" in page


async def test_a_document_of_this_school_or_of_none_is_not_called_anothers(at: PagesSchool):
    for content in (a_document(), a_document_of("Larkmead Infant School")):
        assert "names another school" not in (await bring(at, content)).text


async def test_an_empty_school_begins_with_the_command_and_the_setting_of_the_docs(settings: Settings, tmp_path: Path):
    policies = tmp_path / "empty"
    policies.mkdir()
    (policies / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    (tmp_path / "phones.md").write_text("# Phones Policy\n\n1. Staff must keep their own phone switched off.\n")
    told = {"STAFFROOM_POLICIES": str(policies), "STAFFROOM_SCHOOL": "hilltop-infants"}

    command = ["-m", "bot", "policy", "import", str(tmp_path / "phones.md"), "--school", "Hilltop Infants"]
    subprocess.run([sys.executable, *command], env={**os.environ, **told}, cwd=ROOT, check=True, timeout=120)

    named = read_settings(told)
    started = replace(settings, policies=named.policies, school=named.school)
    async with pages_school(started, understanding=understands_nothing(started)) as at:
        await at.sign_in("demo-office")
        page = await at.get("policy")
    assert "Phones Policy" in page.text and "Hilltop Infants" in page.text


async def test_a_draft_is_shown_as_its_reader_writes_it(at: PagesSchool):
    page = (await bring(at, a_document())).text

    assert 'value="1 September 2025"' in page and "2025-09-01" not in page
    assert '<textarea id="title" name="in:title"' in page
    assert page.count("unless another group is named beside the clause") == 1
    assert "<strong>must not</strong></p>" in page and "<strong>must not</strong>, for" not in page
    assert "1 clauses" not in (await at.get("policy")).text
