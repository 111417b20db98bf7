"""What of Microsoft Graph the school uses, tier by tier, and the application permissions each needs.

https://learn.microsoft.com/graph/permissions-reference
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.people.rules.directory import Sources
from bot.recordings.rules.timetable import UNWATCHED, Watch


@dataclass(frozen=True, slots=True)
class Tier:
    """One use of Graph. Of each group of `needs` one permission is enough."""

    name: str
    is_on: bool
    needs: tuple[tuple[str, ...], ...]

    def missing(self, held: AbstractSet[str]) -> list[str]:
        """What the token lacks for it: of each group the least."""
        return [group[0] for group in self.needs if not held & set(group)]


def tiers(sources: Sources, watch: Watch = UNWATCHED) -> tuple[Tier, ...]:
    """Every tier, in the order in which a school takes them up."""
    groups = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
    people = ("User.Read.All", "Directory.Read.All")
    installing = ("TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All")
    return (
        Tier("roster from groups", sources.is_on, (groups, people)),
        Tier("installs for people", sources.installs, (installing,)),
        Tier("toasts in the feed", sources.toasts, (("TeamsActivity.Send",), installing)),
        *_of_lessons(watch),
    )


def _of_lessons(watch: Watch) -> tuple[Tier, ...]:
    """Those for lessons and their recordings; the one that sees what pupils write stands last, and by itself."""
    joining = ("TeamsAppInstallation.ReadWriteSelfForChat.All", "TeamsAppInstallation.ReadWriteForChat.All")
    files = ("Files.Read.All", "Sites.Read.All", "Sites.Selected")
    chats = ("Chat.Read.All", "ChatMessage.Read.All")
    return (
        Tier("lessons from calendars", watch.calendars, (("Calendars.ReadBasic", "Calendars.Read"),)),
        Tier("notices in meeting chats", watch.chats, (joining,)),
        Tier("recordings of meetings", watch.recordings, (("OnlineMeetingRecording.Read.All",),)),
        Tier("files of recordings", watch.files, (files,)),
        Tier("reads pupils' messages", bool(watch.pupils_messages), (("ChannelMessage.Read.All",), chats)),
    )


def spare(sources: Sources, held: AbstractSet[str], watch: Watch = UNWATCHED) -> list[str]:
    """Permissions the token holds and no tier that is on needs."""
    used = {one for tier in tiers(sources, watch) if tier.is_on for group in tier.needs for one in group}
    return sorted(held - used)
