"""When to answer, when to ask back, and when to say that the policy is silent."""

from dataclasses import replace

import pytest

from bot.ask.rules.choose_situation import Reading, decide, stricter_first
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from tests.fakes import SURE, policy

ALLOWED = Ruling("allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1",))
ALLOWED_TOO = Ruling("allowed-too", Verdict.YES_IF, "You may.", conditions=("It is break",), clauses=("P-1",))
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=("P-2",))
REPORTED = Ruling("reported", Verdict.REPORT, "Report it.", clauses=("P-3",))
FACT = Ruling("fact", Verdict.INFO, "So it is.", clauses=("P-4",))
WIDE = Situation("wide", "many things", "Many", "", offers=("allowed", "forbidden", "fact"))
SCHOOL = policy(ALLOWED, ALLOWED_TOO, FORBIDDEN, REPORTED, FACT, wide=(WIDE,))


def reading(unknown: tuple[str, ...] = (), **shares: float) -> Reading:
    named = {name.replace("_", "-"): share for name, share in shares.items()}
    return Reading(tuple(sorted(named.items(), key=lambda pair: -pair[1])), unknown)


def test_a_likely_reading_is_answered():
    decision = decide(reading(forbidden=0.9, fact=0.1), SCHOOL, SURE)

    assert decision.situation == "forbidden"
    assert decision.confidence == pytest.approx(0.9)


def test_readings_that_rest_on_one_clause_support_each_other():
    decision = decide(reading(allowed=0.4, allowed_too=0.35, fact=0.25), SCHOOL, SURE)

    assert decision.situation == "allowed"
    assert decision.confidence == pytest.approx(0.75)


def test_an_unlikely_reading_is_offered_with_its_rivals():
    decision = decide(reading(fact=0.4, forbidden=0.35, reported=0.25), SCHOOL, SURE)

    assert not decision.is_answer
    assert decision.offers == ("fact", "forbidden", "reported")


@pytest.mark.parametrize("against", ["forbidden", "reported"])
def test_a_permission_is_never_given_while_something_forbids_it(against):
    decision = decide(reading(allowed=0.75, **{against: 0.25}), SCHOOL, SURE)

    assert not decision.is_answer
    assert set(decision.offers) == {"allowed", against}


def test_a_prohibition_is_given_although_a_permission_is_possible():
    assert decide(reading(forbidden=0.7, allowed=0.3), SCHOOL, SURE).situation == "forbidden"


def test_a_permission_is_never_given_over_a_word_nobody_has_taught():
    assert not decide(reading(allowed=1.0, unknown=("blorbify",)), SCHOOL, SURE).is_answer
    assert decide(reading(forbidden=1.0, unknown=("blorbify",)), SCHOOL, SURE).is_answer


def test_what_no_policy_answers_is_said_to_be_silent_with_near_readings_beside_it():
    decision = decide(reading(lunch=0.7, fact=0.3), SCHOOL, SURE)

    assert decision.situation == "lunch"
    assert decision.offers == ("fact",)


def test_a_question_that_is_too_wide_is_asked_back():
    decision = decide(reading(wide=0.9, fact=0.1), SCHOOL, SURE)

    assert not decision.is_answer
    assert decision.offers == ("allowed", "forbidden", "fact")


def test_a_permission_never_hides_the_prohibition_that_rests_on_the_same_clause():
    twin = Ruling("twin", Verdict.NO, "You may not.", clauses=("P-1",))
    decision = decide(reading(allowed=0.55, twin=0.45), policy(ALLOWED, twin), SURE)

    assert not decision.is_answer
    assert decision.offers == ("allowed", "twin")


def test_never_more_than_three_are_offered():
    shares = {"fact": 0.3, "forbidden": 0.25, "reported": 0.25, "allowed": 0.2}

    assert len(decide(reading(**shares), SCHOOL, SURE).offers) == 3


def test_of_two_answers_the_stricter_comes_first():
    assert stricter_first(["allowed", "lunch", "reported", "fact", "forbidden"], SCHOOL) == [
        "reported",
        "forbidden",
        "allowed",
        "fact",
        "lunch",
    ]


def test_a_no_for_want_of_a_condition_does_not_hold_back_the_only_if_that_names_it():
    only_if = replace(ALLOWED, verdict=Verdict.YES_IF, conditions=("It is encrypted",))
    names_it = replace(only_if, otherwise=("forbidden",))
    unclear = reading(allowed=0.76, forbidden=0.12, reported=0.12)

    assert not decide(unclear, policy(only_if, FORBIDDEN, REPORTED), SURE).is_answer
    assert decide(unclear, policy(names_it, FORBIDDEN, REPORTED), SURE).situation == "allowed"


def test_a_no_for_want_of_a_condition_holds_back_the_only_if_when_it_is_half_as_likely():
    names_it = replace(ALLOWED, otherwise=("forbidden",))

    assert decide(reading(allowed=0.7, forbidden=0.3), policy(names_it, FORBIDDEN), SURE).situation == "allowed"
    assert not decide(reading(allowed=0.6, forbidden=0.4), policy(names_it, FORBIDDEN), SURE).is_answer
