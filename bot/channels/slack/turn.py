"""What a bot does with each thing that arrives from Slack."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.channels.slack.account_events import HomeOpened, ProfileChanged
from bot.channels.slack.payload import ButtonPress, ChatOpened, SlashCommand, Submission, WrittenMessage


class SlackHandlers(Protocol):
    """What a bot does with each thing that arrives. Handlers say what went wrong themselves."""

    async def on_message(self, message: WrittenMessage) -> None:
        """Somebody wrote to the bot, or mentioned it."""
        ...

    async def on_command(self, command: SlashCommand) -> None:
        """Somebody used the slash command."""
        ...

    async def on_press(self, press: ButtonPress) -> None:
        """Somebody pressed a button."""
        ...

    async def on_opened(self, opened: ChatOpened) -> None:
        """Somebody looks at their direct messages with the bot."""
        ...

    async def on_submission(self, submission: Submission) -> Mapping[str, Any]:
        """Somebody sent off a form: what its window does next (a `response_action`)."""
        ...


class HomeHandlers(Protocol):
    """What is done with what arrives from the App Home, and with changes of accounts."""

    async def on_home_opened(self, opened: HomeOpened) -> None:
        """Somebody looks at their App Home."""
        ...

    async def on_home_press(self, press: ButtonPress) -> None:
        """Somebody pressed a button there."""
        ...

    def asks(self, submission: Submission) -> bool:
        """Whether a form that was sent off is the one with a question from the App Home."""
        ...

    async def on_question(self, submission: Submission) -> Mapping[str, Any]:
        """Somebody sent that form off: what its window does next."""
        ...

    async def on_profile_changed(self, changed: ProfileChanged) -> None:
        """Something about an account changed."""
        ...
