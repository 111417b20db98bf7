"""Copies of a store: made while it runs, put back while it does not."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Event, EventKind, Head
from bot.stores.sqlite.copies import connect, copy_whole
from bot.stores.sqlite.database import Reader
from bot.stores.sqlite.migrations import bring_up_to_date
from bot.stores.sqlite.store import SqliteStore, locked


def back_up(source: Path, target: Path) -> None:
    """Copies a store whole into a new file, also while it is being written; raises StoreError.

    Every page and every row of the copy is checked.
    """
    copy_whole(source, target)


async def restore(backup: Path, target: Path, school: str, now: datetime, *, demo: bool) -> int:
    """Puts a backup in place of a stopped store; returns how many people were erased since, and are erased again.

    A message that was being sent when the backup was made is in doubt once its lease has run out. The store that was
    there is deleted; if it can still be read, its ledger's head is noted in the new one. Raises StoreError, with
    nothing changed, if the backup is not whole or a bot still runs.
    """
    incoming = target.with_name(f"{target.name}.coming")
    with locked(target):
        before = _head_of(target, school)
        incoming.unlink(missing_ok=True)
        back_up(backup, incoming)
        try:
            _bring_up_to_date(incoming)
            erased = await _make_ready(incoming, target, school, now, before, demo=demo)
            for side in ("-wal", "-shm"):
                target.with_name(target.name + side).unlink(missing_ok=True)
            os.replace(incoming, target)  # noqa: PTH105 - replaces in one step, also if a file is there
        finally:
            for side in ("", "-wal", "-shm", ".lock"):
                incoming.with_name(incoming.name + side).unlink(missing_ok=True)
    return erased


def _head_of(target: Path, school: str) -> Head:
    """The head of the store that is there, whatever its form; head 0 if it cannot be read."""
    try:
        with closing(connect(target, "ro")) as db:
            body = Reader(db).body("head", f"{school}/head")
    except (sqlite3.Error, StoreError):
        return Head()  # damaged: that is why somebody restores
    if body is None:
        return Head()
    row = json.loads(body)
    return Head(row["number"], row["hash"])


def _bring_up_to_date(incoming: Path) -> None:
    """Brings an older backup to today's form; the backup itself is the copy of how it was."""
    try:
        with closing(connect(incoming, "rw")) as db:
            bring_up_to_date(db, incoming, keeps_copy=False)
    except sqlite3.Error as error:
        raise StoreError(f"The backup could not be read: {error}.") from error


async def _make_ready(incoming: Path, target: Path, school: str, now: datetime, before: Head, *, demo: bool) -> int:
    """Opens the backup once and verifies its whole ledger; erases again, and notes the restore."""
    store = SqliteStore(incoming, school, demo=demo)
    try:
        await LedgerFeed(store).verify_all()
        listed = target.with_name("erased.txt")
        erased = listed.read_text(encoding="ascii").split() if listed.is_file() else []
        known_again = list(await store.known(erased))
        for pseudonym in known_again:
            await store.erase(pseudonym, Event(EventKind.ERASE, now, subject=pseudonym))
        await store.append(Event(EventKind.RESTORE, now, facts={"before": str(before)}), await store.head())
    finally:
        await store.close()
    return len(known_again)
