"""The staff list from groups, kept in the data folder: the last one that was adopted stays in force."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.errors import SettingsError, StoreError
from bot.people.rules.person import Person, Role
from bot.roster.rules.directory import Account, Directory, DirectoryEntry, LeftOut
from bot.tenant.group_roster import GroupRoster

ROW = Person("t1", "A row", "anna@school.example", "", frozenset({Role.STAFF}), days=frozenset({0, 1}))
ANNA = DirectoryEntry(Account("a1", "Anna Archer", "anna@school.example", ""), frozenset({Role.HEAD}), "t1")
ADOPTED = Directory({"a1": ANNA}, (LeftOut("A guest", "is a guest of the tenant"),))


@dataclass
class Rows:
    listed: tuple[Person, ...] = (ROW,)

    def people(self) -> tuple[Person, ...]:
        return self.listed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "directory.json"


def test_until_a_first_sync_the_schools_own_list_counts(file: Path):
    roster = GroupRoster(Rows(), file)

    assert roster.people() == roster.rows() == (ROW,)
    assert roster.directory == Directory()


def test_what_was_adopted_is_joined_with_the_rows_and_outlives_a_restart(file: Path):
    GroupRoster(Rows(), file).adopt(ADOPTED)
    roster = GroupRoster(Rows(), file)

    assert roster.directory == ADOPTED
    (anna,) = roster.people()
    assert (anna.id, anna.name, anna.account, anna.days) == ("t1", "Anna Archer", "a1", {0, 1})
    assert anna.roles == {Role.STAFF, Role.HEAD}


def test_people_are_joined_again_only_when_something_changed(file: Path):
    rows = Rows()
    roster = GroupRoster(rows, file)
    roster.adopt(ADOPTED)
    assert roster.people() is roster.people()

    rows.listed = (*rows.listed, Person("v1", "A volunteer", "", "", frozenset({Role.VOLUNTEER})))
    assert [person.id for person in roster.people()] == ["t1", "v1"]


def test_a_list_that_cannot_be_kept_changes_nothing(tmp_path: Path):
    roster = GroupRoster(Rows(), tmp_path / "no-such-folder" / "directory.json")

    with pytest.raises(StoreError, match="could not be kept"):
        roster.adopt(ADOPTED)
    assert roster.directory == Directory()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"people": [{}], "left_out": []}', '{"people": []}'])
def test_a_damaged_file_says_what_to_do(file: Path, content: str):
    file.write_text(content)

    with pytest.raises(SettingsError, match=r"^directory\.json is damaged: delete it"):
        GroupRoster(Rows(), file)


def test_only_this_account_may_read_the_file(file: Path):
    GroupRoster(Rows(), file).adopt(ADOPTED)

    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["people"][0]["person"] == "t1"


def test_a_name_with_half_a_character_is_kept_and_read_again(file: Path):
    odd = DirectoryEntry(Account("a1", "Anna \ud800", "", "sign\ud800in"), frozenset({Role.STAFF}), "a1")

    GroupRoster(Rows(), file).adopt(Directory({"a1": odd}))

    assert GroupRoster(Rows(), file).directory.entries == {"a1": odd}
