"""Staff lists as spreadsheets, Arbor, SIMS, Bromcom and Microsoft 365 save them. Rows are roles, nobody's names."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.people.rules.person import Person, Role
from bot.roster.rules.staff_list import StaffList
from bot.tenant.staff_file import check_file

OWN = "id,name,email,account,roles\nt1,A Teacher,a@school.example,,staff\nt2,B Teacher,b@school.example,,staff it\n"
MICROSOFT = (
    "Block credential,City,Department,Display name,First name,Last name,Object Id,Title,Usage location,"
    "User principal name\n"
    "False,Lancaster,,A Teacher,A,Teacher,1F2E-0a,Class teacher,GB,A.Teacher@school.example\n"
    "False,,Office,B Manager,B,Manager,1f2e-0b,School Business Manager,GB,b.manager@school.example\n"
    "True,,,C Leaver,C,Leaver,1f2e-0c,,GB,c.leaver@school.example\n"
    "False,,,D Guest,,,1f2e-0d,,GB,d_other.example#EXT#@school.example\n"
)
ENTRA = (
    "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,jobTitle,accountEnabled\n"
    "a@school.example,A Teacher,Teacher,a.teacher@school.example,A,0a-1,Member,Teacher,True\n"
    "b@school.example,B Teacher,Teacher,,B,0a-2,Member,,False\n"
    "c@other.example,C Guest,,,,0a-3,Guest,,True\n"
)
ARBOR = (
    "Arbor ID,Staff ID,Name,Email,Role,Start date,End date\n"
    "101,7,A Teacher,a@school.example,Teacher,01/09/2019,\n"
    '102,8,B Assistant,b@school.example,"Teaching assistant, Governor",1 Sep 2021,31/08/2027\n'
    "103,9,C Head,c@school.example,Headteacher,01 September 2015,\n"
)
SIMS = (
    "Staff Contact Report\nGenerated on 01/09/2026 08:15\n\n"
    "Surname,Forename,Legal Surname,Title,Work Email,Staff Code,Employment start date,,\n"
    "Teacher,A,Teacher-Maiden,Mrs,a@school.example,AT,01/09/2019,,\n"
    ",,,,,,,,\n"
    "Cook,B,Cook,Mr,b@school.example,,03/11/2021,,\n"
    "Total: 2,,,,,,,,\n"
)
BROMCOM = (
    "sep=;\r\n"
    '"Staff Code";"Preferred Forename";"Preferred Surname";"Email Address";"Post";"Date of Arrival"\r\n'
    '="007";"A";"Teacher";"a@school.example";"HLTA";"1/9/19"\r\n'
    '="008";"B";"Teacher";"b@school.example";"Midday Supervisor";"2021-11-03 00:00:00"\r\n'
    "\r\nNumber of records: 2\r\n"
)


def checked(tmp_path: Path, content: str | bytes) -> StaffList:
    file = tmp_path / "list.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_file(file)


def brief(people: tuple[Person, ...]) -> list[tuple[str, str, str, str]]:
    return [(p.id, p.name, p.email, " ".join(sorted(p.roles))) for p in people]


@pytest.mark.parametrize(
    ("text", "people", "left_out"),
    [
        (
            MICROSOFT,
            [
                ("1f2e-0a", "A Teacher", "a.teacher@school.example", "staff"),
                ("1f2e-0b", "B Manager", "b.manager@school.example", "staff"),
            ],
            [4, 5],
        ),
        (ENTRA, [("0a-1", "A Teacher", "a@school.example", "staff")], [3, 4]),
        (
            ARBOR,
            [
                ("7", "A Teacher", "a@school.example", "staff"),
                ("8", "B Assistant", "b@school.example", "governor staff"),
                ("9", "C Head", "c@school.example", "staff"),
            ],
            [],
        ),
        (
            SIMS,
            [
                ("AT", "A Teacher", "a@school.example", "staff"),
                ("b@school.example", "B Cook", "b@school.example", "staff"),
            ],
            [],
        ),
        (
            BROMCOM,
            [
                ("007", "A Teacher", "a@school.example", "staff"),
                ("008", "B Teacher", "b@school.example", "staff"),
            ],
            [],
        ),
    ],
    ids=["Microsoft 365", "Entra", "Arbor", "SIMS", "Bromcom"],
)
def test_the_exports_of_the_systems_schools_use_are_taken(
    tmp_path: Path, text: str, people: list[tuple[str, str, str, str]], left_out: list[int]
):
    staff_list = checked(tmp_path, text)

    assert brief(staff_list.people) == people
    assert staff_list.problems == ()
    assert [row.line for row in staff_list.left_out] == left_out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_separator_and_line_ending_is_read(tmp_path: Path, encoding: str, separator: str, ending: str):
    text = OWN.replace("A Teacher", "Renée Teacher").replace(",", separator).replace("\n", ending)
    staff_list = checked(tmp_path, text.encode(encoding))

    assert brief(staff_list.people) == [
        ("t1", "Renée Teacher", "a@school.example", "staff"),
        ("t2", "B Teacher", "b@school.example", "it staff"),
    ]
    assert not staff_list.problems


@pytest.mark.parametrize(
    "text",
    [
        OWN.replace("\n", ",,,\n"),  # trailing columns without a name
        OWN + ",,,,\n,,,,\n",  # rows of bare commas
        "\n\n" + OWN.replace("\n", "\n\n"),
        "Our staff\nPrinted on 01/09/2026,,,,\n" + OWN,
        OWN + "Total: 2\n",
        OWN + "Total,2,,,\n",
        OWN + '"Number of records: 2",,,,\n',
        OWN.replace("id,name,email,account,roles", " ID , Name,E-Mail,Account ,ROLES"),
        OWN.replace("id,name,email,account,roles", '"id","name","email","account","roles"'),
        OWN.replace("t2,", "id,name,email,account,roles\nt2,"),  # the header again, at the top of a page
        'sep=,\n"' + OWN[:-1].replace(",", '","').replace("\n", '"\n"') + '"',
    ],
)
def test_what_spreadsheets_add_is_left_out(tmp_path: Path, text: str):
    staff_list = checked(tmp_path, text)

    assert [person.id for person in staff_list.people] == ["t1", "t2"]
    assert not staff_list.problems


def test_lines_are_those_of_the_file_also_after_blank_lines_and_cells_of_several_lines(tmp_path: Path):
    text = (
        "Our staff\n\nid,name,email,account,roles,about\n"
        't1,A Teacher,,,staff,"one\ntwo\nthree"\n\n,,,,,\n'
        "t2,B Teacher,,,wizard,\n"
        't3,"C\nTeacher",,,staff,\n'
        "t4,D Teacher,,,wizard,\n"
    )
    staff_list = checked(tmp_path, text)

    assert [problem.line for problem in staff_list.problems] == [9, 12]
    assert [person.name for person in staff_list.people] == ["A Teacher", "C Teacher"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/09/2026", date(2026, 9, 1)),
        ("1/9/26", date(2026, 9, 1)),
        ("1.9.2026", date(2026, 9, 1)),
        ("01-09-2026", date(2026, 9, 1)),
        ("01-Sep-2026", date(2026, 9, 1)),
        ("01-Sep-26", date(2026, 9, 1)),
        ("1 September 2026", date(2026, 9, 1)),
        ("Tue 1st Sept 2026", date(2026, 9, 1)),
        ("2026-09-01", date(2026, 9, 1)),
        ("2026-09-01 00:00:00", date(2026, 9, 1)),
        ("2026-09-01T00:00:00", date(2026, 9, 1)),
        ("01/09/2026 00:00", date(2026, 9, 1)),
        ("03/11/99", date(1999, 11, 3)),
        ("", None),
        (
            "09/13/2026",
            "starts: '09/13/2026' is not a day; write it like 2027-08-31 or 31/08/2027; the day comes first",
        ),
        ("31/02/2026", "starts: '31/02/2026' is not a day"),
        ("29/02/2027", "is not a day"),
        ("46266", "is not a day"),
        ("1/9", "is not a day"),
        ("September 2026", "is not a day"),
        ("01/09/0026", "is not a day"),
        ("١/٩/٢٠٢٦", "is not a day"),
        ("today", "is not a day"),
    ],
)
def test_days_are_read_with_the_day_first_and_impossible_ones_are_problems(
    tmp_path: Path, text: str, day: date | str | None
):
    staff_list = checked(tmp_path, f"id,name,email,roles,starts\nt1,A Teacher,,staff,{text}\n")

    if isinstance(day, str):
        assert day in staff_list.problems[0].says and staff_list.problems[0].line == 2
    else:
        assert staff_list.people[0].starts == day


@pytest.mark.parametrize(
    ("job", "roles"),
    [
        ("", {Role.STAFF}),
        ("Teacher", {Role.STAFF}),
        ("Year 3 class teacher", {Role.STAFF}),
        ("HLTA", {Role.STAFF}),
        ("Headteacher", {Role.STAFF}),
        ("Head Teacher", {Role.STAFF}),
        ("Deputy Head", {Role.STAFF}),
        ("Head of Year", {Role.STAFF}),
        ("Head IT", {Role.STAFF}),
        ("Office staff", {Role.STAFF}),
        ("IT Technician", {Role.STAFF}),
        ("Designated Safeguarding Lead", {Role.STAFF}),
        ("Chair of Governors", {Role.GOVERNOR}),
        ("Teacher / Parent Governor", {Role.STAFF, Role.GOVERNOR}),
        ("Reading helper", {Role.VOLUNTEER}),
        ("head", {Role.HEAD}),
        ("staff head", {Role.STAFF, Role.HEAD}),
        ("staff, it", {Role.STAFF, Role.IT}),
        ("deputy:2027-08-31", {Role.DEPUTY}),
    ],
)
def test_a_job_gives_no_leading_role_unless_it_is_our_own_word(tmp_path: Path, job: str, roles: set[Role]):
    staff_list = checked(tmp_path, f'Name,Email,Staff ID,Role\nA Person,a@school.example,7,"{job}"\n')

    assert staff_list.people[0].roles == roles


@pytest.mark.parametrize("job", ["Head", "IT", "Office", "Deputy"])
def test_in_a_column_of_job_titles_our_own_words_are_titles_too(tmp_path: Path, job: str):
    staff_list = checked(tmp_path, f"Name,Email,Staff ID,Job title\nA Person,a@school.example,7,{job}\n")

    assert staff_list.people[0].roles == {Role.STAFF}


@pytest.mark.parametrize("job", ["Pupil", "Student", "Parent", "Contractor", "Wizard"])
def test_a_job_that_is_not_known_is_a_problem_that_lists_the_roles(tmp_path: Path, job: str):
    staff_list = checked(tmp_path, f"Name,Email,Staff ID,Role\nA Person,a@school.example,7,{job}\n")

    assert not staff_list.people
    assert f"write one of {', '.join(Role)}" in staff_list.problems[0].says


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("id,name,Contact mail,roles", "'email' is missing: rename the column 'Contact mail' to 'email'"),
        ("id,Teacher name,email,roles", "'name' is missing: rename the column 'Teacher name' to 'name'"),
        ("id,name,email,School post", "'roles' is missing: rename the column 'School post' to 'roles'"),
        ("id,Who,email,roles", "'name' is missing: rename the column with the name to 'name'"),
        ("Name,Staff ID,Work Email,Email Address", "the columns 'Work Email' and 'Email Address' could both be meant"),
        ("id,name,email,roles,roles", "the columns 'roles' and 'roles' could both be meant for 'roles'"),
        ("id,name,email,roles,hourss", "the column 'hourss' is not one of ours: if it is meant, rename it to 'hours'"),
    ],
)
def test_a_sentence_names_the_column_to_rename_and_those_that_were_found(tmp_path: Path, header: str, says: str):
    (problem,) = checked(tmp_path, f"{header}\n1,2,a@school.example,b@school.example,x\n").problems

    assert problem.line == 1
    assert says in problem.says
    assert problem.says.endswith("the columns found are " + ", ".join(repr(name) for name in header.split(",")))


def test_two_e_mail_columns_that_agree_or_the_sign_in_name_leave_no_doubt(tmp_path: Path):
    same = "Name,Work Email,Email Address\nA Teacher,a@school.example,A@school.example\nB Teacher,,b@school.example\n"
    assert not checked(tmp_path, same).problems

    sign_in = "Display name,Email,User principal name\nA Teacher,office@school.example,a@school.example\n"
    assert checked(tmp_path, sign_in).people[0].email == "a@school.example"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("t1,A Teacher,a@school.example,,staff,x", "more columns"),
        ("t1,Teacher, A,a@school.example,,staff", "more columns"),
        ("t1,A Teacher,a@school.example,staff", "fewer columns"),
        ("t1,a@school.example,A Teacher,,staff", "is not an e-mail address"),
        ("t1,123,a@school.example,,staff", "'123' is not a name"),
        ("1.2E+11,A Teacher,a@school.example,,staff", "was written by a spreadsheet"),
        ("t1,#REF!,a@school.example,,staff", "was written by a spreadsheet"),
        ("t 1,A Teacher,a@school.example,,staff", "'t 1' is not an id"),
        ("t1,A Tea\x07cher,a@school.example,,staff", "a character that cannot be read"),
        ('t1,A "Teacher,a@school.example,,staff', "a quotation mark too many"),
        ("t1," + "A" * 400 + ",a@school.example,,staff", "longer than 300 characters"),
    ],
)
def test_a_row_that_is_not_right_is_a_problem_and_the_others_are_read(tmp_path: Path, row: str, says: str):
    staff_list = checked(tmp_path, f"{OWN}{row}\nt9,Z Teacher,z@school.example,,staff\n".replace("t1,A T", "t0,A T", 1))

    assert [problem.line for problem in staff_list.problems] == [4]
    assert says in staff_list.problems[0].says
    assert [person.id for person in staff_list.people] == ["t0", "t2", "t9"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"PK\x03\x04 not a workbook",
            "is a workbook that cannot be read: open it in a spreadsheet and save it as CSV",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a workbook of an old Excel (.xls)"),
        (b"<html><table><tr><td>id</td></tr></table></html>", "is a page or a document, not a table"),
        (b"%PDF-1.7", "is a page or a document"),
        (b"\xef\xbb\xbfid,name\n\xff\xfe", "it is not a text"),
        (b"id,name\x00\n", "it is not a text"),
        (b"\x81\x8d\x8f", "it is not a text"),
        (b"x" * 5_000_001, "more than 5 MB"),
        (b"\n" * 2_501, "more than 2500 lines, and no school has so many staff"),
    ],
)
def test_what_is_no_table_is_refused_with_one_sentence(tmp_path: Path, content: bytes, says: str):
    with pytest.raises(SettingsError) as error:
        checked(tmp_path, content)

    assert says in str(error.value)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)
