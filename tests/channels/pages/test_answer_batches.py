"""Several answers in one press on the page Answers: never a permission, and silence only where somebody ticked it."""

import re
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.ask.proposals import accept_all
from bot.ask.rules.rulings_text import silent_text
from bot.evidence.rules.ledger import EventKind
from bot.settings import Settings
from tests.channels.pages.answers_school import (
    FORBIDDEN,
    PERMISSION,
    answers_school,
    card_of,
    entries,
    rulings_file,
    school_folder,
)
from tests.channels.pages.pages_school import Answer, PagesSchool, button

SILENT = ["copyright", "records-kept"]  # proposed as what the policy does not say
OF_SCHOOL = "dress"  # and so is this one, by the example school itself
OPEN = "online-meetings"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    made = school_folder(settings, tmp_path / "policies")
    with rulings_file(made).open("a", encoding="utf-8") as file:
        file.write(silent_text(SILENT))
    return made


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        await opened.sign_in("demo-office")
        yield opened


def rulings(settings: Settings) -> dict[str, dict[str, Any]]:
    return tomllib.loads(rulings_file(settings).read_text(encoding="utf-8"))


def batch(page: Answer, title: str, situation: str) -> Answer:
    """The form with this button that has a box for a situation."""
    forms = re.findall(r'<form method="post" action="/school/answers[^"]*">.*?</form>', page.text, re.DOTALL)
    return replace(page, text=next(f for f in forms if title in f and f'value="{situation}"' in f))


async def press(at: PagesSchool, page: Answer, title: str, *situations: str) -> Answer:
    form = batch(page, title, situations[0])
    ticks = [("many:situations", situation) for situation in situations]
    return await at.post("answers", [("csrf", page.csrf), ("press", form.button(title)), *ticks])


async def forged(at: PagesSchool, verb: str, situations: str, **data: str) -> Answer:
    page = await at.get("answers")
    return await at.post("answers", {"csrf": page.csrf, "press": button(verb, situations=situations, **data)})


async def test_a_topics_proposals_are_confirmed_together_and_each_is_in_the_ledger(at: PagesSchool, folder: Settings):
    page = await at.get("answers")
    form = batch(page, "Confirm those ticked", FORBIDDEN)
    together = re.findall(r'name="many:situations" value="([^"]+)" checked', form.text)

    answer = await press(at, page, "Confirm those ticked", *together)

    assert f"Confirmed: {len(together)} answers." in answer.text and len(together) > 1
    assert not any("proposed" in rulings(folder)[id] for id in together)
    sealed = [entry.event.facts["situation"] for entry in await entries(at, EventKind.RULING_CHANGED)]
    assert sorted(sealed) == sorted(together)


async def test_a_permission_has_no_box_and_a_forged_press_does_not_confirm_it(at: PagesSchool, folder: Settings):
    before = rulings_file(folder).read_text()
    page = await at.get("answers")
    seen = re.search(r"confirm_rulings&#34;, &#34;data&#34;: {&#34;file&#34;: &#34;(\w+)", page.text)
    assert seen

    answer = await forged(at, "confirm_rulings", f"{FORBIDDEN},{PERMISSION}", file=seen[1])

    assert f'name="many:situations" value="{PERMISSION}"' not in page.text
    assert "this allows something, so it is confirmed by itself" in answer.text
    assert rulings_file(folder).read_text() == before


async def test_where_no_clause_comes_near_only_what_stays_ticked_is_said_not_to_be_covered(
    at: PagesSchool, folder: Settings
):
    page = await at.get("answers")
    assert not at.server.staffroom.held.current.policy.is_decided(SILENT[0])

    await press(at, page, "Our policy does not say, for those ticked", SILENT[0])

    policy = at.server.staffroom.held.current.policy
    assert policy.is_decided(SILENT[0]) and not policy.is_decided(SILENT[1])
    assert rulings(folder)[SILENT[1]]["proposed"] is True


async def test_a_silence_that_was_unticked_stays_so_and_its_answer_can_be_written(at: PagesSchool, folder: Settings):
    page = await at.get("answers")
    answer = await press(at, page, "Our policy does not say, for those ticked", SILENT[0], OF_SCHOOL)
    assert "on 2 of these. It does speak of 1, as you say" in answer.text

    page = await at.get("answers")

    assert f'name="many:situations" value="{SILENT[1]}"' not in page.text
    assert "To be written: 1" in page.text and "your policy speaks of it:</dt><dd>1<" in page.text
    assert rulings(folder)[SILENT[1]]["to_write"] is True and "proposed" not in rulings(folder)[SILENT[0]]
    form = await at.press(card_of(page, SILENT[1]), "answers", "Write the answer")
    clause = re.findall(r'name="many:clauses" value="([^"]+)"', form.text)[0]
    fields = {"in:verdict": "no", "in:says": "Never copy a film.", "in:conditions": "", "many:clauses": clause}
    await at.press(form, "answers", "Save", **fields)
    assert rulings(folder)[SILENT[1]]["says"] == "Never copy a film." and "to_write" not in rulings(folder)[SILENT[1]]


async def test_all_silences_may_be_unticked_and_each_is_sealed_as_what_was_said_of_it(at: PagesSchool):
    page = await at.get("answers")
    form = batch(page, "Our policy does not say, for those ticked", SILENT[0])
    await at.post("answers", {"csrf": page.csrf, "press": form.button("Our policy does not say, for those ticked")})

    sealed = {e.event.facts["situation"]: e.event.facts["change"] for e in await entries(at, EventKind.RULING_CHANGED)}
    assert sealed == dict.fromkeys([*SILENT, OF_SCHOOL], "to_write")
    policy = at.server.staffroom.held.current.policy
    assert not any(policy.is_decided(id) for id in SILENT)


async def test_an_accepted_silence_that_somebody_denied_decides_nothing(at: PagesSchool, folder: Settings):
    page = await at.get("answers")
    await press(at, page, "Our policy does not say, for those ticked", SILENT[0], OF_SCHOOL)
    accept_all(folder.policies, folder.school, with_silences=True)

    page = await at.get("answers")

    assert not at.server.staffroom.held.current.policy.is_decided(SILENT[1])
    assert "To be written: 1" in page.text


async def test_while_silences_wait_the_page_does_not_say_that_nothing_waits(at: PagesSchool, folder: Settings):
    rulings_file(folder).write_text(silent_text(SILENT).lstrip())

    page = await at.get("answers")

    assert "Nothing waits for you." not in page.text and "Where no clause comes near" in page.text
    await press(at, page, "Our policy does not say, for those ticked", *SILENT)
    assert "Nothing waits for you." in (await at.get("answers")).text


async def test_silence_is_said_of_what_nobody_has_ruled_on_and_never_over_an_answer(at: PagesSchool, folder: Settings):
    page = await at.get("answers")
    open_boxes = batch(page, "Our policy does not say, for those ticked now", OPEN).text
    assert "checked" not in open_boxes

    answer = await press(at, page, "Our policy does not say, for those ticked now", OPEN)

    assert rulings(folder)[OPEN] == {"verdict": "not_covered"} and "on 1 of these" in answer.text
    page = await at.get("answers")
    answer = await press(at, page, "Our policy does not say, for those ticked now", "home-learning", FORBIDDEN)
    assert "there is an answer already" in answer.text
    assert rulings(folder)[FORBIDDEN]["verdict"] == "info"


@pytest.mark.parametrize(
    ("situations", "says"),
    [("", "Please tick at least one"), ("no-such-thing", "There is no such answer"), ("greeting", "no such answer")],
)
async def test_a_press_without_ticks_or_with_others_changes_nothing(
    at: PagesSchool, folder: Settings, situations: str, says: str
):
    before = rulings_file(folder).read_text()

    for verb in ("confirm_rulings", "silence_rulings"):
        answer = await forged(at, verb, situations, file="0")
        assert says in answer.text

    assert rulings_file(folder).read_text() == before


async def test_a_teacher_cannot_press_either(at: PagesSchool):
    await at.sign_in("demo-teacher")
    page = await at.get("answers")

    assert "Confirm those ticked" not in page.text
