"""Joins the page that adds a policy with the school's folder, the answers in use and the proposals."""

import asyncio
from collections.abc import Callable

from bot.ask.proposals import WRITING, proposals_for, write_proposals
from bot.ask.ruling_commands import RulingCommands
from bot.evidence.context import Context
from bot.import_policy.draft_folder import DRAFTS, DraftFolder
from bot.import_policy.policy_commands import PolicyCommands, T
from bot.import_policy.proposing import Proposing, Step
from bot.policies import home_of
from bot.settings import Settings


def policy_commands(
    settings: Settings, context: Context, rulings: RulingCommands, reading: asyncio.Lock
) -> PolicyCommands:
    """The commands over the school's own folder."""

    async def propose(step: Step) -> int:
        home = home_of(settings.policies, settings.school)
        proposals = await asyncio.to_thread(proposals_for, settings, settings.school, step)
        step(WRITING)
        await rulings.in_turn(lambda: write_proposals(home.parent, home.name, proposals))
        return len(proposals.rulings)

    async def in_turn(change: Callable[[], T], /) -> T:
        """Publishing reads the school's documents as they are then."""
        result = await rulings.in_turn(change)
        context.take_over(rulings.policy.documents)
        return result

    drafts = DraftFolder(home_of(settings.policies, settings.school) / DRAFTS)
    return PolicyCommands(context, drafts, in_turn, Proposing(propose, context.now), reading)
