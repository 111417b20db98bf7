"""How the pages answer: safety headers on everything, and what a refusal is as a status."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.pages.presses import TooLarge
from bot.channels.plain_errors import SORRY
from bot.errors import BadInput, NotAllowed, StaffroomError

NO_FRAMES = "'none'"
# https://learn.microsoft.com/microsoftteams/platform/tabs/how-to/tab-requirements
TEAMS_FRAMES = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft"


class NotSignedIn(NotAllowed):
    """Nobody has signed in, or too long ago."""


class SignInTooOld(NotSignedIn):
    """Somebody signed in, but not within the last five minutes. `channel` is where their account is known."""

    def __init__(self, sentence: str, channel: str) -> None:
        super().__init__(sentence)
        self.channel = channel


class TooMany(NotAllowed):
    """That was a lot at once."""


class NoPage(NotAllowed):
    """There is nothing at this address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status, a heading, and the sentence people read."""

    status: int
    heading: str
    says: str


def refusal_of(error: Exception) -> Refusal:
    """What an error is as a page."""
    match error:
        case NotSignedIn():
            return Refusal(401, "Please sign in", str(error))
        case TooMany():
            return Refusal(429, "That was a lot at once", str(error))
        case NoPage():
            return Refusal(404, "There is nothing here", str(error))
        case NotAllowed():
            return Refusal(403, "You cannot do that here", str(error))
        case TooLarge():
            return Refusal(413, "That is too large", str(error))
        case BadInput():
            return Refusal(400, "That did not work", str(error))
        case StaffroomError():
            return Refusal(500, "That did not work", str(error))
    return Refusal(500, "That did not work", SORRY)


def headers(frames: str) -> Mapping[str, str]:
    """The headers of every page; `frames` are the sites that may show it in a frame of theirs."""
    return {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {frames}",
        "X-Content-Type-Options": "nosniff",
        # Not no-referrer: with that, browsers send a form's Origin as "null".
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
