"""What Teams takes: how large a card may be, and how many messages how fast.

https://learn.microsoft.com/microsoftteams/limits-specifications-teams (a message of 28 kB) and
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.channels.rate_limit import ChannelLimits

MAX_CARD_BYTES = 25_000  # of a message's 28 kB; the rest is for the summary and for the buttons of older clients
MESSAGES_PER_SECOND = 50  # of one application in one tenant
SPARE_PER_SECOND = 2  # of those, for clocks that differ a little
CONVERSATION_LIMITS = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
LIMITS = ChannelLimits("Teams", MESSAGES_PER_SECOND - SPARE_PER_SECOND, CONVERSATION_LIMITS)


def fits(card: Mapping[str, Any]) -> bool:
    """Whether a message in Teams can hold a filled card, given without Teams' fallback for older clients."""
    return len(json.dumps(card, ensure_ascii=False).encode()) <= MAX_CARD_BYTES
