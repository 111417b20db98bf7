"""The ledger in the store: entries, idempotency keys, and what projections were saved as."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.errors import LedgerBroken
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head, verify
from bot.outbox.rules.message import Message
from bot.stores.chain import CUT_SHORT, MAX_NUMBER, NO_KEY, VERIFIED_TOGETHER
from bot.stores.postgres.chain_writes import Append
from bot.stores.postgres.connections import Connections, School
from bot.stores.postgres.entry_rows import SELECT_ENTRIES, entry_from, head_from
from bot.stores.postgres.outbox import OutboxTables
from bot.stores.postgres.people import PeopleTables
from bot.stores.postgres.writer import Transaction, Writer

SELECT_HEAD = "SELECT number, hash FROM head"
BETWEEN = f"{SELECT_ENTRIES} WHERE number > %s AND number <= %s ORDER BY number"
OF_KIND = f"{SELECT_ENTRIES} WHERE kind = %s ORDER BY number"
SAVED_HEADS = "SELECT number, hash FROM projection ORDER BY number DESC"
SAVED = "SELECT number, hash, state FROM projection WHERE name = %s AND version = %s"
SAVE = """
INSERT INTO projection (school, name, version, number, hash, state)
VALUES (current_school(), %s, %s, %s, %s, %s)
ON CONFLICT (school, name) DO UPDATE SET (version, number, hash, state)
  = (excluded.version, excluded.number, excluded.hash, excluded.state)"""
EMPTY_WHO = "UPDATE entry SET who = '', who_salt = '' WHERE about = %s AND who_salt <> ''"
FORGET_PROJECTIONS = "DELETE FROM projection"


class LedgerTables(PeopleTables, OutboxTables):
    """Keeps the promises of `Ledger`. `erased` lists pseudonyms whose details were deleted, for a restore."""

    def __init__(self, connections: Connections, writer: Writer, school: School, erased: Path) -> None:
        super().__init__(connections, writer, school)
        self._erased = erased

    async def append(self, event: Event, once: str | Head, messages: Sequence[Message] = ()) -> Entry:
        """Adds an event and its messages, unless the key has an entry already; raises LedgerMoved for an older head."""
        if not once:
            raise ValueError(NO_KEY)
        return await self._writer.append(self._school, Append.of(event, once, messages))

    async def head(self) -> Head:
        """Number and hash of the last entry."""
        row = await self._select_one(SELECT_HEAD)
        return head_from(*row) if row else Head()

    async def entries(self, after: int = 0, until: int | None = None) -> tuple[Entry, ...]:
        """Every entry with a higher number than `after`, up to and including `until`, in order."""
        last = MAX_NUMBER if until is None else min(until, MAX_NUMBER)
        return tuple([entry_from(row) for row in await self._select(BETWEEN, after, last)])

    async def entries_of(self, kind: EventKind) -> tuple[Entry, ...]:
        """Every entry of a kind, in order."""
        return tuple([entry_from(row) for row in await self._select(OF_KIND, kind.value)])

    async def verify_since_saved(self) -> Head:
        """Verifies the entries since a projection was saved last, or all of them; raises LedgerBroken.

        What came before was verified when the projection was made; the whole chain is verified every night.
        """
        return await self._verify_after(await self._last_saved())

    async def verify_whole(self) -> Head:
        """Verifies every entry, and returns the last one's head; raises LedgerBroken."""
        return await self._verify_after(Head())

    async def _verify_after(self, last: Head) -> Head:
        head = await self.head()
        async for entries in self._in_parts(last.number, head.number):
            last = verify(entries, begin=last)
        if last != head:
            raise LedgerBroken(CUT_SHORT)
        return head

    async def _in_parts(self, after: int, until: int) -> AsyncIterator[tuple[Entry, ...]]:
        for begin in range(after, until, VERIFIED_TOGETHER):
            yield await self.entries(begin, min(begin + VERIFIED_TOGETHER, until))

    async def _last_saved(self) -> Head:
        """The last head at which a projection was saved and whose entry is there, as it was."""
        for row in await self._select(SAVED_HEADS):
            head = head_from(*row)
            entries = await self.entries(head.number - 1, head.number)
            if entries and verify(entries, begin=Head(head.number - 1, entries[0].previous)) == head:
                return head
        return Head()

    async def save_projection(self, name: str, version: int, head: Head, state: str) -> bool:
        """Keeps what a projection had come to at the last entry."""

        async def unit(transaction: Transaction) -> bool:
            if head != transaction.head:
                return False
            await transaction.connection.execute(SAVE, (name, version, head.number, bytes.fromhex(head.hash), state))
            return True

        return await self._write(unit)

    async def saved_projection(self, name: str, version: int) -> tuple[Head, str] | None:
        """What was saved last under a name in this version, and at which entry."""
        row = await self._select_one(SAVED, name, version)
        return (head_from(row[0], row[1]), row[2]) if row else None

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        """Deletes everything that names somebody, and says so in the ledger."""
        # Noted first: should the machine stop in between, a later restore forgets them all the same.
        with self._erased.open("a", encoding="ascii") as erased:
            erased.write(f"{pseudonym}\n")

        async def unit(transaction: Transaction) -> Entry:
            await self._forget_person(transaction, pseudonym)
            await self._forget_messages_naming(transaction, pseudonym)
            await transaction.connection.execute(EMPTY_WHO, [pseudonym])
            await transaction.connection.execute(FORGET_PROJECTIONS)  # they may hold the details too
            return await transaction.append(event)

        return await self._write(unit)
