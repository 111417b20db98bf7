"""Somebody's days at the school."""

from dataclasses import replace

import pytest

from bot.people.rules.person import Role
from tests.fakes import MONDAY, TEACHER, days


def test_somebody_works_here_from_their_first_day_to_their_last():
    person = replace(TEACHER, starts=MONDAY, ends=MONDAY + days(4))

    at_work = [number for number in range(-1, 7) if person.works_here(MONDAY + days(number))]

    assert at_work == [0, 1, 2, 3, 4]
    assert not person.has_left(MONDAY + days(4)) and person.has_left(MONDAY + days(5))


def test_somebody_who_is_yet_to_start_has_not_left():
    person = replace(TEACHER, starts=MONDAY + days(7))

    assert not person.works_here(MONDAY) and not person.has_left(MONDAY)


@pytest.mark.parametrize(
    ("role", "until", "is_delegate"),
    [
        (Role.DEPUTY, MONDAY, True),
        (Role.DEPUTY, MONDAY - days(1), False),
        (Role.DEPUTY, None, False),
        (Role.STAFF, MONDAY, False),
    ],
)
def test_only_a_deputy_acts_for_the_headteacher_and_only_until_their_day(role, until, is_delegate):
    person = replace(TEACHER, roles=frozenset({role}), delegate_until=until)

    assert person.is_delegate(MONDAY) is is_delegate
