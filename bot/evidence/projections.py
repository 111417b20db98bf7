"""Projections (read models) of the ledger: each entry is read and parsed once, for all of them.

A projection can be saved with the number and hash of the entry it was made at, so that a start does not replay years.
"""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from bot.errors import LedgerBroken
from bot.evidence.ports import Ledger
from bot.evidence.rules.ledger import Entry, Event, Head, verify

LOG = logging.getLogger("staffroom.ledger")
BATCH = 2_000  # entries read at once, so that nobody waits long for the event loop


class Projection(Protocol):
    """What the ledger says about one capability, and nothing else; nobody edits it.

    An event of kind ERASE or REMOVE about somebody takes what named them out of earlier entries: a projection that
    keeps such details forgets them then, as if it had been made from the entries as they are now.
    """

    @property
    def name(self) -> str:
        """The key it is saved under."""
        ...

    @property
    def version(self) -> int:
        """Of its saved form: counted up when that, or how entries are read, changes."""
        ...

    def add(self, entry: Entry, event: Event) -> None:
        """Takes in the next entry, with its event already parsed."""
        ...

    def dump(self) -> Any:
        """All of it as JSON values."""
        ...

    def load(self, state: Any) -> None:
        """Becomes what `dump` gave; raises KeyError, TypeError or ValueError if that is not its form."""
        ...

    def fresh(self) -> "Projection":
        """An empty projection of the same kind."""
        ...


class LedgerFeed:
    """Brings projections up to date with the ledger."""

    def __init__(self, ledger: Ledger, *projections: Projection) -> None:
        self._ledger = ledger
        self._projections = projections
        self._head = Head()
        self._saved: Head | None = None  # where all projections are saved
        self._turn = asyncio.Lock()
        self._is_loaded = False

    async def catch_up(self) -> Head:
        """Reads the entries since the last time into every projection; returns the head they are at."""
        async with self._turn:
            if not self._is_loaded:
                self._head = await self._load()
                self._is_loaded = True
            await self._read_on()
            return self._head

    async def _read_on(self) -> None:
        """Reads to the end of the ledger. Other work goes on between batches."""
        while True:
            entries = await self._ledger.entries(self._head.number, self._head.number + BATCH)
            for entry in entries:
                event = entry.event
                for projection in self._projections:
                    projection.add(entry, event)
                self._head = Head(entry.number, entry.hash)
            if len(entries) < BATCH:
                return
            await asyncio.sleep(0)

    async def _load(self) -> Head:
        """The head all projections were saved at; nothing is loaded unless all of them fit one entry of the ledger."""
        heads = set()
        states = []
        for projection in self._projections:
            saved = await self._ledger.saved_projection(projection.name, projection.version)
            if saved is None:
                return Head()
            heads.add(saved[0])
            states.append(saved[1])
        if len(heads) != 1 or not await self._is_entry(head := heads.pop()):
            return Head()
        if not self._load_states(states):
            return Head()
        self._saved = head
        return head

    def _load_states(self, states: Sequence[str]) -> bool:
        """Whether every projection became what was saved; if one could not, all of them are empty."""
        try:
            with _garbage_collection_paused():
                parsed = [json.loads(state) for state in states]
                for projection, state in zip(self._projections, parsed, strict=True):
                    projection.load(state)
        except (KeyError, TypeError, ValueError):
            LOG.warning("projection_not_loaded")
            for projection in self._projections:
                projection.load(projection.fresh().dump())
            return False
        return True

    async def _is_entry(self, head: Head) -> bool:
        """Whether the ledger has exactly that entry."""
        entries = await self._ledger.entries(head.number - 1, head.number) if head.number else ()
        return bool(entries) and entries[0].hash == head.hash

    async def save(self) -> None:
        """Saves every projection as the ledger is now; writes nothing if they were never read, or nothing is new.

        Details that were erased meanwhile are not written back: the store takes only what is up to date.
        """
        async with self._turn:
            if not self._is_loaded:
                return
            await self._read_on()
            if self._saved == self._head:
                return
            states = [_as_json(projection.dump()) for projection in self._projections]
            is_saved = True
            for projection, state in zip(self._projections, states, strict=True):
                name, version = projection.name, projection.version
                is_saved = await self._ledger.save_projection(name, version, self._head, state) and is_saved
            self._saved = self._head if is_saved else None

    async def verify_all(self) -> Head:
        """Verifies the whole chain and that the projections say what it says; returns its head, and saves them.

        Raises LedgerBroken naming what does not fit. Other work goes on between batches, and what it records meanwhile
        is verified as well.
        """
        projections = [projection.fresh() for projection in self._projections]
        last = await self._verified_after(Head(), projections)
        while (head := await self._ledger.head()) != last:
            after = await self._verified_after(last, projections)
            if after == last or head.number < last.number:
                raise LedgerBroken("The ledger ends before its last entry; restore the last backup.")
            last = after  # something was recorded meanwhile
        await self._compare(projections, last)
        await self.save()
        return last

    async def _verified_after(self, last: Head, projections: Sequence[Projection]) -> Head:
        """The head once every entry after `last` is verified and taken into the projections."""
        while entries := await self._ledger.entries(last.number, last.number + BATCH):
            last = await asyncio.to_thread(_verify_into, projections, entries, last)
        return last

    async def _compare(self, projections: Sequence[Projection], at: Head) -> None:
        if await self.catch_up() != at:
            return  # something was recorded meanwhile: the projections in memory are newer
        for projection, rebuilt in zip(self._projections, projections, strict=True):
            if _in_order(projection.dump()) != _in_order(rebuilt.dump()):
                raise LedgerBroken(f"The {projection.name} in memory are not what the ledger says; start again.")


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Loading makes a million objects that all stay; looking for garbage among them on the way doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _verify_into(projections: Sequence[Projection], entries: Sequence[Entry], last: Head) -> Head:
    """The head after a batch of entries that verify; they are taken into the projections."""
    head = verify(entries, begin=last)
    for entry in entries:
        event = entry.event
        for projection in projections:
            projection.add(entry, event)
    return head


def _as_json(state: Any) -> str:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def _in_order(state: Any) -> str:
    """JSON values as a text that is the same for the same values, whether they were loaded or made."""
    return json.dumps(state, sort_keys=True)
