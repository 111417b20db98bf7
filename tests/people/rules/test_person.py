"""Only people on the roster are answered."""

from dataclasses import replace

from bot.people.rules.person import Person, Stranger, who_is
from tests.fakes import TEACHER, caller

WITHOUT_ACCOUNT = Person("v1", "A volunteer", "", "", frozenset())
ROSTER = (TEACHER, WITHOUT_ACCOUNT)


def test_a_caller_is_joined_to_the_roster_by_account():
    assert who_is(caller("teacher"), "school", ROSTER) == TEACHER


def test_an_unknown_account_is_a_stranger():
    assert who_is(caller("pupil"), "school", ROSTER) == Stranger()


def test_another_school_is_a_stranger():
    assert who_is(caller("teacher", school="other"), "school", ROSTER) == Stranger()


def test_no_account_is_a_stranger_even_beside_somebody_who_has_none():
    assert who_is(caller(""), "school", ROSTER) == Stranger()


def test_the_account_in_a_row_comes_before_a_pin():
    pinned = replace(TEACHER, id="t0", account="")
    named = replace(TEACHER, id="t9", account="teacher")

    found = who_is(caller(), "school", (pinned, named), {"teacher": "t0"})

    assert found == named
