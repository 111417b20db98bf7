"""Everything on the pages that changes the school's folder: answers, documents and settings, one change at a time."""

import asyncio
from dataclasses import dataclass

from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.own_situations import OwnSituations
from bot.ask.ruling_batches import RulingBatches
from bot.ask.ruling_commands import RulingCommands
from bot.campaigns.book import CampaignBook
from bot.config import Config
from bot.desk.routing import Command
from bot.evidence.context import Context
from bot.import_policy.policy_commands import PolicyCommands
from bot.new_version.commands import NewVersionCommands, new_version_commands
from bot.policy_pages import policy_commands
from bot.ruling_pages import own_situations, ruling_commands
from bot.school_settings.asked_documents import AskedDocuments
from bot.school_settings.commands import SettingsCommands
from bot.setting_pages import settings_commands
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class FolderPages:
    """The commands of each page."""

    rulings: RulingCommands
    own_situations: OwnSituations
    new_version: NewVersionCommands
    policies: PolicyCommands
    settings: SettingsCommands
    asked: AskedDocuments

    def commands(self) -> tuple[Command, ...]:
        """All of them."""
        return (
            *self.rulings.commands(),
            *RulingBatches(self.rulings).commands(),
            *self.own_situations.commands(),
            *self.new_version.commands(),
            *self.policies.commands(),
            *self.settings.commands(),
            *self.asked.commands(),
        )


def folder_pages(
    settings: Settings, context: Context, started: Config, book: CampaignBook, held: HeldUnderstanding
) -> FolderPages:
    """The pages over the school's own folder; `started` is how it was read at the start."""
    rulings, reading = ruling_commands(settings, context, held), asyncio.Lock()
    changed = settings_commands(settings, context, started, book, rulings)
    return FolderPages(
        rulings=rulings,
        own_situations=own_situations(settings, rulings),
        new_version=new_version_commands(settings, context, rulings, reading),
        policies=policy_commands(settings, context, rulings, reading),
        settings=changed,
        asked=AskedDocuments(changed),
    )
