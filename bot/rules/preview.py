"""What will go to whom."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rules.campaigns import Campaign


@dataclass(frozen=True, slots=True)
class Line:
    """One person: what will go to them and when, or why nothing will."""

    name: str
    gets: bool
    what: str


def seal(campaign: Campaign, waiting: Iterable[str]) -> str:
    """What a press on Send must bring back, so that it lets go what was shown and nothing else.

    It is another one as soon as somebody else waits, the text is another, or the last day has moved.
    """
    shown = "/".join([campaign.id, campaign.version, campaign.due.isoformat(), *sorted(waiting)])
    return hashlib.sha256(shown.encode()).hexdigest()
