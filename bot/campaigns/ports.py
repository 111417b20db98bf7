"""What campaigns need of the world, beside the context they share with other capabilities."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeAlias

from bot.campaigns.rules.versions import Version
from bot.desk.rules.messages import Attachment, Outgoing
from bot.evidence.rules.ledger import Entry
from bot.evidence.rules.pack import Pack


class PolicyTexts(Protocol):
    """The published texts, kept for as long as anybody acknowledged them."""

    async def keep_version(self, version: Version) -> None:
        """Keeps a published text, by its digest; keeping it again changes nothing."""
        ...

    async def version(self, digest: str) -> Version | None:
        """A published text."""
        ...


class Adviser(Protocol):
    """Answers a question about the policy before it goes to the headteacher, and hears whether it holds a worry."""

    async def advice(self, question: str, *, is_private: bool) -> tuple[str, bool]:
        """What the policy says about a question, as plain text, and whether that is the safeguarding hand-off."""
        ...

    async def hand_off(self, text: str, *, is_private: bool) -> str:
        """The safeguarding hand-off if a text sounds like harm; empty otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class CardLimits:
    """What the channels can show: whether one message of each can hold a whole card, and a card's fingerprint.

    `can_be_read` says by the channel's name whether people there can read all of a card, in its message or section by
    section. The fingerprint is SHA-256 over the card template as it is filled for a channel, given by its id.
    """

    fits: Callable[[Outgoing], bool]
    fingerprint: Callable[[Outgoing, str], str]
    can_be_read: Mapping[str, Callable[[Outgoing], bool]]

    def too_small_for(self, outgoing: Outgoing) -> tuple[str, ...]:
        """The names of the channels in which nobody could read all of a card."""
        return tuple(name for name, can_read in self.can_be_read.items() if not can_read(outgoing))


FillPage: TypeAlias = Callable[[str, Mapping[str, Any]], str]  # a page of HTML by its name, filled with values
DrawProgress: TypeAlias = Callable[[Sequence[tuple[date, int]], int], bytes]  # progress by day, of how many, as a PNG


@dataclass(frozen=True, slots=True)
class PreparedPack:
    """An evidence pack that waits for its seal: `files` is the SHA-256 of each by name.

    `sealed` takes the ledger's entry that seals them, and gives the file, encrypted if the school set a key.
    """

    files: Mapping[str, str]
    sealed: Callable[[Entry], Attachment]


BuildPack: TypeAlias = Callable[[Pack], PreparedPack]
Remarks: TypeAlias = Callable[[], Awaitable[Sequence[str]]]  # what else a headteacher should know, in sentences
