"""How long a tick takes after a school year of 500 lessons a week, and how often the tenant is asked: make bench.

Store, flows and duties are real, the clock is moved. The year is written in the shape the flows write it; its last four
weeks are lived through, a tick every quarter of an hour from seven to six, with a tenant that counts what it is asked.

python -m tests.bench.lessons [WEEKS]  # lived through
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bot import app, policies
from bot.ask.ask import Understanding
from bot.ask.rules.safeguarding import HarmSigns
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.tick import tick
from bot.desk.wiring import Work
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.projection import RECORDED, TEACHER, TENANT
from bot.recordings.rules.recording import FileState, RecordingFile, RecordingState
from bot.recordings.rules.timetable import EARLY, CalendarEntry, SeenRecording, TenantAccess, Timetable
from bot.school.rules.calendar import LONDON, Calendar
from bot.settings import ROOT, read_settings
from bot.stores.sqlite.store import SqliteStore
from tests.fakes import SURE, FakeRecogniser, FakeRoster

SCHOOL, TEACHERS, A_WEEK, WEEKS = "slyne-with-hest", 100, 5, 39  # lessons of each teacher in a week
LIVED = int(sys.argv[1]) if len(sys.argv) > 1 else 4  # weeks
MONDAY, LAST = date(2026, 9, 7), date(2027, 7, 16)  # the last day that is lived: a week of lessons lies ahead
SEEN = TenantAccess(Timetable(frozenset({"Lesson"})), chats=True, recordings=True, files=True)
GOAL, TOGETHER = 200, 500  # milliseconds; entries
TICKS = 45  # from seven to six
HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def channel(teacher: int) -> str:
    return f"19:class{teacher}@thread.tacv2"


def timetable(calendar: Calendar) -> dict[str, list[CalendarEntry]]:
    """Every teacher's lessons of the year, by account, in order; each week's on the days on which pupils are in."""
    made: dict[str, list[CalendarEntry]] = {f"a{teacher}": [] for teacher in range(TEACHERS)}
    week, number = MONDAY, 0
    while number < WEEKS:
        days = [day for ahead in range(5) if calendar.are_pupils_in(day := week + ahead * DAY)]
        for teacher in range(TEACHERS if days else 0):
            for lesson in range(A_WEEK):
                starts, series = at(days[(teacher + lesson) % len(days)], 9 + lesson), f"s{teacher}-{lesson}"
                entry = CalendarEntry(f"{series}-{number}", series, f"Year {lesson} maths", starts, starts + HOUR)
                more = replace(entry, categories=("Lesson",), is_online=True, thread=channel(teacher))
                made[f"a{teacher}"].append(more)
        number += 1 if days else 0
        week += 7 * DAY
    return made


def is_recorded(id: str) -> bool:
    """All but every tenth lesson are."""
    teacher, lesson, week = (int(one) for one in id[1:].split("-"))
    return bool((teacher + lesson + week) % 10)


def file_of(entry: CalendarEntry) -> RecordingFile:
    return RecordingFile("d1", entry.id, f"https://school.example/{entry.id}")


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Counting:
    """A tenant that keeps what is promised, and counts what it is asked: on which day, what, about which one."""

    clock: Clock
    calendars: dict[str, list[CalendarEntry]]
    asked: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    made: dict[tuple[str, float], CalendarEntry] = field(default_factory=dict)
    last: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in (one for held in self.calendars.values() for one in held):
            self.made[entry.thread, (entry.starts - EARLY).timestamp()] = entry
            self.last[entry.id] = entry.starts.date() + timedelta(days=21)

    def _note(self, what: str, which: str) -> None:
        self.asked[self.clock().date(), what, which] += 1

    async def lessons(self, account: str, since: datetime, until: datetime) -> tuple[CalendarEntry, ...]:
        self._note("calendar", account)
        return tuple(one for one in self.calendars[account] if since <= one.starts < until)

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        entry = self.made[channel, since.timestamp()]
        self._note("lesson", entry.id)
        return (SeenRecording(entry.starts, channel, file=file_of(entry)),) if is_recorded(entry.id) else ()

    async def look(self, file: RecordingFile) -> FileState:
        self._note("file", file.item)
        return FileState.THERE if self.clock().date() <= self.last[file.item] else FileState.GONE

    async def join_chat(self, thread: str) -> Conversation:
        raise AssertionError(thread)

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        raise AssertionError(organiser)

    async def told_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
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
class Everybody:
    """A channel that takes everything; whoever is asked whether a lesson was recorded says no."""

    taken: int = 0
    pressed: list[tuple[str, str]] = field(default_factory=list)  # accounts and lessons

    async def ready(self, to: str) -> None:
        return None

    async def tell(self, to: str, outgoing: Outgoing) -> str:
        self.taken += 1
        if outgoing.values.get("heading") == "Was it recorded?":
            self.pressed += [(to, str(outgoing.values["buttons"][0]["lesson"]))]
        return f"m{self.taken}"

    async def replace_told(self, to: str, message: str, outgoing: Outgoing) -> None:
        self.taken += 1

    async def reaches(self, to: str) -> bool:
        return True


@dataclass(frozen=True)
class Past:
    """What stands in the ledger and the outbox of lessons before an instant, as the flows would have written it."""

    work: Work
    until: datetime

    async def write(self, calendars: dict[str, list[CalendarEntry]]) -> None:
        """All of it, in the order of time."""
        records, events = self.work.records, list[tuple[Event, str, tuple[Message, ...]]]()
        known = await records.store.enrol(records.roster.people())
        for person in records.roster.people():
            for entry in calendars.get(person.account, ()):
                events += self._of(entry, person, known[person.id])
        events = sorted((one for one in events if one[0].at < self.until), key=lambda one: one[0].at)
        for begin in range(0, len(events), TOGETHER):
            part = events[begin : begin + TOGETHER]
            await asyncio.gather(*(records.store.append(*one) for one in part))

    def _of(
        self, entry: CalendarEntry, person: Person, teacher: str
    ) -> Iterator[tuple[Event, str, tuple[Message, ...]]]:
        assert self.work.find
        found, lesson = entry.starts - 14 * DAY, self.work.find._lesson(entry, teacher, entry.thread)
        if entry.id.endswith("-0"):
            found_slot = Message(MessageKind.FOUND_LESSON, entry.series, teacher, found.date()).arrived("m")
            facts = {"source": entry.series, "wanted": True, "place": entry.thread}
            yield Event(EventKind.WISH, found, teacher, teacher, "", facts, who(person)), "", (found_slot,)
        times = {"starts": lesson.starts.isoformat(), "ends": lesson.ends.isoformat(), "kept": lesson.kept}
        facts = {"lesson": lesson.id, **times, "place": lesson.place, "series": lesson.series, "source": entry.id}
        whom = who(person, label=lesson.label)
        yield Event(EventKind.LESSON, found, teacher, "", "", facts, whom), f"lesson/{lesson.id}", ()
        yield self._notice(MessageKind.NOTICE, lesson, 0, lesson.starts - QUARTER, f"says/{lesson.day}")
        yield from (
            self._recorded(entry, lesson, person) if is_recorded(entry.id) else self._not_recorded(lesson, person)
        )

    def _notice(
        self, sort: MessageKind, lesson: Lesson, number: int, at: datetime, says: str
    ) -> tuple[Event, str, tuple[Message, ...]]:
        slot = Message(sort, f"{lesson.id}.{number}", lesson.place, lesson.day).arrived("m")
        text = self.work.records.promise.says(lesson, at.date(), says)
        facts = {"lesson": lesson.id, "says": says, "text": text, "message": "m", "by_hand": False, "again": False}
        return Event(EventKind.ANNOUNCE, at, lesson.teacher, facts=facts), f"announce/{slot.key}", (slot,)

    def _recorded(
        self, entry: CalendarEntry, lesson: Lesson, person: Person
    ) -> Iterator[tuple[Event, str, tuple[Message, ...]]]:
        file, on = file_of(entry), lesson.reminded_on(person, self.work.records.calendar)
        where = {"drive": file.drive, "item": file.item}
        facts = {"lesson": lesson.id, "recorded": True, "by": TENANT, **where}
        found = Event(EventKind.RECORD, lesson.ends + HOUR, lesson.teacher, "", "", facts, {"address": file.address})
        yield found, f"record/{lesson.id}/{file.drive}/{file.item}", ()
        if on:
            slot = Message(MessageKind.DUE_SOON, lesson.id, lesson.teacher, lesson.last).arrived("m")
            yield self._look(lesson, at(on, 8), "there")
            remind = Event(EventKind.REMIND, at(on, 8, 30), lesson.teacher, facts={"lesson": lesson.id})
            yield remind, f"remind/{lesson.id}", (slot,)
        yield self._look(lesson, at(lesson.over, 7), "gone")

    def _not_recorded(self, lesson: Lesson, person: Person) -> Iterator[tuple[Event, str, tuple[Message, ...]]]:
        asked = self.work.records.calendar.first_moment(person, lesson.ends + DAY) or lesson.ends + DAY
        yield self._look(lesson, lesson.ends + HOUR, "nothing")
        for later in (1, 2):
            if (day := lesson.day + later * DAY) <= asked.date():
                yield self._look(lesson, at(day, 7), "nothing")
        slot = Message(MessageKind.WAS_RECORDED, lesson.id, lesson.teacher, lesson.day).arrived("m")
        facts = {"lesson": lesson.id, "about": RECORDED, "on": asked.date().isoformat()}
        yield Event(EventKind.ASK, asked, lesson.teacher, facts=facts), f"ask/{lesson.id}/{RECORDED}", (slot,)
        no = {"lesson": lesson.id, "recorded": False, "by": TEACHER, "drive": "", "item": "", "before": "announced"}
        yield Event(EventKind.RECORD, asked + QUARTER, lesson.teacher, lesson.teacher, facts=no), "", ()
        yield self._notice(MessageKind.EDIT, lesson, 1, asked + QUARTER + timedelta(minutes=1), "not_recorded")

    def _look(self, lesson: Lesson, at: datetime, found: str) -> tuple[Event, str, tuple[Message, ...]]:
        facts = {"lesson": lesson.id, "found": found, "by": TENANT}
        return Event(EventKind.LOOK, at, lesson.teacher, facts=facts), "", ()


@dataclass
class Year:
    """A school whose days can be lived: the milliseconds and messages of each tick."""

    work: Work
    clock: Clock
    channel: Everybody
    ticks: list[tuple[float, int]] = field(default_factory=list)

    async def live(self, day: date) -> None:
        """One day, a tick every quarter of an hour."""
        duties, self.clock.at = self.work.duties(self.channel), at(day, 7)
        for _ in range(TICKS):
            before, began = self.channel.taken, time.perf_counter()
            assert not await tick(duties)
            self.ticks.append(((time.perf_counter() - began) * 1000, self.channel.taken - before))
            await self._answer()
            self.clock.at += QUARTER

    async def _answer(self) -> None:
        asked, self.channel.pressed = self.channel.pressed, []
        for account, lesson in asked:
            caller, inputs = Caller(SCHOOL, "msteams", "", account, Proof.TOKEN), {"lesson": lesson, "answer": "no"}
            await self.work.desk(Incoming(caller, account, verb="was_recorded", inputs=inputs))


def open_work(file: Path, clock: Clock, calendars: dict[str, list[CalendarEntry]]) -> tuple[Work, Counting]:
    policy = replace(policies.read_policy(ROOT / "policies", SCHOOL, demo=True), watch=SEEN)
    people = [Person(f"t{one}", f"Teacher {one}", "", f"a{one}", frozenset({Role.STAFF})) for one in range(TEACHERS)]
    people += [Person(role, role, "", role, frozenset({Role.STAFF, Role(role)})) for role in ("head", "it")]
    store, tenant = SqliteStore(file, SCHOOL, demo=True), Counting(clock, {**calendars, "head": [], "it": []})
    mind = Understanding(policy, FakeRecogniser(), SURE, HarmSigns.of([], [], {}, []), trusts_drafts=True)
    records = Records(policy, FakeRoster(tuple(people)), store, policy.calendar, clock, str, is_demo=True)
    return Work.of(mind, records, app.crafts(read_settings({}), local=True), lessons=tenant), tenant


def tell(year: Year, tenant: Counting) -> None:
    """Prints how long ticks took, and what was asked."""
    last = year.ticks[-TICKS:]
    idle = [took for took, messages in last if not messages]
    busy = [(took, messages) for took, messages in last if messages]
    sent = sum(messages for _, messages in busy)
    print(f"{LAST:%A %d %B}, {len(idle)} ticks that sent nothing: p50 {statistics.median(idle):.0f} ms,", end=" ")
    print(f"at most {max(idle):.0f} ms (goal {GOAL} with nothing due)")
    print(
        f"{len(busy)} ticks that sent {sent} messages: p50 {statistics.median(one for one, _ in busy):.0f} ms,", end=" "
    )
    slowest = max(busy)
    print(f"at most {slowest[0]:.0f} ms, which sent {slowest[1]}")
    print(f"the first tick of the day, which reads {TEACHERS} calendars: {last[0][0]:.0f} ms")
    for what in ("file", "calendar", "lesson"):
        goal = "1, and 1 more before a lesson out of it" if what == "calendar" else "1"
        print(f"requests about one {what} in a day, {LIVED} weeks: at most {tenant.most(what)} (goal {goal})")
    print(f"days on which one lesson's recording was sought: at most {tenant.most_days('lesson')} (goal 3)")


async def bench(file: Path) -> None:
    first = LAST - timedelta(days=7 * LIVED - 3)
    clock = Clock(at(first, 7))
    calendars = timetable(policies.read_policy(ROOT / "policies", SCHOOL, demo=True).calendar)
    work, tenant = open_work(file, clock, calendars)
    began = time.perf_counter()
    for one in range(TEACHERS):
        where = Conversation("msteams", channel(one), ConversationKind.TEAM, "", "", team=channel(one), group=f"g{one}")
        await work.records.store.keep_place(where)
    await Past(work, clock.at).write(calendars)
    year = Year(work, clock, Everybody())
    for ahead in range((LAST - first).days + 1):
        await year.live(first + ahead * DAY)
    shelf, slots = await work.records.shelf(), await work.records.store.slots()
    entries = len(await work.records.store.entries())
    planned = sum(one.state is RecordingState.PLANNED for one in shelf.open.values())
    print(
        f"{sum(map(len, calendars.values()))} lessons by {TEACHERS} teachers: {entries} entries in the ledger,", end=" "
    )
    print(f"{len(slots)} messages, {len(shelf.open) - planned} recordings on the shelf, {planned} lessons planned")
    print(f"built and lived through in {time.perf_counter() - began:.0f} s")
    duties, began = work.duties(year.channel), time.perf_counter()
    assert not await tick(duties)
    print(f"the tick with nothing due: {(time.perf_counter() - began) * 1000:.0f} ms (goal {GOAL})")
    tell(year, tenant)
    await work.records.store.close()
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench(Path(folder) / "school.db"))


if __name__ == "__main__":
    main()
