"""What will go to whom."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One person: what will go to them and when, or why nothing will."""

    name: str
    gets: bool
    what: str
