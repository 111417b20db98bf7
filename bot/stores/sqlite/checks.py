"""Whether a store's file is whole: SQLite's own check of its pages, and the checksum of every row."""

import sqlite3

from bot.errors import StoreError
from bot.stores.sqlite.documents import DAMAGED, check_row


def check_whole(db: sqlite3.Connection, *, has_checksums: bool = True) -> None:
    """Reads every page and every row; raises StoreError, or sqlite3.Error, if one is damaged.

    Pages and indexes are SQLite's to check (`integrity_check`); it does not notice a flipped bit inside a text.
    """
    if db.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise StoreError(DAMAGED)
    if has_checksums:
        for tab, key, body, sum in db.execute("SELECT tab, id, body, sum FROM document"):
            check_row(tab, key, body, sum)
