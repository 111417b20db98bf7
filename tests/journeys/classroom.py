"""A school of four whose channel and tenant go wrong when told to: recorded lessons from desk to chat, over fakes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.tick import Duty, run_duties
from bot.errors import ChannelError, Unreachable
from bot.evidence.ports import Store
from bot.evidence.rules.ledger import EventKind, Fact
from bot.outbox.messengers import Messengers
from bot.outbox.render import Renderers
from bot.outbox.round import SendingRound
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.outbox.send import Sender
from bot.people.rules.conversations import Address, SentMessage
from bot.people.rules.person import Caller, Person, Proof
from bot.recordings.rules.recording import Recording
from bot.recordings.rules.timetable import NO_ACCESS, TenantAccess, Timetable
from bot.school.rules.calendar import LONDON
from tests.fake_store import FakeStore
from tests.recordings.fake_tenant import FakeTenant
from tests.recordings.little_school import (
    CHANNEL,
    CLASS,
    NOTICE,
    TEACHER,
    YEAR_4,
    LittleSchool,
    texts_in,
)

SIGHT = TenantAccess(Timetable(frozenset({"Lesson"})), files=True)


@dataclass
class FakeMessenger:
    """What is in each chat. `trouble` is what the next messages to a chat meet, whether they are shown or not."""

    chats: dict[str, dict[str, Outgoing]] = field(default_factory=dict)
    trouble: dict[str, list[ChannelError]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # chats the bot was removed from
    shows_nothing: bool = False
    channel: str = CHANNEL

    def texts(self, chat: str) -> list[str]:
        """What is in a chat, oldest first."""
        return [outgoing.text for outgoing in self.chats.get(chat, {}).values()]

    async def reaches(self, address: Address) -> bool:
        return _chat(address) not in self.closed

    async def ready(self, address: Address) -> None:
        if _chat(address) in self.closed:
            raise Unreachable("Staffroom is not in that chat")

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        chat = _chat(address)
        sent = SentMessage(CHANNEL, chat, f"m{len(self.chats.get(chat, {}))}")
        await self.replace(sent, outgoing)
        return sent

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        trouble = self.trouble.get(sent.conversation)
        if not (trouble and self.shows_nothing):
            self.chats.setdefault(sent.conversation, {})[sent.id] = outgoing
        if trouble:
            raise trouble.pop(0)


def _chat(address: Address) -> str:
    return address.conversation or address.account


@dataclass
class Classroom:
    """People who say and press things, a tick, and a clock. The store outlives a restart, memory does not."""

    school: LittleSchool
    tenant: FakeTenant | None
    chat: FakeMessenger = field(default_factory=FakeMessenger)

    @property
    def store(self) -> Store:
        return self.school.store

    @property
    def now(self) -> datetime:
        return self.school.now

    @now.setter
    def now(self, now: datetime) -> None:
        self.school.now = now

    @property
    def staff(self) -> tuple[Person, ...]:
        return self.school.roster.listed

    @staff.setter
    def staff(self, staff: tuple[Person, ...]) -> None:
        self.school.roster.listed = staff

    def restart(self, store: Store | None = None) -> None:
        """All that was in memory only is gone."""
        self.school.store = store or self.school.store
        self.school.restart()

    def leaves(self, leaver: Person, on: date) -> None:
        """Somebody whose last day is on the staff list."""
        self.staff = tuple(replace(person, ends=on) if person.id == leaver.id else person for person in self.staff)

    async def says(self, person: Person, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        """The desk's reply to what somebody writes or presses."""
        context = self.school.context
        desk = Desk(
            school=context.school.id,
            roster=context.roster,
            accounts=self.store,
            routes=RoutingTable(self.school.lessons.commands()),
            answer=_no_answer,
            welcome=lambda: note("Hello."),
            today=lambda: context.today,
        )
        caller = Caller(context.school.id, CHANNEL, "", person.account, Proof.TOKEN)
        return await desk(Incoming(caller, person.account, text=text, verb=verb, inputs=inputs))

    async def presses(self, person: Person, verb: str, **inputs: str) -> str:
        """What a button about a lesson says; it is about the only lesson there is, unless another is named."""
        id = inputs.get("lesson") or (await self.only()).lesson.id
        return (await self.says(person, verb=verb, **{**inputs, "lesson": id})).text

    def duties(self) -> Mapping[str, Duty]:
        """What each tick does, in order."""
        return {**self.school.lessons.duties(), "send": self._send}

    async def _send(self) -> int:
        messengers = Messengers((self.chat,), self.store)
        return await Sender(self.store, messengers, self._begin_round, lambda: self.now, "classroom").send_due()

    async def _begin_round(self) -> SendingRound:
        context = self.school.context
        renderers = Renderers.of(await self.school.lessons.renderers())
        pins = await self.store.pins_of([person.id for person in self.staff])
        messengers = Messengers((self.chat,), self.store)
        return SendingRound(await context.staff(), pins, renderers, messengers, context.now)

    async def tick(self) -> dict[str, str]:
        """What could not be done, by duty."""
        return await run_duties(self.duties())

    async def until(self, day: int, month: int = 9, hour: int = 9, minute: int = 0) -> dict[str, str]:
        """Time passes, with seven pairs of ticks a day; what could not be done meanwhile."""
        goal = datetime(2026, month, day, hour, minute, tzinfo=LONDON)
        times = [time(0, 1), time(6), time(9), time(9, 46), time(12, 30), time(15), time(15, 1)]
        failures: dict[str, str] = {}
        while self.now < goal:
            days = (self.now.date() + timedelta(days=ahead) for ahead in (0, 1))
            coming = (datetime.combine(day, moment, LONDON) for day in days for moment in times)
            self.now = min(goal, next(moment for moment in coming if moment > self.now))
            failures |= await self.tick()
            failures |= await self.tick()
        return failures

    async def announced(self, text: str = NOTICE, person: Person = TEACHER) -> Outgoing:
        """A notice typed and posted; the card that is left."""
        preview = await self.says(person, text)
        left = await self.says(person, verb="notice_post", **texts_in(preview.values), place=CLASS)
        await self.tick()
        await self.tick()
        return left

    async def confirmed(self, person: Person = TEACHER, answer: str = "each", place: str = CLASS) -> None:
        """Somebody is asked about the lessons in their calendar, and says yes."""
        await self.tick()
        pseudonym = await self.school.context.pseudonym(person)
        for question in await self.messages(MessageKind.FOUND_LESSON):
            if question.recipient == pseudonym:
                reply = await self.says(person, verb="wish", found=question.subject.name, answer=answer, place=place)
                assert "Thank you." in reply.text
        await self.tick()

    async def all(self) -> list[Recording]:
        """Every recording, by when the lesson is."""
        return list(await self.school.recordings())

    async def only(self) -> Recording:
        """The only recording there is."""
        return await self.school.recording()

    async def open(self) -> tuple[Recording, ...]:
        """The recordings with something left to do."""
        return (await self.school.book.projection()).open_recordings(self.now)

    async def messages(self, kind: MessageKind) -> list[Message]:
        return list(await self.store.messages(kind))

    async def sent(self, kind: MessageKind) -> list[Message]:
        return [message for message in await self.messages(kind) if message.state is DeliveryState.SENT]

    async def facts_of(self, kind: EventKind) -> list[Mapping[str, Fact]]:
        """The facts of every event of a kind."""
        return await self.school.facts_of(kind)


async def _no_answer(incoming: Incoming, person: Person) -> Outgoing:
    return note("I cannot answer that here.")


@asynccontextmanager
async def classroom(*, access: TenantAccess | None = None, store: Store | None = None) -> AsyncIterator[Classroom]:
    """A classroom; `access` says what may be seen in its tenant, and without it there is no tenant."""
    tenant = FakeTenant() if access else None
    school = LittleSchool(access or NO_ACCESS, tenant, store or FakeStore())
    await school.store.keep_conversation(YEAR_4)
    yield Classroom(school, tenant)
