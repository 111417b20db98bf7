"""Counts of questions, the few questions that were sent to the school, and the published texts."""

from datetime import date

from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.campaigns.rules.versions import Version
from bot.stores.sqlite.tables import Tables
from bot.stores.version_rows import version_of, version_row


class TallyTables(Tables):
    """Keeps the promises of `Tallies`."""

    async def count(self, *counts: Count) -> None:
        """Adds one to each of these tallies, all or none."""

        def unit() -> None:
            for count in counts:
                key = f"{count.week.isoformat()}/{count.situation}/{count.outcome.value}"
                row = self._small_row_now("tally", key) or {"times": 0}
                self._put_small("tally", key, {"times": row["times"] + 1})

        if counts:
            await self._write(unit)

    async def tallies(self) -> tuple[Tally, ...]:
        """How often what happened, by week and situation."""
        tallies = []
        for key, row in sorted(self._small_rows("tally").items()):
            week, situation, outcome = key.split("/")
            tallies.append(Tally(Count(date.fromisoformat(week), situation, Outcome(outcome)), row["times"]))
        return tuple(tallies)

    async def keep_question(self, question: SentQuestion) -> None:
        """Keeps a sent question: its words and the day."""
        key = f"{question.on.isoformat()}/{question.text}"
        await self._write(lambda: self._put_small("question", key, {"kept": True}))

    async def questions(self) -> tuple[SentQuestion, ...]:
        """Every sent question still kept, oldest first."""
        parts = [key.split("/", 1) for key in sorted(self._small_rows("question"))]
        return tuple(SentQuestion(text, date.fromisoformat(day)) for day, text in parts)

    async def forget_questions(self, before: date) -> int:
        """Forgets questions sent before that day."""
        old = [key for key in self._small_rows("question") if key.split("/", 1)[0] < before.isoformat()]
        if old:
            await self._write(lambda: self._remove_small("question", old))
            await self._empty_log()
        return len(old)


class TextTables(Tables):
    """Keeps the promises of `PolicyTexts`."""

    async def keep_version(self, version: Version) -> None:
        """Keeps a text by its digest; raises LedgerBroken if another is kept under it."""
        if await self.version(version.digest) is None:
            await self._write(lambda: self._put_small("version", version.digest, version_row(version)))

    async def version(self, digest: str) -> Version | None:
        """A published text; raises LedgerBroken if it is not word for word the one with that digest."""
        row = self._small_row("version", digest)
        return None if row is None else version_of(digest, row)
