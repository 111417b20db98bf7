"""The outbox in the store: every message that goes out, as a row under its slot's key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.outbox.rules.message import Claim, Message, MessageKind
from bot.school.rules.calendar import LONDON
from bot.stores.message_rows import is_about_campaign, is_about_recording
from bot.stores.postgres.entry_rows import columns
from bot.stores.postgres.message_rows import (
    INSERT_MESSAGES,
    SELECT_MESSAGES,
    UPDATE_MESSAGE,
    are_same,
    message_from,
    message_values,
)
from bot.stores.postgres.tables import Tables
from bot.stores.postgres.writer import Transaction

OPEN = "(state IN ('due', 'sending') OR is_unreachable)"
BY_KEY = f"{SELECT_MESSAGES} WHERE key = %s"
OPEN_BY = f"{SELECT_MESSAGES} WHERE {OPEN} AND (state <> 'due' OR not_before IS NULL OR not_before <= %s) ORDER BY key"
OLD = f"{SELECT_MESSAGES} WHERE day < %s AND state NOT IN ('due', 'sending') ORDER BY key"
NAMING = f"{SELECT_MESSAGES} WHERE recipient = %s OR has_people FOR UPDATE"
DROP = "DELETE FROM message WHERE key = ANY(%s)"
OF_KEYS = f"{SELECT_MESSAGES} WHERE key = ANY(%s) AND state = 'due' FOR UPDATE"
# The database's clock alone decides when a lease ends, so replicas need not agree on the time.
LEASE = """
UPDATE message SET state = 'sending', lease_holder = %s, fence = fence + 1,
  lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE key = ANY(%s)
RETURNING body, state, lease_holder, lease_until, fence"""
HELD = f"{SELECT_MESSAGES} WHERE key = %s AND state = 'sending' AND lease_holder = %s AND fence = %s FOR UPDATE"
STUCK = f"{SELECT_MESSAGES} WHERE {OPEN} AND state = 'sending' AND lease_until <= clock_timestamp() ORDER BY key"


class OutboxTables(Tables):
    """Keeps the promises of `Outbox`, also if several replicas send."""

    async def keep_messages(self, *messages: Message) -> int:
        """Keeps the messages whose key is new, all or none, and returns how many."""
        if not messages:
            return 0
        return await self._change(INSERT_MESSAGES, columns([message_values(message) for message in messages]))

    async def message(self, key: str) -> Message | None:
        """One message by its key."""
        row = await self._select_one(BY_KEY, key)
        return message_from(row) if row else None

    async def open_messages(self, now: datetime) -> tuple[Message, ...]:
        """Messages to look at now, by key."""
        return _messages(await self._select(OPEN_BY, now))

    async def messages(
        self, *kinds: MessageKind, campaign: str = "", recording: str = "", recipient: str = ""
    ) -> tuple[Message, ...]:
        """Every message of these kinds that is about this campaign and recording and for this person, by key."""
        conditions = {
            "kind = ANY(%s)": [kind.value for kind in kinds],
            "(campaign = %s OR has_campaigns)": campaign,
            "(recording = %s OR has_recordings)": recording,
            "recipient = %s": recipient,
        }
        wanted = {condition: value for condition, value in conditions.items() if value}
        if not wanted:
            raise ValueError("Name kinds of messages, or what they are about.")
        rows = await self._select(f"{SELECT_MESSAGES} WHERE {' AND '.join(wanted)} ORDER BY key", *wanted.values())
        messages = _messages(rows)
        if campaign:
            messages = tuple(message for message in messages if is_about_campaign(message, campaign))
        if recording:
            messages = tuple(message for message in messages if is_about_recording(message, recording))
        return messages

    async def old_messages(self, before: datetime) -> tuple[Message, ...]:
        """Messages that are not under way and whose day was before the day of `before`, by key."""
        return _messages(await self._select(OLD, before.astimezone(LONDON).date()))

    async def move(self, before: Message, after: Message) -> bool:
        """Puts a message in place of exactly this one."""
        values = message_values(after)[1:]
        is_leased_anew = after.lease is not None and after.lease != before.lease

        async def unit(transaction: Transaction) -> bool:
            if not await _is_kept(transaction, before):
                return False
            await transaction.connection.execute(UPDATE_MESSAGE.encode(), (*values, int(is_leased_anew), before.key))
            return True

        return await self._write(unit)

    async def drop_messages(self, *messages: Message) -> int:
        """Forgets these messages if they are exactly as given."""

        async def unit(transaction: Transaction) -> int:
            keys = {message.key for message in messages if await _is_kept(transaction, message)}
            await transaction.connection.execute(DROP, [list(keys)])
            return len(keys)

        return await self._write(unit)

    async def claim_messages(
        self, messages: Sequence[Message], holder: str, now: datetime, lease: timedelta
    ) -> tuple[Claim, ...]:
        """Leases those of these due messages that are exactly as given, by the database's clock and not from `now`."""
        given = {message.key: message for message in messages}

        async def unit(transaction: Transaction) -> tuple[Claim, ...]:
            rows = await (await transaction.connection.execute(OF_KEYS.encode(), [list(given)])).fetchall()
            keys = [kept.key for kept in _messages(rows) if are_same(kept, given[kept.key])]
            if not keys:
                return ()
            leased = await transaction.connection.execute(LEASE.encode(), (holder, lease.total_seconds(), keys))
            return tuple([Claim(message_from(row), row[-1]) for row in await leased.fetchall()])

        return await self._write(unit)

    async def settle(self, claim: Claim, after: Message) -> bool:
        """Says how a claimed message ended; False, and nothing is changed, if the lease is another's by now."""
        values = message_values(after)[1:]
        lease = claim.message.lease
        assert lease is not None

        async def unit(transaction: Transaction) -> bool:
            held = await transaction.connection.execute(HELD.encode(), (after.key, lease.holder, claim.fence))
            if await held.fetchone() is None:
                return False
            await transaction.connection.execute(UPDATE_MESSAGE.encode(), (*values, 0, after.key))
            return True

        return await self._write(unit)

    async def stuck_messages(self, now: datetime) -> tuple[Message, ...]:
        """Messages being sent whose lease has run out by the database's clock, not by `now`, by key."""
        return _messages(await self._select(STUCK))

    async def _forget_messages_naming(self, transaction: Transaction, pseudonym: str) -> None:
        rows = await (await transaction.connection.execute(NAMING.encode(), [pseudonym])).fetchall()
        named = [message.key for message in _messages(rows) if message.names(pseudonym)]
        await transaction.connection.execute(DROP, [named])


async def _is_kept(transaction: Transaction, message: Message) -> bool:
    """Whether the store has exactly this message; it is locked until the transaction ends."""
    row = await (await transaction.connection.execute(f"{BY_KEY} FOR UPDATE".encode(), [message.key])).fetchone()
    return row is not None and are_same(message_from(row), message)


def _messages(rows: Sequence[tuple[Any, ...]]) -> tuple[Message, ...]:
    return tuple([message_from(row) for row in rows])
