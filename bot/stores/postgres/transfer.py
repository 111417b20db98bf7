"""Reads everything of a school out of the database, and writes all of it into a new school: the owner does it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from psycopg import AsyncConnection

from bot.ask.rules.tallies import SentQuestion
from bot.errors import StoreLocked
from bot.people.rules.conversations import SharedFile
from bot.people.rules.person import KnownPerson
from bot.stores.contents import Pin, SchoolContents
from bot.stores.conversation_rows import conversation_of
from bot.stores.postgres.chain_writes import INSERT_KEYS, UPDATE_HEAD, lock_head
from bot.stores.postgres.connections import School
from bot.stores.postgres.counts import COUNT, KEEP_QUESTION, KEEP_TEXT, TALLIES, tally_from
from bot.stores.postgres.doubts import DOUBTS
from bot.stores.postgres.doubts import KEEP as KEEP_DOUBT
from bot.stores.postgres.entry_rows import INSERT_ENTRIES, SELECT_ENTRIES, columns, entry_from, entry_values
from bot.stores.postgres.message_rows import INSERT_MESSAGES, SELECT_MESSAGES, message_from, message_values
from bot.stores.postgres.people import ENROL, KEEP, PEOPLE, conversation_values, person_values
from bot.stores.postgres.replicas import RUNS_FOR
from bot.stores.postgres.shared_files import FILES
from bot.stores.postgres.shared_files import KEEP as KEEP_FILE
from bot.stores.rows import body_of
from bot.stores.version_rows import version_of, version_row

WRITTEN_TOGETHER = 1_000  # rows in one statement
RUNNING = f"SELECT count(*) FROM replica WHERE seen_at > clock_timestamp() - interval '{RUNS_FOR}'"
IS_RUNNING = (
    "A Staffroom of this school is running on the database, or was until {since} ago. Nothing was changed. Stop it; if "
    "it was killed, wait that long."
)
MARK_MOVED = "UPDATE school SET moved_at = clock_timestamp() WHERE id = %s"
PINS = "SELECT channel, account, person, is_released FROM pin"
KEEP_PIN = """
INSERT INTO pin (school, channel, account, person, is_released) VALUES (current_school(), %s, %s, %s, %s)"""
NO_TIME_LIMIT = "SET LOCAL statement_timeout = 0"


async def lock_school(connection: AsyncConnection) -> None:
    """Keeps every replica from writing and starting until the transaction ends; raises StoreLocked if one runs."""
    await connection.execute(NO_TIME_LIMIT)
    await lock_head(connection)
    if (await _rows(connection, RUNNING))[0][0]:
        raise StoreLocked(IS_RUNNING.format(since=RUNS_FOR))


async def mark_moved(connection: AsyncConnection, school: School) -> None:
    """From now on the school is kept elsewhere; what is here is a copy that nobody opens."""
    await connection.execute(MARK_MOVED, [school.id])


async def read_contents(connection: AsyncConnection, school: School) -> SchoolContents:
    """Everything the school keeps; raises LedgerBroken for a text that is not the one that was published."""
    entries = await _rows(connection, f"{SELECT_ENTRIES} ORDER BY number")
    messages = await _rows(connection, f"{SELECT_MESSAGES} ORDER BY key")
    people = await _rows(connection, f"{PEOPLE} ORDER BY pseudonym")
    pins = await _rows(connection, f"{PINS} ORDER BY channel, account")
    chats = await _rows(connection, "SELECT body FROM conversation ORDER BY kept_as")
    questions = await _rows(connection, "SELECT text, day FROM question ORDER BY day, text")
    files = await _rows(connection, FILES)
    texts = await _rows(connection, "SELECT digest, body FROM published_text ORDER BY digest")
    return SchoolContents(
        is_demo=school.is_demo,
        entries=tuple(entry_from(row) for row in entries),
        keys=dict(await _rows(connection, "SELECT key, number FROM idempotency_key ORDER BY key")),
        messages=tuple(message_from(row) for row in messages),
        people=tuple(KnownPerson(*row) for row in people),
        pins=tuple(Pin(*row) for row in pins),
        conversations=tuple(conversation_of(json.loads(body)) for (body,) in chats),
        tallies=tuple(tally_from(row) for row in await _rows(connection, TALLIES)),
        questions=tuple(SentQuestion(text, day) for text, day in questions),
        versions=tuple(version_of(digest, json.loads(body)) for digest, body in texts),
        shared_files=tuple(SharedFile(*row) for row in files),
        doubts=dict(await _rows(connection, DOUBTS)),
    )


async def write_contents(connection: AsyncConnection, contents: SchoolContents) -> None:
    """Writes everything into a new school."""
    await connection.execute(NO_TIME_LIMIT)
    await _insert(connection, INSERT_ENTRIES, [entry_values(entry, entry.event) for entry in contents.entries])
    await connection.execute(UPDATE_HEAD, (contents.head.number, bytes.fromhex(contents.head.hash)))
    await _insert(connection, INSERT_KEYS, list(contents.keys.items()))
    await _insert(connection, INSERT_MESSAGES, [message_values(message) for message in contents.messages])
    tallies = [(t.count.week, t.count.situation, t.count.outcome.value, t.times) for t in contents.tallies]
    questions = [(asked.on, hashlib.sha256(asked.text.encode()).digest(), asked.text) for asked in contents.questions]
    for sql, rows in (
        (ENROL, [person_values(person.pseudonym, person) for person in contents.people]),
        (KEEP_PIN, [astuple(pin) for pin in contents.pins]),
        (KEEP, [conversation_values(chat) for chat in contents.conversations]),
        (COUNT, tallies),
        (KEEP_QUESTION, questions),
        (KEEP_FILE, [(file.id, file.remove_at) for file in contents.shared_files]),
        (KEEP_DOUBT, list(contents.doubts.items())),
        (KEEP_TEXT, [(version.digest, body_of(version_row(version))) for version in contents.versions]),
    ):
        await connection.cursor().executemany(sql.encode(), rows)


async def _insert(connection: AsyncConnection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for begin in range(0, len(rows), WRITTEN_TOGETHER):
        await connection.execute(sql.encode(), columns(list(rows[begin : begin + WRITTEN_TOGETHER])))


async def _rows(connection: AsyncConnection, sql: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(sql.encode())).fetchall()
