"""The ledger in the store: entries, idempotency keys, and what projections were saved as."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import LedgerBroken, LedgerMoved, StoreError
from bot.evidence.rules.clock import step_back
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head, verify
from bot.outbox.rules.message import Message
from bot.stores.chain import (
    CUT_SHORT,
    MAX_NUMBER,
    MISSING,
    MOVED,
    NO_KEY,
    VERIFIED_TOGETHER,
    entry_of,
    entry_row,
    seal_after,
)
from bot.stores.rows import body_of
from bot.stores.sqlite.database import Database
from bot.stores.sqlite.documents import DAMAGED
from bot.stores.sqlite.outbox import OutboxTables
from bot.stores.sqlite.people import PeopleTables
from bot.stores.sqlite.witness import heads_in

SAVED_NAMES = "SELECT id FROM document WHERE tab = 'projection' AND id > ? AND id < ?"
SAVED_HEADS = SAVED_NAMES.replace("id", "substr(body, 1, instr(body, char(10)))", 1)


class LedgerTables(PeopleTables, OutboxTables):
    """Keeps the promises of `Ledger`. `erased` lists pseudonyms whose details were deleted, for a restore."""

    def __init__(self, database: Database, school: str, erased: Path) -> None:
        super().__init__(database, school)
        self._erased = erased

    async def append(self, event: Event, once: str | Head, messages: Sequence[Message] = ()) -> Entry:
        """Adds an event and its messages, unless the key has an entry already; raises LedgerMoved for an older head."""
        if not once:
            raise ValueError(NO_KEY)
        if isinstance(once, Head):
            return await self._append_after(event, once, messages)

        def unit() -> Entry:
            if before := self._document("once", once, now=True):
                return self._entry_now(before["number"])
            entry = self._add_entry(event)
            self._add_document("once", once, {"number": entry.number})
            self._keep_new_messages(messages)
            return entry

        return await self._write(unit)

    async def _append_after(self, event: Event, decided_on: Head, messages: Sequence[Message]) -> Entry:
        """Adds an event as the very next entry after a head.

        If the clock went back, only the note of that is added: what was decided counted on the number after its head.
        """

        def unit() -> Entry | None:
            if decided_on != self._head(now=True):
                raise LedgerMoved(MOVED)
            if self._note_step_back(event):
                return None
            entry = self._seal(event, decided_on)
            self._keep_new_messages(messages)
            return entry

        entry = await self._write(unit)
        if entry is None:  # raised only now: a unit that raises is undone, and the note with it
            raise LedgerMoved(MOVED)
        return entry

    def _add_entry(self, event: Event) -> Entry:
        """Inside a unit: adds an event, and before it, if the clock went back, a note of that."""
        self._note_step_back(event)
        return self._seal(event, self._head(now=True))

    def _note_step_back(self, event: Event) -> bool:
        """Inside a unit: notes it if the clock went back before an event; returns whether it did."""
        head = self._head(now=True)
        note = step_back(self._entry_now(head.number).event if head.number else None, event)
        if note:
            self._seal(note, head)
        return note is not None

    def _seal(self, event: Event, after: Head) -> Entry:
        entry = seal_after(after, event)
        self._add_document("ledger", key_of(entry.number), entry_row(entry))
        self._put_document("head", "head", {"number": entry.number, "hash": entry.hash})
        return entry

    def _entry_now(self, number: int) -> Entry:
        row = self._document("ledger", key_of(number), now=True)
        if row is None:
            raise LedgerBroken(MISSING.format(number=number))
        return entry_of(number, row)

    async def head(self) -> Head:
        """Number and hash of the last entry."""
        return self._head()

    def _head(self, *, now: bool = False) -> Head:
        row = self._document("head", "head", now=now)
        try:
            return Head() if row is None else Head(row["number"], row["hash"])
        except (KeyError, TypeError) as error:
            raise StoreError(DAMAGED) from error

    async def entries(self, after: int = 0, until: int | None = None) -> tuple[Entry, ...]:
        """Every entry with a higher number than `after`, up to and including `until`, in order."""
        return self._entries(after, until)

    async def entries_of(self, kind: EventKind) -> tuple[Entry, ...]:
        """Every entry of a kind, in order."""
        entries = self._entries(0, containing=kind.value)
        return tuple(entry for entry in entries if entry.event.kind is kind)

    def _entries(
        self, after: int, until: int | None = None, *, containing: str = "", now: bool = False
    ) -> tuple[Entry, ...]:
        last = MAX_NUMBER if until is None else min(until, MAX_NUMBER)
        begin, end = self._key(key_of(after)), self._key(f"{key_of(last)}~")
        bodies = self._reader(now=now).bodies("ledger", begin, end, containing)
        return tuple(entry_of(int(self._rest(key)), json.loads(body)) for key, body in bodies)

    def _verify_ledger(self) -> None:
        """Verifies the entries since a projection was saved last, or all of them; raises LedgerBroken.

        What came before was verified when the projection was made; the whole chain is verified every night.
        """
        last = self._last_saved()
        while entries := self._entries(last.number, last.number + VERIFIED_TOGETHER):
            last = verify(entries, begin=last)
        if last != self._head() or self._entries(last.number):
            raise LedgerBroken(CUT_SHORT)

    def _last_saved(self) -> Head:
        """The last head at which a projection was saved and whose entry is there, as it was."""
        heads = list(self._saved_heads())
        for head in sorted(heads, key=lambda head: head.number, reverse=True):
            entries = self._entries(head.number - 1, head.number)
            if entries and verify(entries, begin=Head(head.number - 1, entries[0].previous)) == head:
                return head
        return Head()

    def _saved_heads(self) -> Iterator[Head]:
        """The heads that saved projections name; what cannot be read is made again from the ledger."""
        begin, end = self._key(""), self._after_last()
        for (header,) in self._database.durable.select(SAVED_HEADS, begin, end):
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                saved = json.loads(header)
                yield Head(int(saved["number"]), saved["hash"])

    async def save_projection(self, name: str, version: int, head: Head, state: str) -> bool:
        """Keeps what a projection had come to at the last entry: a line of JSON that says at which, then the state."""
        header = body_of({"version": version, "number": head.number, "hash": head.hash})
        body = f"{header}\n{state}"

        def unit() -> bool:
            if head != self._head(now=True):
                return False
            self._database.put("projection", [(self._key(name), body)])
            return True

        return await self._write(unit)

    async def saved_projection(self, name: str, version: int) -> tuple[Head, str] | None:
        """What was saved last under a name in this version, and at which entry."""
        body = self._database.durable.body("projection", self._key(name))
        if body is None:
            return None
        header, _, state = body.partition("\n")
        try:
            saved = json.loads(header)
            return (Head(saved["number"], saved["hash"]), state) if saved["version"] == version else None
        except (ValueError, KeyError, TypeError, RecursionError):  # it is made again from the ledger
            return None

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        """Deletes everything that names somebody, and says so in the ledger."""
        # Noted first: should the machine stop in between, a later restore forgets them all the same.
        with self._erased.open("a", encoding="ascii") as erased:
            erased.write(f"{pseudonym}\n")

        def unit() -> Entry:
            self._forget_person(pseudonym)
            self._forget_messages_naming(pseudonym)
            self._forget_details(pseudonym)
            self._forget_projections()
            return self._add_entry(event)

        entry = await self._write(unit)
        await self._wipe()
        return entry

    def _forget_details(self, pseudonym: str) -> None:
        """Inside a unit: takes who it was about out of every entry about somebody."""
        for entry in self._entries(0, containing=pseudonym, now=True):
            if entry.who.is_open and (entry.event.subject or entry.event.actor) == pseudonym:
                self._put_document("ledger", key_of(entry.number), entry_row(entry.without_who()))

    def _forget_projections(self) -> None:
        """Inside a unit: saved projections may hold the details too; they are made again from the ledger."""
        names = self._database.current.select(SAVED_NAMES, self._key(""), self._after_last())
        self._database.delete("projection", [key for (key,) in names])


def verify_ledgers(db: sqlite3.Connection) -> None:
    """Verifies the whole ledger of every school in a file of any form; raises LedgerBroken."""
    heads = heads_in(db)
    keys = "SELECT DISTINCT substr(id, 1, instr(id, '/')) FROM document WHERE tab = 'ledger'"
    for school in {key.rstrip("/") for (key,) in db.execute(keys)} | heads.keys():
        last, begin, end = Head(), f"{school}/", f"{school}0"
        rows = db.execute(
            "SELECT id, body FROM document WHERE tab = 'ledger' AND id > ? AND id < ? ORDER BY id", [begin, end]
        )
        while batch := rows.fetchmany(VERIFIED_TOGETHER):
            entries = [entry_of(int(key[len(begin) :]), json.loads(body)) for key, body in batch]
            last = verify(entries, begin=last)
        if last != heads.get(school, Head()):
            raise LedgerBroken(CUT_SHORT)


def key_of(number: int) -> str:
    """The key of an entry, in the order of numbers."""
    return f"{number:08d}"
