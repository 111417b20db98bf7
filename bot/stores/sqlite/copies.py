"""Whole copies of a store, also while it is being written."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.stores.sqlite.checks import check_whole
from bot.stores.sqlite.failures import store_error

NOTHING_THERE = "{file} could not be copied: it is not there, or it is empty. Nothing was changed; give another file."
NO_NAME = "No file can have that name. Nothing was changed; give a shorter and simpler one."


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
    _refuse_paths(source, target)
    part = target.with_name(f"{target.name}.part")
    try:
        part.touch(mode=0o600)
        with closing(connect(source, "ro")) as original, closing(connect(part, "rw")) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            _check_copy(copy, source)
            check(copy)
        part.rename(target)
    except Exception as error:
        raise store_error(source.name, f"could not be copied to {target.name}", error) from error
    finally:
        part.unlink(missing_ok=True)


def _is_there(file: Path) -> bool:
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _refuse_paths(source: Path, target: Path) -> None:
    """Raises StoreError if there is nothing to copy, or nowhere to copy it to."""
    try:
        if not source.is_file() or not source.stat().st_size:  # SQLite would take an empty file for an empty store
            raise StoreError(NOTHING_THERE.format(file=source))
        if _is_there(target):
            raise StoreError(f"{target.name or target} exists already; a copy never overwrites. Give another name.")
        if not target.parent.is_dir():
            raise StoreError(f"There is no folder {target.parent}. Make it first, or give another name.")
    except (OSError, ValueError) as error:  # a name that is too long, or that no file can have
        raise StoreError(NO_NAME) from error


def _check_copy(copy: sqlite3.Connection, source: Path) -> None:
    try:
        check_whole(copy, has_checksums=form_of(copy) > 0)
    except StoreError as error:
        raise StoreError(f"{source.name} is damaged; the copy was not kept.") from error
