"""People in the store: who is behind the ledger's pseudonyms, their pinned accounts, and where they can be reached."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import AccountTaken
from bot.people.rules.accounts import SLACK, counts_on
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import KnownPerson, Person
from bot.stores.conversation_rows import conversation_key, conversation_of, conversation_row
from bot.stores.rows import Row
from bot.stores.sqlite.tables import Tables

PSEUDONYM_BYTES = 16
PINNED_ALREADY = "This account or this person is pinned already in that channel; nothing was changed."


class PeopleTables(Tables):
    """Keeps the promises of `Accounts` and `Conversations`, and those of `Ledger` about people."""

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        """Pseudonyms by person id."""
        rows = {person.id: self._small_row("person", person.id) for person in people}
        pseudonyms = {id: row["pseudonym"] for id, row in rows.items() if row}
        changed = [person for person in people if not self._is_known(pseudonyms.get(person.id, ""), person)]
        return pseudonyms | (await self._write(lambda: self._enrol(changed)) if changed else {})

    def _is_known(self, pseudonym: str, person: Person) -> bool:
        row = self._small_row("known", pseudonym) if pseudonym else None
        return row is not None and row == known_row(person, row)

    def _enrol(self, people: Sequence[Person]) -> dict[str, str]:
        pseudonyms = {}
        for person in people:
            row = self._small_row_now("person", person.id) or {"pseudonym": secrets.token_hex(PSEUDONYM_BYTES)}
            self._put_small("person", person.id, row)
            known = self._small_row_now("known", row["pseudonym"])
            self._put_small("known", row["pseudonym"], known_row(person, known or {}))
            pseudonyms[person.id] = row["pseudonym"]
        return pseudonyms

    async def known(self, pseudonyms: Collection[str]) -> dict[str, KnownPerson]:
        """The people behind these pseudonyms, as far as they were enrolled and not erased."""
        everybody = await self.everybody_known()
        return {pseudonym: everybody[pseudonym] for pseudonym in pseudonyms if pseudonym in everybody}

    async def everybody_known(self) -> dict[str, KnownPerson]:
        """Everybody who was ever enrolled and not erased, by pseudonym."""
        return self._small_view("known", _known_people)

    async def pseudonym_of(self, person: str) -> str:
        """The pseudonym of a person id; empty if they were never enrolled, or erased."""
        row = self._small_row("person", person)
        return str(row.get("pseudonym", "")) if row else ""

    async def pin(self, channel: str, account: str, person: str) -> None:
        """Joins an account to a person's id; raises AccountTaken if either is pinned already in that channel."""

        def unit() -> None:
            is_before = False
            for key, row in self._small_rows_now("pin").items():
                pinned_channel, pinned_account = _split(key)
                is_before |= (pinned_channel, pinned_account) == (channel, account)
                if pinned_channel == channel and _forbids(row, pinned_account, account, person):
                    raise AccountTaken(PINNED_ALREADY)
            given_back = {"is_released": False} if is_before else {}
            self._put_small("pin", f"{channel}/{account}", {"person": person, **given_back})

        await self._write(unit)

    async def unpin(self, channel: str, account: str) -> None:
        """Takes an account from the person it is pinned to, and forgets their chat there."""

        def unit() -> None:
            row = self._small_row_now("pin", f"{channel}/{account}")
            if row is None or row.get("is_released"):
                return
            self._put_small("pin", f"{channel}/{account}", {"person": row["person"], "is_released": True})
            chats = self._small_rows_now("conversation").items()
            self._remove_small("conversation", [key for key, row in chats if _is_chat_of(row, channel, account)])

        await self._write(unit)
        await self._empty_log()

    async def person_of(self, channel: str, account: str) -> str:
        """The id of the person an account is pinned to; empty if it is pinned to nobody."""
        row = self._small_row("pin", f"{channel}/{account}")
        return row["person"] if row and not row.get("is_released") else ""

    async def pins_of(self, people: Collection[str]) -> dict[str, dict[str, str]]:
        """Pinned accounts by channel, for each of these person ids that has any."""
        wanted = frozenset(people)
        pins: dict[str, dict[str, str]] = {}
        for key, row in self._small_rows("pin").items():
            if row["person"] in wanted and not row.get("is_released"):
                channel, account = _split(key)
                pins.setdefault(row["person"], {})[channel] = account
        return pins

    async def keep_conversation(self, conversation: Conversation) -> None:
        """Keeps a conversation, in place of what was kept of it before."""
        key = conversation_key(conversation.channel, conversation.id)
        if self._conversations.by_key.get(key) == conversation:
            return

        def unit() -> None:
            orders = [row["order"] for row in self._small_rows_now("conversation").values()]
            order = max(orders, default=0) + 1
            self._put_small("conversation", key, conversation_row(conversation) | {"order": order})

        await self._write(unit)

    async def forget_conversation(self, channel: str, id: str) -> None:
        """Forgets a conversation."""
        await self._forget_conversations([conversation_key(channel, id)])

    async def forget_team(self, channel: str, team: str) -> None:
        """Forgets every conversation of a team."""
        conversations = self._conversations.by_key.items()
        await self._forget_conversations(
            [key for key, conversation in conversations if (conversation.channel, conversation.team) == (channel, team)]
        )

    async def _forget_conversations(self, keys: list[str]) -> None:
        kept = [key for key in keys if key in self._conversations.by_key]
        if kept:
            await self._write(lambda: self._remove_small("conversation", kept))
            await self._empty_log()

    async def conversation(self, channel: str, id: str) -> Conversation | None:
        """A conversation by its id; `channel` may be empty, then the first channel that knows it is meant."""
        if channel:
            return self._conversations.by_key.get(conversation_key(channel, id))
        return self._conversations.by_id.get(id)

    async def conversation_of(self, channel: str, account: str) -> Conversation | None:
        """Somebody's own chat with the bot on a channel, or on any if `channel` is empty; the last that was kept."""
        return self._conversations.by_account.get((channel, account))

    async def shared_conversations(self) -> tuple[Conversation, ...]:
        """Every conversation that is not one person's own chat."""
        return self._conversations.shared

    @property
    def _conversations(self) -> "ConversationView":
        return self._small_view("conversation", ConversationView.of)

    def _forget_person(self, pseudonym: str) -> None:
        """Inside a unit: deletes a known person, their pins and the chats with them."""
        known = self._small_row_now("known", pseudonym)
        if known is None:
            return
        pins = [key for key, row in self._small_rows_now("pin").items() if row["person"] == known["id"]]
        pinned = {_split(key) for key in pins}
        chats = [
            key
            for key, row in self._small_rows_now("conversation").items()
            if row["account"] and ((row["channel"], row["account"]) in pinned or _is_named_chat(row, known))
        ]
        self._remove_small("pin", pins)
        self._remove_small("conversation", chats)
        self._remove_small("known", [pseudonym])
        self._remove_small("person", [known["id"]])


@dataclass(frozen=True, slots=True)
class ConversationView:
    """The kept conversations, found by what is asked of them."""

    by_key: Mapping[str, Conversation]
    by_id: Mapping[str, Conversation]  # of the first channel that knows it
    by_account: Mapping[tuple[str, str], Conversation]  # own chats by channel (also by none) and account
    shared: tuple[Conversation, ...]

    @classmethod
    def of(cls, rows: Mapping[str, Row]) -> "ConversationView":
        """The view of these rows."""
        in_order = sorted(rows.items(), key=lambda pair: (pair[1]["order"], pair[0]))
        by_key = {key: conversation_of(row) for key, row in in_order}
        own = [chat for chat in by_key.values() if chat.kind is ConversationKind.PERSONAL]
        return cls(
            by_key=by_key,
            by_id={by_key[key].id: by_key[key] for key in sorted(by_key, reverse=True)},
            by_account={(channel, chat.account): chat for chat in own for channel in ("", chat.channel)},
            shared=tuple(chat for chat in by_key.values() if chat.kind is not ConversationKind.PERSONAL),
        )


def _known_people(rows: Mapping[str, Row]) -> dict[str, KnownPerson]:
    return {pseudonym: KnownPerson(pseudonym=pseudonym, **row) for pseudonym, row in rows.items()}


def known_row(person: Person | KnownPerson, before: Row) -> Row:
    """The row of a person in place of the one `before`; rows of people without Slack are as they always were."""
    row = {"id": person.id, "name": person.name, "email": person.email, "account": person.account}
    return row | {"slack": person.slack} if person.slack or "slack" in before else row


def _forbids(row: Row, pinned_account: str, account: str, person: str) -> bool:
    """Whether a pin of that channel forbids another one.

    An account that was taken from somebody may be pinned to them again and to nobody else: entries of the ledger that
    came from it are theirs.
    """
    if row.get("is_released"):
        return pinned_account == account and bool(row["person"] != person)
    return pinned_account == account or bool(row["person"] == person)


def _is_chat_of(row: Row, channel: str, account: str) -> bool:
    return (row["channel"], row["account"]) == (channel, account)


def _is_named_chat(row: Row, known: Row) -> bool:
    """Whether a chat is that of an account which somebody's row of the staff list named."""
    named = (("", known["account"]), (SLACK, known.get("slack", "")))
    return any(row["account"] == account and counts_on(channel, row["channel"]) for channel, account in named)


def _split(key: str) -> tuple[str, str]:
    channel, _, account = key.partition("/")
    return channel, account
