"""The column `slack` of the staff list: each person's own account there, in the shape in which Slack writes it."""

from dataclasses import replace

import pytest

from bot.people.rules.person import Person, Role
from bot.roster.rules.list_change import list_change
from bot.roster.rules.staff_columns import Row
from bot.roster.rules.staff_list import StaffList, read_staff_list
from bot.tenant.accepted_list import read_accepted, write_accepted
from tests.fakes import TEACHER

HEAD = Person("h1", "The head", "head@school.example", "head", frozenset({Role.HEAD}))
KELVIN = "\u212a"


def read(*rows: str) -> StaffList:
    return read_staff_list([Row(line, tuple(row.split(","))) for line, row in enumerate(rows, 1)])


def of(account: str) -> StaffList:
    return read("id,account,slack,name,email,roles", f"t1,,{account},A teacher,t1@school.example,staff")


@pytest.mark.parametrize("account", ["U012AB3CD", "W012AB3CD", ""])
def test_a_member_id_of_slack_is_taken_as_it_is_written(account: str):
    (person,) = of(account).people

    assert (person.slack, person.account) == (account, "")


@pytest.mark.parametrize(
    "account", ["u012ab3cd", "T0SCHOOL1", "@anna", f"U0{KELVIN}1", "U0 1", "U0AB-1", "U", "U" * 40]
)
def test_anything_else_is_a_problem_with_its_line(account: str):
    staff_list = of(account)

    assert staff_list.people == ()
    assert [problem.line for problem in staff_list.problems] == [2]


def test_an_account_in_slack_belongs_to_one_person():
    rows = ("id,slack,name,email,roles", "t1,U0A1,A teacher,,staff", "t2,U0A1,A colleague,,staff")

    (problem,) = read(*rows).problems

    assert (problem.line, problem.says) == (3, "the account in Slack 'U0A1' is there twice, first in line 2")


def test_a_list_without_the_column_is_read_as_before():
    staff_list = read("id,account,name,email,roles", "t1,0e5c,A teacher,t1@school.example,staff")

    assert staff_list.problems == () and staff_list.people[0].slack == ""


def test_the_accepted_list_keeps_the_account_and_reads_a_list_from_before_there_was_one(tmp_path):
    file, people = tmp_path / "staff-accepted.json", (replace(TEACHER, slack="U0A1"), HEAD)
    write_accepted(file, people)
    assert read_accepted(file) == people

    file.write_text(file.read_text(encoding="utf-8").replace('   "slack": "U0A1",\n', ""), encoding="utf-8")
    assert read_accepted(file)[0] == TEACHER


def change(before: Person, after: Person) -> tuple[str, ...]:
    return list_change((before, TEACHER), (after, TEACHER)).doubts


def test_another_account_in_slack_for_somebody_with_a_leading_role_waits_for_confirmation():
    assert change(HEAD, replace(HEAD, slack="U0EVIL"))
    assert change(replace(HEAD, slack="U0HEAD"), replace(HEAD, slack="U0EVIL"))
    assert not change(HEAD, HEAD)


def test_somebody_is_known_by_their_account_in_slack_when_id_and_address_change():
    before = Person("t1", "A teacher", "old@school.example", "", TEACHER.roles, slack="U0A1")
    after = replace(before, id="9", email="new@school.example")

    assert list_change((before,), (after,)).after[0].id == "t1"
