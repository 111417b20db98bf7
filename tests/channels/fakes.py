"""A small desk over a store in memory: what the tests of channels speak to."""

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.desk.desk import Desk
from bot.desk.routing import Command, RoutingTable
from bot.desk.rules.messages import ASK_AGAIN, Attachment, Incoming, Outgoing, card_beside, note, public
from bot.errors import AccountTaken, BadInput, StoreError
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Person, Role
from bot.settings import ROOT

MONDAY = date(2021, 9, 6)
TEACHER = Person("t1", "A teacher", "", "teacher", frozenset({Role.STAFF}))
NEWCOMER = Person("t2", "A newcomer", "new@school.example", "", frozenset({Role.STAFF}))
PACK = Attachment("evidence.zip", b"PK and so on", "the evidence, not encrypted")
THANKS = "Thank you, that helps."
NOT_IN_LESSONS = "No: Not in lessons.\nClause 1 says so."


@dataclass
class FakeRoster:
    everybody: tuple[Person, ...]

    def people(self) -> tuple[Person, ...]:
        return self.everybody


@dataclass
class FakePeople:
    """Pins and conversations, in memory; `is_full` as when the disk is."""

    pins: dict[tuple[str, str], str] = field(default_factory=dict)
    released: dict[tuple[str, str], str] = field(default_factory=dict)
    kept: dict[tuple[str, str], Conversation] = field(default_factory=dict)
    writes: int = 0
    is_full: bool = False

    def conversations(self) -> tuple[Conversation, ...]:
        return tuple(self.kept.values())

    async def pin(self, channel: str, account: str, person: str) -> None:
        if (channel, account) in self.pins or person in self._pinned(channel):
            raise AccountTaken("That is pinned already.")
        if self.released.get((channel, account), person) != person:
            raise AccountTaken("That was somebody else's.")
        self.pins[channel, account] = person

    async def unpin(self, channel: str, account: str) -> None:
        person = self.pins.pop((channel, account), "")
        if person:
            self.released[channel, account] = person
            own = [key for key, kept in self.kept.items() if (kept.channel, kept.account) == (channel, account)]
            for key in own:
                del self.kept[key]

    async def person_of(self, channel: str, account: str) -> str:
        return self.pins.get((channel, account), "")

    async def pins_of(self, people: Collection[str]) -> dict[str, dict[str, str]]:
        pins: dict[str, dict[str, str]] = {}
        for (channel, account), person in self.pins.items():
            if person in people:
                pins.setdefault(person, {})[channel] = account
        return pins

    def _pinned(self, channel: str) -> set[str]:
        return {person for (where, _), person in self.pins.items() if where == channel}

    async def keep_conversation(self, conversation: Conversation) -> None:
        if self.is_full:
            raise StoreError("This could not be saved.")
        if self.kept.get((conversation.channel, conversation.id)) != conversation:
            self.kept[conversation.channel, conversation.id] = conversation
            self.writes += 1

    async def forget_conversation(self, channel: str, id: str) -> None:
        self.kept.pop((channel, id), None)

    async def forget_team(self, channel: str, team: str) -> None:
        in_team = [key for key, kept in self.kept.items() if kept.channel == channel and kept.team == team]
        for key in in_team:
            del self.kept[key]

    async def conversation(self, channel: str, id: str) -> Conversation | None:
        return next((kept for kept in self.kept.values() if kept.id == id and channel in {"", kept.channel}), None)

    async def conversation_of(self, channel: str, account: str) -> Conversation | None:
        own = [kept for kept in self.kept.values() if kept.channel == channel and kept.account == account]
        return own[-1] if own else None

    async def shared_conversations(self) -> tuple[Conversation, ...]:
        return tuple(kept for kept in self.kept.values() if kept.kind is not ConversationKind.PERSONAL)


def shown(card: str, text: str, last: str = "") -> Outgoing:
    """A real card, filled with its sample, for everybody."""
    return public(Outgoing(card, sample(card), text, last))


def sample(card: str) -> dict[str, Any]:
    return dict(json.loads((ROOT / "cards" / "samples" / f"{card}.json").read_text(encoding="utf-8")))


@dataclass
class SmallDesk:
    """The real desk with a handful of commands. `heard` is what reached them, `failure` what they raise.

    While there is a `gate` that is closed, nobody is answered.
    """

    people: FakePeople = field(default_factory=FakePeople)
    roster: FakeRoster = field(default_factory=lambda: FakeRoster((TEACHER, NEWCOMER)))
    heard: list[Incoming] = field(default_factory=list)
    failure: Exception | None = None
    gate: asyncio.Event | None = None
    waits: bool = False  # whether an agreement and an open question wait for everybody

    def desk(self) -> Desk:
        routes = RoutingTable(
            (
                Command("look", self._look),
                Command("helped", self._thank),
                Command("repeat", self._repeat),
                Command("did_not_help", self._thank),
                Command("welcome", self._welcome, words=("hello", "good morning")),
                Command("help", self._help, words=("help",)),
                Command("record", self._record, words=("my record",)),
                Command("export", self._export, words=("export",)),
                Command("list", self._list),
                Command("policies", self._policies, words=("policies",)),
                Command("read", self._read),
                Command("agreement", self._agreement),
                Command("own_questions", self._own_questions),
            )
        )
        return Desk("school", self.roster, self.people, routes, self._answer, welcome, lambda: MONDAY)

    async def _hear(self, incoming: Incoming) -> None:
        self.heard.append(incoming)
        if self.gate:
            await self.gate.wait()
        if self.failure:
            raise self.failure

    async def _answer(self, incoming: Incoming, person: Person) -> Outgoing:
        await self._hear(incoming)
        match incoming.text:
            case "can i use my phone":
                return shown("answer", NOT_IN_LESSONS, "phones")
            case "phones or photos":
                return shown("choose", "Which do you mean?")
        return shown("silent", "This policy does not say.")

    async def _look(self, incoming: Incoming, person: Person) -> Outgoing:
        await self._hear(incoming)
        if incoming.inputs.get("situation") != "phones":
            raise BadInput(ASK_AGAIN)
        return shown("answer", NOT_IN_LESSONS, "phones")

    async def _thank(self, incoming: Incoming, person: Person) -> Outgoing:
        await self._hear(incoming)
        return public(note(THANKS))

    async def _repeat(self, incoming: Incoming, person: Person) -> Outgoing:
        return note(f"{incoming.inputs['words']} is left in peace.")

    async def _welcome(self, incoming: Incoming, person: Person) -> Outgoing:
        return welcome()

    async def _help(self, incoming: Incoming, person: Person) -> Outgoing:
        return shown("help", "Ask me what the policy says.")

    async def _record(self, incoming: Incoming, person: Person) -> Outgoing:
        text = f"The school's staff list says: {person.name}."
        return Outgoing("note", {"text": text}, text)

    async def _export(self, incoming: Incoming, person: Person) -> Outgoing:
        await self._hear(incoming)
        return Outgoing("note", {"text": "Here it is."}, "Here it is.", attachment=PACK)

    async def _policies(self, incoming: Incoming, person: Person) -> Outgoing:
        return shown("policies", "The policies")

    async def _read(self, incoming: Incoming, person: Person) -> Outgoing:
        await self._hear(incoming)
        return shown("passage", f"Page {incoming.inputs['page']}")

    async def _agreement(self, incoming: Incoming, person: Person) -> Outgoing:
        if not self.waits:
            return note("Nothing waits for you.")
        return Outgoing("agreement", sample("agreement"), "Please read the Acceptable Use Policy.\nIt has 41 clauses.")

    async def _own_questions(self, incoming: Incoming, person: Person) -> Outgoing:
        if not self.waits:
            return note("You have no open question.")
        return card_beside("own_questions", sample("own_questions"), "Your questions")

    async def _list(self, incoming: Incoming, person: Person) -> Outgoing:
        return card_beside("lessons", sample("lessons"), "The list.")


def welcome() -> Outgoing:
    return shown("welcome", "Hello. I know the policy.")
