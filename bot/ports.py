"""What flows need from the world, as Protocols: adapters keep these promises."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from bot.ask.rules.decide import Reading
from bot.ask.rules.tallies import Count, SentQuestion, Tally
from bot.campaigns.rules.campaign import KnownPerson
from bot.campaigns.rules.versions import Version
from bot.desk.rules.messages import Outgoing
from bot.evidence.rules.ledger import Entry, Event
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.conversations import Conversation
from bot.people.rules.directory import Account, Directory
from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import FileState, RecordingFile
from bot.recordings.rules.timetable import CalendarEntry, SeenRecording


class QuestionReader(Protocol):
    """Finds what a question is about."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation with its share of likelihood, best first. Safe to call from any thread.

        Several texts at once take little longer than one.
        """
        ...


class Roster(Protocol):
    """Who works here."""

    def people(self) -> tuple[Person, ...]:
        """Everybody on the roster."""
        ...


class Tenant(Protocol):
    """The school's Microsoft 365."""

    async def members(self, group: str) -> tuple[Account, ...]:
        """Everybody in a group and in the groups in it; raises GraphError."""
        ...

    async def toast(self, account: str, about: str, words: str) -> None:
        """A line in somebody's activity feed, in the place of an earlier one about the same; raises GraphError."""
        ...


class Recordings(Protocol):
    """What the school's tenant knows of recordings."""

    async def recordings_of(self, lesson: Lesson) -> tuple[RecordingFile, ...] | None:
        """The files of a lesson's recording: none where only that there is one is known, None where there is none.

        Raises GraphError.
        """
        ...

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a recording's file is there; raises GraphError where that could not be found out."""
        ...


class LessonTenant(Protocol):
    """What may be seen of lessons in the school's Microsoft 365; every method raises GraphError unless it says more."""

    async def lessons(self, account: str, since: datetime, until: datetime) -> tuple[CalendarEntry, ...]:
        """All that stands in somebody's calendar between two instants, lesson or not."""
        ...

    async def join_chat(self, thread: str) -> Conversation:
        """A meeting's chat, with the bot in it; raises ChannelError."""
        ...

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        """The recordings of somebody's meetings, without their files."""
        ...

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        """The recordings in a channel's folder."""
        ...

    async def told_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        """The recordings that the messages of a chat or channel tell of."""
        ...

    async def file_of(self, link: str) -> RecordingFile:
        """The file behind a link."""
        ...

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a file is there."""
        ...


class DirectoryRoster(Roster, Protocol):
    """A roster that comes from the tenant's groups, once somebody or the rules took it over."""

    @property
    def held(self) -> Directory:
        """What was taken over last."""
        ...

    def rows(self) -> tuple[Person, ...]:
        """What the school's own staff list says."""
        ...

    def take_over(self, directory: Directory) -> None:
        """From now on the roster is this one; raises StoreError where it could not be kept."""
        ...


class Messenger(Protocol):
    """A channel on which the bot can speak first: to an account in its own chat, or in a conversation by its id."""

    async def ready(self, to: str) -> None:
        """Returns when something can be said there within a moment; raises Unreachable, or Busy for a longer wait."""
        ...

    async def tell(self, to: str, outgoing: Outgoing) -> str:
        """Says something there; the message's id. Raises ChannelError."""
        ...

    async def replace_told(self, to: str, message: str, outgoing: Outgoing) -> None:
        """Puts something else in the place of a message told before; safe to repeat. Raises ChannelError."""
        ...

    async def reaches(self, to: str) -> bool:
        """Whether there is such a chat just now, or it is worth trying to make one."""
        ...


class Ledger(Protocol):
    """The evidence, and who is behind its pseudonyms."""

    async def append(self, event: Event, key: str = "", slots: Sequence[Message] = ()) -> Entry:
        """Adds an event, and with it, all or none, whatever must go out because of it.

        Where an event with the same `key` is there already, that entry comes back and nothing is changed.
        """
        ...

    async def entries(self, after: int = 0) -> tuple[Entry, ...]:
        """Every entry with a higher number, in order."""
        ...

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        """Pseudonyms by roster id, made where somebody is new; names and addresses are renewed where they changed."""
        ...

    async def known(self) -> dict[str, KnownPerson]:
        """Everybody who was ever enrolled and was not erased, by pseudonym."""
        ...

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        """Takes away everything that names somebody, and adds the event that says so; the chain still verifies.

        Gone are their details in every entry about them, their row among the known, their pin, the chats with them
        and whatever waits for them or comes from them in the outbox. Safe to repeat.
        """
        ...

    async def keep_version(self, version: Version) -> None:
        """Keeps a published text, by its digest; keeping it again changes nothing."""
        ...

    async def version(self, digest: str) -> Version | None:
        """A published text."""
        ...


class Outbox(Protocol):
    """What goes out, and how far it has come. Slots are kept by their key."""

    async def keep_slots(self, *slots: Message) -> int:
        """Keeps those whose key is new, all or none, and says how many; the others change nothing."""
        ...

    async def slots(self, *sorts: MessageKind) -> tuple[Message, ...]:
        """Every slot of these sorts, or of all where none is named, by key."""
        ...

    async def slot(self, key: str) -> Message | None:
        """One slot by its key."""
        ...

    async def move(self, before: Message, after: Message) -> bool:
        """Puts a slot in the place of exactly this one; False, and nothing is changed, where it is another by now."""
        ...

    async def drop_slots(self, *slots: Message) -> int:
        """Forgets these slots where they are exactly as given, and says how many."""
        ...

    async def settle(self, now: datetime) -> int:
        """After a stop: whatever was being sent is in doubt; says how many. Call it before anything is sent."""
        ...


class Store(Ledger, Outbox, Protocol):
    """What must not be lost. Every promise holds on every store: tests/stores/promises.py."""

    async def count(self, *counts: Count) -> None:
        """Adds one to each of these tallies, all or none; safe to call at the same time from anywhere."""
        ...

    async def tallies(self) -> tuple[Tally, ...]:
        """How often what happened, by week and situation, in that order."""
        ...

    async def keep_question(self, question: SentQuestion) -> None:
        """Keeps a question somebody chose to send; keeping the same one again changes nothing."""
        ...

    async def questions(self) -> tuple[SentQuestion, ...]:
        """Every question still kept, oldest first."""
        ...

    async def forget_questions(self, before: date) -> int:
        """Forgets questions sent before that day, and says how many."""
        ...

    async def pin(self, account: str, person: str) -> None:
        """Joins an account to a person's id for good; raises StoreError where either is pinned already."""
        ...

    async def pins(self) -> dict[str, str]:
        """Person ids by account."""
        ...

    async def keep_place(self, place: Conversation) -> None:
        """Keeps where somebody can be reached, by conversation."""
        ...

    async def forget_place(self, conversation: str) -> None:
        """Forgets a conversation; forgetting it again changes nothing."""
        ...

    async def places(self) -> tuple[Conversation, ...]:
        """Every conversation the bot is in."""
        ...

    async def is_well(self) -> bool:
        """Whether it can still be read."""
        ...

    async def close(self) -> None:
        """Lets go of what was opened; safe to call twice."""
        ...
