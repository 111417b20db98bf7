"""Counts of questions, the few questions that were sent to the school, and the published texts."""

from dataclasses import asdict
from datetime import date

from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.campaigns.rules.versions import Passage, Version
from bot.errors import LedgerBroken
from bot.stores.sqlite.documents import Row
from bot.stores.sqlite.tables import Tables

OTHER_TEXT = (
    "What the store has under {digest} is not the text that was published. It is not shown; restore the "
    "last backup: python -m bot restore BACKUP."
)


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
        due = version.review_due
        row = asdict(version) | {"review_due": due.isoformat() if due else ""}
        row["passages"] = [list(asdict(passage).values()) for passage in version.passages]
        if await self.version(version.digest) is None:
            await self._write(lambda: self._put_small("version", version.digest, row))

    async def version(self, digest: str) -> Version | None:
        """A published text; raises LedgerBroken if it is not word for word the one with that digest."""
        row = self._small_row("version", digest)
        if row is None:
            return None
        try:
            version = _version_of(row)
            is_ours = version.digest == digest  # who can change the row can change its checksum, but not the ledger
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerBroken(OTHER_TEXT.format(digest=digest[:12])) from error
        if not is_ours:
            raise LedgerBroken(OTHER_TEXT.format(digest=digest[:12]))
        return version


def _version_of(row: Row) -> Version:
    passages = tuple(Passage(*passage) for passage in row["passages"])
    review_due = date.fromisoformat(row["review_due"]) if row["review_due"] else None
    return Version(row["document"], row["title"], row["label"], review_due, passages)
