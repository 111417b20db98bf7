"""Adds events to the ledger of one school inside a transaction that has locked its head: many of them together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from bot.errors import LedgerBroken, LedgerMoved
from bot.evidence.rules.clock import step_back
from bot.evidence.rules.ledger import Entry, Event, Head, Leaf, chain
from bot.outbox.rules.message import Message
from bot.stores.chain import MISSING, MOVED, fresh_leaves
from bot.stores.postgres.entry_rows import ENTRY_COLUMNS, INSERT_ENTRIES, columns, entry_from, entry_values, head_from
from bot.stores.postgres.message_rows import INSERT_MESSAGES, message_values

# The lock is taken before anything is looked for, also for a key that is there already: a transaction that locked a row
# waits in its commit for the standby, and so nobody is told "you had acknowledged" of what no standby has.
LOCK_HEAD = "SELECT number, hash FROM head FOR UPDATE"
# The entries that keys have already, and the last one of the ledger, in one answer.
SELECT_BEFORE = f"""
SELECT key, {ENTRY_COLUMNS} FROM entry JOIN idempotency_key USING (school, number) WHERE key = ANY(%s)
UNION ALL SELECT NULL, {ENTRY_COLUMNS} FROM entry WHERE number = %s"""
INSERT_KEYS = """
INSERT INTO idempotency_key (school, key, number)
SELECT current_school(), * FROM unnest(%b::text[], %b::bigint[])"""
HASH_OF_ENTRY = "SELECT encode(hash, 'hex') FROM entry WHERE number = %s"
UPDATE_HEAD = "UPDATE head SET number = %s, hash = %s"
NO_HEAD = "The ledger of this school has no head; restore the last backup."


@dataclass(frozen=True, slots=True)
class Append:
    """An event to add, with what must go out because of it. `once` is a key, the head it was decided on, or neither.

    All that does not depend on the entry before is made beforehand, while nobody waits for the head.
    """

    event: Event
    once: str | Head | None
    leaves: tuple[Leaf, Leaf]
    messages: tuple[tuple[Any, ...], ...]  # as rows

    @classmethod
    def of(cls, event: Event, once: str | Head | None = None, messages: Sequence[Message] = ()) -> "Append":
        """What there is to write; raises TypeError for what JSON does not know."""
        return cls(event, once, fresh_leaves(event), tuple(message_values(message) for message in messages))


@dataclass(slots=True)
class Chain:
    """The ledger's end, while one transaction adds to it."""

    head: Head
    last_event: Event | None = None
    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    new_keys: list[tuple[str, int]] = field(default_factory=list)
    messages: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, append: Append) -> Entry | Exception:
        """The entry of an event, new or that of its key; or why nothing was added."""
        if isinstance(append.once, str) and append.once in self.keys:
            return self.entries[self.keys[append.once]]
        if isinstance(append.once, Head) and append.once != self.head:
            return LedgerMoved(MOVED)
        note = step_back(self.last_event, append.event)
        if note:
            self._add(note, fresh_leaves(note))
            if isinstance(append.once, Head):  # what was decided counted on the number after its head
                return LedgerMoved(MOVED)
        entry = self._add(append.event, append.leaves)
        self.messages += append.messages
        if isinstance(append.once, str):
            self.keys[append.once] = entry.number
            self.new_keys.append((append.once, entry.number))
        return entry

    def _add(self, event: Event, leaves: tuple[Leaf, Leaf]) -> Entry:
        entry = chain(event.kind, leaves, self.head)
        self.entries[entry.number] = entry
        self.rows.append(entry_values(entry, event))
        self.head, self.last_event = Head(entry.number, entry.hash), event
        return entry


async def lock_head(connection: AsyncConnection) -> Head:
    """The head of the school's ledger, which nobody else changes before the transaction ends."""
    row = await (await connection.execute(LOCK_HEAD)).fetchone()
    if row is None:
        raise LedgerBroken(NO_HEAD)
    return head_from(*row)


async def hash_of_entry(connection: AsyncConnection, number: int) -> str:
    """The hash of an entry; empty if there is none."""
    row = await (await connection.execute(HASH_OF_ENTRY, [number])).fetchone()
    return str(row[0]) if row else ""


async def append_all(
    connection: AsyncConnection, head: Head, appends: Sequence[Append]
) -> tuple[Head, list[Entry | Exception]]:
    """Adds events after a locked head, in a few statements together: the new head, and what became of each."""
    end = await _begin(connection, head, appends)
    outcomes = [end.add(append) for append in appends]
    if end.rows:
        await connection.execute(INSERT_ENTRIES.encode(), columns(end.rows))
        await connection.execute(UPDATE_HEAD, (end.head.number, bytes.fromhex(end.head.hash)))
    if end.new_keys:
        await connection.execute(INSERT_KEYS, columns(list(end.new_keys)))
    if end.messages:
        await connection.execute(INSERT_MESSAGES.encode(), columns(end.messages))
    return end.head, outcomes


async def _begin(connection: AsyncConnection, head: Head, appends: Iterable[Append]) -> Chain:
    """The chain's end, with the entries that keys have already."""
    wanted = [append.once for append in appends if isinstance(append.once, str)]
    rows = await (await connection.execute(SELECT_BEFORE.encode(), (wanted, head.number))).fetchall()
    entries = {number: entry_from((number, *rest)) for _, number, *rest in rows}
    keys = {key: number for key, number, *_ in rows if key is not None}
    if head.number and head.number not in entries:
        raise LedgerBroken(MISSING.format(number=head.number))
    return Chain(head, entries[head.number].event if head.number else None, entries, keys)
