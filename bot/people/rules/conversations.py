"""Where somebody can be reached when the bot speaks first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_WORDS = re.compile(r"[^\W\d_]+|\d+")


class ConversationKind(StrEnum):
    """What sort of conversation a place is."""

    PERSONAL = "personal"  # one person and the bot
    GROUP = "groupChat"  # a group chat
    TEAM = "channel"  # a channel of a team


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation the bot is in, and what its channel needs to speak there.

    `account` and `user` name the person of a personal place (the account as the channel proves it, and the channel's
    own id for it), and are empty elsewhere; `team` is the team of a channel, `group` the directory's id of that team;
    `name` is what people call it.
    """

    channel: str
    conversation: str
    kind: ConversationKind
    service: str
    tenant: str
    account: str = ""
    user: str = ""
    team: str = ""
    group: str = ""
    name: str = ""


def fitting(places: Sequence[Conversation], label: str) -> str:
    """The conversation that goes by the name of a lesson: the only one, or whose name shares most words with it.

    One that names other numbers is never it; empty where none fits, or several do. Then a person has to choose.

    >>> rooms = (("r", "Reception"), ("4", "Year 4"))
    >>> classes = [Conversation("", id, ConversationKind.TEAM, "", "", name=name) for id, name in rooms]
    >>> fitting(classes, "Year 4 maths"), fitting(classes, "Year 5 maths"), fitting(classes[:1], "Phonics")
    ('4', '', 'r')
    """
    said = _words(label)
    held = [(len(said & _words(one.name)), one.conversation) for one in places if _may_be(said, _words(one.name))]
    most = max((number for number, _ in held), default=0)
    best = [conversation for number, conversation in held if number == most]
    return best[0] if len(best) == 1 and (most or len(places) == 1) else ""


def _words(text: str) -> set[str]:
    return set(_WORDS.findall(text.casefold()))


def _may_be(said: set[str], name: set[str]) -> bool:
    """Whether the numbers of both, where both have any, are not all different."""
    ours, theirs = ({one for one in words if one.isdecimal()} for words in (said, name))
    return not (ours and theirs) or bool(ours & theirs)
