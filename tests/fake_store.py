"""A store in memory that keeps the promises of bot.evidence.ports.Store, bot.ask.ports and bot.campaigns.ports."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.ask.rules.tallies import Count, SentQuestion, Tally
from bot.campaigns.rules.versions import Version
from bot.desk.arrivals import ArrivalState, OneProcess
from bot.errors import AccountTaken, LedgerMoved
from bot.evidence.rules.clock import step_back
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head, seal
from bot.outbox.rules.message import Claim, DeliveryState, Message, MessageKind
from bot.people.rules.accounts import counts_on
from bot.people.rules.conversations import Conversation, ConversationKind, SharedFile
from bot.people.rules.person import KnownPerson, Person
from bot.school.rules.calendar import LONDON

SALTS = ("0" * 32, "1" * 32)


@dataclass
class FakeStore(OneProcess):
    """Everything is in plain collections, for tests to look at; only methods change it."""

    counted: Counter[Count] = field(default_factory=Counter)
    sent_questions: set[SentQuestion] = field(default_factory=set)
    pins: dict[tuple[str, str], str] = field(default_factory=dict)  # person ids by channel and account
    released: dict[tuple[str, str], str] = field(default_factory=dict)  # pins that were taken back
    conversations: dict[tuple[str, str], Conversation] = field(default_factory=dict)  # by channel and id, in order
    ledger: list[Entry] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # of entries, by idempotency key
    people: dict[str, KnownPerson] = field(default_factory=dict)  # by pseudonym
    texts: dict[str, Version] = field(default_factory=dict)  # by digest
    outbox: dict[str, Message] = field(default_factory=dict)  # by key
    files: dict[str, SharedFile] = field(default_factory=dict)  # to be removed, by id
    arrivals: dict[str, ArrivalState] = field(default_factory=dict)  # by key
    doubts: dict[str, datetime] = field(default_factory=dict)  # by marker
    projections: dict[str, tuple[int, Head, str]] = field(default_factory=dict)

    async def append(self, event: Event, once: str | Head, messages: Sequence[Message] = ()) -> Entry:
        if not once:
            raise ValueError("An event needs an idempotency key, or the head it was decided on.")
        if isinstance(once, Head):
            if once != await self.head():
                raise LedgerMoved("Something else was recorded just now. Please look again; nothing was changed.")
        elif once in self.numbers:
            return self.ledger[self.numbers[once] - 1]
        if note := step_back(self.ledger[-1].event if self.ledger else None, event):
            self.ledger.append(seal(note, await FakeStore.head(self), SALTS))
            if isinstance(once, Head):
                raise LedgerMoved("Something else was recorded just now. Please look again; nothing was changed.")
        entry = seal(event, await FakeStore.head(self), SALTS)
        self.ledger.append(entry)
        if isinstance(once, str):
            self.numbers[once] = entry.number
        await self.keep_messages(*messages)
        return entry

    async def head(self) -> Head:
        return Head(self.ledger[-1].number, self.ledger[-1].hash) if self.ledger else Head()

    async def entries(self, after: int = 0, until: int | None = None) -> tuple[Entry, ...]:
        return tuple(self.ledger[after:until])

    async def entries_of(self, kind: EventKind) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.ledger if entry.event.kind is kind)

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        pseudonyms = {}
        everybody = dict(self.people)
        for person in people:
            before = next((known.pseudonym for known in everybody.values() if known.id == person.id), "")
            pseudonym = before or f"{len(self.ledger):04x}{len(everybody):04x}{abs(hash(person.id)):024x}"[:32]
            everybody[pseudonym] = KnownPerson(
                pseudonym, person.id, person.name, person.email, person.account, person.slack
            )
            pseudonyms[person.id] = pseudonym
        if everybody != self.people:
            self.people = everybody
        return pseudonyms

    async def known(self, pseudonyms: Collection[str]) -> dict[str, KnownPerson]:
        return {pseudonym: self.people[pseudonym] for pseudonym in pseudonyms if pseudonym in self.people}

    async def everybody_known(self) -> dict[str, KnownPerson]:
        return self.people

    async def pseudonym_of(self, person: str) -> str:
        return next((known.pseudonym for known in self.people.values() if known.id == person), "")

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        known = self.people.get(pseudonym)
        if known:
            self.people = {key: person for key, person in self.people.items() if key != pseudonym}
            pinned = {key for key, person in self.pins.items() if person == known.id} | {("slack", known.slack)}
            self.pins = {key: person for key, person in self.pins.items() if key not in pinned}
            self.conversations = {
                key: conversation
                for key, conversation in self.conversations.items()
                if not _is_chat_of(conversation, known.account, pinned)
            }
        self.outbox = {key: message for key, message in self.outbox.items() if not message.names(pseudonym)}
        self.ledger = [entry.without_who() if _is_about(entry, pseudonym) else entry for entry in self.ledger]
        self.projections.clear()
        return await self.append(event, await self.head())

    async def save_projection(self, name: str, version: int, head: Head, state: str) -> bool:
        if head != await self.head():
            return False
        self.projections[name] = (version, head, state)
        return True

    async def saved_projection(self, name: str, version: int) -> tuple[Head, str] | None:
        saved = self.projections.get(name)
        return saved[1:] if saved and saved[0] == version else None

    async def keep_messages(self, *messages: Message) -> int:
        new = {message.key: message for message in reversed(messages) if message.key not in self.outbox}
        self.outbox |= new
        return len(new)

    async def message(self, key: str) -> Message | None:
        return self.outbox.get(key)

    async def open_messages(self, now: datetime) -> tuple[Message, ...]:
        messages = [message for message in self._in_order() if message.is_open]
        return tuple(m for m in messages if m.state is not DeliveryState.DUE or m.is_due(now))

    async def messages(
        self, *kinds: MessageKind, campaign: str = "", recording: str = "", recipient: str = ""
    ) -> tuple[Message, ...]:
        if not (kinds or campaign or recording or recipient):
            raise ValueError("Name kinds of messages, or what they are about.")
        return tuple(
            message
            for message in self._in_order()
            if (not kinds or message.kind in kinds)
            and (not campaign or campaign in {subject.campaign for subject in (message.subject, *message.campaigns)})
            and (not recording or recording in {message.subject.recording, *message.recordings})
            and (not recipient or message.recipient == recipient)
        )

    async def old_messages(self, before: datetime) -> tuple[Message, ...]:
        day = before.astimezone(LONDON).date()
        return tuple(message for message in self._in_order() if message.on < day and not message.is_under_way)

    def _in_order(self) -> list[Message]:
        return [message for _, message in sorted(self.outbox.items())]

    async def move(self, before: Message, after: Message) -> bool:
        if self.outbox.get(before.key) != before:
            return False
        self.outbox[before.key] = after
        return True

    async def claim_messages(
        self, messages: Sequence[Message], holder: str, now: datetime, lease: timedelta
    ) -> tuple[Claim, ...]:
        due = [message for message in messages if message.state is DeliveryState.DUE]
        leased = [(message, message.leased(holder, now, lease)) for message in due]
        return tuple([Claim(after) for before, after in leased if await self.move(before, after)])

    async def settle(self, claim: Claim, after: Message) -> bool:
        return await self.move(claim.message, after)

    async def stuck_messages(self, now: datetime) -> tuple[Message, ...]:
        return tuple(message for message in self._in_order() if message.is_stuck(now))

    async def drop_messages(self, *messages: Message) -> int:
        same = [message.key for message in messages if self.outbox.get(message.key) == message]
        for key in same:
            del self.outbox[key]
        return len(same)

    async def pin(self, channel: str, account: str, person: str) -> None:
        for (pinned_channel, pinned_account), pinned_person in self.pins.items():
            if pinned_channel == channel and (pinned_account == account or pinned_person == person):
                raise AccountTaken(
                    "This account or this person is pinned already in that channel; nothing was changed."
                )
        if self.released.get((channel, account), person) != person:
            raise AccountTaken("This account was somebody else's; nothing was changed.")
        self.pins[channel, account] = person

    async def unpin(self, channel: str, account: str) -> None:
        person = self.pins.pop((channel, account), "")
        if person:
            self.released[channel, account] = person
            self.conversations = {
                key: chat
                for key, chat in self.conversations.items()
                if (chat.channel, chat.account) != (channel, account)
            }

    async def person_of(self, channel: str, account: str) -> str:
        return self.pins.get((channel, account), "")

    async def pins_of(self, people: Collection[str]) -> dict[str, dict[str, str]]:
        pins: dict[str, dict[str, str]] = {}
        for (channel, account), person in self.pins.items():
            if person in people:
                pins.setdefault(person, {})[channel] = account
        return pins

    async def keep_conversation(self, conversation: Conversation) -> None:
        key = (conversation.channel, conversation.id)
        if self.conversations.get(key) != conversation:
            self.conversations.pop(key, None)
            self.conversations[key] = conversation

    async def forget_conversation(self, channel: str, id: str) -> None:
        self.conversations.pop((channel, id), None)

    async def forget_team(self, channel: str, team: str) -> None:
        self.conversations = {
            key: conversation
            for key, conversation in self.conversations.items()
            if (conversation.channel, conversation.team) != (channel, team)
        }

    async def conversation(self, channel: str, id: str) -> Conversation | None:
        known = [conversation for key, conversation in sorted(self.conversations.items()) if key[1] == id]
        return next((conversation for conversation in known if channel in {"", conversation.channel}), None)

    async def conversation_of(self, channel: str, account: str) -> Conversation | None:
        own = [chat for chat in self.conversations.values() if chat.kind is ConversationKind.PERSONAL]
        theirs = [chat for chat in own if chat.account == account and channel in {"", chat.channel}]
        return theirs[-1] if theirs else None

    async def shared_conversations(self) -> tuple[Conversation, ...]:
        conversations = self.conversations.values()
        return tuple(chat for chat in conversations if chat.kind is not ConversationKind.PERSONAL)

    async def count(self, *counts: Count) -> None:
        self.counted.update(counts)

    async def tallies(self) -> tuple[Tally, ...]:
        in_order = sorted(self.counted.items(), key=lambda pair: (pair[0].week, pair[0].situation, pair[0].outcome))
        return tuple(Tally(count, times) for count, times in in_order)

    async def keep_question(self, question: SentQuestion) -> None:
        self.sent_questions.add(question)

    async def questions(self) -> tuple[SentQuestion, ...]:
        return tuple(sorted(self.sent_questions, key=lambda question: (question.on, question.text)))

    async def forget_questions(self, before: date) -> int:
        old = {question for question in self.sent_questions if question.on < before}
        self.sent_questions -= old
        return len(old)

    async def keep_shared_file(self, file: SharedFile) -> None:
        self.files[file.id] = file

    async def shared_files(self) -> tuple[SharedFile, ...]:
        return tuple(sorted(self.files.values(), key=lambda file: (file.remove_at, file.id)))

    async def forget_shared_file(self, id: str) -> None:
        self.files.pop(id, None)

    async def begin_arrival(self, key: str) -> ArrivalState:
        state = self.arrivals.get(key, ArrivalState.NEW)
        self.arrivals.setdefault(key, ArrivalState.UNDER_WAY)
        return state

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        if is_done:
            self.arrivals[key] = ArrivalState.DONE
        else:
            self.arrivals.pop(key, None)

    async def keep_doubt(self, marker: str, since: datetime) -> None:
        self.doubts.setdefault(marker, since)

    async def doubt(self, marker: str) -> datetime | None:
        return self.doubts.get(marker)

    async def forget_doubts(self, *markers: str, before: datetime | None = None) -> None:
        self.doubts = {
            marker: since
            for marker, since in self.doubts.items()
            if marker not in markers and not (before and since < before)
        }

    async def keep_version(self, version: Version) -> None:
        self.texts[version.digest] = version

    async def version(self, digest: str) -> Version | None:
        return self.texts.get(digest)

    async def check_whole(self) -> None:
        return None

    async def checkpoint(self) -> None:
        return None

    async def is_well(self) -> bool:
        return True

    async def close(self) -> None:
        return None


def _is_chat_of(conversation: Conversation, account: str, pinned: Collection[tuple[str, str]]) -> bool:
    if not conversation.account:
        return False
    is_named = conversation.account == account and counts_on("", conversation.channel)
    return is_named or (conversation.channel, conversation.account) in pinned


def _is_about(entry: Entry, pseudonym: str) -> bool:
    return (entry.event.subject or entry.event.actor) == pseudonym
