"""A school from a document to its second version: what is approved, what changes, and what colleagues get then."""

import json
import tomllib
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from bot.ask.rules.rulings import digest
from bot.ask.rules.verdicts import Verdict
from bot.campaigns.publish import publish
from bot.campaigns.rules.versions import Weight, frozen
from bot.config import read_config
from bot.errors import BadInput
from bot.evidence.rules.ledger import EventKind
from bot.evidence.side_tables import check_side_tables
from bot.policies import read_school
from bot.school.settings import school_settings
from bot.settings import Settings
from tests.channels.pages.new_version_school import (
    CAMERA,
    CLASS,
    FIRST,
    PHONE,
    QUESTIONS,
    RULINGS,
    SCHOOL,
    SECOND,
    WATCH,
    Journey,
    new_version_school,
    texts_of,
)
from tests.channels.pages.pages_school import NOW


@pytest_asyncio.fixture
async def journey(settings: Settings, tmp_path: Path) -> AsyncIterator[Journey]:
    async with new_version_school(settings, tmp_path) as opened:
        yield opened


async def test_colleagues_get_the_new_words_and_no_permission_rests_on_changed_ones(journey: Journey):
    await journey.approve()
    before = {question: (await journey.ask(question)).text for question in QUESTIONS}

    page = await journey.use(SECOND)
    after = {question: (await journey.ask(question)).text for question in QUESTIONS}

    assert "The new version of Phones policy is in use. 2 answers must be looked at again" in page.text
    assert before["phone at lunch"].startswith("Yes") and before["my watch"].startswith("Only if")
    assert not any("is a draft" in text for text in before.values())
    assert after["phone at lunch"].startswith("What the policy says") and "car park only" in after["phone at lunch"]
    assert "is a draft" in after["phone at lunch"]
    assert "has not decided" in after["my watch"] and "You may wear it" not in after["my watch"]
    for question in ("phone in class", "camera on my phone"):  # the same words: they are approved as before
        assert after[question].startswith("No") and "is a draft" not in after[question]
    assert "Phones policy, 4 (PP-3), version 2" in after["camera on my phone"]
    assert journey.approved() == {CLASS, CAMERA}


async def test_a_proposal_made_by_a_new_version_allows_nothing_before_it_is_confirmed_and_approved(journey: Journey):
    await journey.approve()
    await journey.use(SECOND)

    rulings = tomllib.loads((journey.home / "rulings.toml").read_text(encoding="utf-8"))

    assert rulings[PHONE]["proposed"] is True and rulings[PHONE]["verdict"] == "yes"
    assert rulings[WATCH] == {"verdict": Verdict.NOT_COVERED.value, "proposed": True}
    assert (journey.home / "rulings.toml").read_text(encoding="utf-8").startswith("# our rulings")


async def test_the_ledger_says_who_brought_it_both_texts_and_which_approvals_lapsed(journey: Journey):
    await journey.approve()
    tables = read_school(journey.settings.policies, SCHOOL)
    before = frozen(school_settings(tables).documents["PP"]).digest
    await journey.use(SECOND)

    (facts,) = await journey.facts(EventKind.NEW_VERSION)
    after = frozen(school_settings(read_school(journey.settings.policies, SCHOOL)).documents["PP"]).digest
    changed = await journey.facts(EventKind.RULING_CHANGED)
    store = journey.at.server.staffroom.books.context.store
    (entry,) = await store.entries_of(EventKind.NEW_VERSION)

    assert facts == {"document": "PP", "change": "import", "before": before, "after": after} and before != after
    assert {fact["situation"] for fact in changed} == {PHONE, WATCH}
    assert entry.event.who["name"] == "The office manager"


async def test_what_was_approved_and_quoted_can_be_checked_against_the_history(journey: Journey):
    await journey.approve()
    was = texts_of(journey.home)
    await journey.use(SECOND)

    (folder,) = (journey.home / "history").iterdir()
    old = {name: (folder / name).read_bytes() for name in ("phones-policy.toml", "rulings.toml", "source.txt")}
    for name, content in old.items():
        assert content == was[name]
        (journey.home / name).write_bytes(content)
    policy = read_config(journey.settings, NOW.date(), demo=True).policy
    approved = {fact["situation"]: fact["digest"] for fact in await journey.facts(EventKind.RULING_APPROVED)}
    assert approved == {id: digest(policy.rulings[id], policy.clauses) for id in QUESTIONS.values()}


async def test_sending_a_file_and_dropping_it_changes_nothing(journey: Journey):
    was = texts_of(journey.home)
    page = await journey.send(SECOND)

    shown = unescape(page.text)
    dropped = await journey.at.press(page, "new_version", "Drop it")

    assert "<del>staffroom at break.</del> <ins>car park only.</ins>" in shown
    assert "4 (PP-4): gone" in shown and "3 (PP-3-2): new" in shown
    assert "Not in use yet" not in dropped.text
    assert texts_of(journey.home) == was
    assert await journey.facts(EventKind.NEW_VERSION) == [] == await journey.facts(EventKind.RULING_CHANGED)


async def test_going_back_revives_no_approval_that_has_lapsed(journey: Journey):
    await journey.approve()
    was = texts_of(journey.home)
    page = await journey.use(SECOND)

    await journey.at.press(page, "new_version", "Go back to the version before")

    now = texts_of(journey.home)
    assert {name: now[name] for name in was} == was
    assert journey.approved() == {CLASS, CAMERA}
    assert "is a draft" in (await journey.ask("phone at lunch")).text
    assert [fact["change"] for fact in await journey.facts(EventKind.NEW_VERSION)] == ["import", "undo"]


async def test_an_approval_of_the_new_words_lapses_when_they_go(journey: Journey):
    await journey.approve()
    await journey.use(FIRST.replace("locked away while", "in a locker while"))
    assert journey.approved() == {PHONE, CAMERA, WATCH}
    await journey.approve()
    assert journey.approved() == set(QUESTIONS.values())
    await journey.at.sign_in("demo-office")

    await journey.at.press(await journey.at.get("new_version"), "new_version", "Go back to the version before")

    assert journey.approved() == {PHONE, CAMERA, WATCH}


async def test_importing_the_old_words_again_revives_nothing_either(journey: Journey):
    await journey.approve()
    await journey.use(SECOND)

    await journey.use(FIRST)

    policy = journey.at.server.staffroom.held.current.policy
    assert journey.approved() == {CLASS, CAMERA}
    assert policy.rulings[PHONE].is_proposed and policy.rulings[PHONE].clauses == ("PP-1",)
    assert "PP-4" not in policy.clauses  # the clause that came back is a new one: its old id stays with the old words


async def test_nobody_goes_back_once_somebody_changed_the_answers(journey: Journey):
    page = await journey.use(SECOND)
    file = journey.home / "rulings.toml"
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    was = texts_of(journey.home)

    refused = await journey.at.press(page, "new_version", "Go back to the version before")

    assert "There is no version to go back to here" in refused.text
    assert texts_of(journey.home) == was
    assert "Go back to the version before" not in (await journey.at.get("new_version")).text


async def test_a_press_on_what_is_not_shown_any_more_changes_nothing(journey: Journey):
    page = await journey.send(SECOND)
    other = await journey.send(SECOND.replace("car park only", "hall only"))
    was = texts_of(journey.home)

    press = {"csrf": other.csrf, "press": page.button("Use the new version")}
    refused = await journey.at.post("new_version", press)

    assert "changed meanwhile" in refused.text
    assert texts_of(journey.home) == was


async def test_an_approval_pasted_into_the_file_goes_with_the_words_and_stays_with_the_same_ones(journey: Journey):
    file, policy = journey.home / "rulings.toml", journey.at.server.staffroom.held.current.policy
    text = RULINGS
    for id in (PHONE, CLASS):
        lines = (
            f'approved_by = "A head"\napproved_on = 2026-09-01\ndigest = "{digest(policy.rulings[id], policy.clauses)}"'
        )
        text = text.replace(f"[{id}]", f"[{id}]\n{lines}")
    file.write_text(text, encoding="utf-8")

    await journey.use(SECOND)

    rulings = tomllib.loads(file.read_text(encoding="utf-8"))
    assert "digest" not in rulings[PHONE] and "digest" in rulings[CLASS]
    assert journey.approved() == {CLASS}


async def test_the_answers_page_does_not_undo_its_way_back_to_clauses_that_are_gone(journey: Journey):
    await journey.at.sign_in("demo-head")
    page = await journey.at.get("answers")
    press = {"name": WATCH, "file": json.loads(page.button("Strike"))["data"]["file"]}
    button = json.dumps({"verb": "strike_ruling", "data": press, "takes_fields": False})
    assert "Struck" in (await journey.at.post("answers", {"csrf": page.csrf, "press": button})).text

    await journey.use(SECOND)

    assert "Undo the last change" not in (await journey.at.get("answers")).text


async def test_a_version_without_the_words_that_people_agree_to_is_refused(journey: Journey):
    was = texts_of(journey.home)

    page = await journey.send(FIRST.replace("I agree to follow this policy", "I have read this policy"))

    assert "the statement is not in PP-5, word for word" in page.text and "Nothing was changed" in page.text
    assert "Use the new version" not in page.text
    assert texts_of(journey.home) == was


async def test_publishing_the_new_version_asks_whether_the_change_is_material(journey: Journey):
    book = journey.at.server.staffroom.books.campaigns
    head = next(p for p in book.context.roster.people() if p.account == "demo-head")
    first = await publish(book, head, None)
    page = await journey.use(SECOND)

    with pytest.raises(BadInput, match="material"):
        await publish(book, head, None)
    second = await publish(book, head, Weight.MATERIAL)

    assert "say whether the change is material" in page.text
    assert second.label == "2" and second.digest != first.digest
    await check_side_tables(book.context.store, book.texts)  # the older published text is still what was sealed


@pytest.mark.parametrize("account", ["demo-it", "demo-teacher"])
async def test_only_head_and_office_bring_a_new_version(journey: Journey, account: str):
    page = await journey.send(SECOND)
    press = page.button("Use the new version")
    was = texts_of(journey.home)
    await journey.at.sign_in(account)
    csrf = (await journey.at.get("today")).csrf

    answer = await journey.at.post("new_version", {"csrf": csrf, "press": press})

    assert answer.status == 403 and "Only " in answer.text
    assert texts_of(journey.home) == was


async def test_a_file_that_cannot_be_read_gets_one_sentence_and_what_waited_is_kept(journey: Journey):
    await journey.send(SECOND)

    page = await journey.send("\x00\x01 nothing \x02 to read")

    assert "Please look at this:" in page.text
    assert "<h2>Not in use yet: " in page.text and "car park only" in page.text


async def test_the_same_file_again_changes_nothing(journey: Journey):
    page = await journey.send(FIRST)

    assert "is the document as it is now, word for word" in page.text
    assert not (journey.home / "history").exists()
