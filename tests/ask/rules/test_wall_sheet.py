"""The wall sheet: the commonest answers, for the staffroom's wall."""

from dataclasses import replace

from bot.ask.rules.policy import Policy
from bot.ask.rules.quotes import quoted
from bot.ask.rules.rulings import Approval, digest
from bot.ask.rules.tallies import Count, Outcome, Tally
from bot.ask.rules.wall_sheet import wall_sheet
from bot.cards import Pages
from bot.settings import ROOT
from tests.fakes import MONDAY

PAGES = Pages(ROOT / "cards" / "pages")
APPROVED = ("own-phone-break", "own-device-wifi", "lock-screen")


def with_approved(policy: Policy) -> Policy:
    """The real policy with three rulings that the school has approved."""
    approved = {
        id: replace(policy.rulings[id], approval=Approval(MONDAY, digest(policy.rulings[id], policy.clauses)))
        for id in APPROVED
    }
    return replace(policy, rulings={**policy.rulings, **approved})


def test_only_approved_rulings_hang_on_the_wall_the_most_asked_first(policy: Policy):
    asked = [Tally(Count(MONDAY, APPROVED[-1], Outcome.ASKED), 9), Tally(Count(MONDAY, "lunch", Outcome.ASKED), 99)]

    sheet = wall_sheet(with_approved(policy), asked, drafts=False)

    assert len(sheet["answers"]) == len(APPROVED)
    assert sheet["answers"][0]["asks"] == policy.situations[APPROVED[-1]].label
    page = PAGES.fill("answers", {**sheet, "is_demo": False})
    assert f"These are all {len(APPROVED)} answers the school has approved so far" in page
    assert "draft" not in page


def test_what_was_only_offered_or_helped_does_not_count_as_asked(policy: Policy):
    others = [Tally(Count(MONDAY, APPROVED[-1], outcome), 9) for outcome in (Outcome.OFFERED, Outcome.HELPED)]

    assert wall_sheet(with_approved(policy), others, drafts=False) == wall_sheet(
        with_approved(policy), [], drafts=False
    )


def test_a_school_that_has_approved_nothing_prints_nothing(policy: Policy):
    sheet = wall_sheet(policy, [], drafts=False)

    assert sheet["answers"] == []
    assert "has not approved an answer yet" in PAGES.fill("answers", {**sheet, "is_demo": False})


def test_in_the_demo_twenty_drafts_are_shown_and_marked(policy: Policy):
    sheet = wall_sheet(policy, [], drafts=True)

    assert len(sheet["answers"]) == 20 and not sheet["is_short"]
    assert all(answer["is_draft"] for answer in sheet["answers"])


def test_clauses_are_cited_as_answers_cite_them(policy: Policy):
    sheet = wall_sheet(policy, [], drafts=True)

    for answer in sheet["answers"]:
        ruling = next(r for r in policy.rulings.values() if policy.situations[r.situation].label == answer["asks"])
        first = policy.clause(ruling.clauses[0])
        document = next(document for document in policy.documents.values() if first in document.clauses)
        source = quoted(first, document, MONDAY).source
        assert answer["clauses"].startswith(source.partition(", version")[0])
