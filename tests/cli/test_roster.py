"""The staff list from a terminal: a file is tried by hand, and a change that waits is confirmed on the server."""

import json
from pathlib import Path

import pytest

from bot.tenant.staff_file import FileRoster
from tests.cli.terminal import Outcome, command, process

HEADER = "id,name,email,account,roles\n"
TEACHERS = "".join(f"t{number},Teacher {number},,,staff\n" for number in range(10))
IT = "it1,The IT lead,,i1,staff it\n"


def list_file(folder: Path, text: str, name: str = "list.csv") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_list_is_tried_as_json_without_school_store_or_data_folder(tmp_path: Path):
    file = list_file(tmp_path, HEADER + "t1,A Teacher,a@school.example,,staff it\n\nt2,B Teacher,,,wizard\n")
    nowhere = str(tmp_path / "none")
    outcome = process("roster", "check", file, "--json", STAFFROOM_DATA=nowhere, STAFFROOM_POLICIES=nowhere)

    assert (outcome.status, outcome.err) == (0, "")
    reply = json.loads(outcome.out)
    assert set(reply) == {"people", "problems"}
    assert reply["people"] == [{"id": "t1", "name": "A Teacher", "email": "a@school.example", "roles": ["it", "staff"]}]
    (problem,) = reply["problems"]
    assert problem["line"] == 4 and "'wizard' is not a valid role" in problem["says"]
    assert not Path(nowhere).exists()


def test_a_list_is_tried_in_plain_words(tmp_path: Path):
    file = list_file(
        tmp_path, "Name,Email,Staff ID,Role,Phone\nA Teacher,a@school.example,7,Teacher,1\nB,,8,Wizard,2\n"
    )
    outcome = command("roster", "check", file)

    assert outcome.status == 0
    assert "7           A Teacher  (staff)" in outcome.out
    assert "line 3: 'wizard' is not a role or a job known here" in outcome.out
    assert "Nothing is taken from the columns Phone." in outcome.out
    assert "People: 1. Problems: 1. Staffroom would not take this list." in outcome.out


@pytest.mark.parametrize("name", ["gone.csv", "", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, name: str):
    arguments = ["roster", "check", str(tmp_path / name)] if name else ["roster", "check"]
    outcome = command(*arguments, "--json")

    assert (outcome.status, outcome.out) == (1, "")
    assert len(outcome.err.strip().splitlines()) == 1


def on_the_server(folder: Path, *arguments: str) -> Outcome:
    return command(*arguments, STAFFROOM_DATA=str(folder), STAFFROOM_APP_ID="app")


def test_a_change_that_waits_is_confirmed_on_the_server_by_those_who_may(tmp_path: Path):
    file = tmp_path / "staff.csv"
    file.write_text(HEADER + IT + TEACHERS)
    roster = FileRoster(file)
    file.write_text(HEADER + IT)
    assert roster.waiting
    mark = roster.waiting.digest

    assert "Only the IT lead can" in on_the_server(tmp_path, "roster", "confirm", mark, "--as", "t1").err
    assert "Nobody on the accepted staff list" in on_the_server(tmp_path, "roster", "confirm", mark, "--as", "x").err
    assert "Who confirms it?" in on_the_server(tmp_path, "roster", "confirm", mark).err
    shown = on_the_server(tmp_path, "roster", "confirm", "--as", "it1").out
    assert f"roster confirm {mark} --as it1" in shown and "10 people would go" in shown
    assert len(roster.people()) == 11

    assert "has 1 people" in on_the_server(tmp_path, "roster", "confirm", mark, "--as", "it1").out
    assert len(roster.people()) == 1
    assert "No change" in on_the_server(tmp_path, "roster", "confirm", mark, "--as", "it1").out
