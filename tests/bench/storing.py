"""How fast the store starts after a year of recorded lessons, and how fast it keeps things beside bare SQLite.

The year is written straight into the store, in the shape the capabilities write it: 500 lessons a week, with their
events, keys and messages. Every start is a process of its own. Ratios are of one run.

python -m tests.bench.storing [WEEKS]
"""

import asyncio
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.campaigns.rules.projection import CampaignProjection
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Event, EventKind, Fact
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.recordings.rules.projection import RecordingProjection
from bot.recordings.rules.recording_events import message_facts
from bot.school.rules.calendar import LONDON
from bot.stores.message_rows import message_row
from bot.stores.rows import body_of
from bot.stores.sqlite.database import PRAGMAS
from bot.stores.sqlite.store import SqliteStore

SCHOOL, TEACHERS, LESSONS_A_WEEK, STAFF, REMINDERS = "school", 100, 500, 120, 6
MONDAY = date(2026, 9, 7)
SIZES = (100, 10_000, 100_000)
AT_ONCE = (1, 16, 64)
TIMES = 1_500
LOOKS = 2_000
BATCH = 500
DIGEST = "16a886be2558" + 52 * "0"
CAMPAIGN = Subject(campaign="AUP-2026-1", text=DIGEST[:12])
CAMPAIGN_KINDS = (MessageKind.AGREEMENT, MessageKind.NUDGE)
TEXT = "The lesson on Tuesday 8 September will be recorded. Everyone in this class can watch it here until the end of "
Written = tuple[Event, str, tuple[Message, ...]]


def year(weeks: int) -> Iterator[Written]:
    """What is written of a campaign, and of every lesson of so many weeks; nine of ten are recorded."""
    yield from campaign_events()
    for number in range(weeks * LESSONS_A_WEEK):
        starts = datetime.combine(MONDAY + timedelta(days=number // 100), datetime.min.time(), LONDON)
        yield from lesson(f"{number:016x}", f"{number % TEACHERS:032x}", starts, is_recorded=bool(number % 10))


def lesson(id: str, teacher: str, starts: datetime, *, is_recorded: bool) -> Iterator[Written]:
    """The events of one lesson, with their keys and messages."""
    hour, address = timedelta(hours=1), Address("msteams", conversation=f"19:class{teacher[-2:]}@thread.tacv2")
    who = {"name": "A teacher of Year 4", "email": "teacher@school.example", "account": teacher, "label": "Maths"}

    def event(kind: EventKind, at: datetime, **facts: Fact) -> Event:
        return Event(kind, at, teacher, "", "", {"lesson": id, **facts}, who if kind is EventKind.LESSON else {})

    def message(kind: MessageKind, **more: Any) -> Message:
        recipient = "" if kind.is_public else teacher
        to = address if kind.is_public else None
        planned = Message(kind, Subject(recording=id), recipient, starts.date(), address=to, **more)
        return planned.arrived(SentMessage("msteams", address.conversation, id), starts)

    times = {"starts": starts.isoformat(), "ends": (starts + hour).isoformat(), "kept": 21, "series": "", "source": id}
    place = {"place": address.conversation, "channel": "msteams", "thread": ""}
    yield event(EventKind.LESSON, starts - 14 * 24 * hour, **times, **place), f"lesson/{id}", ()
    notice = message(MessageKind.NOTICE, wording=Wording("says", starts.date()))
    announced = {"says": "says", "text": TEXT, "by_hand": False, "again": False, **message_facts(notice.sent)}
    yield event(EventKind.ANNOUNCE, starts - hour, **announced), f"announce/{notice.key}", (notice,)
    if is_recorded:
        file = {"recorded": True, "by": "tenant", "drive": "d1", "item": id}
        yield event(EventKind.RECORD, starts + 2 * hour, **file), f"record/{id}/d1/{id}", ()
        yield event(EventKind.LOOK, starts + 400 * hour, found="there", by="tenant"), f"look/{id}/1", ()
        yield event(EventKind.REMIND, starts + 401 * hour), f"remind/{id}", (message(MessageKind.DUE_SOON),)
        yield event(EventKind.LOOK, starts + 500 * hour, found="gone", by="tenant"), f"look/{id}/2", ()
        return
    for number in range(3):
        yield event(EventKind.LOOK, starts + number * hour, found="nothing", by="tenant"), f"look/{id}/{number}", ()
    asked = message(MessageKind.WAS_RECORDED)
    yield event(EventKind.ASK, starts + 26 * hour, about="recorded", on="2026-09-09"), f"ask/{id}/recorded/0", (asked,)
    answer = {"recorded": False, "by": "teacher", "drive": "", "item": "", "before": "announced"}
    yield event(EventKind.RECORD, starts + 27 * hour, **answer), f"record/{id}", ()
    edit = message(MessageKind.EDIT, wording=Wording("not_recorded"), replaces=notice.sent)
    yield event(EventKind.ANNOUNCE, starts + 28 * hour, **announced), f"announce/{edit.key}", (edit,)


def campaign_events() -> Iterator[Written]:
    """A campaign that everybody acknowledged."""
    at, people = datetime(2026, 9, 7, 9, tzinfo=LONDON), [f"{number:032x}" for number in range(STAFF)]
    text = {"document": "AUP", "label": "1"}

    def event(kind: EventKind, person: str = "", **facts: Any) -> Event:
        return Event(kind, at, person, person, CAMPAIGN.campaign, facts)

    yield event(EventKind.PUBLISH, digest=DIGEST, weight="material", statement="I agree.", **text), "publish", ()
    asked = {**text, "version": DIGEST, "asked": DIGEST}
    yield event(EventKind.OPEN, audience=["staff"], due="2026-09-28", people=people, **asked), "open", ()
    yield event(EventKind.RELEASE, people=people), "release", ()
    for person in people:
        yield event(EventKind.ACKNOWLEDGE, person, **asked), f"acknowledge/{person}", ()


def campaign_messages() -> Iterator[Message]:
    """The cards and reminders of a campaign, all of them sent."""
    for number in range(STAFF):
        sent = SentMessage("msteams", f"a:{number}", "m")
        at = datetime(2026, 9, 7, 9, tzinfo=LONDON)
        yield Message(MessageKind.AGREEMENT, CAMPAIGN, f"{number:032x}", MONDAY).arrived(sent, at)
        for ahead in range(REMINDERS):
            day = MONDAY + timedelta(days=ahead)
            nudge = Message(MessageKind.NUDGE, NO_SUBJECT, f"{number:032x}", day, campaigns=(CAMPAIGN,))
            yield nudge.arrived(sent, at)


async def build(file: Path, weeks: int) -> None:
    """Writes the year, and says how much it is."""
    began, store, written = time.perf_counter(), SqliteStore(file, SCHOOL, demo=True), list(year(weeks))
    for begin in range(0, len(written), BATCH):
        await asyncio.gather(*(store.append(*part) for part in written[begin : begin + BATCH]))
    await store.keep_messages(*campaign_messages())
    messages = sum(len(part[2]) for part in written) + STAFF * (1 + REMINDERS)
    await store.close()
    print(
        f"{weeks * LESSONS_A_WEEK} lessons: {len(written)} entries, {messages} messages, "
        f"{file.stat().st_size / 1e6:.0f} MB, written in {time.perf_counter() - began:.0f} s"
    )


async def start(file: Path, *, saves: bool) -> None:
    """One start: how long opening and the first reading took, and what is in memory then."""
    before = resident()
    began = time.perf_counter()
    store = SqliteStore(file, SCHOOL, demo=True)
    opened = time.perf_counter()
    campaigns, recordings = CampaignProjection(), RecordingProjection()
    feed = LedgerFeed(store, campaigns, recordings)
    head = await feed.catch_up()
    read = time.perf_counter()
    print(
        f"open {opened - began:5.2f} s, first reading {read - opened:5.2f} s, together {read - began:5.2f} s; "
        f"{head.number} entries, {len(recordings.recordings)} lessons; "
        f"{resident() - before:.0f} MB more in memory"
    )
    if saves:
        await feed.save()
        await show_reading(store)
        await show_checks(store, feed)
    await store.close()


def resident() -> float:
    """Megabytes in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


async def show_reading(store: SqliteStore) -> None:
    """How long the reads of a tick take."""
    notices = [messages[0] for _, key, messages in year(4) if key.startswith("announce/notice")]
    now = datetime(2026, 9, 7, 9, tzinfo=LONDON)
    recordings = iter(notices)
    keys = iter(notices)
    missing = iter(range(LOOKS))
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "a message by its key": lambda: store.message(next(keys).key),
        "a message that is not there": lambda: store.message(f"notice/{next(missing)}"),
        "the messages of a recording": lambda: store.messages(recording=next(recordings).subject.recording),
        "the messages that are open": lambda: store.open_messages(now),
        "the cards and reminders of a campaign": lambda: store.messages(*CAMPAIGN_KINDS),
        "the messages for a person": lambda: store.messages(recipient=f"{1:032x}"),
        "the old messages of a day": lambda: store.old_messages(now + timedelta(days=1)),
    }
    for name, read in reads.items():
        spans = [await span(read) for _ in range(LOOKS if name.startswith("a") else 40)]
        print(f"  {name:40} p50 {statistics.median(spans) * 1e3:7.3f} ms, first {spans[0] * 1e3:7.3f} ms")


async def show_checks(store: SqliteStore, feed: LedgerFeed) -> None:
    """How long what runs at night takes."""
    print(f"  {'every page and every row (nightly)':40} {await span(store.check_whole):.2f} s")
    print(f"  {'the whole chain (nightly)':40} {await span(feed.verify_all):.2f} s")


async def span(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


def in_a_process(title: str, file: Path, *arguments: str) -> None:
    print(title, flush=True)
    subprocess.run([sys.executable, "-m", "tests.bench.storing", "start", str(file), *arguments], check=True)


def show_starts(folder: Path, weeks: int) -> None:
    file = folder / "year.db"
    asyncio.run(build(file, weeks))
    in_a_process("Start without a saved projection, the whole chain verified:", file, "save")
    in_a_process("Start with one (goal: under 1 s together):", file)
    file.with_name(f"{file.name}-wal").touch()
    in_a_process("Start with one after a stop that was not clean, every page and row checked:", file)


async def ours(folder: Path, size: int, at_once: int) -> tuple[float, float, float]:
    """Insert and update p50 in milliseconds, and inserts a second."""
    store = SqliteStore(folder / f"{size}-{at_once}.db", SCHOOL, demo=True)
    for begin in range(0, size, BATCH):
        await store.keep_messages(*(message_of(number) for number in range(begin, min(begin + BATCH, size))))
    fresh, moved = iter(range(size, size + TIMES)), iter(range(size, size + TIMES))
    inserted = await timed(lambda: store.keep_messages(message_of(next(fresh))), at_once)

    async def move() -> None:
        message = message_of(next(moved))
        assert await store.move(message, message.leased("bench", datetime(2026, 9, 7, 9, tzinfo=LONDON)))

    updated = await timed(move, at_once)
    await store.close()
    return inserted[0], updated[0], inserted[1]


def message_of(number: int) -> Message:
    return Message(MessageKind.NUDGE, NO_SUBJECT, f"{number:032x}", MONDAY, campaigns=(CAMPAIGN,), words="x" * 120)


async def timed(act: Callable[[], Awaitable[object]], at_once: int) -> tuple[float, float]:
    """The p50 of an act in milliseconds, and how many a second, so many at a time."""
    spans: list[float] = []

    async def repeat() -> None:
        for _ in range(TIMES // at_once):
            spans.append(await span(act))

    began = time.perf_counter()
    await asyncio.gather(*(repeat() for _ in range(at_once)))
    return statistics.median(spans) * 1000, len(spans) / (time.perf_counter() - began)


def bare(folder: Path, size: int) -> tuple[sqlite3.Connection, float, float]:
    """Bare SQLite, a transaction a row: a connection, and insert and update p50 in milliseconds."""
    db = sqlite3.connect(folder / f"bare-{size}.db", isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE document (tab TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (tab, id))")
    db.execute("BEGIN")
    db.executemany(INSERT, (row_of(number) for number in range(size)))
    db.execute("COMMIT")
    inserts, updates = [], []
    for number in range(size, size + TIMES):
        row, began = row_of(number), time.perf_counter()
        db.execute(INSERT, row)
        inserts.append(time.perf_counter() - began)
    for number in range(size, size + TIMES):
        key, body = row_of(number)
        began = time.perf_counter()
        db.execute("UPDATE document SET body = ? WHERE tab = 'message' AND id = ?", (f"{body} ", key))
        updates.append(time.perf_counter() - began)
    return db, statistics.median(inserts) * 1000, statistics.median(updates) * 1000


INSERT = "INSERT INTO document VALUES ('message', ?, ?)"


def row_of(number: int) -> tuple[str, str]:
    message = message_of(number)
    return f"{SCHOOL}/{message.key}", body_of(message_row(message))


async def threaded(db: sqlite3.Connection, size: int) -> float:
    """Bare SQLite kept off the event loop by asyncio.to_thread: insert p50 in milliseconds."""
    fresh = iter(range(size + TIMES, size + 2 * TIMES))
    took, _ = await timed(lambda: asyncio.to_thread(db.execute, INSERT, row_of(next(fresh))), 1)
    return took


async def show_writes(folder: Path) -> None:
    print("Durable writes of a message: p50 in ms; ratio to bare SQLite in the same run")
    print(f"{'rows':>8} {'at once':>8} {'insert':>8} {'ratio':>6} {'update':>8} {'ratio':>6} {'inserts/s':>10}")
    alone: dict[int, float] = {}
    for size in SIZES:
        db, insert, update = bare(folder, size)
        print(f"{size:>8} {'SQLite':>8} {insert:8.3f} {'1.00':>6} {update:8.3f} {'1.00':>6} {1000 / insert:10.0f}")
        off_loop = await threaded(db, size)
        db.close()
        print(f"{size:>8} {'+ thread':>8} {off_loop:8.3f} {off_loop / insert:6.2f}   (bare SQLite off the event loop)")
        for at_once in AT_ONCE:
            inserted, updated, rate = await ours(folder, size, at_once)
            alone.setdefault(size, inserted)
            ratios = f"{inserted:8.3f} {inserted / insert:6.2f} {updated:8.3f} {updated / update:6.2f}"
            print(f"{size:>8} {at_once:>8} {ratios} {rate:10.0f}")
    print(f"100,000 rows beside 100: {alone[SIZES[-1]] / alone[SIZES[0]]:.2f} (goal 1.5)")


def main() -> None:
    if sys.argv[1:2] == ["start"]:
        asyncio.run(start(Path(sys.argv[2]), saves="save" in sys.argv))
        return
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else 39
    with tempfile.TemporaryDirectory() as name:
        show_starts(Path(name), weeks)
        asyncio.run(show_writes(Path(name)))


if __name__ == "__main__":
    main()
