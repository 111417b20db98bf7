"""The bank: questions as people really type them, each with the situation it is about."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the id of the situation it is about.

    `voice` says who wrote it. `also` is a second situation that the question is as much about, or empty.
    """

    text: str
    situation: str
    voice: str
    also: str = ""

    def is_any(self, situations: AbstractSet[str]) -> bool:
        """Whether it is about one of these situations."""
        return self.situation in situations or self.also in situations


@dataclass(frozen=True, slots=True)
class Worry:
    """A message that must bring the hand-off (`is_worry`), or one that comes near and must not."""

    text: str
    is_worry: bool
