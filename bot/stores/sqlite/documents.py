"""Documents: rows of one SQLite table, each a JSON object under the name of a table and a key, with a checksum."""

import hashlib
import sqlite3
from collections.abc import Iterable

from bot.errors import StoreError

DAMAGED = "This store is damaged and was left as it is; restore the last backup: python -m bot restore BACKUP."
_PUT = "INSERT INTO document VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body, sum = excluded.sum"


def checksum(tab: str, key: str, body: str) -> bytes:
    """Eight bytes that tell whether a row is the one that was written there (BLAKE2b)."""
    return hashlib.blake2b(f"{tab}\0{key}\0{body}".encode(), digest_size=8).digest()


def check_row(tab: str, key: str, body: str, sum: bytes) -> str:
    """The body of a row; raises StoreError if it is not as it was written."""
    if checksum(tab, key, body) != sum:
        raise StoreError(DAMAGED)
    return body


def put_bodies(db: sqlite3.Connection, tab: str, bodies: Iterable[tuple[str, str]]) -> None:
    """Writes rows, given as pairs of key and body, in place of those that are there under the same keys."""
    db.executemany(_PUT, [(tab, key, body, checksum(tab, key, body)) for key, body in bodies])


def insert_bodies(db: sqlite3.Connection, tab: str, bodies: Iterable[tuple[str, str]]) -> None:
    """Writes rows that are new; raises sqlite3.IntegrityError, with nothing changed, if one is there already."""
    rows = [(tab, key, body, checksum(tab, key, body)) for key, body in bodies]
    db.executemany("INSERT INTO document VALUES (?, ?, ?, ?)", rows)


def delete_rows(db: sqlite3.Connection, tab: str, keys: Iterable[str]) -> None:
    """Deletes rows by key; deleting them again changes nothing."""
    db.executemany("DELETE FROM document WHERE tab = ? AND id = ?", [(tab, key) for key in keys])
