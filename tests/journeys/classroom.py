"""A school of four whose channel and tenant go wrong when told to: all the flows, over fakes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot import app
from bot.ask.ask import Understanding
from bot.ask.rules.policy import Policy
from bot.ask.rules.safeguarding import HarmSigns
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.tick import report, tick
from bot.desk.wiring import Work
from bot.errors import ChannelError, GraphError, Unreachable
from bot.evidence.records import Records
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.ports import Store
from bot.recordings.rules.recording import FileState, Recording, RecordingFile
from bot.recordings.rules.timetable import CalendarEntry, SeenRecording, TenantAccess, Timetable
from bot.school.rules.calendar import LONDON
from bot.settings import read_settings
from tests.fakes import SURE, FakeRecogniser, FakeRoster, FakeStore

CLASS = "19:year4@thread.tacv2"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)
TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)  # the lesson's, on Tuesday; day 21 is the 29th
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
NOTICE = "recording notice for Year 4 maths tomorrow 10am"
TEACHER, OTHER, HEAD, IT = (
    Person(one, f"The {one}", "", one, frozenset({role}))
    for one, role in (("teacher", Role.STAFF), ("other", Role.STAFF), ("head", Role.HEAD), ("it", Role.IT))
)
SIGHT = TenantAccess(Timetable(frozenset({"Lesson"})), files=True)
YEAR_4 = Conversation("msteams", CLASS, ConversationKind.TEAM, "", "", team=CLASS, group="g4", name="Year 4")


@dataclass
class FakeMessenger:
    """What stands in each chat. `trouble` is what the next messages to a chat meet, whether shown or not."""

    chats: dict[str, dict[str, Outgoing]] = field(default_factory=dict)
    trouble: dict[str, list[ChannelError]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # chats the bot was removed from
    shows_nothing: bool = False

    def said(self, to: str) -> list[str]:
        """What stands there, oldest first."""
        return [one.text for one in self.chats.get(to, {}).values()]

    async def reaches(self, to: str) -> bool:
        return to not in self.closed

    async def ready(self, to: str) -> None:
        if to in self.closed:
            raise Unreachable("Staffroom is not in that chat")

    async def tell(self, to: str, outgoing: Outgoing) -> str:
        id = f"m{len(self.chats.get(to, {}))}"
        await self.replace_told(to, id, outgoing)
        return id

    async def replace_told(self, to: str, message: str, outgoing: Outgoing) -> None:
        if not (self.trouble.get(to) and self.shows_nothing):
            self.chats.setdefault(to, {})[message] = outgoing
        if self.trouble.get(to):
            raise self.trouble[to].pop(0)


@dataclass
class FakeTenant:
    """Calendars by account, recordings, and what a look at a file finds or meets; one that is not listed is gone."""

    calendars: dict[str, list[CalendarEntry]] = field(default_factory=dict)
    seen: list[SeenRecording] = field(default_factory=list)
    files: dict[str, FileState | GraphError] = field(default_factory=dict)
    trouble: GraphError | None = None

    def _try(self) -> None:
        if self.trouble:
            raise self.trouble

    def record(self, id: str, at: datetime) -> None:
        """A recording that lies in the channel's folder from now on."""
        self.seen.append(SeenRecording(at, CLASS, file=RecordingFile("d", id)))
        self.files[id] = FileState.THERE

    async def lessons(self, account: str, since: datetime, until: datetime) -> tuple[CalendarEntry, ...]:
        self._try()
        return tuple(one for one in self.calendars.get(account, ()) if one.starts < until and one.ends > since)

    async def join_chat(self, thread: str) -> Conversation:
        raise Unreachable("no such chat")

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        return ()

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        self._try()
        return tuple(one for one in self.seen if one.at >= since and one.thread == channel)

    async def told_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        return ()

    async def file_of(self, link: str) -> RecordingFile:
        raise GraphError("nothing there", 404)

    async def look(self, file: RecordingFile) -> FileState:
        self._try()
        found = self.files.get(file.item, FileState.GONE)
        if isinstance(found, GraphError):
            raise found
        return found


@dataclass
class Classroom:
    """People who say and press things, a tick, and a clock. `store` outlives a restart, memory does not."""

    policy: Policy
    roster: FakeRoster
    store: Store
    tenant: FakeTenant | None
    chat: FakeMessenger = field(default_factory=FakeMessenger)
    now: datetime = MONDAY
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """All that was in memory only is gone."""
        mind = Understanding(self.policy, FakeRecogniser(), SURE, HarmSigns.of((), (), {}, ()), trusts_drafts=True)
        calendar = self.policy.calendar

        def fingerprint(outgoing: Outgoing) -> str:
            return "fingerprint"

        records = Records(self.policy, self.roster, self.store, calendar, lambda: self.now, fingerprint)
        self.work = Work.of(mind, records, app.crafts(read_settings({}), local=True), lessons=self.tenant)

        async def everywhere(place: Conversation, account: str) -> bool:
            return True

        self.work.whereabouts.includes = everywhere

    def leaves(self, who: Person, on: date) -> None:
        """Somebody whose last day is on the staff list."""
        self.roster.everyone = tuple(replace(one, ends=on) if one.id == who.id else one for one in self.roster.everyone)

    async def says(self, who: Person, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        caller = Caller(self.policy.school, "msteams", "", who.account, Proof.TOKEN)
        return await self.work.desk(Incoming(caller, who.account, text=text, verb=verb, inputs=inputs))

    async def presses(self, who: Person, verb: str, **inputs: str) -> str:
        """What a button about a lesson says; it is the only one there is, unless another is named."""
        id = inputs.get("lesson") or (await self.only()).lesson.id
        return (await self.says(who, verb=verb, **{**inputs, "lesson": id})).text

    async def tick(self) -> dict[str, str]:
        """What could not be done; whoever looks after the set-up is told of it."""
        undone = await tick(self.work.duties(self.chat))
        await report(undone, self.work.records)
        return undone

    async def until(self, day: int, month: int = 9, hour: int = 9, minute: int = 0) -> None:
        """Time goes by, looked after seven times a day, twice each time."""
        goal = datetime(2026, month, day, hour, minute, tzinfo=LONDON)
        times = [time(0, 1), time(6), time(9), time(9, 46), time(12, 30), time(15), time(15, 1)]
        while self.now < goal:
            days = (self.now.date() + timedelta(days=ahead) for ahead in (0, 1))
            coming = (datetime.combine(each, at, LONDON) for each in days for at in times)
            self.now = min(goal, next(one for one in coming if one > self.now))
            await self.tick()
            await self.tick()

    async def announced(self, text: str = NOTICE, who: Person = TEACHER) -> Outgoing:
        """A notice typed, seen and posted; what is left."""
        shown = await self.says(who, text)
        left = await self.says(who, verb="notice_post", **{**_texts(shown), "place": CLASS})
        await self.tick()
        await self.tick()
        return left

    async def confirmed(self, who: Person = TEACHER, answer: str = "each", place: str = CLASS) -> None:
        """Somebody is asked about what was found in their calendar, and says yes."""
        await self.tick()
        pseudonym = await self.work.records.pseudonym(who)
        for slot in await self.slots(MessageKind.FOUND_LESSON):
            if slot.recipient == pseudonym:
                said = await self.says(who, verb="wish", found=slot.subject, answer=answer, place=place)
                assert "Thank you." in said.text
        await self.tick()

    async def all(self) -> list[Recording]:
        found = (await self.work.records.shelf()).recordings.values()
        return sorted(found, key=lambda one: one.lesson.starts)

    async def only(self) -> Recording:
        (one,) = await self.all()
        return one

    async def slots(self, sort: MessageKind) -> list[Message]:
        return [one for one in await self.store.slots() if one.sort is sort]

    async def sent(self, sort: MessageKind) -> list[Message]:
        return [one for one in await self.slots(sort) if one.state is DeliveryState.SENT]

    async def happened(self, kind: EventKind) -> list[dict[str, object]]:
        """The facts of every event of a kind."""
        return [dict(one.event.facts) for one in await self.store.entries() if one.event.kind is kind]


def _texts(shown: Outgoing) -> dict[str, str]:
    return {name: value for name, value in shown.values.items() if isinstance(value, str)}


def lesson(starts: datetime = TEN, id: str = "u1", series: str = "s1", subject: str = "Year 4 maths") -> CalendarEntry:
    """A lesson in a calendar, held in the class's channel."""
    return CalendarEntry(
        id, series, subject, starts, starts + HOUR, ("Lesson",), is_online=True, organiser="teacher", thread=CLASS
    )


@asynccontextmanager
async def classroom(
    policy: Policy, *, watch: TenantAccess | None = None, store: Store | None = None
) -> AsyncIterator[Classroom]:
    """A classroom; `watch` says what may be seen in its tenant, and without one there is no tenant."""
    tenant = FakeTenant() if watch else None
    made = Classroom(
        replace(policy, watch=watch or policy.watch),
        FakeRoster((TEACHER, OTHER, HEAD, IT)),
        store or FakeStore(),
        tenant,
    )
    await made.store.keep_place(YEAR_4)
    made.work.pulse.hurry = lambda: None
    yield made
