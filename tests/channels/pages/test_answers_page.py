"""The page Answers: from proposals to approved answers, what a change undoes, and what nobody can press."""

import json
import logging
import tomllib
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.ask.rules.rulings import is_draft
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission, may
from bot.settings import Settings
from tests.channels.pages.answers_school import (
    FORBIDDEN,
    PERMISSION,
    QUESTION,
    TRIED,
    answers_school,
    card_of,
    entries,
    press,
    rulings_file,
    school_folder,
)
from tests.channels.pages.pages_school import NOW, PagesSchool, later
from tests.channels.pages.test_school_pages import ROLES, person

APPROVED, CHANGED = EventKind.RULING_APPROVED, EventKind.RULING_CHANGED
ON_RULINGS = ("confirm_ruling", "silence_ruling", "strike_ruling", "change_ruling", "save_ruling", "try_answer")
FOR_THE_HEAD = ("approve_ruling", "approve_rulings", "send_back_ruling")
SLY = '"><script>alert(1)</script> ${x} """ [own-phone-break]'


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Settings:
    return school_folder(settings, tmp_path / "policies")


@pytest_asyncio.fixture
async def at(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with answers_school(folder) as opened:
        yield opened


def is_approved(at: PagesSchool, situation: str) -> bool:
    policy = at.server.staffroom.held.current.policy
    return not is_draft(policy.rulings[situation], policy.clauses)


async def confirmed(at: PagesSchool, *situations: str) -> None:
    await at.sign_in("demo-office")
    for situation in situations:
        await press(at, await at.get("answers"), situation, "Confirm")


async def approved(at: PagesSchool, situation: str, title: str) -> None:
    await confirmed(at, situation)
    await at.sign_in("demo-head")
    await press(at, await at.get("answers"), situation, title)
    assert is_approved(at, situation)


async def test_the_office_confirms_a_proposal_and_the_file_keeps_its_comments(at: PagesSchool, folder: Settings):
    comments = [line for line in rulings_file(folder).read_text().splitlines() if line.startswith("#")]

    await confirmed(at, FORBIDDEN)

    after = rulings_file(folder).read_text()
    assert "proposed" not in tomllib.loads(after)[FORBIDDEN] and "proposed" in tomllib.loads(after)[PERMISSION]
    assert [line for line in after.splitlines() if line.startswith("#")] == comments
    assert [dict(entry.event.facts) for entry in await entries(at, CHANGED)] == [
        {"situation": FORBIDDEN, "change": "confirm"}
    ]


async def test_each_answer_has_its_clauses_beside_it_word_for_word(at: PagesSchool):
    await at.sign_in("demo-office")
    page, policy = await at.get("answers"), at.server.staffroom.held.current.policy

    card = unescape(card_of(page, PERMISSION).text)

    assert all(policy.clauses[ref].text in card for ref in policy.rulings[PERMISSION].clauses)
    assert "This allows something." in card and "Proposed: nobody has confirmed it yet" in card


async def test_the_head_approves_a_permission_by_itself_and_it_is_sealed_with_its_digest(at: PagesSchool):
    await approved(at, PERMISSION, "Approve this permission")

    (entry,) = await entries(at, APPROVED)
    assert entry.event.facts["situation"] == PERMISSION and len(str(entry.event.facts["digest"])) == 16
    assert entry.event.who["account"] == "demo-head" and entry.event.actor


async def test_approving_twice_is_sealed_once(at: PagesSchool):
    await confirmed(at, FORBIDDEN)
    await at.sign_in("demo-head")
    page = await at.get("answers")

    for _ in range(2):
        await press(at, page, FORBIDDEN, "Approve")

    assert len(await entries(at, APPROVED)) == 1


async def test_a_permission_is_never_among_those_approved_together(at: PagesSchool):
    await confirmed(at, FORBIDDEN, PERMISSION)
    await at.sign_in("demo-head")
    page = await at.get("answers")

    await at.press(page, "answers", "Approve all 1 shown that allow nothing")

    assert is_approved(at, FORBIDDEN) and not is_approved(at, PERMISSION)


async def test_a_forged_press_cannot_approve_a_permission_with_others_or_a_proposal_at_all(at: PagesSchool):
    await confirmed(at, PERMISSION)
    home = await at.sign_in("demo-head")
    for names in (PERMISSION, FORBIDDEN, f"{FORBIDDEN} {PERMISSION}", "", "no-such", "own-phone"):
        page = await at.get("answers")
        forged = _press("approve_rulings", names=names, digest="0" * 16)
        await at.post("answers", {"csrf": page.csrf, "press": forged})
        await at.post("answers", {"csrf": page.csrf, "press": _press("approve_ruling", name=names, digest="0" * 16)})

    assert home.status == 200
    assert not await entries(at, APPROVED)


@pytest.mark.parametrize("account", ROLES)
async def test_only_those_of_the_permission_table_can_press(at: PagesSchool, account: str):
    await at.sign_in("demo-head")
    await at.sign_in(account)
    csrf = (await at.get("today")).csrf or (await at.get("answers")).csrf
    for verb in (*ON_RULINGS, *FOR_THE_HEAD):
        permission = Permission.APPROVE if verb in FOR_THE_HEAD else Permission.RULINGS
        answer = await at.post("answers", {"csrf": csrf, "press": _press(verb, name=FORBIDDEN)})
        is_allowed = may(person(at, account), permission, NOW.date())
        assert ("Only the headteacher" not in answer.text and answer.status != 403) is is_allowed, verb


async def test_a_press_without_the_sessions_token_or_from_elsewhere_changes_nothing(at: PagesSchool, folder: Settings):
    await at.sign_in("demo-office")
    page, before = await at.get("answers"), rulings_file(folder).read_bytes()
    value = card_of(page, FORBIDDEN).button("Confirm")

    assert (await at.post("answers", {"csrf": "x", "press": value})).status == 403
    assert (
        await at.post("answers", {"csrf": page.csrf, "press": value}, Origin="https://elsewhere.example")
    ).status == 403
    assert rulings_file(folder).read_bytes() == before


async def test_a_change_unapproves_that_answer_only_and_undo_never_revives_an_approval(
    at: PagesSchool, folder: Settings
):
    await approved(at, PERMISSION, "Approve this permission")
    await approved(at, FORBIDDEN, "Approve")
    before = rulings_file(folder).read_text()

    page = await at.get("answers")
    form = await press(at, page, FORBIDDEN, "Change")
    await at.press(form, "answers", "Save", **_filled(at, FORBIDDEN, says="Watches stay off in class."))
    assert "Watches stay off in class." in rulings_file(folder).read_text()
    assert is_approved(at, PERMISSION) and not is_approved(at, FORBIDDEN)

    await at.press(await at.get("answers"), "answers", "Undo the last change")

    assert rulings_file(folder).read_text() == before
    assert is_approved(at, PERMISSION) and not is_approved(at, FORBIDDEN)
    assert "Changed since it was approved" in card_of(await at.get("answers"), FORBIDDEN).text
    await press(at, await at.get("answers"), FORBIDDEN, "Approve")
    assert is_approved(at, FORBIDDEN)


async def test_an_approval_counts_after_a_restart_and_lapses_with_a_word_of_the_clause(folder: Settings):
    async with answers_school(folder) as at:
        await approved(at, FORBIDDEN, "Approve")
    async with answers_school(folder) as at:
        assert is_approved(at, FORBIDDEN)
    rulings_file(folder).write_text(rulings_file(folder).read_text().replace('verdict = "no"', 'verdict = "no" ', 1))
    async with answers_school(folder) as at:
        assert is_approved(at, FORBIDDEN)
        policy = at.server.staffroom.held.current.policy
    says = policy.rulings[FORBIDDEN].says
    rulings_file(folder).write_text(rulings_file(folder).read_text().replace(says, says + " Always."))
    async with answers_school(folder) as at:
        assert not is_approved(at, FORBIDDEN)


async def test_a_file_changed_by_hand_meanwhile_is_taken_over_and_not_overwritten(at: PagesSchool, folder: Settings):
    await at.sign_in("demo-office")
    page = await at.get("answers")
    by_hand = "# by hand\n" + rulings_file(folder).read_text()
    rulings_file(folder).write_text(by_hand)

    answer = await press(at, page, FORBIDDEN, "Confirm")

    assert "The file changed meanwhile" in answer.text
    assert rulings_file(folder).read_text() == by_hand
    assert "Confirmed" in (await press(at, answer, FORBIDDEN, "Confirm")).text
    assert rulings_file(folder).read_text().startswith("# by hand\n")


async def test_striking_and_saying_that_the_policy_is_silent_leave_no_permission(at: PagesSchool, folder: Settings):
    await at.sign_in("demo-office")
    await press(at, await at.get("answers"), PERMISSION, "Strike")
    await press(at, await at.get("answers"), FORBIDDEN, "Our policy does not say")

    tables = tomllib.loads(rulings_file(folder).read_text())
    assert PERMISSION not in tables and tables[FORBIDDEN] == {"verdict": "not_covered"}
    assert PERMISSION not in at.server.staffroom.held.current.policy.rulings
    assert "Struck: 1" in (await at.get("answers")).text


async def test_an_answer_sent_back_carries_its_remark_and_waits_for_the_office(at: PagesSchool):
    await approved(at, FORBIDDEN, "Approve")
    page = await at.get("answers")
    form = await press(at, page, FORBIDDEN, "Change")
    await at.press(form, "answers", "Save", **_filled(at, FORBIDDEN, says="Watches stay off."))
    await press(at, await at.get("answers"), FORBIDDEN, "Send back with this remark", **{"in:remark": SLY})

    await at.sign_in("demo-office")
    card = card_of(await at.get("answers"), FORBIDDEN).text

    assert "Sent back by the headteacher" in card and "&lt;script&gt;" in card and "<script>" not in card
    assert not is_approved(at, FORBIDDEN)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("in:verdict", "choose", "choose what the policy says"),
        ("in:says", "", "one plain sentence"),
        ("many:clauses", "no-such", "tick the clause"),
        ("in:verdict", "yes_if", "needs its conditions"),
    ],
)
async def test_what_check_would_find_is_not_saved_and_nothing_typed_is_lost(
    at: PagesSchool, folder: Settings, field: str, value: str, says: str
):
    await at.sign_in("demo-office")
    before = rulings_file(folder).read_bytes()
    form = await press(at, await at.get("answers"), FORBIDDEN, "Change")

    filled = {**_filled(at, FORBIDDEN, says="A sentence of ours."), "in:conditions": "", field: value}
    answer = await at.press(form, "answers", "Save", **filled)

    assert says in answer.text
    assert field == "in:says" or "A sentence of ours." in answer.text
    assert rulings_file(folder).read_bytes() == before


async def test_words_of_markup_are_saved_as_words(at: PagesSchool, folder: Settings):
    await at.sign_in("demo-office")
    form = await press(at, await at.get("answers"), FORBIDDEN, "Change")

    await at.press(form, "answers", "Save", **_filled(at, FORBIDDEN, says=SLY))

    assert tomllib.loads(rulings_file(folder).read_text())[FORBIDDEN]["says"] == SLY


async def test_what_was_changed_is_answered_from_without_a_restart(at: PagesSchool):
    await at.sign_in("demo-office")
    form = await press(at, await at.get("answers"), PERMISSION, "Change")
    await at.press(form, "answers", "Save", **_filled(at, PERMISSION, says="Only in the kitchen."))

    page = await at.get("answers")
    answer = await at.press(page, "answers", "Try it", **{"in:question": QUESTION})

    assert "Only in the kitchen." in answer.text


async def test_a_question_that_is_tried_is_in_no_file_database_or_log(
    at: PagesSchool, folder: Settings, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    await at.sign_in("demo-office")
    page = await at.get("answers")
    before = await at.server.staffroom.books.tallies.tallies()
    for question in TRIED:
        answer = await at.press(page, "answers", "Try it", **{"in:question": question})
        assert answer.status == 200
    tried = await at.press(page, "answers", "Try it", **{"in:question": QUESTION})

    assert "What your draft would answer" in tried.text and "change_ruling" in tried.text
    assert b"zebra" not in b"".join(file.read_bytes() for file in folder.data.rglob("*") if file.is_file())
    assert b"zebra" not in rulings_file(folder).read_bytes()
    assert "zebra" not in caplog.text
    assert await at.server.staffroom.books.tallies.tallies() == before


async def test_approval_asks_for_a_sign_in_of_the_last_half_hour(at: PagesSchool):
    await confirmed(at, FORBIDDEN)
    await at.sign_in("demo-head")
    later(at, minutes=31)

    refused = await press(at, await at.get("answers"), FORBIDDEN, "Approve")

    assert refused.status == 401 and "within the last 30 minutes" in refused.text
    assert not is_approved(at, FORBIDDEN)


def _filled(at: PagesSchool, situation: str, *, says: str) -> dict[str, str]:
    ruling = at.server.staffroom.held.current.policy.rulings[situation]
    return {
        "in:verdict": ruling.verdict.value,
        "in:says": says,
        "in:conditions": "\n".join(ruling.conditions),
        "many:clauses": ruling.clauses[0],
    }


def _press(verb: str, **data: Any) -> str:
    return json.dumps({"verb": verb, "data": data, "takes_fields": True})
