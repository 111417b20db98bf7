"""The local page as a channel on which the bot can speak first: to people on the demo staff list and to class chats."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from bot.cards import with_last_line
from bot.channels.pending_files import PendingFiles
from bot.channels.web.event_stream import EventStreams
from bot.desk.rules.messages import Attachment, Outgoing
from bot.errors import Unreachable
from bot.people.ports import Conversations
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage
from bot.people.rules.person import Person
from bot.school.rules.calendar import london

CHANNEL = "web"
DEMO_CLASSES = {"class-reception": "Reception", "class-year-4": "Year 4"}  # names of class chats by their ids
NO_ACCOUNT = "has no account here"

Fill: TypeAlias = Callable[[str, Mapping[str, Any]], dict[str, Any]]  # a card by name, filled with values


@dataclass(slots=True)
class WebMessenger:
    """Shows cards on the page, or keeps them until somebody opens it. `token` is the page's own, for downloads."""

    fill: Fill
    people: Callable[[], Sequence[Person]]
    now: Callable[[], datetime]
    classes: Mapping[str, str] = field(default_factory=lambda: DEMO_CLASSES)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    streams: EventStreams = field(default_factory=EventStreams)
    _files: PendingFiles = field(default_factory=PendingFiles)

    @property
    def channel(self) -> str:
        """The channel's name, as it is in addresses."""
        return CHANNEL

    async def keep_classes(self, conversations: Conversations) -> None:
        """Keeps the class chats in the store, so that notices can be planned there; safe to repeat."""
        for id, name in self.classes.items():
            kind = ConversationKind.TEAM
            await conversations.keep_conversation(Conversation(CHANNEL, id, kind, "", "", team=id, name=name))

    async def reaches(self, address: Address) -> bool:
        """Whether that account, or that class chat, is on the page's list."""
        if address.conversation:
            return self.is_on_page(address.conversation)
        return self._has_account(address.account)

    def is_on_page(self, id: str) -> bool:
        """Whether the page can be opened as this account or class chat."""
        return id in self.classes or self._has_account(id)

    def _has_account(self, account: str) -> bool:
        return bool(account) and any(person.account == account for person in self.people())

    async def ready(self, address: Address) -> None:
        """Nobody has to wait here; raises Unreachable for an address that is not on the page's list."""
        if not await self.reaches(address):
            raise Unreachable(NO_ACCOUNT)

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        """Shows a card to somebody, or keeps it until they open the page. Raises Unreachable."""
        await self.ready(address)
        sent = SentMessage(CHANNEL, address.conversation or address.account, secrets.token_hex(8))
        self.streams.deliver(sent.conversation, {**self.message(outgoing), "id": sent.id})
        return sent

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        """Replaces a message that was sent before; safe to repeat."""
        self.streams.deliver(sent.conversation, {**self.message(outgoing), "replaces": sent.id, "id": sent.id})

    async def is_member(self, conversation: Conversation, channel: str, account: str) -> bool:
        """Whether an account is in a conversation of the page: there, everybody is."""
        return conversation.channel == CHANNEL

    def message(self, outgoing: Outgoing) -> dict[str, Any]:
        """A card as the page shows it, with a link to its file if it has one."""
        message = {"card": self._filled(outgoing), "text": outgoing.text}
        if outgoing.attachment:
            id = self._files.keep(outgoing.attachment, self.now())
            message["file"] = {"name": outgoing.attachment.name, "address": f"/files/{id}?token={self.token}"}
        return message

    def file(self, id: str) -> Attachment | None:
        """A file that still waits to be fetched; None if it does not."""
        return self._files.get(id, self.now())

    def show_sending(self, done: int, total: int) -> None:
        """Shows everybody who has the page open how far a round of sending is."""
        self.streams.broadcast({"sending": {"done": done, "of": total}})

    def show_clock(self) -> None:
        """Shows everybody who has the page open what time it is in the demo."""
        self.streams.broadcast(self.clock())

    def clock(self) -> dict[str, str]:
        """The demo's time as the page shows it."""
        return {"clock": london(self.now())}

    def _filled(self, outgoing: Outgoing) -> dict[str, Any]:
        card = self.fill(outgoing.card, {**outgoing.values, "is_demo": True})
        return with_last_line(card, outgoing.quiet_line.on_card) if outgoing.quiet_line else card
