"""What people can ask for: how a campaign is doing, who is left, the evidence as a file, and their own record."""

from dataclasses import dataclass, replace

from bot.campaigns.book import CampaignBook
from bot.campaigns.pack import export
from bot.campaigns.ports import BuildPack
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.summary_card import SummaryCards
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.personal_record import record_of
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person

SUMMARY_WORDS = ("summary", "status", "how are we doing")
LEFT_WORDS = ("who is left", "who is still missing")
RECORD_WORDS = ("my record", "record", "what do you know about me", "what do you keep about me")
NO_CHAT_FOR_FILE = "The evidence is a file, handed over in your own chat with me. Ask for it there; nothing was sealed."


@dataclass(frozen=True, slots=True)
class Reports:
    """The part of the desk that reports."""

    book: CampaignBook
    summaries: SummaryCards
    build: BuildPack

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("record", self._record, words=RECORD_WORDS, intents=("record",), shows_only=True),
            Command("summary", self._summary, Permission.SUMMARY, SUMMARY_WORDS, intents=("summary",), shows_only=True),
            Command("left", self._left, Permission.SUMMARY, LEFT_WORDS, intents=("left",), shows_only=True),
            Command("export", self._export, Permission.EXPORT, ("export", "evidence")),
        )

    async def _record(self, incoming: Incoming, person: Person) -> Outgoing:
        caller = incoming.caller
        return note(await record_of(self.book.context, person, caller.channel, caller.account))

    async def _summary(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.summaries.summary(await self._campaign(incoming))

    async def _left(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.summaries.left(await self._campaign(incoming))

    async def _export(self, incoming: Incoming, person: Person) -> Outgoing:
        if not incoming.has_own_chat:  # the seal would be in the ledger, and its pack with nobody
            raise BadInput(NO_CHAT_FOR_FILE)
        campaign = await self._campaign(incoming)
        exported = await export(self.book, campaign, person, self.build)
        text = f"The evidence for {campaign.year} as one file: {exported.attachment.description} {exported.advice}"
        return replace(note(text), attachment=exported.attachment)

    async def _campaign(self, incoming: Incoming) -> Campaign:
        """The campaign a button names, else the one that runs, else the last that ran."""
        wanted = incoming.inputs.get("campaign", "")
        return await self.book.campaign(wanted) if wanted else await self.book.last_campaign()
