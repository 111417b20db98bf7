"""A staff list that an old Mac's Excel saved is read rightly, or refused with how to save it."""

import pytest

from bot.errors import SettingsError
from bot.roster.rules.staff_list import read_staff_list
from bot.tenant.table_file import table_rows

HEADER = "id,name,email,account,roles,days,starts"
NAMES = [
    "Jos\u00e9 M\u00fcller",
    "Zo\u00eb O\u2019Brien",
    "Ren\u00e9e \u00c5str\u00f6m",
    "Si\u00e2n Ch\u00e1vez",
    "Fran\u00e7ois N\u00fa\u00f1ez",
    "\u00c9dith \u00dcnal",
    "\u00c1ngel Ruiz",
    "Se\u00e1n \u00d3 N\u00e9ill",
    "Chlo\u00eb",
    "Ruair\u00ed",
    "Jes\u00fas Ni\u00f1o",
    "GARC\u00cdA",
    "Ann Lee \u2013 Smith",
]


def staff_list(names: list[str], line_end: str) -> str:
    rows = [f"t{number},{name},t{number}@school.example,,staff,Mon-Fri," for number, name in enumerate(names)]
    return line_end.join([HEADER, *rows, ""])


def names_in(content: bytes) -> list[str]:
    return [person.name for person in read_staff_list(table_rows(content, "staff.csv")).people]


def test_a_list_in_mac_roman_with_the_macs_line_ends_is_read_rightly():
    assert names_in(staff_list(NAMES, "\r").encode("mac_roman")) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_one_with_other_line_ends_is_refused_and_never_read_wrongly(name: str, line_end: str):
    with pytest.raises(SettingsError, match="save it as CSV UTF-8"):
        names_in(staff_list([name], line_end).encode("mac_roman"))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_same_names_as_windows_saves_them_are_read_as_before(encoding: str, line_end: str):
    names = [*NAMES, "\u00c9lodie D\u2019Arcy", "ZO\u00cb \u00d5UNPUU", "\u0160\u00e1rka \u017di\u017eka"]
    names += ["Mac\u00c9wan", "O\u2019\u00c9ireann", "Jean d\u2019\u00c9t\u00e9", "B\u0153uf"]

    assert names_in(staff_list(names, line_end).encode(encoding)) == names


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_macs_line_ends_alone_do_not_make_the_letters_a_macs(encoding: str):
    assert names_in(staff_list(NAMES, "\r").encode(encoding)) == NAMES


def test_polish_letters_read_as_windows_pound_signs_are_refused():
    with pytest.raises(SettingsError, match="save it as CSV UTF-8"):
        names_in(staff_list(["\u0141ukasz W\u00f3jcik"], "\n").encode("iso8859-2"))
