"""One registry of renderers by kind of message: what a message says is made at the moment it goes out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.desk.rules.messages import Outgoing
from bot.outbox.rules.message import Message, MessageKind

# What a message says as things are now; None if nobody needs it any more.
Renderer: TypeAlias = Callable[[Message], Awaitable[Outgoing | None]]


@dataclass(frozen=True, slots=True)
class Renderers:
    """The renderers of every capability. A message of a kind that nobody renders any more is not wanted."""

    by_kind: Mapping[MessageKind, Renderer]

    @classmethod
    def of(cls, *groups: Mapping[MessageKind, Renderer]) -> "Renderers":
        """The renderers of several capabilities; raises ValueError if two render the same kind."""
        merged: dict[MessageKind, Renderer] = {}
        for group in groups:
            twice = merged.keys() & group.keys()
            if twice:
                raise ValueError(f"Two renderers for {', '.join(sorted(twice))}.")
            merged |= group
        return cls(merged)

    async def render(self, message: Message) -> Outgoing | None:
        """What a message says as things are now; None if nobody needs it any more."""
        renderer = self.by_kind.get(message.kind)
        return await renderer(message) if renderer else None
