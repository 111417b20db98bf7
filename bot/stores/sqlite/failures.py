"""What SQLite and the file system could not do, in our own words.

The library's words are not shown: some of them quote a row, and a row may name people.
"""

import sqlite3

from bot.errors import StoreError

DAMAGED = (
    "{store} {what}: it is damaged, or Staffroom did not write it. It was left as it is. Restore the last backup: "
    "python -m bot restore BACKUP."
)
FULL = "{store} {what}: the disk is full. Make room, and try again; nothing was lost."
NOT_OPENED = (
    "{store} {what} ({why}). Check that its folder is there, and that this account may read and write the folder and "
    "every file in it that begins with {store}."
)
UNAVAILABLE = frozenset({"SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_READONLY"})


def store_error(store: str, what: str, error: Exception) -> StoreError:
    """The error to raise for one of a library; `what` goes on after the store's name, such as "cannot be opened"."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")  # it has none if a text is not UTF-8, for example
        if name == "SQLITE_FULL":
            return StoreError(FULL.format(store=store, what=what))
        kind = "_".join(name.split("_")[:2])
        if kind not in UNAVAILABLE:
            return StoreError(DAMAGED.format(store=store, what=what))
        return StoreError(NOT_OPENED.format(store=store, what=what, why=kind.removeprefix("SQLITE_").lower()))
    if isinstance(error, OSError):
        return StoreError(NOT_OPENED.format(store=store, what=what, why=error.strerror or type(error).__name__))
    return StoreError(DAMAGED.format(store=store, what=what))
