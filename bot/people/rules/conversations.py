"""Where people can be reached when the bot speaks first: conversations, addresses, and messages that were sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

_WORDS = re.compile(r"[^\W\d_]+|\d+")


class ConversationKind(StrEnum):
    """What sort of conversation it is. Each channel maps its own types onto these."""

    PERSONAL = "personal"  # one person and the bot
    GROUP = "group"  # a group chat
    MEETING = "meeting"  # the chat of a meeting
    TEAM = "team"  # a channel of a team


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation the bot is in, and what its channel needs to speak there (a conversation reference).

    `account` is the person of a personal conversation, as the channel proves it, and empty elsewhere. `team` is the
    team of a channel, `group` the directory's id of that team, and `name` what people call it. `written_on` is the last
    day on which somebody wrote there; it decides which of a person's chats gets a message.
    """

    channel: str
    id: str
    kind: ConversationKind
    service: str
    tenant: str
    account: str = ""
    team: str = ""
    group: str = ""
    name: str = ""
    written_on: date | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where to speak on a channel: in the chat of an `account`, or in a `conversation`.

    `channel` is empty for addresses recorded by release 0.5.0, which did not keep it: then the channel that knows the
    conversation is meant.

    >>> Address("msteams", conversation="19:year4").key
    'msteams:19:year4'
    """

    channel: str
    account: str = ""
    conversation: str = ""

    @property
    def key(self) -> str:
        """The address as one string, for keys in the store."""
        return f"{self.channel}:{self.conversation or self.account}"


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that a channel took, known well enough to replace it where it is."""

    channel: str
    conversation: str
    id: str


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of ours that lies in a conversation, by the channel's id, to be removed at `remove_at` (with zone)."""

    id: str
    remove_at: datetime


def best_conversation_for(conversations: Sequence[Conversation], label: str) -> str:
    """The id of the conversation named like a lesson: the only one, or the one sharing most words.

    A conversation whose name has other numbers is never chosen. Empty if none fits or several do: then a person
    chooses.

    >>> rooms = (("r", "Reception"), ("4", "Year 4"))
    >>> classes = [Conversation("", id, ConversationKind.TEAM, "", "", name=name) for id, name in rooms]
    >>> [best_conversation_for(classes, name) for name in ("Year 4 maths", "Year 5 maths")]
    ['4', '']
    >>> best_conversation_for(classes[:1], "Phonics")
    'r'
    """
    label_words = _words(label)
    scores = [
        (len(label_words & _words(conversation.name)), conversation.id)
        for conversation in conversations
        if _numbers_agree(label_words, _words(conversation.name))
    ]
    highest = max((score for score, _ in scores), default=0)
    best = [id for score, id in scores if score == highest]
    return best[0] if len(best) == 1 and (highest or len(conversations) == 1) else ""


def _words(text: str) -> set[str]:
    return set(_WORDS.findall(text.casefold()))


def _numbers_agree(first: set[str], second: set[str]) -> bool:
    """Whether two sets of words share a number, or one of them has none."""
    numbers, others = ({word for word in words if word.isdecimal()} for words in (first, second))
    return not (numbers and others) or bool(numbers & others)
