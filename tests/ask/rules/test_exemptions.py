"""Exemptions only ever take a permission away."""

from dataclasses import replace

import pytest

from bot.ask.rules.answers import answer
from bot.ask.rules.exemptions import shown_exemptions
from bot.ask.rules.rulings import Exemption, Ruling, digest
from bot.ask.rules.verdicts import Verdict
from tests.fakes import MONDAY, policy

VOLUNTEERS = Exemption(verdict=Verdict.NO, says="Only staff may.", for_roles=("volunteers",))
TRIPS = Exemption(unless=("on trips, for emergencies",))
ALLOWED = Ruling("phone", Verdict.YES, "You may.", clauses=("P-1",), exemptions=(VOLUNTEERS,))
FORBIDDEN = Ruling("phone", Verdict.NO, "You may not.", clauses=("P-1",), exemptions=(TRIPS,))


def answered(ruling: Ruling, question: str, *, trusts_drafts: bool = True):
    return answer("phone", policy(ruling), MONDAY, trusts_drafts=trusts_drafts, question=question)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("can I use my phone", Verdict.YES),
        ("can a volunteer use her phone", Verdict.NO),
        ("can I, but not volunteers, use it", Verdict.NO),
        ("", Verdict.YES),
    ],
)
def test_a_permission_falls_to_the_exemption_that_a_question_names(question: str, verdict: Verdict):
    assert answered(ALLOWED, question).verdict is verdict


def test_what_a_question_names_in_part_is_information_with_the_exemption_in_sight():
    allowed = replace(ALLOWED, exemptions=(TRIPS,))

    reply = answered(allowed, "can I have my phone on a trip")

    assert (reply.verdict, reply.conditions) == (Verdict.INFO, ("Except on trips, for emergencies.",))


@pytest.mark.parametrize("question", ["", "can I", "can I on trips for emergencies", "it is an emergency on a trip"])
@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_a_no_with_an_exemption_never_becomes_a_yes(question: str, verdict: Verdict | None):
    forbidden = replace(FORBIDDEN, exemptions=(replace(TRIPS, verdict=verdict),))

    reply = answered(forbidden, question)

    assert (reply.verdict, reply.says) == (Verdict.NO, "You may not.")


def test_an_exemption_that_nobody_confirmed_allows_nothing():
    proposed = replace(FORBIDDEN, is_proposed=True, exemptions=(TRIPS, VOLUNTEERS))

    assert shown_exemptions(FORBIDDEN) == ("Except on trips, for emergencies.",)
    assert shown_exemptions(proposed) == ("Except for volunteers: Only staff may.",)


def test_a_changed_exemption_is_a_draft_again_and_a_ruling_without_any_keeps_its_digest():
    clauses = policy(FORBIDDEN).clauses

    assert digest(FORBIDDEN, clauses) != digest(replace(FORBIDDEN, exemptions=()), clauses)
    assert digest(replace(FORBIDDEN, exemptions=(VOLUNTEERS,)), clauses) != digest(FORBIDDEN, clauses)
