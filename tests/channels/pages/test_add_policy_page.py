"""The page "Add a policy": a document is brought, its clauses are set right, and it is used."""

import asyncio
import json
import logging
import re
import tomllib
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from bot.evidence.rules.ledger import EventKind
from bot.import_policy import file_kinds
from bot.import_policy.import_policy import read_content
from bot.import_policy.rules.toml_text import document_toml
from bot.people.rules.permissions import Permission, may
from bot.settings import Settings
from tests.channels.pages.answers_school import SCHOOL, answers_school, entries, school_folder
from tests.channels.pages.pages_school import NOW, PagesSchool
from tests.channels.pages.policy_school import (
    a_document,
    bring,
    clause_card,
    draft_page,
    press,
)
from tests.channels.pages.test_school_pages import ROLES, person

ADDED = EventKind.POLICY_ADDED
PHOTOS, KETTLE, PHONE = "photographs of children", "kettle", "switched off:"
SLY = '"><script>alert(1)</script>'


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    return school_folder(settings, tmp_path / "policies")


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        await opened.sign_in("demo-office")
        yield opened


def drafts(settings: Settings) -> list[str]:
    return sorted(file.name for file in (settings.policies / SCHOOL / "drafts").glob("*"))


def everything(settings: Settings) -> dict[str, bytes]:
    home = settings.policies / SCHOOL
    return {file.name: file.read_bytes() for file in home.rglob("*") if file.is_file()}


async def test_a_word_file_becomes_a_draft_beside_its_source_and_nothing_is_in_use(at: PagesSchool, folder: Settings):
    before = everything(folder)

    page = await bring(at, a_document())

    assert "Read: Wearables Policy, 5 clauses" in page.text
    card = unescape(clause_card(page, PHOTOS).text)
    assert "<mark>Staff must not take photographs of children" in card and "must not" in card and "staff" in card
    assert "Lines that are no clause" in page.text and "At break" in page.text
    assert drafts(folder) == ["wearables-policy.json"]
    assert {name: text for name, text in everything(folder).items() if not name.endswith(".json")} == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "of the old kind (.doc)"),
        (b"PK\x03\x04broken", "damaged"),
        (b"%PDF-1.7 nothing", "PDF is damaged"),
        (b"\x89PNG" + b"x" * 100, "picture"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_one_sentence(
    at: PagesSchool, folder: Settings, content: bytes, says: str
):
    before = everything(folder)

    page = await bring(at, content)

    assert says in page.text and 'role="alert"' in page.text
    assert everything(folder) == before


async def test_a_file_of_more_than_20_mb_is_refused(at: PagesSchool, folder: Settings):
    answer = await bring(at, b"x" * (file_kinds.MAX_BYTES + 1))

    assert answer.status == 413 and "20 MB" in answer.text
    assert drafts(folder) == []


async def test_clauses_are_split_joined_left_out_and_renamed_and_the_change_undone(at: PagesSchool):
    page = await bring(at, a_document())

    split = await press(at, page, PHOTOS, "Split here", **{"in:words": "staff may use the school"})
    assert "Split in two." in clause_card(split, PHOTOS).text
    joined = await press(at, split, PHONE, "Join with the next")
    assert "in classrooms, and" in clause_card(joined, PHONE).text
    left_out = await press(at, joined, KETTLE, "Leave out")
    assert "(left out)" in clause_card(left_out, KETTLE).text and "Left out by you" in left_out.text
    fields = {"in:ref": "B.7", "in:heading": "Break", "in:duty": "information", "in:binds": "staff, visitors"}
    saved = await press(at, left_out, "in the staff room", "Save", **fields)
    assert "B.7" in saved.text and "staff, visitors" in saved.text

    await at.press(saved, "add-policy?draft=wearables-policy", "Undo the last change")

    again = await draft_page(at)
    assert "B.7" not in again.text and "(left out)" in again.text
    back = await press(at, again, KETTLE, "Take it in again")
    assert "(left out)" not in back.text


async def test_a_refused_change_says_why_and_keeps_what_was_typed(at: PagesSchool):
    page = await bring(at, a_document())

    answer = await press(at, page, PHOTOS, "Split here", **{"in:words": f"zebra {SLY}"})

    card = clause_card(answer, PHOTOS).text
    assert "is not in this clause" in card and "zebra" in card and "<details open>" in card
    assert "<script" not in answer.text


async def test_two_documents_do_not_mix_and_a_form_seen_before_a_change_changes_nothing(at: PagesSchool):
    first = await bring(at, a_document())
    await bring(at, a_document({"Rules": ("Visitors must sign in.",)}))
    await press(at, first, KETTLE, "Leave out")

    stale = await press(at, first, PHONE, "Join with the next")

    assert "The draft changed meanwhile" in stale.text
    other = await draft_page(at, "wearables-policy-2")
    assert "Visitors must sign in." in other.text and "kettle" not in other.text


@pytest.mark.parametrize("name", ["../school", "wearables-policy/../x", "", "x" * 300, "no-such"])
async def test_a_name_of_a_draft_that_is_none_leads_nowhere(at: PagesSchool, folder: Settings, name: str):
    page = await bring(at, a_document())
    before = everything(folder)
    for verb in ("undo_draft", "use_policy", "join_clause", "throw_away_draft"):
        data = {"draft": name, "seen": "0" * 16, "clause": "1", "sure": "true"}
        value = json.dumps({"verb": verb, "data": data, "takes_fields": False})
        answer = await at.post("add-policy", {"csrf": page.csrf, "press": value})
        assert "Nothing was changed" in answer.text

    assert everything(folder) == before


async def test_a_draft_spoilt_by_hand_is_named_and_the_others_work(at: PagesSchool, folder: Settings):
    await bring(at, a_document())
    spoilt = folder.policies / SCHOOL / "drafts" / "spoilt.json"
    for text in ("{", "[]", '{"source": "abc", "before": null, "now": {"id": "X", "facts": {}, "clauses": [{}]}}'):
        spoilt.write_text(text)

        page = await at.get("add-policy")

        assert page.status == 200 and "drafts/spoilt.json" in page.text and "Wearables Policy" in page.text


async def test_facts_are_checked_and_letters_that_are_taken_lead_to_a_new_version(at: PagesSchool, folder: Settings):
    page = await bring(at, a_document())
    taken = tomllib.loads((folder.policies / SCHOOL / "phones-and-cameras.toml").read_text())["document"]["id"]
    value = _facts_button(page.text)
    fields = {"in:title": "Wearables", "in:id": taken, "in:approved": "soon"}

    refused = await at.post("add-policy?draft=wearables-policy", {"csrf": page.csrf, "press": value, **fields})
    assert "no day, month or term" in refused.text and 'value="soon"' in refused.text
    fields["in:approved"] = "1 May 2026"
    saved = await at.post("add-policy?draft=wearables-policy", {"csrf": page.csrf, "press": value, **fields})

    assert f"There is a document {taken} already" in saved.text and "new version" in saved.text
    assert "Use this policy</button>" not in saved.text
    draft = json.loads((folder.policies / SCHOOL / "drafts" / "wearables-policy.json").read_text())
    assert draft["now"]["facts"]["approved"] == "2026-05-01"


async def test_using_it_writes_what_the_command_writes_records_who_and_makes_proposals(
    at: PagesSchool, folder: Settings, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    home, source = folder.policies / SCHOOL, (folder.policies / SCHOOL / "source.txt").read_text()
    school = (home / "school.toml").read_text()
    page = await bring(at, a_document())

    used = await at.press(page, "add-policy?draft=wearables-policy", "Use this policy")

    assert "is in use, with 5 clauses" in used.text
    draft = read_content(a_document())
    assert (home / "wearables-policy.toml").read_text() == document_toml(draft, "WP", "Wearables Policy")
    assert (home / "source.txt").read_text() == f"{source.rstrip()}\n\n{draft.source}"
    after = (home / "school.toml").read_text()
    assert [line for line in after.splitlines() if line.startswith("#")] == [
        line for line in school.splitlines() if line.startswith("#")
    ]
    assert tomllib.loads(after)["documents"][-1] == "wearables-policy.toml"
    assert "WP" in at.server.staffroom.held.current.policy.documents
    (entry,) = await entries(at, ADDED)
    assert entry.event.facts["document"] == "WP" and entry.event.facts["clauses"] == 5
    assert entry.event.who["account"] == "demo-office" and drafts(folder) == []
    await at.server.staffroom.folder.policies.close()
    assert re.search(r"\d+ proposals? (is|are) ready", (await at.get("add-policy")).text)
    assert "kettle" not in caplog.text


async def test_what_is_left_out_is_not_written(at: PagesSchool, folder: Settings):
    page = await bring(at, a_document())
    await press(at, page, KETTLE, "Leave out")
    draft = at.server.staffroom.folder.policies.drafts.read("wearables-policy").draft.draft()

    assert not any("kettle" in clause.text for clause in draft.clauses)
    assert "kettle" in draft.source and any("kettle" in line for line in draft.left_out)


async def test_a_draft_goes_only_when_that_is_ticked(at: PagesSchool, folder: Settings):
    page = await bring(at, a_document())
    path = "add-policy?draft=wearables-policy"

    kept = await at.press(page, path, "Throw it away")
    assert "Please tick" in kept.text and drafts(folder)
    await at.press(page, path, "Throw it away", **{"in:sure": "true"})

    assert drafts(folder) == []


@pytest.mark.parametrize("account", ROLES)
async def test_only_those_of_the_permission_table_can_add_a_policy(at: PagesSchool, folder: Settings, account: str):
    await at.sign_in(account)
    is_allowed = may(person(at, account), Permission.ADD_POLICY, NOW.date())
    if not is_allowed:
        assert (await at.get("add-policy")).status == 403
        assert (await at.post("add-policy", {"csrf": "x", "press": "{}"})).status == 403
        return
    assert 'href="/school/add-policy"' in (await at.get("policy")).text
    assert "5 clauses" in (await bring(at, a_document())).text


async def test_a_document_of_150_clauses_is_shown_part_by_part(at: PagesSchool):
    sections = {f"Rules {n}": tuple(f"Staff must do thing {n} {k}." for k in range(5)) for n in range(30)}

    page = await bring(at, a_document(sections))

    assert "150 clauses" in page.text and page.text.count('<section class="ruling"') <= 20
    last = await draft_page(at, part="15")
    assert "Staff must do thing 29 4." in last.text and len(last.text.encode()) < 200_000


async def test_one_file_is_read_at_a_time(at: PagesSchool, folder: Settings):
    answers = await asyncio.gather(*(bring(at, a_document()) for _ in range(3)))

    assert sum("Read: Wearables Policy" in answer.text for answer in answers) == len(drafts(folder)) >= 1
    assert all(answer.status == 200 for answer in answers)


def _facts_button(text: str) -> str:
    begin = text.index("save_policy_facts")
    value = text[text.rindex('value="', 0, begin) + 7 : text.index('"', begin)]
    return unescape(value)
