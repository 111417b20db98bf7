"""Brings somebody their agreement and records their acknowledgement, once, durably (see `Ledger.append`)."""

from dataclasses import dataclass, replace

from bot.campaigns import cards
from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign, Receipt
from bot.campaigns.rules.first_cards import first_cards_to_come
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import due_for
from bot.campaigns.rules.versions import differences
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.evidence.context import details
from bot.evidence.rules.ledger import Entry, EventKind
from bot.outbox.rules.message import MessageKind
from bot.outside import written_text
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Person
from bot.school.rules.calendar import written

WORDS = ("agreement", "my agreement", "the agreement", "policy", "my policy", "acknowledge", "my receipt")
MAX_TYPED_NAME_CHARS = 100
NOTHING_WAITS = "Nothing is waiting for you: there is no agreement for you to acknowledge just now."
NOT_YOURS = "That card was for somebody else, so nothing was recorded. Here is yours."
NOTHING_OF_YOURS = "That card was for somebody else, so nothing was recorded."
NAME_FIRST = "Please type your name first. Nothing was recorded."
TICK_FIRST = "Please tick the box under the statement first. Nothing was recorded yet."
TEST = "That was a test: nothing was recorded."
REPLACED = (
    "Version {old} was replaced by version {new} while your card was open, so nothing was recorded yet. This is the "
    "text as it is now."
)


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The part of the desk where staff read and acknowledge their agreement."""

    book: CampaignBook

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("agreement", self._show, words=WORDS, intents=("agreement",), shows_only=True),
            Command("acknowledge", self._acknowledge),
        )

    async def waiting_cards(self, person: Person) -> list[Outgoing]:
        """The cards somebody has still to act on, and may have."""
        pseudonym = await self.book.context.pseudonym(person)
        projection = await self.book.projection()
        released = [c for c in projection.open_campaigns() if projection.is_released(c, pseudonym)]
        return [
            await self.card(campaign, pseudonym) for campaign in released if not projection.receipt(campaign, pseudonym)
        ]

    async def keep_as_arrived(self, person: Person, sent: SentMessage) -> None:
        """Notes that somebody was shown their waiting cards, so that those still to be sent do not come again."""
        context = self.book.context
        pseudonym = await context.pseudonym(person)
        messages = await context.store.messages(MessageKind.AGREEMENT, recipient=pseudonym)
        for message in first_cards_to_come(await self.book.projection(), pseudonym, messages):
            await context.store.move(message, message.arrived(sent, context.now()))

    async def card(self, campaign: Campaign, pseudonym: str, notice: str = "", *, is_test: bool = False) -> Outgoing:
        """Somebody's agreement card, or their receipt if they have acknowledged."""
        projection = await self.book.projection()
        receipt = None if is_test else projection.receipt(campaign, pseudonym)
        if receipt:
            return await self._receipt(receipt)
        version = await self.book.text(campaign.version)
        person = await self.book.context.person(pseudonym)
        last = projection.last_receipt(campaign.document, pseudonym)
        before = await self.book.texts.version(last.version) if last else None
        addressee = cards.Addressee(
            pseudonym=pseudonym,
            due=due_for(pseudonym, person, campaign, projection, self.book.context.calendar),
            changes=differences(before, version) if before else (),
            notice=notice,
            is_test=is_test,
        )
        agreement, head = await self.book.agreement_of(campaign), self.book.context.headteacher
        card = cards.agreement_card(version, campaign, agreement, head, addressee)
        if addressee.changes and not self.book.limits.fits(card):  # the new words are in the text itself
            brief = tuple(replace(change, before="", now="") for change in addressee.changes)
            card = cards.agreement_card(version, campaign, agreement, head, replace(addressee, changes=brief))
        return card

    async def _receipt(self, receipt: Receipt) -> Outgoing:
        names = await self.book.context.names([receipt.subject])
        version = await self.book.text(receipt.version)
        return cards.receipt_card(receipt, names.get(receipt.subject, ""), version.title)

    async def _show(self, incoming: Incoming, person: Person) -> Outgoing:
        projection = await self.book.projection()
        pseudonym = await self.book.context.pseudonym(person)
        wanted = incoming.inputs.get("campaign", "")
        asked = [c for c in projection.campaigns.values() if pseudonym in c.people and wanted in {"", c.id}]
        still_open = [c for c in asked if c.closed is None and not projection.receipt(c, pseudonym)]
        completed = [c for c in asked if projection.receipt(c, pseudonym)]
        if not still_open and not completed:
            return note(NOTHING_WAITS)
        return await self.card((still_open or completed)[-1], pseudonym)

    async def _acknowledge(self, incoming: Incoming, person: Person) -> Outgoing:
        if incoming.inputs.get("test"):
            return note(TEST)
        campaign = await self.book.campaign(incoming.inputs.get("campaign", "?"))
        pseudonym = await self.book.context.pseudonym(person)
        projection = await self.book.projection()
        if incoming.inputs.get("to") != pseudonym or pseudonym not in campaign.people:
            return await self._not_yours(campaign, pseudonym)
        receipt = projection.receipt(campaign, pseudonym)
        if receipt:
            return await self._receipt(receipt)
        if campaign.closed:
            return note(f"This closed on {written(campaign.closed)}, so nothing was recorded. Please ask the office.")
        if incoming.inputs.get("version") != campaign.version:
            return await self.card(campaign, pseudonym, _replaced(incoming, campaign, projection))
        if incoming.inputs.get("agree") != "true":
            return note(TICK_FIRST)
        if not _typed_name(incoming) and (await self.book.agreement_of(campaign)).typed_name:
            return note(NAME_FIRST)
        entry = await self._record(incoming, person, pseudonym, campaign)
        receipts = (await self.book.projection()).receipts[campaign.id, pseudonym]
        return await self._receipt(next(receipt for receipt in receipts if receipt.number == entry.number))

    async def _not_yours(self, campaign: Campaign, pseudonym: str) -> Outgoing:
        if pseudonym in campaign.people:
            return await self.card(campaign, pseudonym, NOT_YOURS)
        return note(NOTHING_OF_YOURS)

    async def _record(self, incoming: Incoming, person: Person, pseudonym: str, campaign: Campaign) -> Entry:
        """The acknowledgement's entry; pressing again, from anywhere, gives the same one."""
        projection = await self.book.projection()
        version = await self.book.text(campaign.version)
        agreement = await self.book.agreement_of(campaign)
        for_everybody = cards.Addressee("", campaign.due)
        shared = cards.agreement_card(version, campaign, agreement, self.book.context.headteacher, for_everybody)
        typed = _typed_name(incoming) if agreement.typed_name else ""
        return await self.book.context.write(
            EventKind.ACKNOWLEDGE,
            projection.acknowledgement_key(campaign, pseudonym),
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            facts={
                "document": campaign.document,
                "version": campaign.version,
                "label": campaign.label,
                "asked": campaign.asked,
                "statement": agreement.statement,
                "card": self.book.limits.fingerprint(shared, incoming.caller.channel),
                "channel": incoming.caller.channel,
            },
            who=details(person, incoming.caller, incoming.conversation, typed=typed),
        )


def _replaced(incoming: Incoming, campaign: Campaign, projection: CampaignProjection) -> str:
    digest = incoming.inputs.get("version", "")
    old = next((text.label for text in projection.publications if text.digest == digest), "that one")
    return REPLACED.format(old=old, new=campaign.label)


def _typed_name(incoming: Incoming) -> str:
    return written_text(incoming.inputs.get("typed", ""), MAX_TYPED_NAME_CHARS)
