"""How long a tick takes after a school year of 500 lessons a week, and how often the tenant is asked: make bench.

Store, capabilities and duties are real, the clock is moved. The last four weeks of the year are
lived through, a tick every quarter of an hour from seven to six, with a tenant that counts what it is asked.

python -m tests.bench.lessons [WEEKS]  # lived through
"""

import asyncio
import csv
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bot import app
from bot.app import Books, Channels, Staffroom, Tenant
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.understanding import Understanding
from bot.config import Config, read_config
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.tick import run_duties
from bot.outbox.rules.message import MessageKind
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage
from bot.people.rules.person import Caller, Proof
from bot.recordings.rules.recording import FileState, RecordingFile, RecordingState
from bot.recordings.rules.timetable import EARLY, Calendar, CalendarEntry, SeenRecording, TenantAccess, Timetable
from bot.settings import Settings, read_settings
from tests.bench.lesson_year import (
    CHANNEL,
    DAY,
    QUARTER,
    TEACHERS,
    Past,
    at,
    class_channel,
    file_of,
    is_recorded,
    timetable,
)
from tests.fakes import SURE, FakeQuestionReader

SCHOOL = "slyne-with-hest"
LIVED = int(sys.argv[1]) if len(sys.argv) > 1 else 4  # weeks
LAST = date(2027, 7, 16)  # the last day that is lived: a week of lessons lies ahead
ACCESS = TenantAccess(Timetable(frozenset({"Lesson"})), chats=True, recordings=True, files=True)
GOAL = 200  # milliseconds
TICKS = 45  # from seven to six


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class CountingTenant:
    """A tenant that keeps what is promised, and counts what it is asked: on which day, what, about which one."""

    clock: Clock
    calendars: dict[str, list[CalendarEntry]]
    channel: str = CHANNEL
    asked: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    entries: dict[tuple[str, float], CalendarEntry] = field(default_factory=dict)
    last_days: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in (entry for calendar in self.calendars.values() for entry in calendar):
            self.entries[entry.thread, (entry.starts - EARLY).timestamp()] = entry
            self.last_days[entry.id] = entry.starts.date() + timedelta(days=21)

    def _note(self, what: str, which: str) -> None:
        self.asked[self.clock().date(), what, which] += 1

    def is_meeting_chat(self, thread: str) -> bool:
        return thread.startswith("19:meeting_")

    async def lessons(self, account: str, since: datetime, until: datetime) -> Calendar:
        self._note("calendar", account)
        return Calendar(tuple(entry for entry in self.calendars[account] if since <= entry.starts < until))

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        entry = self.entries[channel, since.timestamp()]
        self._note("lesson", entry.id)
        return (SeenRecording(entry.starts, channel, file=file_of(entry)),) if is_recorded(entry.id) else ()

    async def look(self, file: RecordingFile) -> FileState:
        self._note("file", file.item)
        return FileState.THERE if self.clock().date() <= self.last_days[file.item] else FileState.GONE

    async def join_chat(self, thread: str) -> Conversation:
        raise AssertionError(thread)

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        raise AssertionError(organiser)

    async def reported_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        raise AssertionError(thread)

    async def file_of(self, link: str) -> RecordingFile:
        raise AssertionError(link)

    def most(self, what: str) -> int:
        """The most requests about one calendar, file or lesson in a day."""
        return max((times for (_, kind, _), times in self.asked.items() if kind == what), default=0)

    def most_days(self, what: str) -> int:
        """On how many days any one was asked about at most."""
        return max(Counter(which for _, kind, which in self.asked if kind == what).values(), default=0)


@dataclass
class EverybodyReached:
    """A channel that takes everything; teachers who are asked whether a lesson was recorded say no."""

    channel: str = CHANNEL
    sent: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)  # accounts and lessons

    async def ready(self, address: Address) -> None:
        return None

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        self.sent += 1
        if outgoing.values.get("heading") == "Was it recorded?":
            self.asked += [(address.account, str(outgoing.values["buttons"][0]["lesson"]))]
        return SentMessage(CHANNEL, address.conversation or f"chat of {address.account}", f"m{self.sent}")

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        self.sent += 1

    async def reaches(self, address: Address) -> bool:
        return True


@dataclass
class Year:
    """A school whose days can be lived: the milliseconds and messages of each tick."""

    staffroom: Staffroom
    clock: Clock
    messenger: EverybodyReached
    ticks: list[tuple[float, int]] = field(default_factory=list)
    nights: list[float] = field(default_factory=list)  # seconds

    async def live(self, day: date) -> None:
        """One day: a tick at night, which verifies the whole ledger, then one every quarter of an hour."""
        duties, self.clock.at = self.staffroom.duties(), at(day, 3)
        began = time.perf_counter()
        assert not await run_duties(duties)
        self.nights.append(time.perf_counter() - began)
        self.clock.at = at(day, 7)
        for _ in range(TICKS):
            before, began = self.messenger.sent, time.perf_counter()
            assert not await run_duties(duties)
            self.ticks.append(((time.perf_counter() - began) * 1000, self.messenger.sent - before))
            await self._answer()
            self.clock.at += QUARTER

    async def _answer(self) -> None:
        asked, self.messenger.asked = self.messenger.asked, []
        for account, lesson in asked:
            caller, inputs = Caller(SCHOOL, CHANNEL, "", account, Proof.TOKEN), {"lesson": lesson, "answer": "no"}
            await self.staffroom.desk(Incoming(caller, account, verb="was_recorded", inputs=inputs))


def write_staff_list(file: Path) -> None:
    """A staff list with many teachers, a headteacher and an IT lead."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(["id", "account", "name", "email", "roles"])
        lines.writerows([f"t{id}", f"a{id}", f"Teacher {id}", "", "staff"] for id in range(TEACHERS))
        lines.writerows([role, role, role, "", f"staff {role}"] for role in ("head", "it"))


def open_staffroom(settings: Settings, books: Books, messenger: EverybodyReached, tenant: CountingTenant) -> Staffroom:
    """The whole program but for questions, which nobody asks, and the channel."""
    signs = HarmSigns.of([], [], {}, [])
    understanding = Understanding(books.config.policy, FakeQuestionReader(), SURE, signs, trusts_drafts=True)
    return Staffroom(settings, books, understanding, Channels([messenger], is_member), Tenant(lessons=tenant))


async def is_member(conversation: Conversation, channel: str, account: str) -> bool:
    return True


def show_ticks(year: Year, tenant: CountingTenant) -> None:
    """Prints how long ticks took, and what was asked."""
    last = year.ticks[-TICKS:]
    idle = [took for took, messages in last if not messages]
    busy = [(took, messages) for took, messages in last if messages]
    sent = sum(messages for _, messages in busy)
    print(f"{LAST:%A %d %B}, {len(idle)} ticks that sent nothing: p50 {statistics.median(idle):.0f} ms,", end=" ")
    print(f"at most {max(idle):.0f} ms (goal {GOAL} with nothing due)")
    median = statistics.median(took for took, _ in busy)
    print(f"{len(busy)} ticks that sent {sent} messages: p50 {median:.0f} ms,", end=" ")
    slowest = max(busy)
    print(f"at most {slowest[0]:.0f} ms, which sent {slowest[1]}")
    print(f"the first tick of the day, which reads {TEACHERS} calendars: {last[0][0]:.0f} ms")
    print(f"the tick at night, which verifies the whole ledger: at most {max(year.nights):.1f} s")
    for what in ("file", "calendar", "lesson"):
        goal = "1, and 1 more before a lesson out of it" if what == "calendar" else "1"
        print(f"requests about one {what} in a day, {LIVED} weeks: at most {tenant.most(what)} (goal {goal})")
    print(f"days on which one lesson's recording was sought: at most {tenant.most_days('lesson')} (goal 3)")


async def show_size(books: Books, lessons: int) -> None:
    """Prints how much there is after the year."""
    projection, store = await books.recordings.projection(), books.context.store
    recordings = projection.open_recordings(books.context.now())
    planned = sum(recording.state is RecordingState.PLANNED for recording in recordings)
    print(f"{lessons} lessons by {TEACHERS} teachers: {projection.head.number} entries in the ledger,", end=" ")
    print(
        f"{len(await store.messages(*MessageKind))} messages, {len(recordings) - planned} recordings followed,", end=" "
    )
    print(f"{planned} lessons planned")


def config_with_access(settings: Settings) -> Config:
    """The real school's configuration, with a tenant that may be looked at."""
    config = read_config(settings, LAST, demo=True)
    return replace(config, recordings=replace(config.recordings, access=ACCESS))


async def bench(folder: Path) -> None:
    settings, staff_file = replace(read_settings({}), data=folder), folder / "staff.csv"
    write_staff_list(staff_file)
    config, first = config_with_access(settings), LAST - timedelta(days=7 * LIVED - 3)
    clock, calendars = Clock(at(first, 7)), timetable(config.school.calendar)
    tenant = CountingTenant(clock, {**calendars, "head": [], "it": []})
    opened = app.open_books(settings, local=True, clock=clock, staff_file=staff_file, config=config)
    async with opened as books:
        messenger = EverybodyReached()
        year = Year(open_staffroom(settings, books, messenger, tenant), clock, messenger)
        began = time.perf_counter()
        for teacher in range(TEACHERS):
            id, group = class_channel(teacher), f"g{teacher}"
            conversation = Conversation(CHANNEL, id, ConversationKind.TEAM, "", "", team=id, group=group)
            await books.context.store.keep_conversation(conversation)
        await Past(books, clock.at).write(calendars)
        for ahead in range((LAST - first).days + 1):
            await year.live(first + ahead * DAY)
        await show_size(books, sum(map(len, calendars.values())))
        print(f"built and lived through in {time.perf_counter() - began:.0f} s")
        duties, began = year.staffroom.duties(), time.perf_counter()
        assert not await run_duties(duties)
        print(f"the tick with nothing due: {(time.perf_counter() - began) * 1000:.0f} ms (goal {GOAL})")
        show_ticks(year, tenant)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench(Path(folder)))


if __name__ == "__main__":
    main()
