"""After a press on the page Answers somebody goes on where they were, and approves together what they have read."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.ask.rules.rulings import Situation
from bot.ask.rules.rulings_text import silent_text
from bot.settings import Settings
from tests.channels.pages.answers_school import (
    FORBIDDEN,
    PERMISSION,
    answers_school,
    card_of,
    press,
    rulings_file,
    school_folder,
)
from tests.channels.pages.pages_school import Answer, PagesSchool, button

SILENT = "copyright"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    made = school_folder(settings, tmp_path / "policies")
    with rulings_file(made).open("a", encoding="utf-8") as file:
        file.write(silent_text([SILENT]))
    return made


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        await opened.sign_in("demo-office")
        yield opened


def shown(page: Answer) -> list[str]:
    return re.findall(r'<section class="ruling" id="([^"]+)"', page.text)


async def press_where_it_leads(at: PagesSchool, page: Answer, situation: str, title: str) -> Answer:
    """Presses a button of an answer, at the address of its own form."""
    card = card_of(page, situation)
    form = next(f for f in re.findall(r"<form.*?</form>", card.text, re.DOTALL) if f">{title}<" in f)
    action = re.search(r'action="/school/([^"#]+)#here"', form)
    assert action, form
    part = Answer(200, form, page.headers)
    return await at.press(part, action[1], title)


def place(page: Answer) -> str:
    """The answer with what the last press said."""
    assert page.text.count('id="here" tabindex="-1"') == 1
    return next((id for id in shown(page) if 'id="here"' in card_of(page, id).text), "")


async def test_after_confirming_the_office_goes_on_at_the_next_answer(at: PagesSchool):
    page = await at.get("answers")
    first, second = shown(page)[:2]

    after = await press_where_it_leads(at, page, first, "Confirm")

    assert first not in shown(after) and place(after) == second
    assert "Confirmed:" in card_of(after, second).text


async def test_an_answer_that_still_waits_says_what_was_done_itself(at: PagesSchool):
    await at.sign_in("demo-head")
    page = await at.get("answers")
    second = shown(page)[1]

    after = await press_where_it_leads(at, page, second, "Confirm")

    assert place(after) == second


async def test_the_last_one_leads_to_where_it_is_listed_now(at: PagesSchool):
    page = await at.get("answers")
    last = shown(page)[-1]

    after = await press_where_it_leads(at, page, last, "Confirm")

    assert 'id="here"' in card_of(after, last).text
    assert re.search(rf'<details open><summary>Waiting for approval.*?<li id="{last}">', after.text, re.DOTALL)


async def test_the_form_for_changing_comes_back_to_the_answer(at: PagesSchool):
    form = await press_where_it_leads(at, await at.get("answers"), FORBIDDEN, "Change")

    assert re.search(rf'<form id="card" method="post" action="/school/answers\?at={FORBIDDEN}[^"]*#here"', form.text)
    assert re.search(rf'<a href="/school/answers\?at={FORBIDDEN}[^"]*#here">Back to Answers', form.text)


@pytest.mark.parametrize("asked", ["", "no-such", "<script>", ",,,", "silences,open", "x" * 6000])
async def test_whatever_the_address_says_there_is_one_place(at: PagesSchool, asked: str):
    page = await at.get("answers", at=asked)

    assert page.status == 200 and page.text.count('id="here"') == 1 and "<script>" not in page.text


async def test_approving_all_is_below_the_answers_it_approves(at: PagesSchool):
    page = await at.get("answers")
    for situation in (FORBIDDEN, PERMISSION):
        page = await press(at, page, situation, "Confirm")
    await at.sign_in("demo-head")

    page = await at.get("answers")

    approve_all = page.text.index("shown that allow nothing</button>")
    assert approve_all > page.text.rindex('<section class="ruling"')


async def test_a_label_that_is_a_question_ends_with_its_own_mark(at: PagesSchool, folder: Settings):
    await at.get("answers")
    question = next(id for id, s in situations(at).items() if s.label.endswith("?") and not s.chat and not s.offers)
    with rulings_file(folder).open("a", encoding="utf-8") as file:
        file.write(silent_text([question]) if question not in rulings_file(folder).read_text() else "")
    page = await at.get("answers")
    seen = re.search(r"silence_ruling&#34;[^}]*file&#34;: &#34;(\w+)", page.text)
    assert seen

    answer = await at.post(
        "answers", {"csrf": page.csrf, "press": button("silence_ruling", name=question, file=seen[1])}
    )

    assert f"{situations(at)[question].label}</p>" in answer.text and "?." not in answer.text


async def test_today_counts_what_waits_in_plain_words(at: PagesSchool):
    page = await at.get("today")

    assert re.search(r"\d+ answers wait to be confirmed or written. None of them allows anything.", page.text)


def situations(at: PagesSchool) -> dict[str, Situation]:
    return dict(at.server.staffroom.held.current.policy.situations)
