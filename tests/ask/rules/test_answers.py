"""What is said back."""

from bot.ask.rules.answers import answer, hand_off
from bot.ask.rules.rulings import Approval, Ruling, digest, is_draft
from bot.ask.rules.verdicts import Verdict
from bot.school.rules.documents import source_line
from tests.fakes import MONDAY, days, policy

ALLOWED = Ruling("allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1", "P-9"))
SCHOOL = policy(ALLOWED)


def approved(ruling: Ruling = ALLOWED) -> Ruling:
    return Ruling(
        ruling.situation,
        ruling.verdict,
        ruling.says,
        conditions=ruling.conditions,
        clauses=ruling.clauses,
        approval=Approval("Headteacher", MONDAY, digest(ruling, SCHOOL.clauses)),
    )


def test_a_draft_never_gives_a_permission_outside_local_mode():
    shown = answer("allowed", SCHOOL, MONDAY, trusts_drafts=False)

    assert shown.verdict is Verdict.INFO
    assert shown.is_draft
    assert shown.conditions == ()
    assert shown.quotes[0].id == "P-1"


def test_an_approved_ruling_says_what_it_says():
    shown = answer("allowed", policy(approved()), MONDAY, trusts_drafts=False)

    assert (shown.verdict, shown.is_draft, shown.says) == (Verdict.YES_IF, False, "You may.")


def test_a_changed_word_makes_a_ruling_a_draft_again():
    changed = Ruling(**{**{f: getattr(approved(), f) for f in Ruling.__slots__}, "says": "You may always."})

    assert not is_draft(approved(), SCHOOL.clauses)
    assert is_draft(changed, SCHOOL.clauses)


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
    said = hand_off(SCHOOL, is_private=True)

    assert "Tell the lead now, in person or on 01234" in said
    assert "Telling me is not reporting" in said
    assert "delete your message" not in said
    assert hand_off(SCHOOL, is_private=False).endswith("Please delete your message.")
