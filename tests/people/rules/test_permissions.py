"""Who may do what: the whole table, and the deputy who acts for the headteacher until a day."""

from datetime import date

import pytest

from bot.errors import NotAllowed
from bot.people.rules.permissions import MAY, Permission, may, refuse_unless
from bot.people.rules.person import Person, Role
from bot.settings import ROOT

TODAY = date(2026, 9, 7)


def person(*roles: Role, until: date | None = None, ends: date | None = None) -> Person:
    return Person("t", "", "", "", frozenset(roles), delegate_until=until, ends=ends)


def test_the_table_in_the_docs_is_the_table_in_force():
    text = (ROOT / "docs" / "staff-list.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    documented = {cells[0].strip("`"): set(cells[2].split(", ")) for cells in rows if len(cells) == 3}

    assert documented == {permission.value: {role.value for role in roles} for permission, roles in MAY.items()}


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_exactly_what_the_table_says(permission: Permission, role: Role):
    assert may(person(role), permission, TODAY) is (role in MAY[permission])


@pytest.mark.parametrize("permission", list(Permission))
def test_a_deputy_may_do_what_the_head_may_only_until_their_day(permission: Permission):
    assert may(person(Role.DEPUTY, until=TODAY), permission, TODAY) is (Role.HEAD in MAY[permission])
    assert not may(person(Role.DEPUTY, until=date(2026, 9, 6)), permission, TODAY)
    assert not may(person(Role.DEPUTY), permission, TODAY)
    assert may(person(Role.STAFF, until=TODAY), permission, TODAY) is (Role.STAFF in MAY[permission])


def test_somebody_who_has_left_may_do_nothing():
    assert not may(person(Role.HEAD, ends=date(2026, 9, 6)), Permission.OPEN, TODAY)


def test_a_change_of_the_staff_list_is_the_it_leads_alone_to_confirm():
    with pytest.raises(NotAllowed, match=r"^Only the IT lead can confirm a change of the staff list\. Nothing was"):
        refuse_unless(person(Role.HEAD), Permission.TAKE_OVER, TODAY)


def test_a_refusal_says_who_may():
    with pytest.raises(
        NotAllowed, match=r"Only the headteacher \(or the deputy standing in\) and the office can record"
    ):
        refuse_unless(person(Role.STAFF), Permission.PAPER, TODAY)
