"""Everything one school keeps, as it is carried from one store into another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.ask.rules.tallies import SentQuestion, Tally
from bot.campaigns.rules.versions import Version
from bot.evidence.rules.ledger import Entry, Head, head, verify
from bot.outbox.rules.message import Message
from bot.people.rules.conversations import Conversation, SharedFile
from bot.people.rules.person import KnownPerson


@dataclass(frozen=True, slots=True)
class Pin:
    """An account that belongs to a person's id; one that was taken back may be pinned to nobody but them."""

    channel: str
    account: str
    person: str
    is_released: bool = False


@dataclass(frozen=True, slots=True)
class SchoolContents:
    """A school's store without what can be made again (saved projections) and what counts for ten minutes (arrivals).


    All in the order of their keys; conversations in the order in which they were kept, shared files in that in which
    they are due. `keys` are the numbers of entries by idempotency key, `doubts` the times at which
    messages in doubt were first sent, by marker.
    """

    is_demo: bool
    entries: tuple[Entry, ...]
    keys: Mapping[str, int]
    messages: tuple[Message, ...]
    people: tuple[KnownPerson, ...]
    pins: tuple[Pin, ...]
    conversations: tuple[Conversation, ...]
    tallies: tuple[Tally, ...]
    questions: tuple[SentQuestion, ...]
    versions: tuple[Version, ...]
    shared_files: tuple[SharedFile, ...]
    doubts: Mapping[str, datetime]

    @property
    def head(self) -> Head:
        """The head of the ledger."""
        return head(self.entries)

    def verify(self, witness: Head | None = None) -> Head:
        """Verifies the whole ledger, and that it has the entry of a witness; returns its head. Raises LedgerBroken."""
        return verify(self.entries, witness)
