"""What of Microsoft Graph the school uses, one use after the other, and the application permissions each needs.

https://learn.microsoft.com/graph/permissions-reference
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.recordings.rules.timetable import NO_ACCESS, TenantAccess
from bot.roster.rules.directory import Sources


@dataclass(frozen=True, slots=True)
class GraphUse:
    """One use of Graph. Of each group in `needs` one permission is enough."""

    name: str
    is_on: bool
    needs: tuple[tuple[str, ...], ...]

    def missing(self, granted: AbstractSet[str]) -> list[str]:
        """What the token lacks for it: of each group the smallest permission."""
        return [group[0] for group in self.needs if not granted & set(group)]


def uses_of_graph(sources: Sources, access: TenantAccess = NO_ACCESS) -> tuple[GraphUse, ...]:
    """Every use, in the order in which a school takes them up."""
    groups = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
    people = ("User.Read.All", "Directory.Read.All")
    installing = ("TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All")
    return (
        GraphUse("roster from groups", sources.is_on, (groups, people)),
        GraphUse("installs for people", sources.installs, (installing,)),
        GraphUse("notifications in the feed", sources.notifies, (("TeamsActivity.Send",), installing)),
        *_for_lessons(access),
    )


def _for_lessons(access: TenantAccess) -> tuple[GraphUse, ...]:
    """The uses for lessons and their recordings. The one that reads what pupils write is last, on its own."""
    joining = ("TeamsAppInstallation.ReadWriteSelfForChat.All", "TeamsAppInstallation.ReadWriteForChat.All")
    files = ("Files.Read.All", "Sites.Read.All", "Sites.Selected")
    chats = ("Chat.Read.All", "ChatMessage.Read.All")
    return (
        GraphUse("lessons from calendars", access.calendars, (("Calendars.ReadBasic", "Calendars.Read"),)),
        GraphUse("notices in meeting chats", access.chats, (joining,)),
        GraphUse("recordings of meetings", access.recordings, (("OnlineMeetingRecording.Read.All",),)),
        GraphUse("files of recordings", access.files, (files,)),
        GraphUse("reads pupils' messages", bool(access.pupils_messages), (("ChannelMessage.Read.All",), chats)),
    )


def unused_permissions(sources: Sources, granted: AbstractSet[str], access: TenantAccess = NO_ACCESS) -> list[str]:
    """Permissions that were granted and that no use which is on needs."""
    used = {
        permission for use in uses_of_graph(sources, access) if use.is_on for group in use.needs for permission in group
    }
    return sorted(granted - used)
