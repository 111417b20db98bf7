"""Exports in which a cell is empty, a status says who has left, or a sign is not what it seems."""

from pathlib import Path

import pytest

from bot.roster.rules.staff_list import StaffList
from bot.tenant.staff_file import check_file


def checked(folder: Path, text: str) -> StaffList:
    file = folder / "staff.csv"
    file.write_text(text, encoding="utf-8")
    return check_file(file)


def test_a_name_is_filled_up_from_the_next_column_that_has_one(tmp_path: Path):
    staff_list = checked(
        tmp_path,
        "Staff Code,Employee ID,Preferred Forename,Preferred Surname,Legal Forename,Legal Surname,Work Email\n"
        "T1,7,Class,Teacher,Legal,Name,t1@school.example\n"
        ",8,,,Another,Teacher,t2@school.example\n",
    )

    assert [(person.id, person.name) for person in staff_list.people] == [
        ("T1", "Class Teacher"),
        ("8", "Another Teacher"),
    ]
    assert staff_list.columns
    assert staff_list.columns.left_alone == ()


def test_a_list_with_surnames_alone_says_which_column_to_rename(tmp_path: Path):
    (problem,) = checked(
        tmp_path, "Staff Code,Surname,Known as,Work Email\nT1,Teacher,Class,t1@school.example\n"
    ).problems

    assert "the column 'forename' is missing" in problem.says


def test_first_names_may_be_headed_with_a_plural_in_brackets(tmp_path: Path):
    staff_list = checked(tmp_path, "Staff Code,Surname,Forename(s),Work Email\nT1,Teacher,A Class,t1@school.example\n")

    assert [person.name for person in staff_list.people] == ["A Class Teacher"]


@pytest.mark.parametrize("status", ["Suspended", "Archived", "Leaver", "inactive"])
def test_accounts_that_are_not_in_use_are_left_out_and_named(tmp_path: Path, status: str):
    staff_list = checked(
        tmp_path,
        "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY]\n"
        f"Class,Teacher,t1@school.example,Active\nOld,Teacher,t2@school.example,{status}\n",
    )

    assert [person.email for person in staff_list.people] == ["t1@school.example"]
    assert [row.line for row in staff_list.left_out] == [3]


def test_a_status_column_does_not_make_our_own_list_another_systems(tmp_path: Path):
    staff_list = checked(tmp_path, "id,name,email,roles,status\nt1,Head,t1@school.example,head staff,Active\n")

    assert staff_list.people[0].roles == {"head", "staff"}


def test_our_own_roles_count_in_our_own_column_beside_another_name(tmp_path: Path):
    staff_list = checked(tmp_path, "id,name,E-mail address,ROLES\nt1,Head,t1@school.example,head staff\n")

    assert staff_list.people[0].roles == {"head", "staff"}


@pytest.mark.parametrize("empty", ["-", "–", "N/A", "none"])
def test_a_sign_for_nothing_is_an_empty_cell(tmp_path: Path, empty: str):
    staff_list = checked(
        tmp_path,
        f"Staff Code,Name,Work Email,Job title,Leaving date\nT1,A Teacher,t1@school.example,{empty},{empty}\n",
    )

    assert staff_list.problems == ()
    assert staff_list.people[0].ends is None


@pytest.mark.parametrize("row", ["mar\u212a,A,x@school.example,staff", "t1,A,mar\u212a@school.example,staff"])
def test_a_sign_that_unicode_folds_to_a_letter_joins_nobody(tmp_path: Path, row: str):
    staff_list = checked(tmp_path, f"id,name,email,roles\n{row}\n")

    assert staff_list.people == ()
    assert "only looks like" in staff_list.problems[0].says
