"""A school of four people with the real policy's promise, over a store in memory; no channel, no app."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from bot.desk.routing import RoutingTable, run
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.tick import Heartbeat
from bot.evidence.context import Context
from bot.evidence.ports import Store
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import EventKind, Fact
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind, SentMessage
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.policies import read_school
from bot.recordings.book import RecordingBook
from bot.recordings.capability import RecordedLessons
from bot.recordings.ports import LessonTenant
from bot.recordings.rules.projection import RecordingProjection
from bot.recordings.rules.recording import Recording
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.recordings.rules.timetable import NO_ACCESS, TenantAccess
from bot.recordings.settings import RecordingSettings, recording_settings
from bot.school.rules.calendar import LONDON
from bot.school.rules.settings import SchoolSettings
from bot.school.settings import school_settings
from bot.settings import ROOT
from tests.fake_store import FakeStore

CHANNEL, CLASS = "msteams", "19:year4@thread.tacv2"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)
TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)  # the lesson's, on Tuesday; its last day is the 29th
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
NOTICE = "recording notice for Year 4 maths tomorrow 10am"
TEACHER, OTHER, HEAD, IT = (
    Person(name, f"The {name}", "", name, frozenset({role}))
    for name, role in (("teacher", Role.STAFF), ("other", Role.STAFF), ("head", Role.HEAD), ("it", Role.IT))
)
YEAR_4 = Conversation(CHANNEL, CLASS, ConversationKind.TEAM, "", "", team=CLASS, group="g4", name="Year 4")


@dataclass
class ListedStaff:
    """A staff list that tests change."""

    listed: tuple[Person, ...] = (TEACHER, OTHER, HEAD, IT)

    def people(self) -> tuple[Person, ...]:
        return self.listed


@cache
def read_policies() -> tuple[SchoolSettings, RecordingSettings]:
    """What the real policy files say, with made-up terms."""
    tables = read_school(ROOT / "policies", "slyne-with-hest")
    school = school_settings(tables, demo=True)
    return school, recording_settings(tables, school.documents)


@dataclass
class LittleSchool:
    """The capability over a store in memory, with a clock. `restart` loses whatever was in memory only."""

    access: TenantAccess = NO_ACCESS
    tenant: LessonTenant | None = None
    store: Store = field(default_factory=FakeStore)
    roster: ListedStaff = field(default_factory=ListedStaff)
    now: datetime = MONDAY
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    lessons: RecordedLessons = field(init=False)
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        school, settings = read_policies()
        projection = RecordingProjection()
        self.context = Context(school, self.roster, self.store, lambda: self.now)
        feed = LedgerFeed(self.store, projection)
        book = RecordingBook(self.context, replace(settings, access=self.access), feed, projection)
        self.lessons = RecordedLessons(book, parse_lesson, _everybody_is_everywhere, self.heartbeat, self.tenant)

    @property
    def book(self) -> RecordingBook:
        return self.lessons.book

    async def sees(self, person: Person, text: str = "", verb: str = "", **inputs: str) -> Outgoing | None:
        """What a command replies; None if it is not one of ours."""
        caller = Caller(self.context.school.id, CHANNEL, "", person.account, Proof.TOKEN)
        incoming = Incoming(caller, person.account, text=text, verb=verb, inputs=inputs)
        command = RoutingTable(self.lessons.commands()).command_for(incoming, person, self.context.today)
        return await run(command, incoming, person, self.context.today) if command else None

    async def reply(self, person: Person, text: str = "", verb: str = "", **inputs: str) -> str:
        """The text of what a command replies."""
        outgoing = await self.sees(person, text, verb, **inputs)
        assert outgoing
        return outgoing.text

    async def plan(self, text: str = NOTICE, place: str = CLASS, person: Person = TEACHER) -> Outgoing:
        """A notice typed and posted; the card that is left."""
        preview = await self.sees(person, text)
        assert preview
        await self.store.keep_conversation(YEAR_4)
        left = await self.sees(person, verb="notice_post", **texts_in(preview.values), place=place)
        assert left
        return left

    async def recordings(self) -> tuple[Recording, ...]:
        """Every recording, by when the lesson is."""
        recordings = (await self.book.projection()).recordings.values()
        return tuple(sorted(recordings, key=lambda recording: recording.lesson.starts))

    async def recording(self) -> Recording:
        """The only recording there is."""
        (recording,) = await self.recordings()
        return recording

    async def messages(self, kind: MessageKind) -> tuple[Message, ...]:
        return await self.store.messages(kind)

    async def arrives(self, kind: MessageKind, id: str = "m1") -> None:
        """The channel takes every message of a kind that is due."""
        for message in await self.messages(kind):
            if message.state is DeliveryState.DUE:
                conversation = message.address.conversation if message.address else message.recipient
                await self.store.move(message, message.arrived(SentMessage(CHANNEL, conversation, id), self.now))

    async def announced(self, text: str = NOTICE) -> Recording:
        """A single lesson whose notice is in the class's chat."""
        await self.plan(text)
        await self.lessons.duties()["post_notices"]()
        await self.arrives(MessageKind.NOTICE)
        await self.lessons.duties()["post_notices"]()
        return (await self.recordings())[-1]

    async def facts_of(self, kind: EventKind) -> list[Mapping[str, Fact]]:
        """The facts of every event of a kind."""
        events = [entry.event for entry in await self.store.entries()]
        return [event.facts for event in events if event.kind is kind]


def texts_in(values: Mapping[str, object]) -> dict[str, str]:
    """The texts among a card's values, as a button hands them back."""
    return {name: value for name, value in values.items() if isinstance(value, str) and name != "place"}


async def _everybody_is_everywhere(conversation: Conversation, channel: str, account: str) -> bool:
    return True
