"""A school moves from its file into PostgreSQL and back, whole, and only while nobody runs on it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.errors import AccountTaken, BadInput, LedgerBroken, StoreError, StoreLocked
from bot.evidence.rules.ledger import verify
from bot.outbox.rules.message import MessageKind
from bot.people.rules.conversations import SharedFile
from bot.stores.move_school import move_school
from bot.stores.postgres.store import open_postgres_store
from bot.stores.sqlite.store import SqliteStore
from tests.postgres_server import Server
from tests.stores.conftest import NUMBERS
from tests.stores.examples import ANNA, BEN, NINE, TEXT, acknowledged, card, class_channel, erased, own_chat
from tests.stores.outbox_promises import EVERYTHING
from tests.stores.promises import ASKED, QUESTION


@dataclass(frozen=True)
class School:
    """A school in a file, and the database it may move into."""

    name: str
    file: Path
    folder: Path
    owner_url: str
    serving_url: str

    async def move_in(self) -> str:
        """Moves it into the database, and returns what is said of what is left behind."""
        _, aside = await move_school(f"sqlite:{self.file}", self.owner_url, self.name, self.folder, NINE)
        return aside

    async def move_out(self) -> None:
        """Moves it back into the file."""
        await move_school(self.owner_url, f"sqlite:{self.file}", self.name, self.folder, NINE)


@pytest.fixture
async def school(server: Server, database: str, tmp_path: Path) -> AsyncIterator[School]:
    """A school that keeps something of everything."""
    name = f"moving-{next(NUMBERS)}"
    file = tmp_path / "file" / "school.db"
    store = SqliteStore(file, name, demo=False)
    pseudonyms = await store.enrol([replace(ANNA, slack="U0ANNA"), BEN])
    await store.append(acknowledged(pseudonyms["t1"]), "ack/1", [card(pseudonyms["t1"])])
    await store.append(acknowledged(pseudonyms["t2"]), "ack/2", [card(pseudonyms["t2"])])
    await store.erase(pseudonyms["t2"], erased(pseudonyms["t2"]))
    await store.keep_messages(EVERYTHING, card("p9").unreachable("has no account here"))
    await store.pin("msteams", "account/1", "t1")
    await store.pin("slack", "U1", "t1")
    await store.unpin("slack", "U1")
    for chat in (own_chat("account/1", "a:2"), class_channel("class"), own_chat("account/1", "a:1")):
        await store.keep_conversation(chat)
    await store.count(ASKED, ASKED)
    await store.keep_question(QUESTION)
    await store.keep_shared_file(SharedFile("F1", NINE))
    await store.keep_doubt("a digest", NINE)
    await store.keep_version(TEXT)
    await store.close()
    (tmp_path / "data").mkdir()
    yield School(name, file, tmp_path / "data", server.url(database, "staffroom_owner"), server.url(database))


async def test_everything_moves_and_goes_on_there(school: School):
    before = SqliteStore(school.file, school.name, demo=False)
    entries, messages = await before.entries(), await before.messages(*MessageKind)
    await before.close()

    aside = await school.move_in()

    assert not school.file.exists() and "school.moved-" in aside
    store = await open_postgres_store(school.serving_url, school.name, school.folder, demo=False)
    assert await store.entries() == entries and await store.messages(*MessageKind) == messages
    assert await store.append(acknowledged("p1"), "ack/1") == entries[0]
    assert await store.conversation_of("msteams", "account/1") == own_chat("account/1", "a:1")
    assert await store.version(TEXT.digest) == TEXT
    assert await store.doubt("a digest") == NINE
    assert [person.slack for person in (await store.everybody_known()).values()] == ["U0ANNA"]
    with pytest.raises(AccountTaken):
        await store.pin("slack", "U1", "t2")
    assert (school.folder / "erased.txt").read_text().split()
    assert (await store.append(acknowledged("p3"), "ack/3")).number == len(entries) + 1
    await store.close()


async def test_it_moves_back_with_what_came_since(school: School):
    await school.move_in()
    store = await open_postgres_store(school.serving_url, school.name, school.folder, demo=False)
    await store.append(acknowledged("p3"), "ack/3", [card("p3", 3)])
    await store.count(ASKED)
    await store.keep_doubt("another digest", NINE)
    entries, messages = await store.entries(), await store.messages(*MessageKind)
    await store.close()

    await school.move_out()

    back = SqliteStore(school.file, school.name, demo=False, creates=False)
    assert await back.entries() == entries and verify(entries) == await back.head()
    assert await back.messages(*MessageKind) == messages
    assert [tally.times for tally in await back.tallies()] == [3]
    assert await back.doubts() == {"a digest": NINE, "another digest": NINE}
    assert [person.slack for person in (await back.everybody_known()).values()] == ["U0ANNA"]
    with pytest.raises(AccountTaken):
        await back.pin("slack", "U1", "t2")
    assert (await back.append(acknowledged("p4"), "ack/4")).number == len(entries) + 1
    await back.close()
    with pytest.raises(StoreError, match="python -m bot store new"):
        await open_postgres_store(school.serving_url, school.name, school.folder, demo=False)
    assert "moved" in await school.move_in()


async def test_it_does_not_move_while_a_server_runs_on_the_file(school: School):
    running = SqliteStore(school.file, school.name, demo=False)

    with pytest.raises(StoreLocked, match="already using"):
        await school.move_in()

    await running.close()
    assert await school.move_in()


async def test_it_does_not_move_while_a_server_runs_on_the_database(school: School):
    await school.move_in()
    running = await open_postgres_store(school.serving_url, school.name, school.folder, demo=False)

    with pytest.raises(StoreLocked, match="is running on the database"):
        await school.move_out()
    assert not school.file.exists() and await running.is_well()

    await running.close()
    await school.move_out()


async def test_a_ledger_that_is_not_whole_does_not_move(school: School, server: Server, database: str):
    await school.move_in()
    server.administer("ALTER TABLE entry DISABLE TRIGGER entry_stays", database)
    server.administer(f"UPDATE entry SET what = '{{}}' WHERE number = 1 AND school = {await number(school)}", database)
    server.administer("ALTER TABLE entry ENABLE TRIGGER entry_stays", database)

    with pytest.raises(LedgerBroken):
        await school.move_out()

    assert not school.file.exists()


async def number(school: School) -> int:
    store = await open_postgres_store(school.serving_url, school.name, school.folder, demo=False, writes=False)
    await store.close()
    return store.school.id


async def test_a_school_that_is_there_already_is_not_replaced(school: School):
    kept = school.file.read_bytes()
    await school.move_in()
    school.file.write_bytes(kept)

    with pytest.raises(StoreError, match="already"):
        await school.move_out()
    with pytest.raises(BadInput, match="from a file into PostgreSQL, or back"):
        await move_school(school.owner_url, school.owner_url, school.name, school.folder, NINE)
    assert school.file.read_bytes() == kept
