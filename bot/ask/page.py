"""What the school pages show of questions and of the policy."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.ports import Tallies
from bot.ask.rules.policy import Policy
from bot.ask.rules.tallies import Outcome, Tally, readable_questions
from bot.desk.rules.today import TodayItem
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.school.rules.calendar import written
from bot.school.rules.documents import Document, cited_as

MAX_WEEKS = 8
OUTCOMES = (Outcome.ASKED, Outcome.OFFERED, Outcome.HELPED, Outcome.DID_NOT_HELP)


@dataclass(frozen=True, slots=True)
class QuestionPages:
    """The pages of questions and of the policy."""

    held: HeldUnderstanding
    tallies: Tallies

    @property
    def policy(self) -> Policy:
        """The policy in use."""
        return self.held.current.policy

    async def questions(self, person: Person) -> dict[str, Any]:
        """What was asked about in the last weeks. Questions that were sent are the desk's to show, to their readers."""
        return {"weeks": self._weeks(await self.tallies.tallies())}

    async def documents(self, person: Person, today: date) -> dict[str, Any]:
        """Every document with its clauses, word for word."""
        return {"documents": [_document(document, today) for document in self.policy.documents.values()]}

    async def today(self, person: Person, today: date) -> list[TodayItem]:
        """What needs somebody: questions that were sent."""
        items = []
        if may(person, Permission.READ_SENT, today):
            weeks = readable_questions(await self.tallies.questions(), today)
            sent = sum(len(texts) for texts in weeks.values())
            says = f"{sent} can be read, without names."
            items += [TodayItem("Questions sent to the school", says, "questions")] if sent else []
        return items

    def _weeks(self, tallies: tuple[Tally, ...]) -> list[dict[str, Any]]:
        """A table for each of the last weeks, the newest first; what was asked about most is at the top."""
        weeks: dict[date, dict[str, dict[Outcome, int]]] = defaultdict(lambda: defaultdict(dict))
        for tally in tallies:
            weeks[tally.count.week][tally.count.situation][tally.count.outcome] = tally.times
        newest = sorted(weeks, reverse=True)[:MAX_WEEKS]
        return [{"title": f"The week of {written(week)}", "rows": self._rows(weeks[week])} for week in newest]

    def _rows(self, counts: dict[str, dict[Outcome, int]]) -> list[tuple[str, ...]]:
        often = sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
        return [(self._label(id), *(str(times.get(outcome, 0)) for outcome in OUTCOMES)) for id, times in often]

    def _label(self, situation: str) -> str:
        return self.policy.situations[situation].label if situation in self.policy.situations else situation


def _document(document: Document, today: date) -> dict[str, Any]:
    version = f"Version {document.version}." if document.version else "It has no printed version."
    review = f" To be reviewed by {written(document.review_due)}." if document.review_due else ""
    overdue = " The review is overdue." if document.is_overdue(today) else ""
    return {
        "id": document.id,
        "title": document.title,
        "short": document.short,
        "says": f"{version}{review}{overdue}",
        "rows": [(cited_as(clause.ref, clause.id), clause.quoted_text) for clause in document.clauses],
    }
