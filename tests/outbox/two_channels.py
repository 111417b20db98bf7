"""A school that speaks on two channels, with real rounds of sending over a store in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.desk.rules.messages import Outgoing, note
from bot.outbox.messengers import Messengers
from bot.outbox.ports import Notifier
from bot.outbox.render import Renderers
from bot.outbox.round import SendingRound
from bot.outbox.rules.message import Message, MessageKind
from bot.outbox.send import Sender
from bot.people.rules.person import KnownPerson, Person
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import Calendar
from tests.fake_store import FakeStore
from tests.fakes import FakeClock, FakeMessenger

ANNA = Person("anna", "Anna", "", "", frozenset())
BEN = Person("ben", "Ben", "", "ben's account", frozenset())
KNOWN = {f"p-{person.id}": KnownPerson(f"p-{person.id}", person.id, person.name, "", "") for person in (ANNA, BEN)}


async def say_for_whom(message: Message) -> Outgoing:
    return note(f"for {message.recipient}")


@dataclass
class TwoChannels:
    """Anna has a pinned account on each channel; Ben's account is in his row."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    teams: FakeMessenger = field(default_factory=lambda: FakeMessenger("msteams"))
    slack: FakeMessenger = field(default_factory=lambda: FakeMessenger("slack"))
    pins: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {"anna": {"msteams": "anna", "slack": "U1"}})
    notifier: Notifier | None = None

    @property
    def messengers(self) -> Messengers:
        return Messengers((self.teams, self.slack), self.store)

    async def round(self) -> SendingRound:
        roster = {person.id: person for person in (ANNA, BEN)}
        staff = Staff(KNOWN, roster, Calendar(), self.clock().date())
        renderers = Renderers.of(dict.fromkeys(MessageKind, say_for_whom))
        return SendingRound(staff, self.pins, renderers, self.messengers, self.clock)

    def sender(self, holder: str = "a process") -> Sender:
        return Sender(self.store, self.messengers, self.round, self.clock, holder, notifier=self.notifier)

    async def send(self) -> int:
        return await self.sender().send_due()
