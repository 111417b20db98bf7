"""What the school pages show of the staff list, and how a new list is brought from there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.routing import Command
from bot.desk.rules.messages import Attachment, Incoming, Outgoing, note
from bot.desk.rules.today import TodayItem
from bot.errors import BadInput
from bot.evidence.context import Context
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person, Role
from bot.roster.ports import ListRoster
from bot.roster.rules.directory import LeftOut
from bot.roster.rules.staff_list import StaffList

ASKED_ROLES = {Role.STAFF, Role.VOLUNTEER, Role.GOVERNOR}
MAX_PROBLEMS_NAMED = 20
NO_FILE = "Please choose a file first. Nothing was changed."
WOULD_TAKE = "Staffroom would take this list of {number} people. Nothing was changed."
WOULD_NOT_TAKE = "Staffroom would not take this list. Nothing was changed."
TAKEN = "The staff list has {number} people now."
WAITS = (
    "The list was read, and it waits: {doubts} Until somebody confirms it, the list that was accepted last is used. "
    "Look at “How the staff list stands”."
)

Standings = Callable[[], Awaitable[Mapping[str, str]]]  # how people stand in the open campaign, by their ids


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The page of people. `left_out` are people in the school's groups who are not on the list, with the reason."""

    context: Context
    roster: ListRoster
    standings: Standings
    left_out: Callable[[], tuple[LeftOut, ...]]

    def commands(self) -> tuple[Command, ...]:
        """What people can do with a file; in chat there is none, so there it says so."""
        return (
            Command("check_staff_list", self._check, Permission.PEOPLE, shows_only=True),
            Command("bring_staff_list", self._bring, Permission.PEOPLE),
        )

    async def values(self, person: Person) -> dict[str, Any]:
        """What the page shows."""
        standings, people = await self.standings(), self.context.roster.people()
        waiting = self.roster.waiting
        rows = [(p.name, _roles(p), *self._asked(p, standings)) for p in people]
        return {
            "rows": rows,
            "sum": f"{len(standings)} of them are asked for the agreement." if standings else "No campaign is open.",
            "problem": self.roster.problem,
            "waiting": " ".join(waiting.doubts) if waiting else "",
            "left_out": [(left_out.name, left_out.why) for left_out in self.left_out()],
            "may_bring": may(person, Permission.PEOPLE, self.context.today),
        }

    async def today(self, person: Person) -> list[TodayItem]:
        """What needs somebody."""
        if not may(person, Permission.SYNC, self.context.today):
            return []
        if waiting := self.roster.waiting:
            return [TodayItem("A new staff list waits", " ".join(waiting.doubts), "people")]
        problem = self.roster.problem
        return [TodayItem("The new staff list was not taken", problem, "people")] if problem else []

    def _asked(self, person: Person, standings: Mapping[str, str]) -> tuple[str, str]:
        """Whether somebody is asked in the open campaign, and how they stand, or why not."""
        if person.id in standings:
            return "Yes", standings[person.id]
        today = self.context.today
        if person.has_left(today):
            return "No", "does not work here any more"
        if not person.works_here(today):
            return "No", "has not started yet"
        if not person.roles & ASKED_ROLES:
            return "No", "is neither staff nor volunteer nor governor"
        return "No", "is in no group that was asked" if standings else "no campaign is open"

    async def _check(self, incoming: Incoming, person: Person) -> Outgoing:
        staff_list = await asyncio.to_thread(self.roster.check, _file_in(incoming).content)
        if staff_list.problems or not staff_list.people:
            return note("\n\n".join([WOULD_NOT_TAKE, *_problems(staff_list)]))
        return note(WOULD_TAKE.format(number=len(staff_list.people)))

    async def _bring(self, incoming: Incoming, person: Person) -> Outgoing:
        file = _file_in(incoming)
        staff_list = await asyncio.to_thread(self.roster.check, file.content)
        if staff_list.problems or not staff_list.people:
            raise BadInput("\n\n".join([WOULD_NOT_TAKE, *_problems(staff_list)]))
        self.roster.bring(file.content)
        if problem := self.roster.problem:
            raise BadInput(f"The list was not taken: {problem} The list that was accepted last is still used.")
        if waiting := self.roster.waiting:
            return note(WAITS.format(doubts=" ".join(waiting.doubts)))
        return note(TAKEN.format(number=len(self.roster.people())))


def _file_in(incoming: Incoming) -> Attachment:
    if incoming.file is None:
        raise BadInput(NO_FILE)
    return incoming.file


def _problems(staff_list: StaffList) -> list[str]:
    lines = [f"Line {problem.line}: {problem.says}." for problem in staff_list.problems]
    more = len(lines) - MAX_PROBLEMS_NAMED
    return [*lines[:MAX_PROBLEMS_NAMED], f"And {more} more."] if more > 0 else lines or ["It names nobody."]


def _roles(person: Person) -> str:
    return ", ".join(sorted(role.value for role in person.roles)) or "none"
