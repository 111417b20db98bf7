"""On the page Policy: a document is asked for from the next request on, without a restart."""

import tomllib
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from bot.errors import BadInput
from bot.evidence.rules.ledger import EventKind
from bot.policies import SCHOOL as SCHOOL_FILE
from bot.school_settings.rules.asked_documents import with_document
from bot.settings import Settings
from tests.channels.pages.answers_school import SCHOOL, answers_school, entries, school_folder
from tests.channels.pages.pages_school import PagesSchool, button
from tests.channels.pages.policy_school import a_document, bring

NEW = "Wearables Policy"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    return school_folder(settings, tmp_path / "policies")


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        await opened.sign_in("demo-office")
        yield opened


async def test_a_document_that_was_just_added_is_published_without_a_restart(at: PagesSchool, folder: Settings):
    page = await bring(at, a_document())
    await at.press(page, "add-policy", "Use this policy")
    id = next(id for id, d in at.server.staffroom.books.context.school.documents.items() if NEW in d.title)
    short = at.server.staffroom.books.context.school.documents[id].short

    answer = await at.press(await at.get("policy"), "policy", f"Ask staff to acknowledge “{short}”")

    assert f"Staff acknowledge “{NEW}” from the next request on" in unescape(answer.text)
    school = tomllib.loads((folder.policies / SCHOOL / SCHOOL_FILE).read_text(encoding="utf-8"))
    assert id in school["agreement"]["document"]
    book = at.server.staffroom.books.campaigns
    assert id in book.agreement.documents
    sealed = await entries(at, EventKind.SETTINGS_CHANGED)
    assert [entry.event.facts["section"] for entry in sealed] == ["agreement"]

    await at.sign_in("demo-head")
    form = await at.get("campaigns/publish_form")
    assert NEW in form.text

    answer = await at.press(await at.get("settings"), "settings", "Undo the last change")
    assert "The last change was undone" in answer.text
    assert id not in (book.settings.agreement.documents if book.settings.agreement else ())


async def test_a_document_that_is_not_there_is_not_asked_for(at: PagesSchool):
    page = await at.get("policy")

    answer = await at.post("policy", {"csrf": page.csrf, "press": button("ask_for_document", document="XX", seen="0")})

    assert "There is no such document any more" in answer.text
    assert await entries(at, EventKind.SETTINGS_CHANGED) == ()


async def test_only_head_and_office_see_the_way_to_a_new_version(at: PagesSchool):
    for account, sees in (("demo-head", True), ("demo-office", True), ("demo-it", False)):
        await at.sign_in(account)
        page = await at.get("policy")
        assert ("New version of a document" in page.text) is sees, account


def test_words_of_the_only_document_are_kept_by_its_id():
    one = {"document": "AUP", "clause": "AUP-9", "statement": "I agree.", "typed_name": True}

    assert with_document(one, "PH") == {
        "document": ["AUP", "PH"],
        "clause": {"AUP": "AUP-9"},
        "statement": {"AUP": "I agree."},
    }
    assert with_document({}, "PH") == {"document": "PH"}
    assert with_document({"document": ["A", "B"], "clause": {"A": "A-1"}}, "C") == {"document": ["A", "B", "C"]}
    with pytest.raises(BadInput, match="already"):
        with_document({"document": ["A", "B"]}, "B")
