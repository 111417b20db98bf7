"""Which permissions of Microsoft Graph the school's own choices need, lack, or could do without."""

from dataclasses import replace

from bot.people.rules.person import Role
from bot.recordings.rules.timetable import TenantAccess, Timetable
from bot.roster.rules.directory import Sources
from bot.tenant.graph.permissions import unused_permissions, uses_of_graph

ALL = Sources(groups={Role.STAFF: ("g",)}, app="a", installs=True, notifies=True)


def missing(sources: Sources, *granted: str) -> dict[str, list[str]]:
    return {use.name: use.missing(frozenset(granted)) for use in uses_of_graph(sources) if use.is_on}


def test_each_use_names_the_smallest_permission_it_lacks():
    assert missing(ALL, "User.Read.All") == {
        "roster from groups": ["GroupMember.Read.All"],
        "installs for people": ["TeamsAppInstallation.ReadWriteSelfForUser.All"],
        "notifications in the feed": ["TeamsActivity.Send", "TeamsAppInstallation.ReadWriteSelfForUser.All"],
    }


def test_a_larger_permission_is_as_good_as_a_smaller_one():
    granted = ("Directory.Read.All", "TeamsAppInstallation.ReadWriteForUser.All", "TeamsActivity.Send")
    assert not any(missing(ALL, *granted).values())


def test_what_no_use_that_is_on_needs_is_spare():
    only_roster = Sources(groups={Role.STAFF: ("g",)})
    assert unused_permissions(only_roster, frozenset({"User.Read.All", "Mail.Send"})) == ["Mail.Send"]
    assert unused_permissions(Sources(), frozenset({"User.Read.All"})) == ["User.Read.All"]
    assert missing(Sources()) == {}


EVERYTHING = TenantAccess(
    Timetable(subjects=("maths",)), chats=True, recordings=True, files=True, pupils_messages="DPIA 3"
)


def needed(access: TenantAccess, *granted: str) -> dict[str, list[str]]:
    return {use.name: use.missing(frozenset(granted)) for use in uses_of_graph(Sources(), access) if use.is_on}


def test_each_use_of_lessons_and_recordings_has_permissions_of_its_own():
    assert needed(EVERYTHING) == {
        "lessons from calendars": ["Calendars.ReadBasic"],
        "notices in meeting chats": ["TeamsAppInstallation.ReadWriteSelfForChat.All"],
        "recordings of meetings": ["OnlineMeetingRecording.Read.All"],
        "files of recordings": ["Files.Read.All"],
        "reads pupils' messages": ["ChannelMessage.Read.All", "Chat.Read.All"],
    }
    assert needed(TenantAccess()) == {}


def test_looking_at_files_on_named_sites_only_is_enough():
    assert needed(TenantAccess(files=True), "Sites.Selected") == {"files of recordings": []}


def test_pupils_messages_stay_unread_when_everything_else_is_on():
    granted = frozenset({"Chat.Read.All", "ChannelMessage.Read.All", "Calendars.ReadBasic"})
    without = replace(EVERYTHING, pupils_messages="")

    assert "reads pupils' messages" not in needed(without)
    assert unused_permissions(Sources(), granted, without) == ["ChannelMessage.Read.All", "Chat.Read.All"]
    assert unused_permissions(Sources(), granted, EVERYTHING) == []
    assert unused_permissions(Sources(), granted) == sorted(granted)
