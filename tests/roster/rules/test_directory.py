"""The staff list from groups: whose roles would change, and which changes wait for confirmation."""

import pytest

from bot.people.rules.person import Person, Role
from bot.roster.rules.directory import Account, Directory, Sources, directory, doubts, people, role_changes


def account(id: str, name: str) -> Account:
    return Account(id, name, f"{id}@school.example", f"{id}@school.example")


STAFF = [account(f"a{number}", f"Person {number}") for number in range(9)]
NEW = account("new", "New Person")
BEFORE = directory({Role.STAFF: STAFF}, Directory(), (), Sources())


def row(*roles: Role, email: str = "", account: str = "") -> Person:
    return Person("r", "A row", email, account, frozenset(roles))


def after(members: dict[Role, list[Account]], *rows: Person) -> tuple[list[str], tuple[str, ...]]:
    """What a sync would show of roles, and why it would wait."""
    then = directory({Role.STAFF: STAFF} | members, BEFORE, rows, Sources())
    changes = role_changes(people(BEFORE, rows), people(then, rows))
    return [line for change in changes for line in change.lines], doubts(BEFORE, then, frozenset(), changes)


@pytest.mark.parametrize(
    ("role", "called"),
    [
        (Role.HEAD, "headteacher"),
        (Role.DEPUTY, "deputy"),
        (Role.CHAIR, "chair of governors"),
        (Role.OFFICE, "office"),
        (Role.SAFEGUARDING, "safeguarding"),
        (Role.IT, "IT lead"),
    ],
)
@pytest.mark.parametrize("account", [STAFF[0], NEW])
def test_people_who_would_come_to_a_role_that_may_more_are_named_and_wait(role: Role, called: str, account: Account):
    lines, why = after({role: [account]})

    assert lines == [f"New role: {account.name}, {called}"]
    assert why == ("1 would come to a role that may do more than others.",)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.GOVERNOR])
def test_other_roles_are_shown_for_known_people_and_wait_for_nobody(role: Role):
    assert after({role: [STAFF[0]]}) == ([f"New role: Person 0, {role.value}"], ())
    assert after({role: [NEW]}) == ([], ())


def test_a_role_that_ends_is_shown_and_waits_for_nobody():
    before = directory({Role.STAFF: STAFF, Role.OFFICE: STAFF[:1]}, Directory(), (), Sources())
    changes = role_changes(people(before, ()), people(BEFORE, ()))

    assert [change.lines for change in changes] == [["Role ends: Person 0, office"]]
    assert doubts(before, BEFORE, frozenset(), changes) == ()


def test_a_new_account_that_would_take_up_the_heads_row_waits_as_well():
    lines, why = after({Role.STAFF: [*STAFF, NEW]}, row(Role.HEAD, email="new@school.example"))

    assert lines == ["New role: New Person, headteacher"]
    assert why


def test_what_the_staff_list_says_of_an_account_already_is_no_gain():
    assert after({Role.IT: STAFF[:1]}, row(Role.IT, account="a0")) == ([], ())


def test_a_person_keeps_the_id_they_were_first_known_by():
    renamed = Account("a0", "Married Name", "married@school.example", "married@school.example")
    joined = directory({Role.STAFF: [renamed]}, BEFORE, (row(email="married@school.example"),), Sources())

    assert joined.entries["a0"].person == BEFORE.entries["a0"].person == "a0"


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        (Account("x", "X", "", "", is_guest=True), "is a guest of the tenant"),
        (Account("x", "X", "", "", is_enabled=False), "has an account that is switched off"),
        (Account("room", "X", "", ""), "is excluded in school.toml"),
    ],
)
def test_guests_switched_off_and_excluded_accounts_are_left_out_with_the_reason(left_out: Account, why: str):
    adopted = directory({Role.STAFF: [left_out]}, Directory(), (), Sources(excluded=frozenset({"room"})))

    assert adopted.entries == {}
    assert [(entry.name, entry.why) for entry in adopted.left_out] == [("X", why)]


def test_a_row_with_an_account_that_is_in_no_group_is_left_out_and_one_without_an_account_stays():
    rows = (row(Role.STAFF, account="elsewhere"), Person("v1", "A volunteer", "", "", frozenset({Role.VOLUNTEER})))
    adopted = directory({Role.STAFF: STAFF[:1]}, Directory(), rows, Sources())

    assert [entry.why for entry in adopted.left_out] == ["is in the staff list, and in none of the groups"]
    assert [person.id for person in people(adopted, rows)] == ["a0", "v1"]


@pytest.mark.parametrize(("number", "waits"), [(1, False), (2, True), (9, True)])
def test_more_than_a_fifth_at_once_waits(number: int, waits: bool):
    then = directory({Role.STAFF: STAFF[number:]}, BEFORE, (), Sources())

    assert doubts(BEFORE, then, frozenset()) == ((f"{number} people would go at once.",) if waits else ())


def test_pupils_and_people_without_a_name_wait():
    members = [
        account("p", "In a group of pupils"),
        Account("q", "By job", "", "", job="Pupil"),
        Account("r", "By address", "", "r@pupils.school.example"),
        Account("s", "", "", ""),
    ]
    then = directory({Role.STAFF: [*STAFF, *members]}, BEFORE, (), Sources())

    assert doubts(BEFORE, then, frozenset({"p"}))[1:] == (
        "3 of them look like pupils.",
        "1 have no name, so a permission is missing: User.Read.All.",
    )


def test_an_account_is_joined_to_no_row_by_an_address_that_unicode_folds_or_that_two_rows_have():
    kim = Account("k1", "Kim", "kim@school.example", "kim@school.example")
    folded = row(Role.HEAD, email="\u212aim@school.example")
    twice = [row(Role.HEAD, email="Kim@school.example"), row(Role.IT, email="kim@school.example", account="other")]

    for rows in ([folded], twice):
        assert directory({Role.STAFF: [kim]}, Directory(), rows, Sources()).entries["k1"].person == "k1"
    once = directory({Role.STAFF: [kim]}, Directory(), twice[:1], Sources())
    assert once.entries["k1"].person == "r"
