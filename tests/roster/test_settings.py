"""Which groups the staff list comes from: the section [graph] of school.toml."""

from typing import Any

import pytest

from bot.errors import PolicyFileError
from bot.people.rules.person import Role
from bot.policies import SchoolTables
from bot.roster.rules.directory import Source, Sources
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


def test_domains_and_user_groups_of_slack_are_read():
    assert slack_people(of_slack({})).domains == ()
    assert slack_people(of_slack({"domains": ["School.sch.uk"]})).domains == ("school.sch.uk",)
    people = slack_people(
        of_slack({"staff": ["S0STAFF"], "it": ["S0ITLEAD"], "pupils": ["S0PUP"], "excluded": ["U0A"]})
    )

    assert people.sources.groups == {Role.STAFF: ("S0STAFF",), Role.IT: ("S0ITLEAD",)}
    assert (people.sources.pupils, people.sources.excluded) == (("S0PUP",), frozenset({"U0A"}))
    assert people.sources.source is Source.SLACK and people.reads_groups


def test_a_workspace_without_user_groups_can_be_staff_as_a_whole_and_needs_no_scope_for_groups():
    people = slack_people(of_slack({"staff": ["members"]}))

    assert people.sources.is_on and not people.reads_groups


@pytest.mark.parametrize(
    ("slack", "sentence"),
    [
        ({"domains": ["@school.sch.uk"]}, r"not such as school\.sch\.uk"),
        ({"teachers": ["S0STAFF"]}, "'teachers' is neither a role nor a setting"),
        ({"staff": "S0STAFF"}, "staff must be a list of texts"),
        ({"staff": ["s0staff"]}, "not the id of a user group of Slack"),
        ({"staff": ["@teachers"]}, "not the id of a user group of Slack"),
        ({"head": ["members"]}, '"members" is for staff only'),
        ({"staff": ["S0STAFF"], "excluded": ["u0a"]}, "'u0a' is not a member ID of Slack"),
    ],
)
def test_a_mistake_in_the_section_of_slack_names_its_field(slack: dict[str, Any], sentence: str):
    with pytest.raises(PolicyFileError, match=sentence) as error:
        slack_people(of_slack(slack))

    assert str(error.value).startswith("school.toml: slack: ")


def test_who_works_here_comes_from_microsoft_or_from_slack_never_from_both():
    both = SchoolTables("school", "School", {"slack": {"staff": ["S0STAFF"]}, "graph": {"it": ["g"]}}, (), {}, {}, {})

    with pytest.raises(PolicyFileError, match="comes from one place"):
        slack_people(both)
