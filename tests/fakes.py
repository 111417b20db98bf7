"""Hand-written stand-ins that keep the promises of bot/ports.py."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.ask.rules.decide import Reading, Thresholds
from bot.ask.rules.policy import Absent, Contacts, Policy
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.tallies import Count, SentQuestion, Tally
from bot.ask.rules.verdicts import Verdict
from bot.campaigns.rules.campaign import KnownPerson
from bot.campaigns.rules.versions import Version
from bot.errors import StoreError
from bot.evidence.rules.ledger import Entry, Event, Head, seal
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import Conversation
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.school.rules.documents import Bound, Clause, Document, Modality

MONDAY = date(2021, 9, 6)


def days(number: int) -> timedelta:
    return timedelta(days=number)


@dataclass
class FakeRecogniser:
    """Reads what it is told to: question -> situations by likelihood; anything else is about lunch."""

    readings: dict[str, dict[str, float]] = field(default_factory=dict)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Reading:
        shares = self.readings.get(text, {"lunch": 1.0})
        ranked = tuple(sorted(shares.items(), key=lambda pair: -pair[1]))
        return Reading(ranked, self.unknown.get(text, ()))


@dataclass
class FakeRoster:
    everyone: tuple[Person, ...]

    def people(self) -> tuple[Person, ...]:
        return self.everyone


@dataclass
class FakeStore:
    counted: Counter[Count] = field(default_factory=Counter)
    kept: set[SentQuestion] = field(default_factory=set)
    pinned: dict[str, str] = field(default_factory=dict)
    reached: dict[str, Conversation] = field(default_factory=dict)
    ledger: list[Entry] = field(default_factory=list)
    once: dict[str, Entry] = field(default_factory=dict)
    enrolled: dict[str, KnownPerson] = field(default_factory=dict)
    texts: dict[str, Version] = field(default_factory=dict)
    outbox: dict[str, Message] = field(default_factory=dict)

    async def count(self, *counts: Count) -> None:
        self.counted.update(counts)

    async def tallies(self) -> tuple[Tally, ...]:
        by_place = sorted(self.counted.items(), key=lambda pair: (pair[0].week, pair[0].situation, pair[0].what))
        return tuple(Tally(count, times) for count, times in by_place)

    async def keep_question(self, question: SentQuestion) -> None:
        self.kept.add(question)

    async def questions(self) -> tuple[SentQuestion, ...]:
        return tuple(sorted(self.kept, key=lambda one: (one.on, one.text)))

    async def forget_questions(self, before: date) -> int:
        old = {one for one in self.kept if one.on < before}
        self.kept -= old
        return len(old)

    async def pin(self, account: str, person: str) -> None:
        if account in self.pinned or person in self.pinned.values():
            raise StoreError("That is pinned already.")
        self.pinned[account] = person

    async def pins(self) -> dict[str, str]:
        return dict(self.pinned)

    async def keep_place(self, place: Conversation) -> None:
        self.reached[place.conversation] = place

    async def forget_place(self, conversation: str) -> None:
        self.reached.pop(conversation, None)

    async def places(self) -> tuple[Conversation, ...]:
        return tuple(self.reached.values())

    async def append(self, event: Event, key: str = "", slots: Sequence[Message] = ()) -> Entry:
        if key in self.once:
            return self.once[key]
        last = Head(self.ledger[-1].number, self.ledger[-1].hash) if self.ledger else Head()
        entry = seal(event, last, ("0" * 32, "1" * 32))
        self.ledger.append(entry)
        if key:
            self.once[key] = entry
        await self.keep_slots(*slots)
        return entry

    async def entries(self, after: int = 0) -> tuple[Entry, ...]:
        return tuple(self.ledger[after:])

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        made = {}
        for one in people:
            held = next((known.pseudonym for known in self.enrolled.values() if known.id == one.id), "")
            pseudonym = held or f"{len(self.ledger):04x}{len(self.enrolled):04x}{abs(hash(one.id)):024x}"[:32]
            self.enrolled[pseudonym] = KnownPerson(pseudonym, one.id, one.name, one.email, one.account)
            made[one.id] = pseudonym
        return made

    async def known(self) -> dict[str, KnownPerson]:
        return dict(self.enrolled)

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        gone = self.enrolled.pop(pseudonym, None)
        accounts = {gone.account} if gone else set()
        accounts |= {account for account, id in self.pinned.items() if gone and id == gone.id}
        self.pinned = {account: id for account, id in self.pinned.items() if account not in accounts}
        self.reached = {key: one for key, one in self.reached.items() if not one.account or one.account not in accounts}
        self.outbox = {key: one for key, one in self.outbox.items() if pseudonym not in key}
        named = [(one.event.subject or one.event.actor) == pseudonym for one in self.ledger]
        self.ledger = [one.without_who() if is_named else one for one, is_named in zip(self.ledger, named, strict=True)]
        return await self.append(event)

    async def keep_version(self, version: Version) -> None:
        self.texts[version.digest] = version

    async def version(self, digest: str) -> Version | None:
        return self.texts.get(digest)

    async def keep_slots(self, *slots: Message) -> int:
        new = {one.key: one for one in slots if one.key not in self.outbox}
        self.outbox |= new
        return len(new)

    async def slots(self, *sorts: MessageKind) -> tuple[Message, ...]:
        return tuple(one for _, one in sorted(self.outbox.items()) if not sorts or one.sort in sorts)

    async def slot(self, key: str) -> Message | None:
        return self.outbox.get(key)

    async def move(self, before: Message, after: Message) -> bool:
        if self.outbox.get(before.key) != before:
            return False
        self.outbox[before.key] = after
        return True

    async def drop_slots(self, *slots: Message) -> int:
        same = [one.key for one in slots if self.outbox.get(one.key) == one]
        for key in same:
            del self.outbox[key]
        return len(same)

    async def settle(self, now: datetime) -> int:
        stuck = [one for one in self.outbox.values() if one.state is DeliveryState.SENDING]
        for one in stuck:
            self.outbox[one.key] = one.doubted(now, "stopped")
        return len(stuck)

    async def is_well(self) -> bool:
        return True

    async def close(self) -> None:
        return None


SURE = Thresholds(answer=0.5, silent=0.5, doubt=0.2, part=0.5, near=0.1, harm=0.3)
TEACHER = Person("t1", "A teacher", "", "teacher", frozenset({Role.STAFF}))
CONTACTS = Contacts("the lead", "01234", "the head", "the chair")


def clause(id: str, text: str = "Do not do that.") -> Clause:
    return Clause(id, "P", "1", "", text, Modality.MUST_NOT, frozenset({Bound.STAFF}), ())


def policy(*rulings: Ruling, wide: tuple[Situation, ...] = (), worries: tuple[str, ...] = ()) -> Policy:
    """A little school: one document with clauses P-1 to P-9, a ruling on lunch, and those given."""
    lunch = Ruling("lunch", Verdict.NOT_COVERED, "It does not cover food.", pointer="Ask the kitchen.")
    everything = (*rulings, lunch)
    clauses = {f"P-{number}": clause(f"P-{number}", f"Clause {number} says so.") for number in range(1, 10)}
    paper = Document(
        "P", "Paper", "Paper", "1", "2020", "Governors", MONDAY, MONDAY + days(30), "", tuple(clauses.values())
    )
    situations = {
        one.situation: Situation(
            one.situation, f"about {one.situation}", one.situation, "", hand_off=one.situation in worries
        )
        for one in everything
    }
    return Policy(
        school="school",
        name="School",
        documents={"P": paper},
        clauses=clauses,
        situations=situations | {one.id: one for one in wide},
        rulings={one.situation: one for one in everything},
        absent=(Absent("Far Policy", ("P-9",)),),
        contacts=CONTACTS,
    )


def caller(account: str = "teacher", school: str = "school") -> Caller:
    return Caller(school, "test", "", account, Proof.DEMO)
