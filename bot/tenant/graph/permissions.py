"""What of Microsoft Graph the school uses, tier by tier, and the application permissions each needs.

https://learn.microsoft.com/graph/permissions-reference
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.people.rules.directory import Sources
from bot.recordings.rules.timetable import NO_ACCESS, TenantAccess


@dataclass(frozen=True, slots=True)
class GraphUse:
    """One use of Graph. Of each group of `needs` one permission is enough."""

    name: str
    is_on: bool
    needs: tuple[tuple[str, ...], ...]

    def missing(self, held: AbstractSet[str]) -> list[str]:
        """What the token lacks for it: of each group the least."""
        return [group[0] for group in self.needs if not held & set(group)]


def uses_of_graph(sources: Sources, watch: TenantAccess = NO_ACCESS) -> tuple[GraphUse, ...]:
    """Every tier, in the order in which a school takes them up."""
    groups = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
    people = ("User.Read.All", "Directory.Read.All")
    installing = ("TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All")
    return (
        GraphUse("roster from groups", sources.is_on, (groups, people)),
        GraphUse("installs for people", sources.installs, (installing,)),
        GraphUse("toasts in the feed", sources.toasts, (("TeamsActivity.Send",), installing)),
        *_of_lessons(watch),
    )


def _of_lessons(watch: TenantAccess) -> tuple[GraphUse, ...]:
    """Those for lessons and their recordings; the one that sees what pupils write stands last, and by itself."""
    joining = ("TeamsAppInstallation.ReadWriteSelfForChat.All", "TeamsAppInstallation.ReadWriteForChat.All")
    files = ("Files.Read.All", "Sites.Read.All", "Sites.Selected")
    chats = ("Chat.Read.All", "ChatMessage.Read.All")
    return (
        GraphUse("lessons from calendars", watch.calendars, (("Calendars.ReadBasic", "Calendars.Read"),)),
        GraphUse("notices in meeting chats", watch.chats, (joining,)),
        GraphUse("recordings of meetings", watch.recordings, (("OnlineMeetingRecording.Read.All",),)),
        GraphUse("files of recordings", watch.files, (files,)),
        GraphUse("reads pupils' messages", bool(watch.pupils_messages), (("ChannelMessage.Read.All",), chats)),
    )


def unused_permissions(sources: Sources, held: AbstractSet[str], watch: TenantAccess = NO_ACCESS) -> list[str]:
    """Permissions the token holds and no tier that is on needs."""
    used = {one for tier in uses_of_graph(sources, watch) if tier.is_on for group in tier.needs for one in group}
    return sorted(held - used)
