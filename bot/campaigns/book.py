"""The book of campaigns: everything they are decided from, as it is now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.campaigns.ports import CardLimits, PolicyTexts
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign, CampaignItem
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, signatories
from bot.campaigns.rules.versions import Version, frozen
from bot.campaigns.settings import CampaignSettings
from bot.errors import BadInput, NothingYet
from bot.evidence.context import Context
from bot.evidence.projections import LedgerFeed
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.accounts import accounts_of
from bot.people.rules.staff import Staff
from bot.school.rules.documents import listed, short_title

CARDS = (MessageKind.AGREEMENT, MessageKind.NUDGE)  # which show whether somebody can be reached


@dataclass(slots=True)
class CampaignBook:
    """What campaigns are decided from. `feed` keeps the projection up to date; `limits` are the channels'."""

    context: Context
    settings: CampaignSettings
    texts: PolicyTexts
    limits: CardLimits
    feed: LedgerFeed
    _projection: CampaignProjection

    def take_over(self, settings: CampaignSettings) -> None:
        """What is asked for, and when reminders come, as the folder says now. An open campaign stays as it is."""
        self.settings = settings

    @property
    def agreement(self) -> Agreement:
        """How the school asks for its agreement; raises BadInput if it has none."""
        if self.settings.agreement is None:
            raise BadInput("This school has no agreement to acknowledge; school.toml says so under [agreement].")
        return self.settings.agreement

    async def agreement_of(self, campaign: Campaign) -> Agreement:
        """How a campaign asks: by the statement that was published with its text, whatever the files say by now."""
        return await self.agreement_to(campaign.items[0])

    async def agreement_to(self, item: CampaignItem) -> Agreement:
        """How one document of a campaign is asked for, likewise."""
        clause = self.agreement.asked_document(item.document).clause
        statement = (await self.projection()).statement(item.version)
        return replace(self.agreement, document=item.document, clause=clause, statement=statement, others=())

    async def titles(self, items: Iterable[CampaignItem]) -> list[str]:
        """What the documents of a campaign are called on cards, in order."""
        return [short_title((await self.text(item.version)).title) for item in items]

    async def title(self, campaign: Campaign) -> str:
        """What everything a campaign asks for is called on cards."""
        return listed(await self.titles(campaign.items))

    async def projection(self) -> CampaignProjection:
        """What the ledger says of campaigns now."""
        await self.feed.catch_up()
        return self._projection

    async def staff(self) -> Staff:
        """Who is who now. Unreachable are people without an account, and people the last card did not reach."""
        staff = await self.context.staff()
        people = {pseudonym: staff.person(pseudonym) for pseudonym in staff.known}
        pins = await self.context.store.pins_of([person.id for person in people.values() if person])
        without_account = {
            pseudonym
            for pseudonym, person in people.items()
            if person and not accounts_of(person, pins.get(person.id, {}))
        }
        unreached = recipients_not_reached(await self.context.store.messages(*CARDS))
        return replace(staff, unreachable=frozenset(without_account | unreached))

    async def signatories(self, campaign: Campaign) -> tuple[Signatory, ...]:
        """Everybody in a campaign, by name."""
        return signatories(campaign, await self.projection(), await self.staff())

    async def campaign(self, id: str) -> Campaign:
        """A campaign by its id, or the one that runs; raises BadInput if there is none."""
        projection = await self.projection()
        running = projection.open_campaigns()
        if id in projection.campaigns:
            return projection.campaigns[id]
        if id:
            raise BadInput("I do not know that campaign any more.")
        if not running:
            raise NothingYet("There is no campaign just now.")
        return running[-1]

    async def last_campaign(self) -> Campaign:
        """The campaign that runs, or the last that ran; raises BadInput if there never was one."""
        projection = await self.projection()
        running = projection.open_campaigns()
        return running[-1] if running else await self.campaign(next(reversed(projection.campaigns), ""))

    async def text(self, digest: str) -> Version:
        """A published text; raises BadInput if it is not kept."""
        version = await self.texts.version(digest)
        if version is None:
            raise BadInput("The text of that version is not kept here any more.")
        return version

    async def drafts(self) -> frozenset[str]:
        """Short names of documents whose files are not the text that was published last."""
        projection = await self.projection()
        published = {text.document: text.digest for text in projection.publications}
        documents = self.context.school.documents
        return frozenset(
            documents[id].short
            for id, digest in published.items()
            if id in documents and frozen(documents[id]).digest != digest
        )

    async def leavers(self) -> dict[str, date]:
        """Who has left the school and when, by pseudonym."""
        left = (await self.projection()).left
        return {pseudonym: day for (campaign, pseudonym), day in left.items() if not campaign}


def recipients_not_reached(messages: Iterable[Message]) -> set[str]:
    """Pseudonyms whose last agreement card or reminder could not be delivered."""
    last: dict[str, Message] = {}
    for message in sorted(messages, key=lambda message: message.on):
        if message.state in {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DOUBT}:
            last[message.recipient] = message
    return {recipient for recipient, message in last.items() if message.state is DeliveryState.FAILED}
