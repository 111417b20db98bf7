"""What is said back."""

from dataclasses import replace

import pytest

from bot.ask.rules.answers import answer, hand_off
from bot.ask.rules.rulings import Approval, AskedWords, Ruling, digest, is_draft
from bot.ask.rules.verdicts import Verdict
from bot.school.rules.documents import source_line
from tests.fakes import CONTACTS, MONDAY, days, policy

ALLOWED = Ruling("allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1", "P-9"))
SCHOOL = policy(ALLOWED)


APPROVED = replace(ALLOWED, approval=Approval(MONDAY, digest(ALLOWED, SCHOOL.clauses)))


def test_a_draft_never_gives_a_permission_outside_local_mode():
    shown = answer("allowed", SCHOOL, MONDAY, trusts_drafts=False)

    assert shown.verdict is Verdict.INFO
    assert shown.is_draft
    assert shown.conditions == ()
    assert shown.quotes[0].id == "P-1"


def test_an_approved_ruling_says_what_it_says():
    shown = answer("allowed", policy(APPROVED), MONDAY, trusts_drafts=False)

    assert (shown.verdict, shown.is_draft, shown.says) == (Verdict.YES_IF, False, "You may.")


def test_a_changed_word_makes_a_ruling_a_draft_again():
    assert not is_draft(APPROVED, SCHOOL.clauses)
    assert is_draft(replace(APPROVED, says="You may always."), SCHOOL.clauses)


@pytest.mark.parametrize(
    "asked",
    [
        AskedWords(contrary=("without",)),
        AskedWords(meets=(("at lunch",),)),
        AskedWords(breaks=("without",)),
        AskedWords(informs=("without",)),
    ],
)
def test_phrases_that_change_a_headline_are_part_of_what_is_approved(asked: AskedWords):
    changed = replace(APPROVED, asked=asked)

    assert is_draft(changed, SCHOOL.clauses)
    assert digest(changed, SCHOOL.clauses) not in {
        digest(replace(APPROVED, asked=other), SCHOOL.clauses)
        for other in (AskedWords(), AskedWords(contrary=("other",)), AskedWords(meets=(("at",), ("lunch",))))
    }


def test_a_ruling_without_such_phrases_keeps_the_digest_it_was_approved_under():
    assert digest(ALLOWED, SCHOOL.clauses) == "58278f284b66fc36"


NAMED = replace(ALLOWED, clauses=("P-1",), asked=AskedWords(meets=(("at lunch",),)))


@pytest.mark.parametrize(
    ("ruling", "question", "verdict"),
    [
        (NAMED, "may I at lunch?", Verdict.YES),
        (NAMED, "may I?", Verdict.YES_IF),
        (NAMED, "", Verdict.YES_IF),
        (replace(NAMED, clauses=("P-1", "P-9")), "may I at lunch?", Verdict.YES_IF),  # the Far Policy is not held
    ],
)
def test_only_if_becomes_yes_for_an_approved_ruling_on_policies_that_are_held(
    ruling: Ruling, question: str, verdict: Verdict
):
    approved = replace(ruling, approval=Approval(MONDAY, digest(ruling, SCHOOL.clauses)))

    assert answer("allowed", policy(approved), MONDAY, trusts_drafts=False, question=question).verdict is verdict
    held_back = answer("allowed", policy(ruling), MONDAY, trusts_drafts=False, question=question)
    assert held_back.verdict is Verdict.INFO


def test_a_changed_clause_makes_every_ruling_on_it_a_draft_again():
    clauses = {**SCHOOL.clauses, "P-9": replace(SCHOOL.clauses["P-9"], text="Clause 9 says the opposite.")}

    assert is_draft(APPROVED, clauses)


def test_naming_more_governing_clauses_leaves_an_approval_as_it_is_if_the_order_shown_stays():
    assert not is_draft(replace(APPROVED, governing=("P-1", "P-9")), SCHOOL.clauses)
    assert is_draft(replace(APPROVED, governing=("P-9",), clauses=("P-9", "P-1")), SCHOOL.clauses)


def test_a_silence_is_said_outside_local_mode_as_well():
    assert answer("lunch", SCHOOL, MONDAY, trusts_drafts=False).verdict is Verdict.NOT_COVERED


def test_an_answer_says_which_policies_it_depends_on_and_we_do_not_hold():
    notes = answer("allowed", SCHOOL, MONDAY, trusts_drafts=True).notes

    assert notes == ("It depends on the school's Far Policy, which I do not hold.",)


def test_the_source_line_warns_from_the_day_after_the_review_was_due():
    paper = SCHOOL.documents["P"]
    clause = paper.clauses[0]

    assert source_line(clause, paper, paper.review_due) == "Paper, 1 (P-1), version 1"
    assert source_line(clause, paper, paper.review_due + days(1)).endswith("review was due October 2021")


def test_the_hand_off_names_the_schools_contacts_and_says_that_telling_is_not_reporting():
    text = hand_off(CONTACTS, is_private=True)

    assert "Tell the lead now, in person or on 01234" in text
    assert "Telling me is not reporting" in text
    assert "delete your message" not in text
    assert hand_off(CONTACTS, is_private=False).endswith("Please delete your message.")
