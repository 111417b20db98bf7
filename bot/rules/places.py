"""Where somebody can be reached when the bot speaks first."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of conversation a place is."""

    PERSONAL = "personal"  # one person and the bot
    GROUP = "groupChat"  # a group chat
    TEAM = "channel"  # a channel of a team


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation the bot is in, and what its channel needs to speak there.

    `account` and `user` name the person of a personal place (the account as the channel proves it, and the channel's
    own id for it), and are empty elsewhere; `team` is the team of a channel, `group` the directory's id of that team;
    `name` is what people call it.
    """

    channel: str
    conversation: str
    kind: Kind
    service: str
    tenant: str
    account: str = ""
    user: str = ""
    team: str = ""
    group: str = ""
    name: str = ""
