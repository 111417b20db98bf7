"""Only people on the staff list are answered, and an account belongs to one of them."""

from dataclasses import replace

import pytest

from bot.people.rules.accounts import accounts_of, person_behind, person_to_pin, personal_record
from bot.people.rules.person import Member, Person, Stranger
from tests.fakes import TEACHER, caller

WITHOUT_ACCOUNT = Person("v1", "A volunteer", "v@school.example", "", frozenset())
ROSTER = (TEACHER, WITHOUT_ACCOUNT)
NEW = caller("new-account")
MEMBER = Member("new-account", "", "V@school.example", is_guest=False)


def test_a_caller_is_joined_to_the_staff_list_by_account():
    assert person_behind(caller("teacher"), "school", ROSTER) == TEACHER


def test_an_unknown_account_is_a_stranger():
    assert person_behind(caller("pupil"), "school", ROSTER) == Stranger()


def test_another_school_is_a_stranger():
    assert person_behind(caller("teacher", school="other"), "school", ROSTER) == Stranger()


def test_no_account_is_a_stranger_even_beside_somebody_who_has_none():
    assert person_behind(caller(""), "school", ROSTER) == Stranger()


def test_the_account_in_a_row_comes_before_a_pin():
    pinned = replace(TEACHER, id="t0", account="")
    named = replace(TEACHER, id="t9", account="teacher")

    assert person_behind(caller(), "school", (pinned, named), "t0") == named


def test_a_pin_counts_only_while_the_row_names_no_account():
    assert person_behind(caller("new"), "school", ROSTER, "v1") == WITHOUT_ACCOUNT
    assert person_behind(caller("new"), "school", ROSTER, "t1") == Stranger()


def test_an_account_may_be_pinned_to_the_one_row_with_its_sign_in_name():
    assert person_to_pin(NEW, MEMBER, "school", ROSTER) == WITHOUT_ACCOUNT


@pytest.mark.parametrize(
    ("member", "roster"),
    [
        (replace(MEMBER, is_guest=True), ROSTER),
        (replace(MEMBER, tenant="another"), ROSTER),
        (replace(MEMBER, account="somebody else's"), ROSTER),
        (replace(MEMBER, sign_in=""), ROSTER),
        (replace(MEMBER, sign_in="unknown@school.example"), ROSTER),
        (MEMBER, (replace(WITHOUT_ACCOUNT, account="their own"),)),
        (MEMBER, (WITHOUT_ACCOUNT, replace(WITHOUT_ACCOUNT, id="v2"))),
    ],
    ids=["guest", "tenant", "account", "no name", "unknown name", "account in the row", "two rows"],
)
def test_nobody_else_is_pinned(member: Member, roster: tuple[Person, ...]):
    assert person_to_pin(NEW, member, "school", roster) == Stranger()


def test_a_caller_of_another_school_is_pinned_to_nobody():
    assert person_to_pin(caller("new-account", "other"), MEMBER, "school", ROSTER) == Stranger()


def test_somebody_is_reached_by_the_account_in_their_row_on_channels_of_the_directory_and_by_their_pins():
    pins = {"msteams": "pinned", "slack": "U1"}

    assert accounts_of(TEACHER, pins) == (("", "teacher"), ("slack", "U1"))
    assert accounts_of(WITHOUT_ACCOUNT, pins) == (("msteams", "pinned"), ("slack", "U1"))
    assert accounts_of(WITHOUT_ACCOUNT, {}) == ()


@pytest.mark.parametrize("is_pinned", [True, False])
@pytest.mark.parametrize("is_reachable", [True, False])
def test_a_personal_record_says_what_is_kept_and_nothing_else(is_pinned, is_reachable):
    text = personal_record(WITHOUT_ACCOUNT, is_pinned=is_pinned, is_reachable=is_reachable)

    assert "A volunteer, v@school.example (no role)" in text
    assert ("account belongs to this line" in text) is is_pinned
    assert ("where our own chat is" in text) is is_reachable
    assert "A question to the headteacher is kept with your name until it is answered or you withdraw it" in text


def test_a_sign_in_name_that_unicode_would_fold_to_an_address_pins_nobody():
    head = Person("h1", "The head", "kim@school.example", "", frozenset())
    kelvin = Member("new-account", "", "\u212aim@school.example", is_guest=False)

    assert person_to_pin(NEW, kelvin, "school", (head,)) == Stranger()
    assert person_to_pin(NEW, replace(kelvin, sign_in="KIM@school.example"), "school", (head,)) == head
