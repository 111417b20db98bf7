"""Copies of a store: made while it runs, put back while it does not."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import LedgerBroken, LedgerMoved, StoreError
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Event, EventKind, Head
from bot.stores.sqlite.copies import connect, copy_whole
from bot.stores.sqlite.database import Reader
from bot.stores.sqlite.ledger import verify_ledgers
from bot.stores.sqlite.migrations import FORM, bring_up_to_date, checked_form, has_documents
from bot.stores.sqlite.open_files import BELONGS_TO_A_STORE, belongs_to_a_store
from bot.stores.sqlite.store import SqliteStore, locked
from bot.stores.sqlite.witness import Witness, heads_in
from bot.stores.witness_file import sync_folder

WITHOUT_ITS_END = "This would be a copy of {store} without its last entries; the copy was not kept. {why}"
NOT_A_STORE = "{file} is not a store of Staffroom, nor a backup of one. Nothing was changed; give another file."
PART_OF_A_STORE = "{file} is a part of the store that is there, not a backup. Nothing was changed; give another file."
ANOTHER_SCHOOL = (
    "{file} is a backup of {schools}, and this is {school} (STAFFROOM_SCHOOL). Nothing was changed; give a backup of "
    "this school."
)
ERASED_UNREADABLE = (
    "{file} cannot be read. It lists who was erased, and without it their details could come back. Nothing was "
    "changed; put a copy of it back, and restore again."
)
NO_WITNESS = "{store} has no witness beside it, so nobody can tell whether a copy is whole; the copy was not kept."


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `lost` entries are in the store that was there, or were, and are not in the backup."""

    erased_again: int
    lost: int
    kept_aside: tuple[Path, ...]


def back_up(source: Path, target: Path) -> None:
    """Copies a store whole into a new file, also while it is being written; raises StoreError.

    Every page and every row of the copy is checked, and that it has every entry that was confirmed.
    """
    if belongs_to_a_store(target):
        raise StoreError(BELONGS_TO_A_STORE.format(file=target.name))
    witness = Witness(source)
    kept = witness.read()

    def check(copy: sqlite3.Connection) -> None:
        if not has_documents(copy):
            raise StoreError(NOT_A_STORE.format(file=source.name))
        if checked_form(copy) == FORM and kept is None:
            raise StoreError(NO_WITNESS.format(store=source.name))
        verify_ledgers(copy)
        try:
            witness.refuse_if_behind(copy, kept or {})
        except LedgerBroken as error:
            raise StoreError(WITHOUT_ITS_END.format(store=source.name, why=error)) from error

    copy_whole(source, target, check)


def is_of_a_demo(backup: Path) -> bool:
    """Whether a copy is marked as a demo's; False if it is not, or cannot be read."""
    try:
        with closing(connect(backup, "ro")) as db:
            body = Reader(db).body("about", "kind")
            return body is not None and json.loads(body)["demo"] is True
    except Exception:  # noqa: BLE001 - a file that is no store, a row without its fields, a name no file can have
        return False


async def restore(
    backup: Path, target: Path, school: str, now: datetime, *, demo: bool, witness_copy: Path | None = None
) -> Restored:
    """Puts a backup in place of a stopped store, and says in its ledger that this was done.

    A message that was being sent when the backup was made is in doubt once its lease has run out. People who were
    erased since are erased again. The files that were there are kept under another name. Raises StoreError, with
    nothing changed, if the backup is not whole or a bot still runs.
    """
    if belongs_to_a_store(backup):
        raise StoreError(PART_OF_A_STORE.format(file=backup.name))
    Witness(target, witness_copy).refuse_without_copy_folder()
    incoming = target.with_name(f"{target.name}.coming")
    with locked(target):
        remove_files(incoming)
        before = _last_known_head(target, school)
        erased_since = _erased(target.with_name("erased.txt"))
        copy_whole(backup, incoming, lambda copy: _refuse_another(copy, backup, school))
        try:
            _bring_up_to_date(incoming)
            with closing(connect(incoming, "ro")) as db:
                backed_up = heads_in(db)
            Witness(incoming).write(backed_up)
            erased = await _make_ready(incoming, school, now, before, erased_since, demo=demo)
            aside = set_aside(target, now)
            Witness(incoming).file.replace(Witness(target).file)
            incoming.replace(target)
            sync_folder(target.parent)
            if witness_copy:
                Witness(target, witness_copy).write(Witness(target).read() or {})
        finally:
            remove_files(incoming)
    return Restored(erased, max(0, before.number - backed_up.get(school, Head()).number), aside)


def _refuse_another(copy: sqlite3.Connection, backup: Path, school: str) -> None:
    """Raises StoreError for a file that is no store, and for the store of other schools."""
    if not has_documents(copy):
        raise StoreError(NOT_A_STORE.format(file=backup.name))
    checked_form(copy)
    schools = sorted(heads_in(copy))
    if schools and school not in schools:
        raise StoreError(ANOTHER_SCHOOL.format(file=backup.name, schools=", ".join(schools), school=school))


def _erased(listed: Path) -> list[str]:
    """The pseudonyms of people who were erased; raises StoreError if their list cannot be read."""
    try:
        return listed.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise StoreError(ERASED_UNREADABLE.format(file=listed.name)) from error


def remove_files(incoming: Path) -> None:
    """Removes a store that did not take its place, with everything beside it."""
    for ending in ("", "-wal", "-shm", ".lock", ".witness", ".witness.part"):
        incoming.with_name(incoming.name + ending).unlink(missing_ok=True)


def set_aside(target: Path, now: datetime, why: str = "before-restore") -> tuple[Path, ...]:
    """Gives the files that are there a name with the time; returns those there were. Their log goes on being theirs."""
    name = f"{target.stem}.{why}-{now:%Y-%m-%d-%H%M%S}"
    number, free = 1, name
    while target.with_name(f"{free}{target.suffix}").exists():
        number += 1
        free = f"{name}-{number}"
    aside = target.with_name(f"{free}{target.suffix}")
    files = []
    target.with_name(f"{target.name}-shm").unlink(missing_ok=True)  # SQLite makes it again from the log
    for ending in (".witness", "-wal", ""):
        file = target.with_name(target.name + ending)
        if file.is_file() and ending == "-wal" and not file.stat().st_size:
            file.unlink()
        elif file.is_file():
            file.replace(aside.with_name(aside.name + ending))
            files.append(aside.with_name(aside.name + ending))
    return tuple(files)


def _last_known_head(target: Path, school: str) -> Head:
    """How far the ledger had come that is there, by itself or by its witness; head 0 if neither can be read."""
    heads = [Head(), _head_of(target, school)]
    with suppress(StoreError):
        heads.append((Witness(target).read() or {}).get(school, Head()))
    return max(heads, key=lambda head: head.number)


def _head_of(target: Path, school: str) -> Head:
    """The head of the store that is there, whatever its form; head 0 if it cannot be read."""
    try:
        with closing(connect(target, "ro")) as db:
            return heads_in(db).get(school, Head())
    except (sqlite3.Error, StoreError):
        return Head()  # damaged: that is why somebody restores


def _bring_up_to_date(incoming: Path) -> None:
    """Brings an older backup to today's form; the backup itself is the copy of how it was."""
    try:
        with closing(connect(incoming, "rw")) as db:
            bring_up_to_date(db, incoming, keeps_copy=False)
    except sqlite3.Error as error:
        raise StoreError(f"The backup could not be read: {error}.") from error


async def _make_ready(
    incoming: Path, school: str, now: datetime, before: Head, erased_since: Sequence[str], *, demo: bool
) -> int:
    """Opens the backup once and verifies its whole ledger; erases again, and notes the restore."""
    store = SqliteStore(incoming, school, demo=demo, creates=False)
    try:
        await LedgerFeed(store).verify_all()
        known_again = list(await store.known(erased_since))
        for pseudonym in known_again:
            await store.erase(pseudonym, Event(EventKind.ERASE, now, subject=pseudonym))
        await _note_restore(store, Event(EventKind.RESTORE, now, facts={"before": str(before)}))
    finally:
        await store.close()
    return len(known_again)


async def _note_restore(store: SqliteStore, event: Event) -> None:
    """Adds the event; nobody else writes here, so the ledger moves once at most: if the clock went back."""
    try:
        await store.append(event, await store.head())
    except LedgerMoved:
        await store.append(event, await store.head())
