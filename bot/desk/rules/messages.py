"""What goes in and out of the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.people.rules.person import Caller


@dataclass(frozen=True, slots=True)
class Incoming:
    """What somebody said (`text`) or pressed (`verb` and `inputs`). `last` is the situation of the answer before.

    `is_private` tells a personal chat from a group or a channel.
    """

    caller: Caller
    conversation: str
    text: str = ""
    verb: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    last: str = ""
    is_private: bool = True


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to hand over: its name, what is in it, and one line that says what it is."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A card to fill and show, what it says as plain text, and the situation to remember for a follow-up.

    `is_for_one` marks what only the person who asked may see: a group is told that it was sent privately.
    `is_beside` marks what a pressed button brings beside its card; anything else takes the card's place.
    """

    card: str
    values: Mapping[str, Any]
    text: str
    last: str = ""
    is_for_one: bool = False
    file: Attachment | None = None
    is_beside: bool = False


def said_plainly(incoming: Incoming) -> str:
    """What somebody wrote, without capitals and punctuation around it, to compare with a word we know.

    >>> from bot.people.rules.person import Proof
    >>> said_plainly(Incoming(Caller("", "", "", "", Proof.DEMO), "", text=" Who  is left? "))
    'who is left'
    """
    return " ".join(incoming.text.lower().strip("!.?, \n").split())
