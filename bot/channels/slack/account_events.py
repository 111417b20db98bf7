"""Events that are about an account, not about a conversation.

https://docs.slack.dev/reference/events/app_home_opened and https://docs.slack.dev/reference/events/user_change
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at the App Home, our page in Slack that shows each person their own."""

    event: str
    user: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every delivery."""
        return ("event", self.event)


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """Something about an account changed; `profile` is the user object as Slack sends it."""

    event: str
    user: str
    profile: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every delivery."""
        return ("event", self.event)
