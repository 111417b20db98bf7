"""The bank: questions as people really type them, and what each is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the situation it is about, who wrote it, and a second situation where it is as much about that."""

    text: str
    situation: str
    voice: str
    also: str = ""
