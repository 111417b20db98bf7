"""Older forms of a store's file are brought up to date, one numbered step after the other."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.stores.sqlite.migrations import MIGRATIONS, bring_up_to_date
from bot.stores.sqlite.store import SqliteStore


def make_old_store(path: Path, form: int, *rows: tuple[str, str, Mapping[str, Any]]) -> None:
    """A store of an older form with a few rows."""
    path.parent.mkdir(exist_ok=True)
    columns = "tab TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (tab, id)"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"CREATE TABLE document ({columns}) WITHOUT ROWID")
        db.executemany("INSERT INTO document VALUES (?, ?, ?)", [(tab, id, json.dumps(row)) for tab, id, row in rows])
        db.commit()
        if form == 1:
            db.isolation_level = None
            bring_up_to_date(db, path, {1: MIGRATIONS[1]}, keeps_copy=False)


async def test_a_store_of_version_0_2_is_brought_up_to_date_as_well(tmp_path: Path):
    path = tmp_path / "store.db"
    question = ("question", "school/2021-09-06/vape?", {"kept": True})
    make_old_store(path, 0, ("about", "kind", {"demo": True}), question)

    with pytest.raises(StoreError, match="start this one once"):
        SqliteStore(path, "school", demo=True, writes=False)
    store = SqliteStore(path, "school", demo=True)
    assert [question.text for question in await store.questions()] == ["vape?"]
    assert store.copy_before_migration == tmp_path / "store.before-3.db"
    await store.close()


async def test_in_a_real_school_pins_were_made_in_teams(tmp_path: Path):
    path = tmp_path / "store.db"
    make_old_store(path, 1, ("about", "kind", {"demo": False}), ("pin", "school/account/1", {"person": "t1"}))

    store = SqliteStore(path, "school", demo=False)
    assert await store.pins_of(["t1"]) == {"t1": {"msteams": "account/1"}}
    await store.close()


@pytest.mark.parametrize(
    ("kind", "id", "expected"),
    [
        ("personal", "a:1", ConversationKind.PERSONAL),
        ("groupChat", "19:abc@thread.v2", ConversationKind.GROUP),
        ("groupChat", "19:meeting_abc@thread.v2", ConversationKind.MEETING),
        ("channel", "19:abc@thread.tacv2", ConversationKind.TEAM),
    ],
)
async def test_a_conversation_keeps_its_kind(tmp_path: Path, kind: str, id: str, expected: ConversationKind):
    place = {"channel": "msteams", "conversation": id, "kind": kind, "service": "s", "tenant": "t", "user": "29:1"}
    make_old_store(tmp_path / "store.db", 1, ("about", "kind", {"demo": False}), ("place", f"school/{id}", place))

    store = SqliteStore(tmp_path / "store.db", "school", demo=False)
    assert await store.conversation("", id) == Conversation("msteams", id, expected, "s", "t")
    await store.close()


def announce(message: str) -> Mapping[str, Any]:
    return {"what": json.dumps({"kind": "announce", "facts": {"lesson": "l1", "message": message}})}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([("slot", "1", "sent")], "of-the-notice"),
        ([("slot", "1", "sent"), ("ledger", "1", "announced"), ("ledger", "2", "announced-last")], "announced-last"),
        ([("ledger", "1", "")], None),
        ([], None),
    ],
    ids=["the notice that was sent", "what the ledger says last", "nothing announced", "nothing sent"],
)
async def test_an_edit_that_is_due_knows_what_it_replaces(
    tmp_path: Path, more: list[tuple[str, str, str]], expected: str | None
):
    notice = {"sort": "notice", "subject": "l1.0", "recipient": "c", "on": "2026-09-08", "state": "sent"}
    edit = {"sort": "edit", "subject": "l1.1", "recipient": "c", "on": "2026-09-08", "state": "due"}
    content: dict[str, Callable[[str], Mapping[str, Any]]] = {
        "slot": lambda text: notice | {"message": "of-the-notice"},
        "ledger": announce,
    }
    rows = [(tab, f"school/{id}", content[tab](text)) for tab, id, text in more]
    make_old_store(
        tmp_path / "store.db", 1, ("about", "kind", {"demo": True}), ("slot", "school/edit/l1.1", edit), *rows
    )

    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as db:
        bring_up_to_date(db, tmp_path / "store.db", keeps_copy=False)
        body = db.execute("SELECT body FROM document WHERE tab = 'message' AND id LIKE 'school/edit/%'").fetchone()[0]
    replaces = json.loads(body).get("replaces")
    assert replaces == (expected and {"channel": "", "conversation": "c", "id": expected})


def test_a_file_of_a_newer_staffroom_is_left_alone(tmp_path: Path):
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")

    for writes in (True, False):
        with pytest.raises(StoreError, match="newer Staffroom"):
            SqliteStore(path, "school", demo=True, writes=writes)
