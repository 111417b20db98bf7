"""Counts of questions, the few questions that were sent to the school, and the published texts."""

import hashlib
import json
from collections import Counter
from datetime import date
from typing import Any

from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.campaigns.rules.versions import Version
from bot.stores.postgres.tables import Tables
from bot.stores.postgres.writer import Transaction
from bot.stores.rows import body_of
from bot.stores.version_rows import version_of, version_row

COUNT = """
INSERT INTO tally AS kept (school, week, situation, outcome, times) VALUES (current_school(), %s, %s, %s, %s)
ON CONFLICT (school, week, situation, outcome) DO UPDATE SET times = kept.times + excluded.times"""
TALLIES = "SELECT week, situation, outcome, times FROM tally ORDER BY week, situation, outcome"
KEEP_QUESTION = """
INSERT INTO question (school, day, digest, text) VALUES (current_school(), %s, %s, %s) ON CONFLICT DO NOTHING"""
KEEP_TEXT = """
INSERT INTO published_text (school, digest, body) VALUES (current_school(), %s, %s) ON CONFLICT DO NOTHING"""


def tally_from(row: tuple[Any, ...]) -> Tally:
    """The tally of a row of TALLIES."""
    week, situation, outcome, times = row
    return Tally(Count(week, situation, Outcome(outcome)), times)


class TallyTables(Tables):
    """Keeps the promises of `Tallies`."""

    async def count(self, *counts: Count) -> None:
        """Adds one to each of these tallies, all or none."""

        async def unit(transaction: Transaction) -> None:
            for count, times in Counter(counts).items():
                values = (count.week, count.situation, count.outcome.value, times)
                await transaction.connection.execute(COUNT, values)

        if counts:
            await self._write(unit)

    async def tallies(self) -> tuple[Tally, ...]:
        """How often what happened, by week and situation."""
        return tuple([tally_from(row) for row in await self._select(TALLIES)])

    async def keep_question(self, question: SentQuestion) -> None:
        """Keeps a sent question: its words and the day."""
        digest = hashlib.sha256(question.text.encode()).digest()
        await self._change(KEEP_QUESTION, (question.on, digest, question.text))

    async def questions(self) -> tuple[SentQuestion, ...]:
        """Every sent question still kept, oldest first."""
        rows = await self._select("SELECT text, day FROM question ORDER BY day, text")
        return tuple([SentQuestion(text, day) for text, day in rows])

    async def forget_questions(self, before: date) -> int:
        """Forgets questions sent before that day."""
        return await self._change("DELETE FROM question WHERE day < %s", [before])


class TextTables(Tables):
    """Keeps the promises of `PolicyTexts`."""

    async def keep_version(self, version: Version) -> None:
        """Keeps a text by its digest; raises LedgerBroken if another is kept under it."""
        if await self.version(version.digest) is None:
            await self._change(KEEP_TEXT, (version.digest, body_of(version_row(version))))

    async def version(self, digest: str) -> Version | None:
        """A published text; raises LedgerBroken if it is not word for word the one with that digest."""
        row = await self._select_one("SELECT body FROM published_text WHERE digest = %s", digest)
        return version_of(digest, json.loads(row[0])) if row else None
