"""The staff list, as schools really make it."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.people.rules.person import Role
from bot.tenant.staff_file import FileRoster

HEADER = "id,name,email,account,roles\n"


def roster(tmp_path: Path, text: str, encoding: str = "utf-8") -> FileRoster:
    file = tmp_path / "staff.csv"
    file.write_bytes(text.encode(encoding))
    return FileRoster(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_people_are_read_with_spaces_and_capitals_put_right(tmp_path: Path, encoding: str):
    rows = HEADER + 't1,"Teacher, a", a@school.example ,  ABC-1 ,staff head\nv1,A volunteer,,,volunteer\n'
    first, second = roster(tmp_path, rows, encoding).people()

    assert (first.name, first.email, first.account) == ("Teacher, a", "a@school.example", "abc-1")
    assert first.roles == {Role.STAFF, Role.HEAD}
    assert second.account == ""


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("", "names nobody"),
        (HEADER, "names nobody"),
        ("id;name\n", "names nobody"),
        ("id;name;email;account;roles\nt1;A;;;staff\n", "line 1: the column 'id' is missing"),
        (HEADER + "t1,A\n", "line 2: there are fewer columns"),
        (HEADER + "t1,Teacher, a,a@x,acc,staff\n", "line 2: there are more columns"),
        (HEADER + "t1,A,,a@school.example,staff\n", "line 2: 'a@school.example' is not the id of an account"),
        (HEADER + "t1,A,,n/a,staff\n", "line 2: 'n/a' is not the id of an account"),
        (HEADER + ",A,,acc,staff\n", "line 2: the id is missing"),
        (HEADER + "t1,A,,acc,teacher\n", "line 2: 'teacher' is not a valid Role"),
        (HEADER + "t1,A,,acc,staff\nt1 ,B,,other,staff\n", "the id 't1' is there twice"),
        (HEADER + "t1,A,,acc,staff\nt2,B,,ACC,staff\n", "the account 'acc' is there twice"),
        (HEADER + 't1,"A,,acc,staff\nt2,B,,b,staff\n', "cannot be read"),
    ],
)
def test_a_list_with_a_mistake_is_refused_with_its_line(tmp_path: Path, rows: str, sentence: str):
    with pytest.raises(SettingsError, match=r"^staff\.csv") as error:
        roster(tmp_path, rows)

    assert sentence in str(error.value)


def test_a_list_of_another_encoding_or_none_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be read"):
        roster(tmp_path, HEADER + "t1,Café,,acc,staff\n", "latin-1")
    with pytest.raises(SettingsError, match="cannot be read"):
        FileRoster(tmp_path / "gone.csv")


def test_a_changed_list_is_read_again_and_one_with_a_mistake_changes_nothing(tmp_path: Path):
    file = tmp_path / "staff.csv"
    staff = roster(tmp_path, HEADER + "t1,A,,acc,staff\n")
    assert [person.id for person in staff.people()] == ["t1"]

    file.write_text(HEADER + "t1,A,,acc,staff\nt2,B,,,volunteer\n")
    assert [person.id for person in staff.people()] == ["t1", "t2"]

    file.write_text("broken")
    assert [person.id for person in staff.people()] == ["t1", "t2"]
    file.unlink()
    assert [person.id for person in staff.people()] == ["t1", "t2"]

    file.write_text(HEADER + "t3,C,,acc,staff\n")
    assert [person.id for person in staff.people()] == ["t3"]
