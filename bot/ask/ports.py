"""What answering questions needs of the world."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.chooser_use import ChooserUse
from bot.ask.rules.model_pick import Option, Pick
from bot.ask.rules.tallies import Count, SentQuestion, Tally


class QuestionReader(Protocol):
    """Finds what a question is about (intent recognition)."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """For each text every situation and command with its share, best first, and how likely it is a worry.

        Shares are of likelihood, between 0 and 1. Safe to call from any thread.
        Several texts at once take little longer than one.
        """
        ...

    def with_own(self, own: Mapping[str, Sequence[str]]) -> "QuestionReader":
        """The same with these wordings of situations that only this school has, in place of those before."""
        ...


class NearestClauses(Protocol):
    """Finds the clauses that come nearest to a question on which nothing is ruled."""

    def __call__(self, question: str, about: str, *, surely: bool) -> tuple[str, ...]:
        """Ids of at most three clauses, the nearest first; none if nothing is near enough.

        `about` says what the question was understood to be about; `surely` asks for more likeness. Safe to call from
        any thread.
        """
        ...


class Chooser(Protocol):
    """A language model of the school's that picks one of our situations for a question. It writes nothing."""

    async def pick(self, question: str, options: Sequence[Option], asker: str) -> Pick | None:
        """What it picked, within two seconds; None if it is off, slow, down or odd, or if it was asked enough today.

        Raises nothing. Only `question` and `options` leave for it; `asker` is counted here and nowhere else.
        """
        ...


class CountedChooser(Chooser, Protocol):
    """The same with its counts, as the headteacher and IT see them."""

    async def use(self) -> ChooserUse:
        """How often it was asked today, and what the last answer looked like. Raises nothing."""
        ...


class Tallies(Protocol):
    """Counts of what is asked about, and questions that somebody chose to send to the school."""

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
        """Forgets questions sent before that day, and returns how many."""
        ...
