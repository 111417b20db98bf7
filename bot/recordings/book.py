"""The book of recorded lessons: everything they are decided from, as it is now, and how more is written into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import BadInput, LedgerMoved
from bot.evidence.context import Context
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.ledger import Entry, EventKind, Fact, Head
from bot.outbox.rules.message import Message
from bot.people.rules.accounts import accounts_of, counts_on
from bot.people.rules.person import Person
from bot.recordings.rules.notices import Promise
from bot.recordings.rules.projection import RecordingProjection
from bot.recordings.rules.recording import Recording
from bot.recordings.settings import RecordingSettings

NO_PROMISE = "This school's policy promises nothing about recorded lessons; see [recordings] in school.toml."
CHANGED = "Something else happened to that lesson at the same time. Please try again."


@dataclass(frozen=True, slots=True)
class RecordingBook:
    """What every part of this capability works with. `feed` brings `current` up to date with the ledger."""

    context: Context
    settings: RecordingSettings
    feed: LedgerFeed
    current: RecordingProjection

    async def projection(self) -> RecordingProjection:
        """What the ledger says now."""
        await self.feed.catch_up()
        return self.current

    async def again(self, recording: Recording) -> Recording:
        """The same recording as the ledger says now."""
        return (await self.projection()).recordings[recording.lesson.id]

    @property
    def promise(self) -> Promise:
        """What the school tells children about recorded lessons; raises BadInput if it has no such clause."""
        if self.settings.promise is None:
            raise BadInput(NO_PROMISE)
        return self.settings.promise

    async def classes(self) -> frozenset[str]:
        """Ids of conversations and teams with children: where a notice was ever planned, and those of school.toml."""
        conversations = (await self.projection()).conversations
        shared = await self.context.store.shared_conversations()
        teams = {conversation.team for conversation in shared if conversation.id in conversations}
        return frozenset((conversations | teams | self.settings.classes) - {""})

    async def accounts(self, people: Sequence[Person], channel: str) -> dict[str, str]:
        """The accounts of these people on a channel, by person id; people without one are left out."""
        pins = await self.context.store.pins_of([person.id for person in people])
        accounts = {}
        for person in people:
            for on_channel, account in accounts_of(person, pins.get(person.id, {})):
                if counts_on(on_channel, channel):
                    accounts[person.id] = account
        return accounts

    async def write(
        self,
        kind: EventKind,
        recording: Recording,
        facts: Mapping[str, Fact],
        once: str = "",
        *,
        actor: str = "",
        who: Mapping[str, str] | None = None,
        messages: Sequence[Message] = (),
    ) -> Entry:
        """Adds an event about a recording that happened just now, and the messages that go out because of it.

        `once` is its idempotency key. An event that has none counts only for the recording as it was given: LedgerMoved
        is raised if something else happened to it since, and nothing is changed.
        """
        return await self.context.write(
            kind,
            once or await self._head_of(recording),
            subject=recording.lesson.teacher,
            actor=actor,
            facts={"lesson": recording.lesson.id, **facts},
            who=who,
            messages=messages,
        )

    async def _head_of(self, recording: Recording) -> Head:
        projection = await self.projection()
        if projection.get(recording.lesson.id) != recording:
            raise LedgerMoved(CHANGED)
        return projection.head
