"""Which permissions of Microsoft Graph the school's own choices need, lack, or could do without."""

from bot.rules.directory import Sources
from bot.rules.people import Role
from bot.rules.tiers import spare, tiers

ALL = Sources(groups={Role.STAFF: ("g",)}, app="a", installs=True, toasts=True)


def missing(sources: Sources, *held: str) -> dict[str, list[str]]:
    return {one.name: one.missing(frozenset(held)) for one in tiers(sources) if one.is_on}


def test_each_tier_names_the_least_permission_it_lacks():
    assert missing(ALL, "User.Read.All") == {
        "roster from groups": ["GroupMember.Read.All"],
        "installs for people": ["TeamsAppInstallation.ReadWriteSelfForUser.All"],
        "toasts in the feed": ["TeamsActivity.Send", "TeamsAppInstallation.ReadWriteSelfForUser.All"],
    }


def test_a_larger_permission_stands_in_for_a_smaller_one():
    held = ("Directory.Read.All", "TeamsAppInstallation.ReadWriteForUser.All", "TeamsActivity.Send")
    assert not any(missing(ALL, *held).values())


def test_what_no_tier_that_is_on_needs_is_spare():
    only_roster = Sources(groups={Role.STAFF: ("g",)})
    assert spare(only_roster, frozenset({"User.Read.All", "Mail.Send"})) == ["Mail.Send"]
    assert spare(Sources(), frozenset({"User.Read.All"})) == ["User.Read.All"]
    assert missing(Sources()) == {}
