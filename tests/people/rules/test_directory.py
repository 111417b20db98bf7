"""The staff list from groups: whose roles would change, and which changes wait for a person's word."""

import pytest

from bot.people.rules.directory import Account, Directory, Sources, directory, doubts, people, role_changes
from bot.people.rules.person import Person, Role

STAFF = [Account(f"a{one}", f"Person {one}", f"p{one}@school.example", f"p{one}@school.example") for one in range(9)]
NEW = Account("n", "New Person", "new@school.example", "new@school.example")
HELD = directory({Role.STAFF: STAFF}, Directory(), (), Sources())


def row(*roles: Role, email: str = "", account: str = "") -> Person:
    return Person("r", "A row", email, account, frozenset(roles))


def after(members: dict[Role, list[Account]], *rows: Person) -> tuple[list[str], tuple[str, ...]]:
    """What a sync would show of roles, and why it would wait."""
    found = directory({Role.STAFF: STAFF} | members, HELD, rows, Sources())
    shifted = role_changes(people(HELD, rows), people(found, rows))
    return [line for one in shifted for line in one.lines], doubts(HELD, found, frozenset(), shifted)


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
def test_whoever_would_come_to_a_role_that_may_more_is_named_and_waits(role: Role, called: str, account: Account):
    lines, why = after({role: [account]})

    assert lines == [f"New role: {account.name}, {called}"]
    assert why == ("1 would come to a role that may do more than others.",)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.GOVERNOR])
def test_other_roles_are_shown_for_known_people_and_wait_for_nobody(role: Role):
    assert after({role: [STAFF[0]]}) == ([f"New role: Person 0, {role.value}"], ())
    assert after({role: [NEW]}) == ([], ())


def test_a_role_that_ends_is_shown_and_waits_for_nobody():
    held = directory({Role.STAFF: STAFF, Role.OFFICE: STAFF[:1]}, Directory(), (), Sources())
    shifted = role_changes(people(held, ()), people(HELD, ()))

    assert [one.lines for one in shifted] == [["Role ends: Person 0, office"]]
    assert doubts(held, HELD, frozenset(), shifted) == ()


def test_a_new_account_that_would_take_up_the_heads_row_waits_as_well():
    lines, why = after({Role.STAFF: [*STAFF, NEW]}, row(Role.HEAD, email="new@school.example"))

    assert lines == ["New role: New Person, headteacher"]
    assert why


def test_what_the_staff_list_says_of_an_account_already_is_no_gain():
    assert after({Role.IT: STAFF[:1]}, row(Role.IT, account="a0")) == ([], ())
