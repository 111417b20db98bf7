"""What a pick counts for beside our own reading: evidence of a fixed weight, and never enough against a refusal."""

from dataclasses import replace

import pytest

from bot.ask.rules.choose_situation import Reading, decide
from bot.ask.rules.model_pick import (
    ANSWER_FROM,
    MAX_OPTIONS,
    MIN_OWN_SHARE,
    RELIABILITY,
    Option,
    Pick,
    Sureness,
    decide_with_pick,
    is_unsure,
    options_for,
    weighed,
)
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from tests.fakes import SURE, policy

ALLOWED = Ruling("allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1",))
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=("P-2",))
REPORT = Ruling("report", Verdict.REPORT, "Report it.", clauses=("P-3",))
FACT = Ruling("fact", Verdict.INFO, "It is so.", clauses=("P-4",))
TALK = Ruling("talk", Verdict.NOT_COVERED, "Hello.")
WIDE = Situation("wide", "many things", "Many", "", offers=("allowed", "forbidden"))
POLICY = policy(ALLOWED, FORBIDDEN, REPORT, FACT, TALK, wide=(WIDE,), chats=("talk",))


def reading(**shares: float) -> Reading:
    return Reading(tuple(sorted(shares.items(), key=lambda pair: -pair[1])))


def answered(own: Reading, situation: str, sure: Sureness = Sureness.HIGH) -> str:
    decision = decide_with_pick(own, Pick(situation, "", sure), POLICY, SURE)
    return decision.situation if decision else ""


@pytest.mark.parametrize(
    ("shares", "pick", "sure", "answer"),
    [
        # The pick makes likelier than all else what our own reading gives a tenth.
        ({"fact": 0.1, "forbidden": 0.45, "lunch": 0.45}, "fact", Sureness.HIGH, "fact"),
        ({"fact": 0.1, "forbidden": 0.45, "lunch": 0.45}, "fact", Sureness.MEDIUM, ""),
        ({"fact": 0.2, "forbidden": 0.4, "lunch": 0.4}, "fact", Sureness.MEDIUM, "fact"),
        ({"fact": 0.05, "forbidden": 0.5, "lunch": 0.45}, "fact", Sureness.HIGH, ""),
        ({"fact": 0.49, "forbidden": 0.26, "lunch": 0.25}, "fact", Sureness.LOW, ""),
        ({"fact": 0.5, "lunch": 0.5}, "", Sureness.HIGH, ""),
        ({"fact": 0.5, "lunch": 0.5}, "nothing-of-ours", Sureness.HIGH, ""),
        # A permission needs more, and no refusal in our own reading, whatever the pick.
        ({"allowed": 0.4, "fact": 0.3, "lunch": 0.3}, "allowed", Sureness.HIGH, "allowed"),
        ({"allowed": 0.15, "fact": 0.45, "lunch": 0.4}, "allowed", Sureness.HIGH, ""),
        ({"allowed": 0.45, "forbidden": 0.1, "lunch": 0.45}, "allowed", Sureness.HIGH, ""),
        ({"allowed": 0.45, "report": 0.1, "lunch": 0.45}, "allowed", Sureness.HIGH, ""),
        ({"allowed": 0.45, "forbidden": 0.05, "report": 0.05, "lunch": 0.45}, "allowed", Sureness.HIGH, ""),
        # What is too wide asks back as ever.
        ({"wide": 0.6, "lunch": 0.4}, "wide", Sureness.HIGH, ""),
    ],
)
def test_a_pick_is_weighed_with_our_own_reading(shares: dict[str, float], pick: str, sure: Sureness, answer: str):
    assert answered(reading(**shares), pick, sure) == answer


def test_a_permission_is_not_given_over_a_word_that_nobody_has_taught():
    own = replace(reading(allowed=0.4, fact=0.3, lunch=0.3), unknown=("zorble",))

    assert answered(own, "allowed") == ""


def test_a_pick_below_the_least_share_of_our_own_is_not_followed_even_if_nothing_else_is_likely():
    little = MIN_OWN_SHARE / 2
    own = Reading((("forbidden", little),))

    assert answered(own, "forbidden") == ""


def test_the_other_readings_stand_beside_what_was_picked_and_the_pick_is_not_among_them():
    decision = decide_with_pick(
        reading(fact=0.3, forbidden=0.4, allowed=0.3), Pick("fact", "", Sureness.HIGH), POLICY, SURE
    )

    assert decision and decision.offers == ("forbidden", "allowed")


def test_the_second_pick_is_the_first_of_the_other_readings_if_it_is_likely_to_us():
    own = reading(fact=0.3, forbidden=0.4, report=0.2, allowed=0.1)

    decisions = [
        decide_with_pick(own, Pick("fact", second, Sureness.HIGH), POLICY, SURE) for second in ("allowed", "lunch", "")
    ]

    assert [decision.offers[0] for decision in decisions if decision] == ["allowed", "forbidden", "forbidden"]


@pytest.mark.parametrize(
    ("second", "sure", "answer"),
    [
        ("forbidden", Sureness.MEDIUM, ""),
        ("report", Sureness.MEDIUM, ""),
        ("fact", Sureness.MEDIUM, "allowed"),
        ("forbidden", Sureness.HIGH, "allowed"),
    ],
)
def test_a_permission_over_which_the_model_itself_wavers_towards_a_refusal_is_not_given(
    second: str, sure: Sureness, answer: str
):
    own = reading(allowed=0.45, fact=0.3, lunch=0.25)

    decision = decide_with_pick(own, Pick("allowed", second, sure), POLICY, SURE)

    assert (decision.situation if decision else "") == answer


def test_weighing_keeps_the_total_and_the_order_of_everything_else():
    own = replace(reading(fact=0.3, forbidden=0.2, lunch=0.1), commands=(("notice", 0.4),))

    after = weighed(own, "lunch", RELIABILITY[Sureness.HIGH])

    assert sum(share for _, share in (*after.ranked, *after.commands)) == pytest.approx(1.0, abs=1e-5)
    assert [id for id, _ in after.ranked] == ["lunch", "fact", "forbidden"] and after.commands[0][0] == "notice"


def test_no_pick_is_believed_more_than_was_measured_of_a_large_model():
    assert max(RELIABILITY.values()) < 0.87 and Sureness.LOW not in RELIABILITY and ANSWER_FROM >= 0.5


@pytest.mark.parametrize(
    ("shares", "unsure"),
    [
        ({"fact": 0.4, "forbidden": 0.3, "lunch": 0.3}, True),  # buttons
        ({"lunch": 0.6, "fact": 0.4}, False),  # a sure silence
        ({"fact": 0.9, "lunch": 0.1}, False),
        ({"talk": 0.9, "lunch": 0.1}, False),
    ],
)
def test_only_what_is_unsure_is_asked_about(shares: dict[str, float], unsure: bool):
    assert is_unsure(decide(reading(**shares), POLICY, SURE), POLICY) is unsure


def test_a_silence_that_is_not_sure_is_unsure():
    own = reading(lunch=0.4, fact=0.35, forbidden=0.25)

    assert is_unsure(decide(own, POLICY, replace(SURE, silent=0.3)), POLICY)


def test_the_options_are_the_likeliest_situations_without_talk_and_what_is_too_wide():
    own = reading(talk=0.4, wide=0.3, fact=0.2, lunch=0.1, allowed=0.0)

    assert options_for(own, POLICY) == (Option("fact", "about fact"), Option("lunch", "about lunch"))


def test_there_are_never_more_options_than_a_person_could_look_through():
    many = policy(*(Ruling(f"r{number}", Verdict.INFO, "", clauses=("P-1",)) for number in range(30)))
    own = reading(**{f"r{number}": 1 / 30 for number in range(30)})

    assert len(options_for(own, many)) == MAX_OPTIONS
