"""Copies of a store: made while it runs, put back while it does not."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError, StoreLocked
from bot.evidence.rules.ledger import Event, EventKind, Head, head
from bot.stores.sqlite.store import SqliteStore


def back_up(source: Path, target: Path) -> None:
    """Copies a store whole into a new file, also while it is being written; raises StoreError.

    SQLite's own backup (https://www.sqlite.org/backup.html): the state of one moment, checked, whole or not at all.
    """
    if target.exists():
        raise StoreError(f"{target.name} exists already; a backup never overwrites.")
    part = target.with_name(f"{target.name}.part")
    try:
        part.touch(mode=0o600)
        held = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with closing(held), closing(sqlite3.connect(part)) as copied:
            held.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")
            if copied.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise StoreError(f"{source.name} is damaged; the backup was not kept.")
        part.rename(target)
    except (sqlite3.Error, OSError) as seen:
        raise StoreError(f"{source.name} could not be copied: {seen}.") from seen
    finally:
        part.unlink(missing_ok=True)


async def restore(backup: Path, target: Path, school: str, now: datetime, *, demo: bool) -> int:
    """Puts a backup in a stopped store's place; how many people it had who were erased since, and are so again.

    Messages that were on their way when the backup was made are in doubt. The store that was there is gone: where it
    can still be read, its ledger's head is noted in the new one. Raises StoreError, with nothing changed, where the
    backup is not whole or a bot still runs.
    """
    before = await _head_of(target, school, demo=demo)
    coming = target.with_name(f"{target.name}.coming")
    coming.unlink(missing_ok=True)
    back_up(backup, coming)
    try:
        gone = await _made_ready(coming, target, school, now, before, demo=demo)
        for side in ("-wal", "-shm"):
            target.with_name(target.name + side).unlink(missing_ok=True)
        os.replace(coming, target)  # noqa: PTH105 - replaces in one step, also where a file stands there
    finally:
        for left in (coming, *(coming.with_name(coming.name + side) for side in ("-wal", "-shm", ".lock"))):
            left.unlink(missing_ok=True)
    return gone


async def _head_of(target: Path, school: str, *, demo: bool) -> Head:
    """The head of the store that is there, as far as it can be read; raises StoreLocked while a bot runs."""
    try:
        store = SqliteStore(target, school, demo=demo)
    except StoreLocked:
        raise
    except StoreError:
        return Head()  # damaged: that is why somebody restores
    entries = await store.entries()
    await store.close()
    return head(entries)


async def _made_ready(coming: Path, target: Path, school: str, now: datetime, before: Head, *, demo: bool) -> int:
    """The backup opened once, so that all of it is checked; erasures are done again and the restore is noted."""
    store = SqliteStore(coming, school, demo=demo)
    try:
        listed = target.with_name("erased.txt")
        erased = listed.read_text(encoding="ascii").split() if listed.is_file() else []
        again = [one for one in erased if one in await store.known()]
        for pseudonym in again:
            await store.erase(pseudonym, Event(EventKind.ERASE, now, subject=pseudonym))
        await store.settle(now)
        await store.append(Event(EventKind.RESTORE, now, facts={"before": str(before)}))
    finally:
        await store.close()
    return len(again)
