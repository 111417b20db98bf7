"""The outbox in the store: every message that goes out, as a row under its slot's key."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.stores.sqlite.rows import Row
from bot.stores.sqlite.tables import Tables

INSTANTS = ("not_before", "expires_at", "leased_until", "sent_at")
AFTER_A_STOP = "Staffroom stopped while this was being sent."


class OutboxTables(Tables):
    """Keeps the promises of `Outbox`."""

    _listed: tuple[dict[str, Message], list[str], tuple[Message, ...]]  # the slots as they were made, and in order

    async def keep_slots(self, *slots: Message) -> int:
        """Keeps those whose key is new."""
        return await self._write(lambda: self._keep_new(slots))

    def _keep_new(self, slots: Sequence[Message]) -> int:
        new = {one.key: one for one in slots if self._row_now("slot", one.key) is None}
        for key, one in new.items():
            self._add("slot", key, _to_row(one))
        return len(new)

    async def slots(self, *sorts: MessageKind) -> tuple[Message, ...]:
        """Every slot of these sorts, or of all where none is named, by key."""
        keys, slots = self._in_order()
        if not sorts:
            return slots
        found: list[Message] = []
        for begin in sorted({f"{one.value}/" for one in sorts}):
            found += slots[bisect_left(keys, begin) : bisect_left(keys, f"{begin}\U0010ffff")]
        return tuple(found)

    def _in_order(self) -> tuple[list[str], tuple[Message, ...]]:
        held = self._made_of("slot", lambda _, row: _from_row(row))
        if self._listed[0] is not held:
            keys = sorted(held)
            self._listed = (held, keys, tuple(held[key] for key in keys))
        return self._listed[1:]

    async def slot(self, key: str) -> Message | None:
        """One slot by its key."""
        row = self._row("slot", key)
        return _from_row(row) if row else None

    async def move(self, before: Message, after: Message) -> bool:
        """Puts a slot in the place of exactly this one."""

        def unit() -> bool:
            if not _is(self._row_now("slot", before.key), before):
                return False
            self._put("slot", before.key, _to_row(after))
            return True

        return await self._write(unit)

    async def drop_slots(self, *slots: Message) -> int:
        """Forgets these slots where they are exactly as given."""

        def unit() -> int:
            same = [self._key(one.key) for one in slots if _is(self._row_now("slot", one.key), one)]
            self._remove("slot", same)
            return len(same)

        return await self._write(unit)

    async def settle(self, now: datetime) -> int:
        """After a stop: whatever was being sent is in doubt."""
        return await self._write(lambda: self._settled(now))

    def _settled(self, now: datetime) -> int:
        stuck = [_from_row(row) for row in self._now("slot").values() if row["state"] == DeliveryState.SENDING]
        for one in stuck:
            self._put("slot", one.key, _to_row(one.doubted(now, AFTER_A_STOP)))
        return len(stuck)


def _is(row: Row | None, slot: Message) -> bool:
    """As they are written: two equal instants of the hour that comes twice are not equal in two time zones."""
    return row is not None and _to_row(_from_row(row)) == _to_row(slot)


def _to_row(slot: Message) -> Row:
    row = asdict(slot)
    row |= {"sort": slot.sort.value, "state": slot.state.value, "on": slot.on.isoformat(), "about": list(slot.about)}
    return row | {name: at.isoformat() if (at := row[name]) else None for name in INSTANTS}


def _from_row(row: Row) -> Message:
    read: dict[str, Any] = {name: datetime.fromisoformat(at) if (at := row.get(name)) else None for name in INSTANTS}
    read |= {
        "sort": MessageKind(row["sort"]),
        "state": DeliveryState(row["state"]),
        "on": date.fromisoformat(row["on"]),
    }
    return Message(**{**row, **read, "about": tuple(row.get("about", ()))})
