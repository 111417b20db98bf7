"""On the page Answers: exceptions to an answer, and what only this school has, both at once and without a restart."""

import json
import tomllib
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.ask.rules.rulings import Exemption
from bot.ask.rules.verdicts import Verdict
from bot.evidence.rules.ledger import EventKind
from bot.policies import SITUATIONS
from bot.settings import Settings
from tests.channels.pages.answers_school import FORBIDDEN, answers_school, entries, press, rulings_file, school_folder
from tests.channels.pages.pages_school import Answer, PagesSchool
from tests.conftest import settings_with

pytestmark = pytest.mark.asyncio(loop_scope="module")
WITH_EXCEPTION = "own-phone-in-class"
MINIBUS = {
    "in:label": "Minibus",
    "in:asks": "using a phone in the minibus",
    "in:wordings": "is hands free ok in the minibus\nsat nav on my phone while driving\n\nmay i take a call",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("own")
    return school_folder(settings_with(place / "data"), place / "policies")


@pytest.fixture(scope="module")
def as_it_came(folder: Settings) -> str:
    return rulings_file(folder).read_text(encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def school(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def at(school: PagesSchool, folder: Settings, as_it_came: str) -> PagesSchool:
    """The school with its folder as it came, and the office signed in."""
    rulings_file(folder).write_text(as_it_came, encoding="utf-8")
    own_file(folder).unlink(missing_ok=True)
    await school.sign_in("demo-office")
    return school


def own_file(settings: Settings) -> Path:
    return rulings_file(settings).with_name(SITUATIONS)


def filled(form: Answer, at: PagesSchool, situation: str, **changed: str) -> dict[str, str]:
    """What the form holds, but for what was changed."""
    ruling = at.server.staffroom.held.current.policy.rulings[situation]
    fields = {
        "in:verdict": ruling.verdict.value,
        "in:says": ruling.says,
        "in:conditions": "\n".join(ruling.conditions),
        "many:clauses": ",".join(ruling.clauses),
    }
    for number, exemption in enumerate([*ruling.exemptions, Exemption()], start=1):
        fields[f"in:also{number}_verdict"] = exemption.verdict.value if exemption.verdict else "none"
        fields[f"in:also{number}_says"] = exemption.says
        for name in ("for_roles", "where", "unless"):
            fields[f"in:also{number}_{name}"] = "\n".join(getattr(exemption, name))
    for name in fields:
        assert name.startswith("many:") or f'name="{name}"' in form.text, name
    return {**fields, **{f"in:{name}": text for name, text in changed.items()}}


async def changed(at: PagesSchool, situation: str, **fields: str) -> Answer:
    form = await press(at, await at.get("answers"), situation, "Change")
    return await at.press(form, "answers", "Save", **filled(form, at, situation, **fields))


def section(settings: Settings, situation: str) -> dict[str, Any]:
    return tomllib.loads(rulings_file(settings).read_text(encoding="utf-8"))[situation]


async def test_an_exception_is_added_in_the_form_and_counts_at_once(at: PagesSchool, folder: Settings):
    answer = await changed(
        at,
        FORBIDDEN,
        also1_unless="in an emergency\n\n on a trip ",
        also1_verdict="yes",
        also1_says="Then you may.",
    )

    assert "Changed: " in answer.text
    assert section(folder, FORBIDDEN)["also"] == [
        {"verdict": "yes", "says": "Then you may.", "unless": ["in an emergency", "on a trip"]}
    ]
    ruling = at.server.staffroom.held.current.policy.rulings[FORBIDDEN]
    assert ruling.exemptions == (Exemption(Verdict.YES, "Then you may.", unless=("in an emergency", "on a trip")),)
    assert "An exception here allows something." in (await at.get("answers")).text


async def test_an_exception_that_is_there_is_shown_and_stays_if_nobody_touches_it(at: PagesSchool, folder: Settings):
    before = section(folder, WITH_EXCEPTION)["also"]
    comments = [line for line in rulings_file(folder).read_text().splitlines() if line.startswith("#")]

    await changed(at, WITH_EXCEPTION, says="Another sentence.")

    assert section(folder, WITH_EXCEPTION)["also"] == before
    assert section(folder, WITH_EXCEPTION)["says"] == "Another sentence."
    assert [line for line in rulings_file(folder).read_text().splitlines() if line.startswith("#")] == comments


async def test_an_exception_is_changed_and_one_that_is_emptied_goes(at: PagesSchool, folder: Settings):
    was = at.server.staffroom.held.current.policy.rulings[WITH_EXCEPTION].exemptions
    await changed(at, WITH_EXCEPTION, also1_says="Ask the head.", also1_verdict="info")
    assert section(folder, WITH_EXCEPTION)["also"][0]["says"] == "Ask the head."
    assert len(section(folder, WITH_EXCEPTION)["also"]) == len(was)

    fields = ("verdict", "says", "for_roles", "where", "unless")
    nothing = {f"also{number}_{field}": "" for number in range(1, len(was) + 1) for field in fields}
    await changed(at, WITH_EXCEPTION, **nothing)

    assert "also" not in section(folder, WITH_EXCEPTION)
    assert at.server.staffroom.held.current.policy.rulings[WITH_EXCEPTION].exemptions == ()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"also1_says": "Only then."}, "An exception needs whom, where or when"),
        ({"also1_unless": "on a trip", "also1_says": "x" * 200}, "Please keep the sentence of an exception under 170"),
    ],
)
async def test_an_exception_with_a_mistake_is_not_saved_and_comes_back_as_it_was_typed(
    at: PagesSchool, folder: Settings, as_it_came: str, fields: dict[str, str], says: str
):
    answer = await changed(at, FORBIDDEN, **fields)

    assert says in answer.text and fields["also1_says"] in answer.text
    assert rulings_file(folder).read_text(encoding="utf-8") == as_it_came


async def test_what_only_this_school_has_is_understood_as_soon_as_it_is_added(at: PagesSchool, folder: Settings):
    before = len(await entries(at, EventKind.RULING_CHANGED))

    answer = await at.press(await at.get("answers"), "answers", "Add it", **MINIBUS)

    held = at.server.staffroom.held.current
    assert "Added: Minibus." in answer.text and 'id="minibus"' in answer.text
    assert held.reader.read(["sat nav on my phone while driving"])[0].ranked[0][0] == "minibus"
    assert held.policy.situations["minibus"].asks == "using a phone in the minibus"
    assert len(tomllib.loads(own_file(folder).read_text())["minibus"]["wordings"]) == 3
    (entry,) = (await entries(at, EventKind.RULING_CHANGED))[before:]
    assert entry.event.facts == {"situation": "minibus", "change": "own_situation"}
    assert entry.event.who["account"] == "demo-office"


async def test_wordings_written_into_the_folder_by_hand_count_when_the_page_is_opened(
    at: PagesSchool, folder: Settings
):
    wordings = ["may the dog come", "can i bring my dog", "dogs in school"]
    lines = f'[dog]\nasks = "a dog"\nlabel = "Dog"\nabout = "A dog."\nwordings = {json.dumps(wordings)}\n'
    own_file(folder).write_text(lines, encoding="utf-8")

    await at.get("answers")

    assert at.server.staffroom.held.current.reader.read(["may the dog come"])[0].ranked[0][0] == "dog"


async def test_its_answer_can_be_written_and_is_given_without_a_restart(at: PagesSchool):
    page = await at.press(await at.get("answers"), "answers", "Add it", **MINIBUS)
    clause = next(iter(at.server.staffroom.held.current.policy.clauses))
    form = await press(at, page, "minibus", "Write the answer")
    answer = {"in:verdict": "no", "in:says": "Never at the wheel.", "in:conditions": "", "many:clauses": clause}
    await at.press(form, "answers", "Save", **answer)

    tried = await at.press(
        await at.get("answers"), "answers", "Try it", **{"in:question": "is hands free ok in the minibus"}
    )

    assert "Never at the wheel." in tried.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"in:label": " "}, "what it is called"),
        ({"in:asks": ""}, "complete the sentence"),
        ({"in:wordings": "only\ntwo"}, "at least 3 questions"),
        ({"in:wordings": "\n".join(f"question {number}" for number in range(31))}, "at most 30 questions"),
        ({"in:label": "Smart watch"}, ""),
    ],
)
async def test_a_mistake_in_it_changes_nothing_and_what_was_typed_comes_back(
    at: PagesSchool, folder: Settings, fields: dict[str, str], says: str
):
    taken = next(iter(at.server.staffroom.held.current.policy.situations.values())).label
    fields = fields if says else {"in:label": taken}

    answer = await at.press(await at.get("answers"), "answers", "Add it", **{**MINIBUS, **fields})

    text = unescape(answer.text)
    assert (says or f"Something is called “{taken}” already") in text
    assert all(typed.strip() in text for typed in {**MINIBUS, **fields}.values())
    assert not own_file(folder).exists()


async def test_of_two_who_add_something_at_once_the_second_is_told(at: PagesSchool, folder: Settings):
    page = await at.get("answers")
    await at.press(page, "answers", "Add it", **MINIBUS)
    between = own_file(folder).read_text()

    answer = await at.press(page, "answers", "Add it", **{**MINIBUS, "in:label": "Coach"})

    assert "Somebody else added something meanwhile" in answer.text and 'value="Coach"' in answer.text
    assert own_file(folder).read_text() == between
