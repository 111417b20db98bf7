"""A way to sign in to the pages in a browser: Microsoft's or Slack's. What comes of each is the same session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.credentials import SignInFlow
from bot.people.rules.person import Caller

NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in: the account's id, and when they last showed who they are; NEVER if that was not said."""

    account: str
    proved: datetime


class SignInWay(Protocol):
    """One way. Its `path` begins a sign-in, its `again` a fresh one, and its `back` is where the browser comes back."""

    @property
    def name(self) -> str:
        """Who signs people in, as they know it."""
        ...

    @property
    def channel(self) -> str:
        """The channel in which the accounts are known."""
        ...

    @property
    def tenant(self) -> str:
        """The school's tenant or workspace: an account of another one never comes back from here."""
        ...

    @property
    def path(self) -> str:
        """Where a sign-in begins; `/again` and `/back` follow it."""
        ...

    async def begin(self, *, asks_again: bool) -> SignInFlow:
        """A new sign-in; if it `asks_again`, as fresh as can be had. Raises NotNow."""
        ...

    async def finish(self, flow: SignInFlow, answer: Mapping[str, str], *, asks_again: bool) -> SignedIn:
        """Who came back with this answer in the address; raises NotSignedIn, or NotNow."""
        ...

    async def admits(self, caller: Caller) -> bool:
        """Whether the account may be somebody's, beyond what the token says; raises NotNow if that cannot be asked."""
        ...


def again(path: str) -> str:
    """Where a fresh sign-in begins.

    >>> again("/school/sign-in"), back("/school/sign-in")
    ('/school/sign-in/again', '/school/sign-in/back')
    """
    return f"{path}/again"


def back(path: str) -> str:
    """Where the browser comes back: the redirect address at Microsoft or Slack, behind the school's own."""
    return f"{path}/back"
