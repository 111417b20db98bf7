"""The staff list, as schools really make it, and what becomes of a new one that is wrong or in doubt."""

import json
from pathlib import Path

import pytest

from bot.errors import BadInput, SettingsError
from bot.people.rules.person import Person, Role
from bot.tenant.staff_file import ACCEPTED_FILE, FileRoster

HEADER = "id,name,email,account,roles\n"


def roster(tmp_path: Path, text: str, encoding: str = "utf-8") -> FileRoster:
    file = tmp_path / "staff.csv"
    file.write_bytes(text.encode(encoding))
    return FileRoster(file)


def teachers(number: int, *others: str) -> str:
    rows = [f"t{index},Teacher {index},t{index}@school.example,,staff\n" for index in range(number)]
    return HEADER + "".join([*rows, *(f"{row}\n" for row in others)])


def ids(people: tuple[Person, ...]) -> list[str]:
    return [person.id for person in people]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_people_are_read_with_spaces_and_capitals_put_right(tmp_path: Path, encoding: str):
    rows = HEADER + 't1,"Teacher, a", A@school.example ,  ABC-1 ,staff head\nv1,A volunteer,,,volunteer\n'
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
        ("id;name;email;roles\n;A;;staff\n", "line 2: the id is missing"),
        (HEADER + "t1,A\n", "line 2: there are fewer columns"),
        (HEADER + "t1,Teacher, a,a@x,acc,staff\n", "line 2: there are more columns"),
        (HEADER + "t1,A,,a@school.example,staff\n", "line 2: 'a@school.example' is not the id of an account"),
        (HEADER + "t1,A,,n/a,staff\n", "line 2: 'n/a' is not the id of an account"),
        (HEADER + ",A,,acc,staff\n", "line 2: the id is missing"),
        (HEADER + "t1,,,acc,staff\n", "line 2: the name is missing"),
        (HEADER + "t1,A,not an address,,staff\n", "line 2: 'not an address' is not an e-mail address"),
        (HEADER + "t1,A,,acc,staff\nt1 ,B,,other,staff\n", "line 3: the id 't1' is there twice, first in line 2"),
        (HEADER + "t1,A,,acc,staff\nT1,B,,other,staff\n", "line 3: the id 't1' is there twice"),
        (HEADER + "t1,A,,acc,staff\nt2,B,,ACC,staff\n", "line 3: the account 'acc' is there twice"),
        (HEADER + "t1,A,x@s.example,,staff\nt2,B,X@s.example,,staff\n", "'x@s.example' is there twice"),
        (HEADER + 't1,"A,,acc,staff\nt2,B,,b,staff\n', "line 2: a quotation mark is opened and not closed"),
        (HEADER + "t1,A,,acc,deputy head\n", "line 2: 'deputy head' is one job and two roles"),
    ],
)
def test_a_list_with_a_mistake_is_refused_with_its_line(tmp_path: Path, rows: str, sentence: str):
    with pytest.raises(SettingsError, match=r"^staff\.csv") as error:
        roster(tmp_path, rows)

    assert sentence in str(error.value)


@pytest.mark.parametrize("role", ["teacher", "wizard", "Headteacher"])
def test_a_role_that_is_not_ours_is_refused_with_the_valid_ones(tmp_path: Path, role: str):
    with pytest.raises(SettingsError) as error:
        roster(tmp_path, HEADER + f"t1,A,,acc,{role}\n")

    assert f"line 2: '{role}' is not a valid role; the roles are {', '.join(Role)}" in str(error.value)


def test_a_list_of_another_encoding_is_read_and_none_is_refused(tmp_path: Path):
    (person,) = roster(tmp_path, HEADER + "t1,Café,,acc,staff\n", "cp1252").people()
    assert person.name == "Café"

    with pytest.raises(SettingsError, match="cannot be read"):
        FileRoster(tmp_path / "no folder" / "gone.csv")


def test_a_changed_list_is_read_again_and_one_with_a_mistake_changes_nothing(tmp_path: Path):
    file = tmp_path / "staff.csv"
    staff = roster(tmp_path, HEADER + "t1,A,,acc,staff\n")
    assert ids(staff.people()) == ["t1"]

    file.write_text(HEADER + "t1,A,,acc,staff\nt2,B,,,volunteer\n")
    assert ids(staff.people()) == ["t1", "t2"]

    file.write_text("broken")
    assert ids(staff.people()) == ["t1", "t2"]
    assert staff.problem
    file.unlink()
    assert ids(staff.people()) == ["t1", "t2"]

    file.write_text(HEADER + "t1,A,,acc,staff\nt2,B,,,volunteer\nt3,C,,,staff\n")
    assert ids(staff.people()) == ["t1", "t2", "t3"]
    assert not staff.problem


def test_a_list_that_is_wrong_or_gone_at_the_start_leaves_the_last_accepted_one(tmp_path: Path):
    staff = roster(tmp_path, teachers(3))
    accepted = staff.people()

    for text in ("broken", teachers(3) + "t9,X,,,wizard\n", ""):
        assert roster(tmp_path, text).people() == accepted
    (tmp_path / "staff.csv").unlink()
    assert FileRoster(tmp_path / "staff.csv").people() == accepted


def test_the_accepted_list_comes_back_as_it_was(tmp_path: Path):
    header = "id,name,email,account,roles,days,hours,starts,ends,about\n"
    row = "d1,A Deputy,d@school.example,abc,staff deputy:2027-08-31,Mon Tue,08:30-15:15,01/09/2020,31/08/2028,Note\n"
    people = roster(tmp_path, header + row).people()

    assert roster(tmp_path, "broken").people() == people
    assert (tmp_path / ACCEPTED_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        (teachers(30), teachers(25), False),
        (teachers(30), teachers(24), True),
        (teachers(10), teachers(8), False),
        (teachers(10), teachers(7), True),
        (teachers(3), teachers(2), True),
        (teachers(10), teachers(10).replace(",staff\n", ",volunteer\n", 2), False),
        (teachers(10), teachers(10).replace(",staff\n", ",volunteer\n", 3), True),
        (teachers(10), teachers(8).replace(",staff\n", ",volunteer\n", 1), True),
        (teachers(10), teachers(40), False),
        (teachers(10), teachers(10, "h1,A Head,h@school.example,,staff head"), True),
        (teachers(10), teachers(10).replace(",staff\n", ",staff office\n", 1), True),
        (teachers(10, "h1,A,h@school.example,,head"), teachers(10, "h1,A,x@school.example,,head"), True),
        (teachers(10, "h1,A,h@school.example,,head"), teachers(10, "h1,A,h@school.example,abc,head"), True),
        (teachers(10, "d1,A,,,deputy"), teachers(10, "d1,A,,,deputy:2027-08-31"), True),
        (teachers(10), teachers(10).replace("Teacher 3,t3@", "New Name,new@"), True),
        (teachers(10), teachers(10).replace("Teacher 3,", "New Name,"), False),
    ],
)
def test_a_large_change_or_a_leading_role_waits_until_it_is_confirmed(
    tmp_path: Path, before: str, after: str, waits: bool
):
    accepted = roster(tmp_path, before).people()
    staff = roster(tmp_path, after)

    assert (staff.waiting is not None) == waits
    assert (staff.people() == accepted) == waits
    assert (FileRoster(tmp_path / "staff.csv").waiting is not None) == waits  # also after a restart
    if staff.waiting:
        staff.confirm(staff.waiting.digest)
        assert staff.people() != accepted
        assert roster(tmp_path, "broken").people() == staff.people()


def test_only_the_change_that_was_shown_is_confirmed(tmp_path: Path):
    staff = roster(tmp_path, teachers(10))
    roster(tmp_path, teachers(3))
    assert staff.waiting
    shown = staff.waiting.digest

    (tmp_path / "staff.csv").write_text(teachers(2))
    with pytest.raises(BadInput, match="has changed since"):
        staff.confirm(shown)
    assert len(staff.people()) == 10


def test_a_running_bot_takes_over_what_a_command_on_the_server_confirmed(tmp_path: Path):
    running = roster(tmp_path, teachers(10))
    (tmp_path / "staff.csv").write_text(teachers(3))
    assert len(running.people()) == 10

    command = FileRoster(tmp_path / "staff.csv", writes=False)
    assert command.waiting
    command.confirm(command.waiting.digest)

    assert len(running.people()) == 3
    assert running.waiting is None


def test_deleting_the_accepted_list_beside_a_running_bot_lets_nothing_through(tmp_path: Path):
    running = roster(tmp_path, teachers(10))
    (tmp_path / "staff.csv").write_text(teachers(3))
    (tmp_path / ACCEPTED_FILE).unlink()

    assert len(running.people()) == 10
    assert len(FileRoster(tmp_path / "staff.csv").people()) == 10


def test_a_reader_beside_a_running_bot_writes_nothing(tmp_path: Path):
    (tmp_path / "staff.csv").write_text(teachers(3))

    assert len(FileRoster(tmp_path / "staff.csv", writes=False).people()) == 3
    assert not (tmp_path / ACCEPTED_FILE).exists()


def test_a_person_known_by_their_address_keeps_their_id(tmp_path: Path):
    roster(tmp_path, teachers(6))
    rows = [f"Teacher {n},t{n}@school.example,9{n},Teacher\n" for n in range(7)]
    people = roster(tmp_path, "Name,Email,Staff ID,Role\n" + "".join(rows)).people()

    assert ids(people) == ["t0", "t1", "t2", "t3", "t4", "t5", "96"]


def test_an_id_is_never_given_to_somebody_else_while_its_owner_is_known(tmp_path: Path):
    accepted = roster(tmp_path, teachers(10)).people()
    rows = teachers(10).replace("t3,", "x3,") + "t3,A new one,n@school.example,,staff\n"
    staff = roster(tmp_path, rows)

    assert staff.people() == accepted
    assert "the id 't3' is the id of somebody else" in staff.problem


@pytest.mark.parametrize("content", ["", "{", "[]", '{"people": [{}]}', '{"people": [[]]}'])
def test_a_damaged_accepted_list_says_what_to_do(tmp_path: Path, content: str):
    (tmp_path / ACCEPTED_FILE).write_text(content)

    with pytest.raises(SettingsError, match=r"^staff-accepted\.json is damaged: put a copy"):
        roster(tmp_path, teachers(3))


def test_the_accepted_list_is_kept_beside_the_file(tmp_path: Path):
    roster(tmp_path, teachers(1))

    assert json.loads((tmp_path / ACCEPTED_FILE).read_text())["people"][0]["id"] == "t0"


def test_a_list_that_is_brought_is_guarded_like_any_other_and_the_one_before_is_kept(tmp_path: Path):
    file = tmp_path / "staff.csv"
    first = b"id,name,email,roles\na1,Anna,anna@school.example,staff\nh1,Hana,hana@school.example,head\n"
    file.write_bytes(first)
    roster = FileRoster(file)

    roster.bring(first + b"b1,Ben,ben@school.example,staff\n")
    assert [person.name for person in roster.people()] == ["Anna", "Hana", "Ben"]
    assert (tmp_path / "staff-before.csv").read_bytes() == first

    roster.bring(first.replace(b"Anna,anna@school.example,staff", b"Anna,anna@school.example,staff head"))
    assert roster.waiting
    assert [person.name for person in roster.people()] == ["Anna", "Hana", "Ben"]


def test_the_demo_takes_no_list_that_is_brought(tmp_path: Path):
    file = tmp_path / "staff.csv"
    file.write_bytes(b"id,name,email,roles\na1,Anna,anna@school.example,staff\n")

    with pytest.raises(BadInput, match="demo"):
        FileRoster(file, keeps=False).bring(b"id,name,email,roles\n")

    assert b"Anna" in file.read_bytes()


@pytest.mark.parametrize(
    "row",
    [
        "t2,B,\u212aim@example.sch.uk,,staff",  # a Kelvin sign, which Unicode's composition turns into a K
        "t2,B,a\u1fefb@example.sch.uk,,staff",
        "t2,B,ki\u200bm@example.sch.uk,,staff",
        "\u212a2,B,,,staff",
        "t\u200b2,B,,,staff",
        "t2,B,,acc\u2060ount,staff",
    ],
)
def test_what_people_are_joined_by_is_not_made_of_what_only_looks_like_it(tmp_path: Path, row: str):
    with pytest.raises(SettingsError, match=r"line 3: .* cannot be seen or only looks like a letter"):
        roster(tmp_path, f"id,name,email,account,roles\nh1,A,head@example.sch.uk,,head staff\n{row}\n")


def test_what_copying_leaves_around_an_address_is_no_part_of_it(tmp_path: Path):
    people = roster(
        tmp_path, "id,name,email,account,roles\nh1,A,\u00a0\ufeffhead@example.sch.uk\u200b,,head staff\n"
    ).people()

    assert people[0].email == "head@example.sch.uk"


@pytest.mark.parametrize("name", ["\u3164", "\u2800\u115f", "\uffa0 \u200d"])
def test_a_name_that_nobody_sees_is_none(tmp_path: Path, name: str):
    rows = f"id,name,email,account,roles\nt1,{name},a@school.example,,staff\n"

    with pytest.raises(SettingsError, match="line 2: "):
        roster(tmp_path, rows)
