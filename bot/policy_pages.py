"""Joins the page that adds a policy with the school's folder, the answers in use and the proposals."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.ask.proposals import WRITING, Proposals, proposals_for, write_proposals
from bot.ask.rules.ruling_states import RulingState, states_of
from bot.ask.ruling_commands import RulingCommands
from bot.errors import StaffroomError
from bot.evidence.context import Context
from bot.import_policy.draft_folder import DRAFTS, DraftFolder
from bot.import_policy.policy_commands import PolicyCommands, T
from bot.import_policy.policy_page import PolicyPage
from bot.import_policy.proposing import Proposing, Step
from bot.people.rules.person import Person
from bot.policies import home_of
from bot.school.rules.school_names import is_other_school
from bot.settings import Settings

LOG = logging.getLogger("staffroom.policy_pages")
FAILED = 'They could not be worked out. Try again, or ask IT to run: python -m bot policy propose --school "{school}"'


def policy_commands(
    settings: Settings, context: Context, rulings: RulingCommands, reading: asyncio.Lock
) -> PolicyCommands:
    """The commands over the school's own folder."""
    home = home_of(settings.policies, settings.school)

    async def propose(step: Step) -> int:
        proposals = await asyncio.to_thread(proposals_of, settings, step)
        step(WRITING)
        await rulings.in_turn(lambda: write_proposals(home.parent, home.name, proposals))
        return len(proposals.rulings) + len(proposals.silences)  # the page Answers asks a person about both

    async def in_turn(change: Callable[[], T], /) -> T:
        """Publishing reads the school's documents as they are then."""
        result = await rulings.in_turn(change)
        context.take_over(rulings.policy.documents)
        return result

    return PolicyCommands(context, DraftFolder(home / DRAFTS), in_turn, Proposing(propose, context.now), reading)


def proposals_of(settings: Settings, step: Step) -> Proposals:
    """What is proposed for the school; raises StaffroomError, with the whole command that IT can run."""
    try:
        return proposals_for(settings, settings.school, step)
    except StaffroomError:
        raise
    except Exception as error:
        LOG.error("proposing_failed error=%s", type(error).__name__)  # noqa: TRY400 - it may hold a clause's words
        raise StaffroomError(FAILED.format(school=settings.school)) from error


@dataclass(frozen=True, slots=True)
class PolicyPageBesideAnswers:
    """The page "Add a policy", with what only the answers and the school's name can tell."""

    page: PolicyPage
    rulings: RulingCommands

    async def values(
        self, person: Person, query: Mapping[str, str], shows: Mapping[str, Any], typed: Mapping[str, str]
    ) -> dict[str, Any]:
        """The page's values; `open` counts situations without an answer, `other_school` is a draft's, if not ours."""
        values = await self.page.values(person, query, shows, typed)
        draft, policy = values["draft"], self.rulings.policy
        printed = await asyncio.to_thread(self._printed_school, draft["name"]) if draft else ""
        states = states_of(policy, self.rulings.held.records).values()
        return {
            **values,
            "open": sum(state in {RulingState.OPEN, RulingState.STRUCK} for state in states),
            "usually_binds": usual_binds(draft),
            "written_days": written_days(draft),
            "other_school": printed if is_other_school(printed, policy.name) else "",
        }

    def _printed_school(self, draft: str) -> str:
        """The school that a draft's document names; empty if it names none."""
        return str(self.page.commands.drafts.read(draft).draft.facts.get("school", ""))


def usual_binds(draft: Mapping[str, Any]) -> str:
    """Whom most of the clauses that are shown bind: the page says that once, and any other group beside its clause."""
    bound = Counter(entry["clause"]["binds"] for entry in draft.get("entries", ()) if entry["clause"])
    return str(bound.most_common(1)[0][0]) if bound else ""


def written_days(draft: Mapping[str, Any]) -> dict[str, str]:
    """The days of a draft's facts as its page asks people to write them, by how they are kept.

    >>> written_days({"facts": {"dates": [("approved", "Approved", "2026-02-03"), ("review", "Review", "2026-05")]}})
    {'2026-02-03': '3 February 2026'}
    """
    days = {}
    for _, _, kept in draft.get("facts", {}).get("dates", ()):
        with suppress(ValueError):
            day = date.fromisoformat(kept)
            days[kept] = f"{day.day} {day:%B %Y}"
    return days
