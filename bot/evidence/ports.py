"""What evidence needs of the world: a ledger, and everything the context of all capabilities keeps in one store."""

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.desk.arrivals import Arrivals
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head
from bot.outbox.ports import Outbox
from bot.outbox.rules.message import Message
from bot.people.ports import Accounts, Conversations, Doubts, SharedFiles
from bot.people.rules.person import KnownPerson, Person


class Ledger(Protocol):
    """The evidence, and who is behind its pseudonyms."""

    async def append(self, event: Event, once: str | Head, messages: Sequence[Message] = ()) -> Entry:
        """Adds an event, and with it, all or none, the messages that must go out because of it.

        If its time is earlier than that of the entry before, an entry that notes this comes first (`rules/clock.py`).
        `once` makes it safe to repeat. A text is an idempotency key: if an event with that key is there already, that
        entry is returned and nothing is changed. A head is what the event was decided on, and the entry gets the number
        after it: if the ledger has grown since, or such a note must come first, LedgerMoved is raised and nothing else
        is changed. Then decide again.
        """
        ...

    async def head(self) -> Head:
        """Number and hash of the last entry."""
        ...

    async def entries(self, after: int = 0, until: int | None = None) -> tuple[Entry, ...]:
        """Every entry with a higher number than `after`, up to and including `until`, in order."""
        ...

    async def entries_of(self, kind: EventKind) -> tuple[Entry, ...]:
        """Every entry of a kind, in order."""
        ...

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        """Pseudonyms by person id, made for people who are new; names and addresses are updated if they changed."""
        ...

    async def known(self, pseudonyms: Collection[str]) -> dict[str, KnownPerson]:
        """The people behind these pseudonyms, as far as they were enrolled and not erased."""
        ...

    async def everybody_known(self) -> dict[str, KnownPerson]:
        """Everybody who was ever enrolled and not erased, by pseudonym; the same dictionary until somebody changes."""
        ...

    async def pseudonym_of(self, person: str) -> str:
        """The pseudonym of a person id; empty if they were never enrolled, or erased."""
        ...

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        """Deletes everything that names somebody, and adds the event that says so; the chain still verifies.

        Deleted are their details in every entry about them, their row among the known, their pins, the chats with them
        and every message for or about them. Safe to repeat.
        """
        ...

    async def save_projection(self, name: str, version: int, head: Head, state: str) -> bool:
        """Keeps what a projection had come to at the last entry, in place of what was saved under that name before.

        False, and nothing is kept, if `head` is not the last entry by now: details may have been erased since.
        """
        ...

    async def saved_projection(self, name: str, version: int) -> tuple[Head, str] | None:
        """What was saved last under a name in this version, and at which entry; None if there is nothing."""
        ...


class Store(Ledger, Outbox, Accounts, Conversations, SharedFiles, Arrivals, Doubts, Protocol):
    """Everything that must not be lost, as every capability needs it."""

    async def lead(self) -> bool:
        """Whether this process does what the clock asks for; of several replicas one does, until it stops."""
        ...

    async def is_well(self) -> bool:
        """Whether what is written now will be there at the next start."""
        ...

    async def checkpoint(self) -> None:
        """Brings what was written last to where it is safest; safe to repeat, and nobody waits long for it."""
        ...

    async def check_whole(self) -> None:
        """Reads everything that is kept; raises StoreError if any of it is damaged."""
        ...

    async def close(self) -> None:
        """Closes what was opened; safe to call twice."""
        ...
