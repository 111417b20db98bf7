"""Joins the page that adds a policy with the school's folder, the answers in use and the proposals."""

import asyncio

from bot.ask.proposals import WRITING, proposals_for, write_proposals
from bot.ask.ruling_commands import RulingCommands
from bot.evidence.context import Context
from bot.import_policy.draft_folder import DRAFTS, DraftFolder
from bot.import_policy.policy_commands import PolicyCommands
from bot.import_policy.proposing import Proposing, Step
from bot.policies import home_of
from bot.settings import Settings


def policy_commands(settings: Settings, context: Context, rulings: RulingCommands) -> PolicyCommands:
    """The commands over the school's own folder."""

    async def propose(step: Step) -> int:
        home = home_of(settings.policies, settings.school)
        proposals = await asyncio.to_thread(proposals_for, settings, settings.school, step)
        step(WRITING)
        await rulings.in_turn(lambda: write_proposals(home.parent, home.name, proposals))
        return len(proposals.rulings)

    drafts = DraftFolder(home_of(settings.policies, settings.school) / DRAFTS)
    return PolicyCommands(context, drafts, rulings.in_turn, Proposing(propose, context.now))
