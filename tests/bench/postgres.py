"""The PostgreSQL store beside bare psycopg, in one run: chained appends by two replicas, and claims by four processes.

    python -m tests.bench.postgres

The server is started for this run alone, in a temporary folder, and every commit waits for the disk. Ratios count:
what a disk takes differs from machine to machine.
"""

import asyncio
import hashlib
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import psycopg

from bot.evidence.rules.ledger import verify
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.stores.postgres.owner import make_postgres_store
from bot.stores.postgres.store import open_postgres_store, take_witness
from tests.bench.storing import SCHOOL
from tests.postgres_server import OWNER, Server, binaries, running_server
from tests.stores.examples import MONDAY, NINE, acknowledged

AT_ONCE = 32  # of each replica
APPENDS, BARE_APPENDS = 6_000, 600
MESSAGES, CLAIMED_TOGETHER, CLAIMERS = 12_000, 24, 4
LEASE = timedelta(minutes=5)
DUE = Subject(campaign="AUP-2026-1", text="v1")


async def append_as_replica(url: str, folder: Path, number: int) -> None:
    """One replica appends its share, so many at a time; each entry is confirmed."""
    store = await open_postgres_store(url, SCHOOL, folder, demo=False, is_alone=False)
    people = iter(range(APPENDS // 2))

    async def press() -> None:
        for person in people:
            await store.append(acknowledged(f"p{number}-{person}"), f"ack/{number}/{person}")

    await begin_together()
    began = time.perf_counter()
    await asyncio.gather(*(press() for _ in range(AT_ONCE)))
    print(time.perf_counter() - began, flush=True)
    await store.close()


def append_bare(url: str, number: int) -> None:
    """Bare psycopg: one transaction an entry, the head locked, a hash chained, as many at a time."""

    async def press(people: "Sequence[int]") -> None:
        async with await psycopg.AsyncConnection.connect(url) as connection:
            for person in people:
                row = await (await connection.execute("SELECT number, hash FROM bare_head FOR UPDATE")).fetchone()
                assert row is not None
                text = f"{number} {person} " + "x" * 400
                hash = hashlib.sha256(row[1] + text.encode()).digest()
                await connection.execute("INSERT INTO bare_entry VALUES (%s, %s, %s)", (row[0] + 1, hash, text))
                await connection.execute("UPDATE bare_head SET number = %s, hash = %s", (row[0] + 1, hash))
                await connection.commit()

    async def run() -> None:
        shares = [range(start, BARE_APPENDS // 2, AT_ONCE) for start in range(AT_ONCE)]
        await begin_together()
        began = time.perf_counter()
        await asyncio.gather(*(press(share) for share in shares))
        print(time.perf_counter() - began, flush=True)

    asyncio.run(run())


async def claim_as_replica(url: str, folder: Path, number: int) -> None:
    """One process claims what is due, so many together, until nothing is left; prints the keys it got.

    Each begins at another place and goes on where the others began, so that they meet at the same messages.
    """
    store = await open_postgres_store(url, SCHOOL, folder, demo=False, is_alone=False)
    messages = await store.messages(MessageKind.AGREEMENT)
    begin = len(messages) * number // CLAIMERS
    due, keys = deque([*messages[begin:], *messages[:begin]]), list[str]()
    await begin_together()
    began = time.perf_counter()
    while due:
        together = [due.popleft() for _ in range(min(len(due), CLAIMED_TOGETHER))]
        claims = await store.claim_messages(together, f"claimer {number}", NINE, LEASE)
        if not claims:
            break  # another one began here
        keys += [claim.message.key for claim in claims]
    print(time.perf_counter() - began, flush=True)
    print("\n".join(keys), flush=True)
    await store.close()


def claim_bare(url: str, number: int) -> None:
    """Bare psycopg: the same number of rows marked in one statement and one commit, on a table of two columns."""
    sql = """
    WITH due AS MATERIALIZED (SELECT key FROM bare_message WHERE state = 'due' LIMIT %s FOR UPDATE SKIP LOCKED)
    UPDATE bare_message SET state = 'sending' FROM due WHERE bare_message.key = due.key RETURNING bare_message.key"""
    keys: list[str] = []
    with psycopg.connect(url) as connection:
        asyncio.run(begin_together())
        began = time.perf_counter()
        while rows := connection.execute(sql, [CLAIMED_TOGETHER]).fetchall():
            connection.commit()
            keys += [key for (key,) in rows]
    print(time.perf_counter() - began, flush=True)
    print("\n".join(keys), flush=True)


async def begin_together() -> None:
    """Says that this process is ready, and waits for the word."""
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


def in_processes(job: str, url: str, folders: Sequence[Path]) -> tuple[float, list[list[str]]]:
    """Runs a job in as many processes as there are folders: the seconds of the slowest, and the lines each printed."""
    pipe = subprocess.PIPE
    arguments = [sys.executable, "-m", "tests.bench.postgres", job, url]
    processes = [
        subprocess.Popen([*arguments, str(folder), str(number)], stdin=pipe, stdout=pipe, text=True)
        for number, folder in enumerate(folders)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    printed = [process.communicate()[0].splitlines() for process in processes]
    assert all(process.returncode == 0 for process in processes)
    return max(float(lines[0]) for lines in printed), [lines[1:] for lines in printed]


def show_appends(server: Server, database: str, folders: Sequence[Path]) -> None:
    """Chained appends: ours and bare psycopg in turn."""
    url = server.url(database)
    server.administer("CREATE TABLE bare_entry (number bigint PRIMARY KEY, hash bytea, body text)", database)
    server.administer("CREATE TABLE bare_head AS SELECT 0::bigint AS number, '\\x00'::bytea AS hash", database)
    server.administer("GRANT ALL ON bare_entry, bare_head TO staffroom", database)
    bare, _ = in_processes("append-bare", url, folders[:2])
    ours, _ = in_processes("append", url, folders[:2])
    bare_again, _ = in_processes("append-bare", url, folders[:2])
    ours_rate, bare_rate = APPENDS / ours, 2 * BARE_APPENDS / (bare + bare_again)
    print(f"chained appends, two replicas, {AT_ONCE} at a time each: {ours_rate:.0f} a second")
    print(f"bare psycopg, one transaction an entry: {bare_rate:.0f} a second")
    print(f"ours / bare (goal: at least 10): {ours_rate / bare_rate:.1f}x")


def show_claims(server: Server, database: str, folders: Sequence[Path]) -> None:
    """Claims of due messages: ours and bare psycopg."""
    url = server.url(database)
    server.administer("CREATE TABLE bare_message (key text PRIMARY KEY, state text)", database)
    server.administer("GRANT ALL ON bare_message TO staffroom", database)
    server.administer(f"INSERT INTO bare_message SELECT n::text, 'due' FROM generate_series(1, {MESSAGES}) n", database)
    for job, words in (("claim-bare", "bare psycopg"), ("claim", "ours")):
        seconds, printed = in_processes(job, url, folders)
        keys = [key for lines in printed for key in lines]
        assert len(keys) == MESSAGES == len(set(keys)), "a message was claimed twice, or never"
        print(
            f"claims by {CLAIMERS} processes, {CLAIMED_TOGETHER} together, {words}: {MESSAGES / seconds:.0f} a second"
        )
    print(f"claimed twice: 0 of {MESSAGES}")


async def prepare(server: Server, database: str, folders: Sequence[Path]) -> None:
    """A school with messages that are due, and a witness of it for every replica."""
    await make_postgres_store(server.url(database, OWNER), SCHOOL, folders[0])
    for folder in folders[1:]:
        await take_witness(server.url(database), SCHOOL, folder)
    store = await open_postgres_store(server.url(database), SCHOOL, folders[0], demo=False)
    for begin in range(0, MESSAGES, 1_000):
        numbers = range(begin, begin + 1_000)
        await store.keep_messages(*(Message(MessageKind.AGREEMENT, DUE, f"{n:032x}", MONDAY) for n in numbers))
    await store.close()


async def check(server: Server, database: str, folder: Path) -> None:
    """Verifies the whole chain that the replicas made together."""
    store = await open_postgres_store(server.url(database), SCHOOL, folder, demo=False)
    assert verify(await store.entries()).number == APPENDS
    await store.close()
    print(f"chain of {APPENDS} entries: verified")


JOBS: dict[str, Callable[[str, Path, int], Awaitable[None]]] = {"append": append_as_replica, "claim": claim_as_replica}
BARE: dict[str, Callable[[str, int], None]] = {"append-bare": append_bare, "claim-bare": claim_bare}


def main() -> None:
    if len(sys.argv) > 1:
        job, url, folder, number = sys.argv[1:]
        if job in BARE:
            BARE[job](url, int(number))
        else:
            asyncio.run(JOBS[job](url, Path(folder), int(number)))
        return
    if binaries() is None:
        print("PostgreSQL is not on this machine (Debian's package postgresql); nothing was measured.")
        return
    with running_server(is_durable=True) as server, tempfile.TemporaryDirectory() as temporary:
        folders = [Path(temporary) / str(number) for number in range(CLAIMERS)]
        database = server.new_database()
        asyncio.run(prepare(server, database, folders))
        show_appends(server, database, folders)
        asyncio.run(check(server, database, folders[0]))
        show_claims(server, database, folders)


if __name__ == "__main__":
    main()
