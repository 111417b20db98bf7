"""Entries of the ledger, and its head, as rows of PostgreSQL."""

from typing import Any

from bot.evidence.rules.ledger import Entry, Event, Head, Leaf

ENTRY_COLUMNS = "number, previous, hash, what, what_salt, what_hash, who, who_salt, who_hash"
SELECT_ENTRIES = f"SELECT {ENTRY_COLUMNS} FROM entry"
# %b: a list goes as it is in memory, which takes half the time of writing it as text.
INSERT_ENTRIES = f"""
INSERT INTO entry (school, {ENTRY_COLUMNS}, kind, about)
SELECT current_school(), * FROM unnest(%b::bigint[], %b::bytea[], %b::bytea[], %b::text[], %b::bytea[], %b::bytea[],
  %b::text[], %b::bytea[], %b::bytea[], %b::text[], %b::text[])"""


def entry_values(entry: Entry, event: Event) -> tuple[Any, ...]:
    """An entry as a row, with its event's kind and whose details it has."""
    what, who = entry.what, entry.who
    return (
        entry.number,
        bytes.fromhex(entry.previous),
        bytes.fromhex(entry.hash),
        what.text,
        bytes.fromhex(what.salt),
        bytes.fromhex(what.hash),
        who.text,
        bytes.fromhex(who.salt),
        bytes.fromhex(who.hash),
        event.kind.value,
        event.subject or event.actor,
    )


def entry_from(row: tuple[Any, ...]) -> Entry:
    """The entry a row stands for."""
    number, previous, hash, what, what_salt, what_hash, who, who_salt, who_hash = row
    return Entry(
        number,
        previous.hex(),
        Leaf(what_hash.hex(), what_salt.hex(), what),
        Leaf(who_hash.hex(), who_salt.hex(), who),
        hash.hex(),
    )


def head_from(number: int, hash: bytes) -> Head:
    """A head as it is in a row."""
    return Head(number, hash.hex())


def columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for `unnest`; there is at least one row."""
    return [list(column) for column in zip(*rows, strict=True)]
