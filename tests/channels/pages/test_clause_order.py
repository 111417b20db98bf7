"""On the form that changes an answer somebody chooses which clause leads, and finds clauses without scrolling."""

import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.settings import Settings
from tests.channels.pages.answers_school import (
    FORBIDDEN,
    answers_school,
    press,
    rulings_file,
    school_folder,
)
from tests.channels.pages.pages_school import Answer, PagesSchool


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    return school_folder(settings, tmp_path / "policies")


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        await opened.sign_in("demo-office")
        yield opened


def boxes(form: Answer) -> list[str]:
    return re.findall(r'type="checkbox" form="card" name="many:clauses" value="([^"]+)"', form.text)


async def save(at: PagesSchool, form: Answer, leading: str, *clauses: str) -> Answer:
    fields = {"in:verdict": "no", "in:says": "No phones at all.", "in:conditions": "", "in:leading": leading}
    ticks = [("many:clauses", clause) for clause in clauses]
    return await at.post("answers", [("csrf", form.csrf), ("press", form.button("Save")), *fields.items(), *ticks])


def saved(folder: Settings) -> dict[str, Any]:
    tables: dict[str, Any] = tomllib.loads(rulings_file(folder).read_text())[FORBIDDEN]
    return tables


async def test_the_clause_somebody_chose_leads_and_is_shown_first(at: PagesSchool, folder: Settings):
    form = await press(at, await at.get("answers"), FORBIDDEN, "Change")
    last = boxes(form)[-1]
    before = saved(folder)["governing"]

    await save(at, form, last, *before, last)

    assert saved(folder)["governing"] == [last, *before]
    again = await press(at, await at.get("answers"), FORBIDDEN, "Change")
    assert boxes(again)[: len(before) + 1] == [last, *before]
    assert re.search(rf'type="radio" form="card" name="in:leading" value="{last}" checked', again.text)


async def test_a_leading_clause_that_is_not_ticked_is_refused_and_the_form_kept(at: PagesSchool, folder: Settings):
    form = await press(at, await at.get("answers"), FORBIDDEN, "Change")
    one, other = boxes(form)[:2]
    before = rulings_file(folder).read_bytes()

    answer = await save(at, form, other, one)

    assert "The clause that is quoted first is not ticked" in answer.text and "No phones at all." in answer.text
    assert rulings_file(folder).read_bytes() == before


async def test_without_a_choice_the_clauses_of_before_stay_first(at: PagesSchool, folder: Settings):
    form = await press(at, await at.get("answers"), FORBIDDEN, "Change")
    before = saved(folder)["governing"]

    await save(at, form, "", *before, boxes(form)[-1])

    assert saved(folder)["governing"][: len(before)] == before


async def test_the_filter_is_hidden_until_its_script_runs_and_the_page_allows_only_our_own_script(at: PagesSchool):
    form = await press(at, await at.get("answers"), FORBIDDEN, "Change")
    script = await at.get("file/pages.js")

    assert '<div class="filter" hidden>' in form.text and 'src="/school/file/pages.js"' in form.text
    assert script.status == 200 and script.headers["Content-Type"].startswith("text/javascript")
    assert "script-src 'self'" in form.headers["Content-Security-Policy"]
