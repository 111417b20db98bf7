"""Whole copies of a store, also while it is being written."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.stores.sqlite.checks import check_whole


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in one of SQLite's modes: ro, rw or rwc. It may be used from any thread; raises sqlite3.Error."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


def form_of(db: sqlite3.Connection) -> int:
    """The form a store is kept in: 0 is release 0.2.0's (or an empty file), 1 is 0.5.0's."""
    form: int = db.execute("PRAGMA user_version").fetchone()[0]
    return form


def copy_whole(source: Path, target: Path, check: Callable[[sqlite3.Connection], None] = lambda copy: None) -> None:
    """Copies a store into a new file that only this account can read, and checks the copy; raises StoreError.

    The copy is not kept either if `check` refuses it.

    SQLite's own backup (https://www.sqlite.org/backup.html): the state of one moment, whole or not at all.
    """
    if target.exists():
        raise StoreError(f"{target.name} exists already; a backup never overwrites.")
    part = target.with_name(f"{target.name}.part")
    try:
        part.touch(mode=0o600)
        with closing(connect(source, "ro")) as original, closing(connect(part, "rw")) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            _check_copy(copy, source)
            check(copy)
        part.rename(target)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{source.name} could not be copied: {error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _check_copy(copy: sqlite3.Connection, source: Path) -> None:
    try:
        check_whole(copy, has_checksums=form_of(copy) > 0)
    except StoreError as error:
        raise StoreError(f"{source.name} is damaged; the copy was not kept.") from error
