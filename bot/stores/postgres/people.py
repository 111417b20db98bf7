"""People in the store: who is behind the ledger's pseudonyms, their pinned accounts, and where they can be reached."""

import json
import secrets
from collections.abc import Collection, Sequence
from typing import Any

from bot.errors import AccountTaken
from bot.people.rules.accounts import SLACK
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import KnownPerson, Person
from bot.stores.conversation_rows import conversation_of, conversation_row
from bot.stores.postgres.connections import Connections, School
from bot.stores.postgres.tables import Tables
from bot.stores.postgres.writer import Transaction, Writer
from bot.stores.rows import body_of

PSEUDONYM_BYTES = 16
PINNED_ALREADY = "This account or this person is pinned already in that channel; nothing was changed."
PEOPLE = "SELECT pseudonym, id, name, email, account, slack FROM person"
ENROL = """
INSERT INTO person (school, pseudonym, id, name, email, account, slack)
VALUES (current_school(), %s, %s, %s, %s, %s, %s)
ON CONFLICT (school, id) DO UPDATE SET (name, email, account, slack)
  = (excluded.name, excluded.email, excluded.account, excluded.slack)
RETURNING pseudonym"""
CHANGES = "SELECT people_changes FROM head"
NOTE_CHANGE = "UPDATE head SET people_changes = people_changes + 1"
# The head is locked, so nobody pins in between; the index `pin_person` would refuse it as well.
PIN = """
INSERT INTO pin (school, channel, account, person)
SELECT current_school(), %(channel)s, %(account)s, %(person)s WHERE NOT EXISTS (
  SELECT FROM pin WHERE channel = %(channel)s AND person = %(person)s AND NOT is_released)
ON CONFLICT (school, channel, account) DO UPDATE SET is_released = false
  WHERE pin.is_released AND pin.person = excluded.person"""
UNPIN = """
WITH released AS (
  UPDATE pin SET is_released = true WHERE channel = %s AND account = %s AND NOT is_released RETURNING channel, account)
DELETE FROM conversation USING released
WHERE (conversation.channel, conversation.account) = (released.channel, released.account)"""
PERSON_OF = "SELECT person FROM pin WHERE channel = %s AND account = %s AND NOT is_released"
PINS_OF = "SELECT person, channel, account FROM pin WHERE person = ANY(%s) AND NOT is_released"
KEEP = """
INSERT INTO conversation (school, channel, id, kind, account, team, kept_as, body)
VALUES (current_school(), %s, %s, %s, %s, %s, (SELECT coalesce(max(kept_as), 0) + 1 FROM conversation), %s)
ON CONFLICT (school, channel, id) DO UPDATE SET (kind, account, team, kept_as, body)
  = (excluded.kind, excluded.account, excluded.team, excluded.kept_as, excluded.body)"""
CONVERSATION = "SELECT body FROM conversation"
OWN_CHAT = f"""
{CONVERSATION} WHERE account = %s AND kind = %s AND (channel = %s OR %s = '') ORDER BY kept_as DESC LIMIT 1"""
FORGET_CHATS = f"""
DELETE FROM conversation USING person
WHERE person.pseudonym = %s AND conversation.account <> ''
  AND (conversation.account = CASE conversation.channel WHEN '{SLACK}' THEN person.slack ELSE person.account END
  OR EXISTS (
    SELECT FROM pin WHERE pin.person = person.id
      AND (pin.channel, pin.account) = (conversation.channel, conversation.account)))"""
FORGET_PINS = "DELETE FROM pin USING person WHERE person.pseudonym = %s AND pin.person = person.id"
FORGET_PERSON = "DELETE FROM person WHERE pseudonym = %s"


class PeopleTables(Tables):
    """Keeps the promises of `Accounts` and `Conversations`, and those of `Ledger` about people."""

    def __init__(self, connections: Connections, writer: Writer, school: School) -> None:
        super().__init__(connections, writer, school)
        self._everybody: tuple[int, dict[str, KnownPerson]] = (-1, {})  # with how often people had changed

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        """Pseudonyms by person id."""
        rows = await self._select(f"{PEOPLE} WHERE id = ANY(%s)", [person.id for person in people])
        known = {row[1]: _known_person(row) for row in rows}
        changed = [person for person in people if not _is_as_known(person, known.get(person.id))]
        pseudonyms = {person.id: person.pseudonym for person in known.values()}
        return pseudonyms | (await self._enrol(changed) if changed else {})

    async def _enrol(self, people: Sequence[Person]) -> dict[str, str]:
        async def unit(transaction: Transaction) -> dict[str, str]:
            pseudonyms = {}
            for person in people:
                values = person_values(secrets.token_hex(PSEUDONYM_BYTES), person)
                row = await (await transaction.connection.execute(ENROL, values)).fetchone()
                assert row is not None
                pseudonyms[person.id] = row[0]
            await transaction.connection.execute(NOTE_CHANGE)
            return pseudonyms

        return await self._write(unit)

    async def known(self, pseudonyms: Collection[str]) -> dict[str, KnownPerson]:
        """The people behind these pseudonyms, as far as they were enrolled and not erased."""
        rows = await self._select(f"{PEOPLE} WHERE pseudonym = ANY(%s)", list(pseudonyms))
        return {row[0]: _known_person(row) for row in rows}

    async def everybody_known(self) -> dict[str, KnownPerson]:
        """Everybody who was ever enrolled and not erased, by pseudonym."""
        row = await self._select_one(CHANGES)
        changes = row[0] if row else 0
        if changes != self._everybody[0]:  # read after the count: what changes in between is read again next time
            rows = await self._select(f"{PEOPLE} ORDER BY pseudonym")
            self._everybody = (changes, {row[0]: _known_person(row) for row in rows})
        return self._everybody[1]

    async def pseudonym_of(self, person: str) -> str:
        """The pseudonym of a person id; empty if they were never enrolled, or erased."""
        row = await self._select_one("SELECT pseudonym FROM person WHERE id = %s", person)
        return str(row[0]) if row else ""

    async def pin(self, channel: str, account: str, person: str) -> None:
        """Joins an account to a person's id; raises AccountTaken if either is pinned already in that channel."""
        if not await self._change(PIN, {"channel": channel, "account": account, "person": person}):
            raise AccountTaken(PINNED_ALREADY)

    async def unpin(self, channel: str, account: str) -> None:
        """Takes an account from the person it is pinned to, and forgets their chat there."""
        await self._change(UNPIN, (channel, account))

    async def person_of(self, channel: str, account: str) -> str:
        """The id of the person an account is pinned to; empty if it is pinned to nobody."""
        row = await self._select_one(PERSON_OF, channel, account)
        return str(row[0]) if row else ""

    async def pins_of(self, people: Collection[str]) -> dict[str, dict[str, str]]:
        """Pinned accounts by channel, for each of these person ids that has any."""
        rows = await self._select(PINS_OF, list(people))
        pins: dict[str, dict[str, str]] = {}
        for person, channel, account in rows:
            pins.setdefault(person, {})[channel] = account
        return pins

    async def keep_conversation(self, conversation: Conversation) -> None:
        """Keeps a conversation, in place of what was kept of it before."""
        if await self.conversation(conversation.channel, conversation.id) != conversation:
            await self._change(KEEP, conversation_values(conversation))

    async def forget_conversation(self, channel: str, id: str) -> None:
        """Forgets a conversation."""
        await self._change("DELETE FROM conversation WHERE channel = %s AND id = %s", (channel, id))

    async def forget_team(self, channel: str, team: str) -> None:
        """Forgets every conversation of a team."""
        await self._change("DELETE FROM conversation WHERE channel = %s AND team = %s", (channel, team))

    async def conversation(self, channel: str, id: str) -> Conversation | None:
        """A conversation by its id; `channel` may be empty, then the first channel that knows it is meant."""
        if channel:
            row = await self._select_one(f"{CONVERSATION} WHERE channel = %s AND id = %s", channel, id)
        else:
            row = await self._select_one(f"{CONVERSATION} WHERE id = %s ORDER BY channel LIMIT 1", id)
        return _conversation(row) if row else None

    async def conversation_of(self, channel: str, account: str) -> Conversation | None:
        """Somebody's own chat with the bot on a channel, or on any if `channel` is empty; the last that was kept."""
        row = await self._select_one(
            OWN_CHAT,
            account,
            ConversationKind.PERSONAL.value,
            channel,
            channel,
        )
        return _conversation(row) if row else None

    async def shared_conversations(self) -> tuple[Conversation, ...]:
        """Every conversation that is not one person's own chat."""
        sql = f"{CONVERSATION} WHERE kind <> %s ORDER BY kept_as"
        return tuple([_conversation(row) for row in await self._select(sql, ConversationKind.PERSONAL.value)])

    async def _forget_person(self, transaction: Transaction, pseudonym: str) -> None:
        for sql in (FORGET_CHATS, FORGET_PINS, FORGET_PERSON):
            await transaction.connection.execute(sql.encode(), [pseudonym])
        await transaction.connection.execute(NOTE_CHANGE)


def person_values(pseudonym: str, person: Person | KnownPerson) -> tuple[str, ...]:
    """Somebody as a row, in the order of ENROL and of KnownPerson."""
    return (pseudonym, person.id, person.name, person.email, person.account, person.slack)


def conversation_values(conversation: Conversation) -> tuple[Any, ...]:
    """A conversation as a row, in the order of KEEP."""
    return (
        conversation.channel,
        conversation.id,
        conversation.kind.value,
        conversation.account,
        conversation.team,
        body_of(conversation_row(conversation)),
    )


def _conversation(row: tuple[Any, ...]) -> Conversation:
    return conversation_of(json.loads(row[0]))


def _known_person(row: tuple[Any, ...]) -> KnownPerson:
    return KnownPerson(*row)


def _is_as_known(person: Person, known: KnownPerson | None) -> bool:
    return known is not None and person_values(known.pseudonym, person) == person_values(known.pseudonym, known)
