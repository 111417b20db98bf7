"""Which groups the staff list comes from: the section [graph] of school.toml."""

from typing import Any

import pytest

from bot.errors import PolicyFileError
from bot.people.rules.person import Role
from bot.policies import SchoolTables
from bot.roster.rules.directory import Sources
from bot.roster.settings import roster_settings, slack_people


def tables(**graph: Any) -> SchoolTables:
    return SchoolTables("school", "School", {"graph": graph} if graph else {}, (), {}, {}, {})


def test_without_the_section_nothing_comes_from_groups():
    settings = roster_settings(tables())

    assert settings == Sources()
    assert not settings.is_on


def test_groups_pupils_and_switches_are_read():
    settings = roster_settings(
        tables(staff=["g1", "g2"], head=["g3"], it=[], pupils=["p"], excluded=["ROOM"], app="a", toasts=True)
    )

    assert settings.groups == {Role.STAFF: ("g1", "g2"), Role.HEAD: ("g3",)}
    assert (settings.pupils, settings.excluded) == (("p",), frozenset({"room"}))
    assert (settings.installs, settings.notifies) == (False, True)


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        ({"teachers": ["g"]}, "'teachers' is neither a role nor a setting"),
        ({"installs": True}, "app must be the id of Staffroom"),
        ({"toasts": True}, "app must be the id of Staffroom"),
        ({"staff": "g"}, "staff must be a list of texts"),
        ({"excluded": [1]}, "excluded must be a list of texts"),
    ],
)
def test_a_mistake_names_its_field(graph: dict[str, Any], sentence: str):
    with pytest.raises(PolicyFileError, match=r"^school\.toml: graph: ") as error:
        roster_settings(tables(**graph))

    assert sentence in str(error.value)


def test_an_excluded_account_that_is_no_id_is_named_because_it_would_exclude_nobody():
    with pytest.raises(PolicyFileError, match=r"excluded: 'room\\u200b' is not the id of an account"):
        roster_settings(tables(staff=["g"], excluded=["room\u200b"]))


def of_slack(section: dict[str, Any]) -> SchoolTables:
    return SchoolTables("school", "School", {"slack": section}, (), {}, {}, {})


def test_domains_of_slack_are_read_and_a_roster_from_slack_is_refused_plainly():
    assert slack_people(of_slack({})).domains == ()
    assert slack_people(of_slack({"domains": ["School.sch.uk"]})).domains == ("school.sch.uk",)
    with pytest.raises(PolicyFileError, match=r"cannot come from Slack yet.*take out 'staff'"):
        slack_people(of_slack({"staff": ["S0STAFF"]}))
    with pytest.raises(PolicyFileError, match=r"not such as school\.sch\.uk"):
        slack_people(of_slack({"domains": ["@school.sch.uk"]}))
