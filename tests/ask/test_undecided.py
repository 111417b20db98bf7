"""What nobody has ruled on is not ruled yet: never "the policy does not say", and never a permission."""

from dataclasses import replace

import pytest

from bot.ask.answer_card import answer_card, as_json
from bot.ask.ask import ask
from bot.ask.rules.answers import NOTHING_DECIDED
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from tests.ask.small_school import ALLOWED, UNDERSTANDING
from tests.fakes import MONDAY, FakeQuestionReader, policy

OPEN = Situation("open", "an open matter", "Open", "")
QUESTION = "may I keep bees"
YES = Ruling("allowed", Verdict.YES, "You may.", clauses=("P-1",))
SILENCE = Ruling("allowed", Verdict.NOT_COVERED, "It does not say.")


def school(*rulings: Ruling, near: tuple[str, ...] = (), **shares: float) -> Understanding:
    def nearest(question: str, about: str, *, surely: bool) -> tuple[str, ...]:
        return near

    reader = FakeQuestionReader({QUESTION: shares})
    return replace(UNDERSTANDING, policy=policy(*rulings, wide=(OPEN,)), reader=reader, nearest=nearest)


def said(understanding: Understanding):
    return as_json(ask(QUESTION, understanding, MONDAY), QUESTION, understanding.policy)


def test_it_says_so_quotes_the_nearest_clauses_and_names_whom_to_ask():
    understanding = school(ALLOWED, near=("P-2", "P-3"), open=0.8, allowed=0.2)

    reply = said(understanding)
    card = answer_card(ask(QUESTION, understanding, MONDAY), understanding.policy, is_private=True)

    assert (reply["verdict"], reply["in_short"], reply["draft"]) == ("info", NOTHING_DECIDED, False)
    assert [clause["ref"] for clause in reply["clauses"]] == ["P-2", "P-3"]
    assert "Please ask" in card.text
    assert "does not say" not in card.text


def test_without_a_near_clause_nothing_is_quoted():
    reply = said(school(ALLOWED, open=0.8, allowed=0.2))

    assert (reply["verdict"], reply["clauses"], reply["in_short"]) == ("not_covered", [], NOTHING_DECIDED)


def test_a_permission_is_held_back_if_something_undecided_is_likely_too():
    assert said(school(YES, allowed=0.7, open=0.3))["verdict"] == "choose"


@pytest.mark.parametrize("trusts_drafts", [True, False])
@pytest.mark.parametrize("verdict", [Verdict.YES, Verdict.YES_IF])
def test_a_proposed_permission_is_only_information(verdict: Verdict, trusts_drafts: bool):
    ruling = replace(YES, verdict=verdict, conditions=("It is lunch",), is_proposed=True)

    reply = said(replace(school(ruling, allowed=1.0), trusts_drafts=trusts_drafts))

    assert (reply["verdict"], reply["draft"]) == ("info", True)
    assert "You may" not in reply["in_short"]


def test_a_proposed_silence_counts_as_undecided_and_a_confirmed_one_does_not():
    assert said(school(replace(SILENCE, is_proposed=True), allowed=1.0))["in_short"] == NOTHING_DECIDED
    assert said(school(SILENCE, allowed=1.0))["in_short"] == "It does not say."


def test_staffrooms_own_answer_gives_way_to_a_clause_that_may_speak_of_it():
    common = replace(SILENCE, is_common=True)

    assert said(school(common, allowed=1.0))["in_short"] == "It does not say."
    assert said(school(common, near=("P-4",), allowed=1.0))["in_short"] == NOTHING_DECIDED


def test_a_confirmed_silence_stands_whatever_is_near():
    assert said(school(SILENCE, near=("P-4",), allowed=1.0))["in_short"] == "It does not say."


def test_nothing_undecided_is_offered():
    held = school(YES, open=0.2, allowed=0.8).policy

    assert isinstance(held, Policy)
    assert held.group("open") == ()
