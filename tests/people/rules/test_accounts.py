"""Only people on the staff list are answered, and an account belongs to one of them."""

from dataclasses import replace

import pytest

from bot.people.rules.accounts import accounts_of, is_still_theirs, person_behind, person_to_pin, personal_record
from bot.people.rules.person import Caller, Member, Person, Stranger
from tests.fakes import TEACHER, caller

WITHOUT_ACCOUNT = Person("v1", "A volunteer", "v@school.example", "", frozenset())
ROSTER = (TEACHER, WITHOUT_ACCOUNT)
NEW = caller("new-account")
MEMBER = Member("new-account", "", "V@school.example", is_guest=False)
IN_SLACK = "U0TEACHER"


def slack_caller() -> Caller:
    return replace(caller(IN_SLACK), channel="slack")


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


@pytest.mark.parametrize("pinned", [(), ("msteams",)])
@pytest.mark.parametrize("chats", [(), ("msteams",)])
def test_a_personal_record_says_what_is_kept_and_nothing_else(pinned, chats):
    text = personal_record(WITHOUT_ACCOUNT, pinned=pinned, chats=chats)

    assert "A volunteer, v@school.example (no role)" in text
    assert ("your Teams account belongs to this line" in text) is bool(pinned)
    assert ("where our own chat is" in text) is bool(chats)
    assert "Slack" not in text and "It names" not in text
    assert "A question to the headteacher is kept with your name until it is answered or you withdraw it" in text


def test_a_personal_record_names_both_accounts_and_both_chats():
    joined = personal_record(WITHOUT_ACCOUNT, pinned=("slack", "msteams"), chats=("slack", "msteams"))
    named = personal_record(replace(TEACHER, slack=IN_SLACK))

    assert "that your Slack account and your Teams account belong to this line of the list" in joined
    assert "where our own chats are, in Slack and in Teams, so" in joined
    assert "It names your Teams account and your Slack account as well." in named
    assert "your Slack account belongs" in personal_record(TEACHER, pinned=("slack",))


def test_an_account_in_slack_is_joined_by_the_row_that_names_it_and_no_equal_id_of_the_directory():
    row = replace(TEACHER, account=IN_SLACK, slack="")
    named = replace(TEACHER, id="t9", slack=IN_SLACK)

    assert person_behind(slack_caller(), "school", (row,)) == Stranger()
    assert person_behind(slack_caller(), "school", (row, named)) == named
    assert person_behind(caller(IN_SLACK), "school", (named,)) == Stranger()  # in Teams the same id is nobody's
    assert person_behind(slack_caller(), "school", (replace(named, slack="U0OTHER"),), "t9") == Stranger()
    assert accounts_of(named, {"slack": "U0OLD", "msteams": "old"}) == (("", "teacher"), ("slack", IN_SLACK))


def test_a_row_that_names_an_account_in_slack_is_not_joined_by_its_address():
    member = Member(IN_SLACK, "", "v@school.example", is_guest=False)

    assert person_to_pin(slack_caller(), member, "school", (WITHOUT_ACCOUNT,)) == WITHOUT_ACCOUNT
    named = replace(WITHOUT_ACCOUNT, slack="U0OTHER")
    assert person_to_pin(slack_caller(), member, "school", (named,)) == Stranger()
    assert person_to_pin(slack_caller(), replace(member, tenant="T0ELSE"), "school", (WITHOUT_ACCOUNT,)) == Stranger()


@pytest.mark.parametrize(
    ("member", "stays"),
    [
        (Member(IN_SLACK, "", "v@school.example", is_guest=False), True),
        (Member(IN_SLACK, "", "teacher@school.example", is_guest=False), False),
        (Member(IN_SLACK, "", "", is_guest=False), False),
        (Member(IN_SLACK, "", "v@school.example", is_guest=True), False),
        (Member(IN_SLACK, "T0ELSE", "v@school.example", is_guest=False), False),
    ],
    ids=["the same", "another's", "none", "a guest now", "another workspace"],
)
def test_a_pinned_account_stays_only_while_it_has_the_address_it_was_joined_by(member: Member, stays: bool):
    assert is_still_theirs(slack_caller(), member, "school", ROSTER, "v1") is stays


def test_a_sign_in_name_that_unicode_would_fold_to_an_address_pins_nobody():
    head = Person("h1", "The head", "kim@school.example", "", frozenset())
    kelvin = Member("new-account", "", "\u212aim@school.example", is_guest=False)

    assert person_to_pin(NEW, kelvin, "school", (head,)) == Stranger()
    assert person_to_pin(NEW, replace(kelvin, sign_in="KIM@school.example"), "school", (head,)) == head
