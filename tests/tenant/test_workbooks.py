"""Staff lists as workbooks (.xlsx)."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from bot.errors import SettingsError
from bot.people.rules.person import Role
from bot.tenant.staff_file import check_file


def test_a_workbook_is_read_from_the_sheet_with_the_names_of_the_columns(tmp_path: Path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Nothing here"])
    sheet = workbook.create_sheet("Staff")
    for row in (
        ["Our staff"],
        [],
        ["Staff ID", "Name", "Email", "Role", "Start date"],
        [7, "A Teacher", "a@school.example", "Teacher", date(2026, 9, 1)],
        [8.0, "B Teacher", "b@school.example", "Wizard", None],
    ):
        sheet.append(row)
    workbook.save(tmp_path / "list.xlsx")
    staff_list = check_file(tmp_path / "list.xlsx")

    (person,) = staff_list.people
    assert (person.id, person.name, person.email, set(person.roles)) == (
        "7",
        "A Teacher",
        "a@school.example",
        {Role.STAFF},
    )
    assert person.starts == date(2026, 9, 1)
    assert [problem.line for problem in staff_list.problems] == [5]


def test_a_workbook_with_more_rows_than_any_school_has_staff_is_refused_and_not_cut(tmp_path: Path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["id", "name", "email", "roles"])
    for number in range(2_500):
        workbook.active.append([f"t{number}", "A Teacher", f"t{number}@school.example", "staff"])
    workbook.save(tmp_path / "many.xlsx")

    with pytest.raises(SettingsError, match="more than 2500 lines"):
        check_file(tmp_path / "many.xlsx")
