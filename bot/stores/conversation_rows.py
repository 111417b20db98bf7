"""Conversations as rows."""

from dataclasses import asdict
from datetime import date

from bot.people.rules.conversations import Conversation, ConversationKind
from bot.stores.rows import Row


def conversation_row(conversation: Conversation) -> Row:
    """A conversation as a row, without the place in the order in which they were kept."""
    written_on = conversation.written_on.isoformat() if conversation.written_on else None
    return asdict(conversation) | {"kind": conversation.kind.value, "written_on": written_on}


def conversation_of(row: Row) -> Conversation:
    """The conversation a row stands for."""
    fields = {name: value for name, value in row.items() if name != "order"}
    written_on = date.fromisoformat(row["written_on"]) if row["written_on"] else None
    return Conversation(**fields | {"kind": ConversationKind(row["kind"]), "written_on": written_on})


def conversation_key(channel: str, id: str) -> str:
    """The key of a conversation within a school."""
    return f"{channel}/{id}"
