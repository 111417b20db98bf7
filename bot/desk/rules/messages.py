"""What comes in to the desk and what goes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.desk.rules.typed_text import plain_words
from bot.people.rules.person import Caller

ASK_AGAIN = "That button belongs to an older version of me. Please ask again."
NOTHING_CHANGED = "That button belongs to an older version of me. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to hand over: its name, its content, and one line that says what it is."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What somebody wrote (`text`), or the button they pressed (`verb`, `inputs`, and a `file` if they gave one).

    `conversation` is the id of the conversation on the caller's channel. `last` is the situation of the answer before.
    `is_private` tells a personal chat from a group or a channel of a team. A file can be handed over only to
    somebody who `has_own_chat`.
    """

    caller: Caller
    conversation: str
    text: str = ""
    verb: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    last: str = ""
    is_private: bool = True
    has_own_chat: bool = True
    file: Attachment | None = None

    @property
    def plain_text(self) -> str:
        """The text as it is compared with the words of a command.

        >>> from bot.people.rules.person import Proof
        >>> Incoming(Caller("", "", "", "", Proof.DEMO), "", text=" Who  is left? ").plain_text
        'who is left'
        """
        return plain_words(self.text)


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A command that somebody asked for in their own words, and what they said of it, as it was said.

    `name` is one of commands.toml; `parameters` have keys such as `person`, `until`, `day`, `time` and `lesson`.
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuietLine:
    """One line below everything else that a reply says: as plain text, and with links for the card."""

    text: str
    on_card: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A card to fill and show, what it says as plain text, and the situation to remember for a follow-up.

    Without a situation (`last`) the one before goes on being remembered, unless another question `forgets_last`.
    Every reply is for the person who asked and nobody else, unless it `is_public`: a group is only told that it was
    sent privately. Public is what the school says to everybody, never how somebody stands. `is_beside` marks what a
    pressed button brings beside its card; anything else replaces the card. With a `request` it is not the reply yet:
    somebody asked for a command, and the card is what leads it, the hand-off of a worry, if `text` has any.
    Channels show the `quiet_line` at the end of the card. In `text` it is already. A reply that `is_refusal` says why
    nothing was done.
    """

    card: str
    values: Mapping[str, Any]
    text: str
    last: str = ""
    forgets_last: bool = False
    is_public: bool = False
    attachment: Attachment | None = None
    is_beside: bool = False
    request: CommandRequest | None = None
    quiet_line: QuietLine | None = None
    is_refusal: bool = False

    @property
    def is_for_asker_only(self) -> bool:
        """Whether only the person who asked may see it."""
        return not self.is_public

    @property
    def is_note(self) -> bool:
        """Whether it is words and nothing else: no button, no form."""
        return self.card in {"note", "note_with_phones"}


def note(text: str) -> Outgoing:
    """A card with one plain sentence."""
    return Outgoing("note", {"text": text}, text)


def refusal(error: Exception) -> Outgoing:
    """The sentence of an error, as the reply that nothing was done."""
    return replace(note(str(error)), is_refusal=True)


def public(outgoing: Outgoing) -> Outgoing:
    """The reply, marked as one that everybody in a group may see: it says nothing of anybody's own affairs."""
    return replace(outgoing, is_public=True)


def card_beside(card: str, values: Mapping[str, Any], text: str) -> Outgoing:
    """A card for one person, shown beside the card whose button asked for it."""
    return Outgoing(card, values, text, is_beside=True)


def with_quiet_line(outgoing: Outgoing, line: QuietLine | None) -> Outgoing:
    """The reply with that line at the end of its text and of its card; as it is without one."""
    return replace(outgoing, text=f"{outgoing.text}\n\n{line.text}", quiet_line=line) if line else outgoing
