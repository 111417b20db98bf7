"""Brings a store's file to the form this program works with, one numbered step after the other.

`user_version` says which form a file has: 0 is release 0.2.0's, 1 is 0.5.0's, 2 is 0.6.0's, 3 is today's. The tables
show it as well, and from 3 on a row with a checksum says it. All steps are one transaction: a stop in the middle leaves
the old store. Before it, the store is copied whole beside itself.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from bot.errors import StoreError
from bot.stores.conversation_rows import conversation_key, conversation_row
from bot.stores.message_rows import message_row
from bot.stores.rows import Row, body_of
from bot.stores.sqlite.checks import check_whole
from bot.stores.sqlite.copies import copy_whole, form_of
from bot.stores.sqlite.documents import check_row, put_bodies
from bot.stores.sqlite.form_1 import Sent, conversation_of_place, lesson_of_slot, message_of_slot, pin_channels

LOG = logging.getLogger("staffroom.store")
Migration: TypeAlias = Callable[[sqlite3.Connection], None]
NEWER = "This store was written by a newer Staffroom; please start that one."
OLDER = "This store is of an older Staffroom; start this one once to bring it up to date."
UNREADABLE = "This store could not be brought up to date and was left as it is."
FORMS_DIFFER = (
    "This store says in two places which form it has, and they differ. It was changed by hand or is damaged, and was "
    "left as it is. Restore the last backup: python -m bot restore BACKUP."
)
TABLES_DIFFER = (
    "The tables of this store are not as Staffroom makes them. It was changed by hand or is damaged, and was left as "
    "it is. Restore the last backup: python -m bot restore BACKUP."
)
COLUMNS = ("tab", "id", "body", "sum")
_COLUMNS = "tab TEXT, id TEXT, body TEXT NOT NULL"
_IS_MESSAGE = "tab = 'message'"


def bring_up_to_date(
    db: sqlite3.Connection,
    path: Path,
    migrations: Mapping[int, Migration] | None = None,
    *,
    keeps_copy: bool = True,
    before_commit: Migration = lambda db: None,
) -> Path | None:
    """Runs the steps a file still needs, and returns the copy of the store as it was; None if nothing was needed.

    A new, empty file needs no copy. `before_commit` is done last, inside the transaction. Raises StoreError, with
    nothing changed, for a store that is damaged or newer.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    form, wanted = checked_form(db), max(migrations)
    if form == wanted:
        return None
    steps = [*(migrations[step] for step in range(form + 1, wanted + 1)), before_commit]
    if not has_documents(db):
        _migrate(db, steps, wanted, None)
        return None
    check_whole(db, has_checksums=form > 0)
    copy = _copy_beside(path, wanted) if keeps_copy else None
    _migrate(db, steps, wanted, copy)
    LOG.warning("store_migrated from=%d to=%d copy=%s", form, wanted, copy or "none")
    try:
        db.execute("VACUUM")  # else the file would stay twice as large as it needs to be
    except sqlite3.Error:  # a full disk, for example: the store is whole, only larger than it needs to be
        LOG.warning("store_not_compacted")
    return copy


def checked_form(db: sqlite3.Connection) -> int:
    """The form a file has; raises StoreError if this program is older than the store, or if its form is in doubt."""
    form = form_of(db)
    if form > FORM:
        raise StoreError(NEWER)
    if form != _form_by_tables(db):
        raise StoreError(FORMS_DIFFER)
    if form == FORM and not _has_only_our_tables(db):
        raise StoreError(TABLES_DIFFER)
    return form


def _has_only_our_tables(db: sqlite3.Connection) -> bool:
    """Whether the file has exactly our table and indexes: a trigger could take away what was written."""
    parts = db.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
    columns = tuple(column[1] for column in db.execute("PRAGMA table_info(document)"))
    ours = {("table", "document"), *(("index", name) for name in MESSAGE_INDEXES)}
    return set(parts) == ours and columns == COLUMNS


def _form_by_tables(db: sqlite3.Connection) -> int:
    """The form that the tables show: a `user_version` that was turned back must not switch off the checksums."""
    columns = {column[1] for column in db.execute("PRAGMA table_info(document)")}
    if "sum" not in columns:
        return 0
    row = db.execute("SELECT body, sum FROM document WHERE tab = 'about' AND id = 'form'").fetchone()
    if row:
        form: int = json.loads(check_row("about", "form", *row))["form"]
        return form
    has_indexes = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'message_open'").fetchone()
    return 2 if has_indexes else 1


def refuse_older(db: sqlite3.Connection) -> None:
    """Raises StoreError unless a file has today's form: who only reads cannot bring it up to date."""
    if checked_form(db) < FORM:
        raise StoreError(OLDER)


def has_documents(db: sqlite3.Connection) -> bool:
    """Whether a file was ever made into a store."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'document'").fetchone() is not None


def _copy_beside(path: Path, form: int) -> Path:
    """A whole copy of the store under a name of its own: demo.db becomes demo.before-3.db."""
    target = path.with_name(f"{path.stem}.before-{form}{path.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.before-{form}-{number}{path.suffix}")
    copy_whole(path, target)
    return target


def _migrate(db: sqlite3.Connection, steps: list[Migration], wanted: int, copy: Path | None) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in steps:
            step(db)
        db.execute(f"PRAGMA user_version = {wanted}")
        db.execute("COMMIT")
    except BaseException as error:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        if copy:
            copy.unlink()  # the store is as it was; a copy for every try would fill the disk with personal details
        if isinstance(error, KeyError | TypeError | ValueError):
            raise StoreError(UNREADABLE) from error
        raise


def migrate_to_1(db: sqlite3.Connection) -> None:
    """Rows get a checksum; release 0.2.0 had none."""
    old: list[tuple[str, str, str]] = []
    if has_documents(db):
        old = db.execute("SELECT tab, id, body FROM document").fetchall()
        db.execute("DROP TABLE document")
    db.execute(f"CREATE TABLE document ({_COLUMNS}, sum BLOB NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID")
    for tab, key, body in old:
        put_bodies(db, tab, [(key, body)])


def migrate_to_2(db: sqlite3.Connection) -> None:
    """Messages, conversations and pins get typed fields and name their channel; messages are found by index.

    The table is laid out with row ids: without them SQLite gives every row of more than 1,002 bytes, which is what an
    entry of the ledger has, a page of its own.
    """
    db.execute("ALTER TABLE document RENAME TO document_1")
    db.execute(f"CREATE TABLE document ({_COLUMNS}, sum BLOB NOT NULL, PRIMARY KEY (tab, id))")
    db.execute(
        "INSERT INTO document SELECT tab, id, body, sum FROM document_1 WHERE tab NOT IN ('slot', 'place', 'pin') "
        "ORDER BY tab, id"
    )
    _turn_slots_into_messages(db)
    _turn_places_into_conversations(db)
    _give_pins_their_channels(db)
    db.execute("DROP TABLE document_1")
    for name, indexed in MESSAGE_INDEXES.items():
        db.execute(f"CREATE INDEX {name} ON document {indexed}")


def migrate_to_3(db: sqlite3.Connection) -> None:
    """The form is in a row with a checksum as well, and the store has a witness beside it from now on."""
    put_bodies(db, "about", [("form", body_of({"form": 3}))])


# What each index of messages holds. A query names its index, and repeats its condition word for word.
MESSAGE_CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "message_open": "json_extract(body, '$.is_open') IS NOT NULL",
        "message_campaigns": "json_extract(body, '$.campaigns') IS NOT NULL",
        "message_people": "json_extract(body, '$.people') IS NOT NULL",
        "message_recordings": "json_extract(body, '$.recordings') IS NOT NULL",
    }
)
MESSAGE_VALUES: Mapping[str, str] = MappingProxyType(
    {
        "message_day": "json_extract(body, '$.on')",
        "message_recipient": "json_extract(body, '$.recipient')",
        "message_campaign": "json_extract(body, '$.subject.campaign')",
        "message_recording": "json_extract(body, '$.subject.recording')",
    }
)
MESSAGE_INDEXES: Mapping[str, str] = MappingProxyType(
    {name: f"(id) WHERE {_IS_MESSAGE} AND {condition}" for name, condition in MESSAGE_CONDITIONS.items()}
    | {name: f"({value}, id) WHERE {_IS_MESSAGE} AND {value} IS NOT NULL" for name, value in MESSAGE_VALUES.items()}
)


def _turn_slots_into_messages(db: sqlite3.Connection) -> None:
    notices = {school: _notices(db, school) for school in _schools(db)}
    for school, _, slot in _old_rows(db, "slot"):
        message = message_of_slot(slot, notices[school])
        put_bodies(db, "message", [(f"{school}/{message.key}", body_of(message_row(message)))])


def _notices(db: sqlite3.Connection, school: str) -> Sent:
    """The channel's id of the notice in each lesson's chat: what the ledger says last, else what was sent."""
    sent = {}
    for owner, _, slot in _old_rows(db, "slot"):
        if owner == school and slot["sort"] == "notice" and slot.get("message"):
            sent[lesson_of_slot(slot)] = slot["message"]
    for owner, _, entry in _old_rows(db, "ledger"):
        event = json.loads(entry["what"])
        if owner == school and event["kind"] == "announce" and event["facts"].get("message"):
            sent[event["facts"]["lesson"]] = event["facts"]["message"]
    return sent


def _turn_places_into_conversations(db: sqlite3.Connection) -> None:
    for order, (school, _, place) in enumerate(_old_rows(db, "place")):
        conversation = conversation_of_place(place)
        key = f"{school}/{conversation_key(conversation.channel, conversation.id)}"
        put_bodies(db, "conversation", [(key, body_of(conversation_row(conversation) | {"order": order}))])


def _give_pins_their_channels(db: sqlite3.Connection) -> None:
    kind = db.execute("SELECT body FROM document WHERE tab = 'about' AND id = 'kind'").fetchone()
    channels = pin_channels(is_demo=bool(kind and json.loads(kind[0])["demo"]))
    for school, account, pin in _old_rows(db, "pin"):
        put_bodies(db, "pin", [(f"{school}/{channel}/{account}", body_of(pin)) for channel in channels])


def _schools(db: sqlite3.Connection) -> set[str]:
    return {school for school, _, _ in _old_rows(db, "slot")}


def _old_rows(db: sqlite3.Connection, tab: str) -> Iterator[tuple[str, str, Row]]:
    """The rows of a table in form 1: school, key within the school, and row."""
    for key, body in db.execute("SELECT id, body FROM document_1 WHERE tab = ? ORDER BY id", [tab]):
        school, _, rest = key.partition("/")
        yield school, rest, json.loads(body)


MIGRATIONS: Mapping[int, Migration] = MappingProxyType({1: migrate_to_1, 2: migrate_to_2, 3: migrate_to_3})
FORM = max(MIGRATIONS)
