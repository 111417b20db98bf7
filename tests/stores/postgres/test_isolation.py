"""What the database itself refuses, whatever Staffroom does: tried with the login that serves."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from bot.errors import StoreError
from bot.evidence.rules.ledger import verify
from bot.stores.postgres.owner import make_postgres_store
from bot.stores.postgres.store import PostgresStore, open_postgres_store
from tests.postgres_server import OWNER
from tests.stores.conftest import Place
from tests.stores.examples import ANNA, NINE, acknowledged, card, erased
from tests.stores.promises import QUESTION

NO_SCHOOL_OF_ITS_OWN = {"migration"}  # which steps were run: nothing of any school
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


@dataclass(frozen=True)
class Serving:
    """The serving login at the database, in one transaction, with a school set or without."""

    place: Place
    school: str = ""

    def run(self, sql: str) -> tuple[int, list[tuple[object, ...]]]:
        """How many rows a statement touched, and those it returned."""
        with psycopg.connect(self.place.url) as connection:
            if self.school:
                connection.execute("SELECT set_config('staffroom.school', %s, true)", [self.school])
            cursor = connection.execute(sql.encode())
            return cursor.rowcount, cursor.fetchall() if cursor.description else []


@pytest.fixture
async def serving(place: Place, postgres_store: PostgresStore) -> Serving:
    """The serving login for a school in which something of everything is kept."""
    await postgres_store.enrol([ANNA])
    await postgres_store.append(acknowledged("p1"), "ack/p1", [card("p1")])
    await postgres_store.keep_question(QUESTION)
    await postgres_store.keep_doubt("a digest", NINE)
    return Serving(place, str(postgres_store.school.id))


def tables(place: Place) -> list[str]:
    names = [str(name) for (name,) in place.server.administer(TABLES, place.database)]
    return [name for name in names if name not in NO_SCHOOL_OF_ITS_OWN]


def test_every_table_has_row_level_security_that_also_holds_for_its_owner(place: Place):
    rows = place.server.administer(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND NOT (relrowsecurity AND relforcerowsecurity)",
        place.database,
    )

    assert {name for (name,) in rows} == NO_SCHOOL_OF_ITS_OWN


def test_a_connection_without_a_school_sees_nothing(serving: Serving):
    nobody = Serving(serving.place)

    for table in tables(serving.place):
        assert nobody.run(f"SELECT count(*) FROM {table}")[1] == [(0,)], table
    assert serving.run("SELECT count(*) FROM entry")[1] == [(1,)]


@pytest.mark.parametrize("school", ["", "another"])
def test_a_connection_without_the_school_writes_nothing(serving: Serving, school: str):
    other = Serving(serving.place, str(int(serving.school) + 100_000) if school else "")

    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        other.run(f"INSERT INTO tally VALUES ({serving.school}, '2021-09-06', 'lunch', 'asked', 1)")
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        other.run(f"INSERT INTO idempotency_key VALUES ({serving.school}, 'ack/p9', 1)")
    assert other.run("UPDATE message SET state = 'sent'")[0] == 0
    assert other.run("DELETE FROM question")[0] == 0
    assert other.run("DELETE FROM doubt")[0] == 0
    assert other.run("UPDATE entry SET who = '', who_salt = ''")[0] == 0
    assert serving.run("SELECT state FROM message")[1] == [("due",)]


def test_a_row_cannot_be_given_to_another_school(serving: Serving):
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        serving.run(f"UPDATE message SET school = {int(serving.school) - 1}")


def test_what_is_set_ends_with_its_transaction(serving: Serving):
    with psycopg.connect(serving.place.url) as connection:
        connection.execute("SELECT set_config('staffroom.school', %s, true)", [serving.school])
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (1,)
        connection.commit()

        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (0,)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM entry",
        "TRUNCATE entry",
        "UPDATE entry SET hash = previous",
        "UPDATE entry SET what = '{}'",
        "UPDATE entry SET number = 7",
        'UPDATE entry SET who = \'{"name":"Somebody else"}\'',
        "UPDATE entry SET who = ''",
        "UPDATE entry SET who_salt = '\\x00'",
        "DELETE FROM idempotency_key",
        "DELETE FROM head",
        "DELETE FROM published_text",
        "UPDATE published_text SET body = ''",
        "DELETE FROM school",
        "UPDATE school SET name = 'other'",
        "ALTER TABLE entry DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE entry DISABLE TRIGGER entry_stays",
        "DROP POLICY own_school ON entry",
        "SET ROLE staffroom_owner",
        "CREATE TABLE mine (id integer)",
    ],
)
def test_the_serving_login_cannot_change_what_was_recorded(serving: Serving, sql: str):
    with pytest.raises(InsufficientPrivilege):
        serving.run(sql)


async def test_the_serving_login_may_empty_whom_an_entry_was_about_and_the_chain_still_verifies(
    serving: Serving, postgres_store: PostgresStore
):
    assert serving.run("UPDATE entry SET who = '', who_salt = ''")[0] == 1

    (entry,) = await postgres_store.entries()
    assert not entry.who.is_open
    assert verify([entry]) == await postgres_store.head()


def test_even_the_owner_cannot_change_an_entry_in_place(serving: Serving):
    with psycopg.connect(serving.place.owner_url) as connection:
        connection.execute("SELECT set_config('staffroom.school', %s, true)", [serving.school])
        with pytest.raises(InsufficientPrivilege, match="can only lose whom it was about"):
            connection.execute("UPDATE entry SET what = '{}'")


@pytest.mark.parametrize("login", [OWNER, "postgres"])
async def test_staffroom_does_not_run_with_a_login_that_could_do_more(place: Place, login: str):
    with pytest.raises(StoreError, match="nothing but a member of staffroom_serving"):
        await open_postgres_store(place.server.url(place.database, login), place.school, place.folder, demo=True)


async def test_schools_of_one_database_do_not_see_each_other(
    place: Place, postgres_store: PostgresStore, tmp_path: Path
):
    await postgres_store.append(acknowledged("p1"), "ack/p1", [card()])
    other = f"{place.school}-two"
    await make_postgres_store(place.owner_url, other, tmp_path / "other", demo=True)
    store = await open_postgres_store(place.url, other, tmp_path / "other", demo=True)

    assert (await store.head()).number == 0 and await store.entries() == ()
    assert await store.messages(recipient="p1") == ()
    assert (await store.append(acknowledged("p2"), "ack/p1")).number == 1
    await store.erase("p1", erased("p1"))
    assert len(await postgres_store.messages(recipient="p1")) == 1
    await store.close()
