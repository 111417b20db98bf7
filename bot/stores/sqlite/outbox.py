"""The outbox in the store: every message that goes out, as a document under its slot's key."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bot.outbox.rules.message import Claim, DeliveryState, Message, MessageKind
from bot.school.rules.calendar import LONDON
from bot.stores.message_rows import is_about_campaign, is_about_recording, is_same_message, message_of, message_row
from bot.stores.sqlite.message_cache import CACHED_KINDS
from bot.stores.sqlite.tables import Tables


class OutboxTables(Tables):
    """Keeps the promises of `Outbox`."""

    async def keep_messages(self, *messages: Message) -> int:
        """Keeps the messages whose key is new, all or none, and returns how many."""
        return await self._write(lambda: self._keep_new_messages(messages))

    def _keep_new_messages(self, messages: Sequence[Message]) -> int:
        """Inside a unit."""
        count = 0
        for message in messages:
            if self._document("message", message.key, now=True) is None:
                self._put_document("message", message.key, message_row(message))
                count += 1
        return count

    async def message(self, key: str) -> Message | None:
        """One message by its key."""
        row = self._document("message", key)
        return message_of(row) if row else None

    async def open_messages(self, now: datetime) -> tuple[Message, ...]:
        """Messages to look at now, by key."""
        messages = self._found_by_index("message_open")
        return tuple(message for message in messages if message.state is not DeliveryState.DUE or message.is_due(now))

    async def messages(
        self, *kinds: MessageKind, campaign: str = "", recording: str = "", recipient: str = ""
    ) -> tuple[Message, ...]:
        """Every message of these kinds that is about this campaign and recording and for this person, by key."""
        if not (kinds or campaign or recording or recipient):
            raise ValueError("Name kinds of messages, or what they are about.")
        conditions: list[Callable[[Message], bool]] = []
        if kinds:
            conditions.append(lambda message: message.kind in kinds)
        if campaign:
            conditions.append(lambda message: is_about_campaign(message, campaign))
        if recording:
            conditions.append(lambda message: is_about_recording(message, recording))
        if recipient:
            conditions.append(lambda message: message.recipient == recipient)
        candidates = self._candidates(kinds, campaign, recording, recipient)
        return tuple(message for message in candidates if all(is_wanted(message) for is_wanted in conditions))

    def _candidates(
        self, kinds: Sequence[MessageKind], campaign: str, recording: str, recipient: str
    ) -> Iterable[Message]:
        """Messages among which all wanted ones are, by key, found the quickest way."""
        if kinds and CACHED_KINDS.issuperset(kinds):
            return self._of_kinds(kinds)
        if recording:
            return self._about(recording, "message_recording", "message_recordings")
        if recipient:
            return self._found_by_value("message_recipient", "=", recipient)
        if campaign:
            return self._about(campaign, "message_campaign", "message_campaigns")
        return self._of_kinds(kinds)

    def _of_kinds(self, kinds: Iterable[MessageKind]) -> list[Message]:
        messages: list[Message] = []
        for kind in sorted(set(kinds), key=lambda kind: f"{kind.value}/"):
            messages += self._of_kind(kind)
        return messages

    def _of_kind(self, kind: MessageKind) -> Sequence[Message]:
        prefix = self._key(f"{kind.value}/")
        messages = self._cache.get(prefix)
        if messages is not None:
            return messages
        revision = self._cache.revision
        bodies = self._database.durable.bodies("message", prefix, self._after_last(kind.value))
        read = {key: message_of(json.loads(body)) for key, body in bodies}
        if kind in CACHED_KINDS:
            self._cache.keep(prefix, read, revision)
        return tuple(read.values())

    def _about(self, id: str, index: str, lists: str) -> list[Message]:
        """Messages whose subject has this id, and all that have a list of such ids, by key."""
        messages = {message.key: message for message in self._found_by_value(index, "=", id)}
        messages |= {message.key: message for message in self._found_by_index(lists)}
        return [messages[key] for key in sorted(messages)]

    def _found_by_value(self, index: str, operator: str, value: str, *, now: bool = False) -> list[Message]:
        reader = self._reader(now=now)
        bodies = reader.messages_by(index, operator, value, self._key(""), self._after_last())
        return [message_of(json.loads(body)) for _, body in bodies]

    def _found_by_index(self, index: str, *, now: bool = False) -> list[Message]:
        bodies = self._reader(now=now).messages_in(index, self._key(""), self._after_last())
        return [message_of(json.loads(body)) for _, body in bodies]

    async def old_messages(self, before: datetime) -> tuple[Message, ...]:
        """Messages that are not under way and whose day was before the day of `before`, by key."""
        day = before.astimezone(LONDON).date().isoformat()
        return tuple(message for message in self._found_by_value("message_day", "<", day) if not message.is_under_way)

    async def move(self, before: Message, after: Message) -> bool:
        """Puts a message in place of exactly this one."""

        def unit() -> bool:
            if not self._is_kept(before):
                return False
            self._put_document("message", before.key, message_row(after))
            return True

        is_moved = await self._write(unit)
        if is_moved and (before.words, before.in_reply_to) != (after.words, after.in_reply_to):
            await self._empty_log()
        return is_moved

    async def claim_messages(
        self, messages: Sequence[Message], holder: str, now: datetime, lease: timedelta
    ) -> tuple[Claim, ...]:
        """Leases those of these due messages that are exactly as given; the one process that has the file holds all."""

        def unit() -> tuple[Claim, ...]:
            due = [message for message in messages if message.state is DeliveryState.DUE and self._is_kept(message)]
            leased = [message.leased(holder, now, lease) for message in due]
            for message in leased:
                self._put_document("message", message.key, message_row(message))
            return tuple([Claim(message) for message in leased])

        return await self._write(unit)

    async def settle(self, claim: Claim, after: Message) -> bool:
        """Says how a claimed message ended; False if it is another by now."""
        return await self.move(claim.message, after)

    async def stuck_messages(self, now: datetime) -> tuple[Message, ...]:
        """Messages being sent whose lease has run out by `now`, by key."""
        return tuple(message for message in self._found_by_index("message_open") if message.is_stuck(now))

    async def drop_messages(self, *messages: Message) -> int:
        """Forgets these messages if they are exactly as given."""

        def unit() -> int:
            keys = [message.key for message in messages if self._is_kept(message)]
            self._remove_documents("message", keys)
            return len(keys)

        return await self._write(unit)

    def _is_kept(self, message: Message) -> bool:
        """Inside a unit: whether the store has exactly this message."""
        row = self._document("message", message.key, now=True)
        return row is not None and is_same_message(row, message)

    def _forget_messages_naming(self, pseudonym: str) -> None:
        """Inside a unit: deletes every message for or about somebody."""
        for_them = self._found_by_value("message_recipient", "=", pseudonym, now=True)
        with_people = self._found_by_index("message_people", now=True)
        about_them = [message for message in with_people if message.names(pseudonym)]
        self._remove_documents("message", [message.key for message in (*for_them, *about_them)])
