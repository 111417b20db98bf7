"""One activity of Teams and how to answer it, apart from the SDK that runs it."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.channels.teams.activity import Activity


class Turn(Protocol):
    """One activity, and how to answer it."""

    @property
    def activity(self) -> Activity:
        """What arrived."""
        ...

    async def say(self, message: Mapping[str, Any]) -> str:
        """Sends a message into the same conversation and returns its id. Raises ChannelError."""
        ...

    async def replace(self, id: str, message: Mapping[str, Any]) -> None:
        """Replaces a message that was sent before; raises ChannelError."""
        ...


class ActivityHandlers(Protocol):
    """What a bot does with each kind of activity."""

    async def on_message(self, turn: Turn) -> None:
        """Somebody wrote, or pressed a button in a client without Action.Execute."""
        ...

    async def on_edit(self, turn: Turn) -> None:
        """Somebody changed what they had written."""
        ...

    async def on_reaction(self, turn: Turn) -> None:
        """Somebody put a thumb, or another sign, under a message."""
        ...

    async def on_button(self, turn: Turn) -> Mapping[str, Any]:
        """Somebody pressed a button on a card (an invoke): the body of the invoke response."""
        ...

    async def on_file_consent(self, turn: Turn) -> None:
        """Somebody said whether they want a file."""
        ...

    async def on_added(self, turn: Turn, *, is_install: bool) -> None:
        """The bot was added to a conversation."""
        ...

    async def on_removed(self, turn: Turn) -> None:
        """The bot was removed from a conversation."""
        ...


def card_error(status: int, sentence: str) -> dict[str, Any]:
    """What a pressed button gets when it cannot be answered.

    https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
    """
    value = {"code": str(status), "message": sentence}
    return {"statusCode": status, "type": "application/vnd.microsoft.error", "value": value}
