"""What understanding should reach, by the kind of measuring set."""

import re
from dataclasses import dataclass

COMMANDS_AT_MOST = 1 / 200  # policy questions taken for commands, over all sets
_KEPT_BLIND = re.compile(r"(^|_)[de]$")


@dataclass(frozen=True, slots=True)
class Goals:
    """The least share of each figure."""

    straight_right: float
    precision: float
    shown: float
    outside: float
    verdict: float


PRACTICE = Goals(straight_right=0.94, precision=0.97, shown=0.99, outside=0.95, verdict=0.97)
BLIND = Goals(straight_right=0.80, precision=0.92, shown=0.96, outside=0.93, verdict=0.97)
KEPT = Goals(straight_right=0.93, precision=0.95, shown=0.97, outside=0.93, verdict=0.97)
KEPT_BLIND = Goals(straight_right=0.80, precision=0.92, shown=0.97, outside=0.93, verdict=0.97)


def is_pooled(name: str) -> bool:
    """Whether a set, by its file's name without ending, is also counted with the other blind ones.

    >>> [is_pooled(name) for name in ("practice", "practice_blind", "practice_c", "kept_d")]
    [False, True, True, False]
    """
    return "blind" in name.lower() or name.lower().endswith("_c")


def goals_for(name: str) -> Goals:
    """The goals for a set, by its file's name without ending."""
    if name.lower() == "practice":
        return PRACTICE
    if is_pooled(name):
        return BLIND
    return KEPT_BLIND if _KEPT_BLIND.search(name.lower()) else KEPT
