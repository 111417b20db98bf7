"""What flows need from the world, as Protocols: adapters keep these promises."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.rules.people import Person
from bot.rules.places import Place
from bot.rules.questions import Count, SentQuestion, Tally
from bot.rules.readings import Reading


class Recogniser(Protocol):
    """Finds what a question is about."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation with its share of likelihood, best first. Safe to call from any thread.

        Several texts at once take little longer than one.
        """
        ...


class Roster(Protocol):
    """Who works here."""

    def people(self) -> tuple[Person, ...]:
        """Everybody on the roster."""
        ...


class Store(Protocol):
    """What must not be lost. Every promise holds on every store: tests/stores/promises.py."""

    async def count(self, *counts: Count) -> None:
        """Adds one to each of these tallies, all or none; safe to call at the same time from anywhere."""
        ...

    async def tallies(self) -> tuple[Tally, ...]:
        """How often what happened, by week and situation, in that order."""
        ...

    async def keep_question(self, question: SentQuestion) -> None:
        """Keeps a question somebody chose to send; keeping the same one again changes nothing."""
        ...

    async def questions(self) -> tuple[SentQuestion, ...]:
        """Every question still kept, oldest first."""
        ...

    async def forget_questions(self, before: date) -> int:
        """Forgets questions sent before that day, and says how many."""
        ...

    async def pin(self, account: str, person: str) -> None:
        """Joins an account to a person's id for good; raises StoreError where either is pinned already."""
        ...

    async def pins(self) -> dict[str, str]:
        """Person ids by account."""
        ...

    async def keep_place(self, place: Place) -> None:
        """Keeps where somebody can be reached, by conversation."""
        ...

    async def forget_place(self, conversation: str) -> None:
        """Forgets a conversation; forgetting it again changes nothing."""
        ...

    async def places(self) -> tuple[Place, ...]:
        """Every conversation the bot is in."""
        ...

    async def is_well(self) -> bool:
        """Whether it can still be read."""
        ...

    async def close(self) -> None:
        """Lets go of what was opened; safe to call twice."""
        ...
