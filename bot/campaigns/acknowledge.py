"""Brings somebody their agreement and records their acknowledgement, once, durably (see `Ledger.append`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.campaigns import cards
from bot.campaigns.book import CampaignBook
from bot.campaigns.documents_card import (
    AskedText,
    DoneText,
    documents_card,
    has_old_tick,
    receipts_card,
    ticked_items,
)
from bot.campaigns.rules.campaign import Campaign, CampaignItem
from bot.campaigns.rules.first_cards import first_cards_to_come
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import due_for
from bot.campaigns.rules.versions import differences
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
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
TICK_ONE_FIRST = "Please tick the box under at least one document first. Nothing was recorded yet."
TEST = "That was a test: nothing was recorded."
REPLACED = (
    "Version {old} was replaced by version {new} while your card was open, so nothing was recorded yet. This is the "
    "text as it is now."
)
ONE_REPLACED = (
    "One of the documents was replaced by a newer version while your card was open, so nothing was recorded yet. These "
    "are the texts as they are now."
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
        left = campaign.items if is_test else projection.items_left(campaign, pseudonym)
        done = await self._done(campaign, pseudonym, left)
        if not left or (campaign.closed and done):
            return await self._receipts(done, pseudonym, is_complete=not left)
        person = await self.book.context.person(pseudonym)
        due = due_for(pseudonym, person, campaign, projection, self.book.context.calendar)
        addressee = cards.Addressee(pseudonym, due, notice=notice, is_test=is_test)
        asked = [await self._asked(item, pseudonym) for item in left]
        card = self._filled(asked, done, campaign, addressee)
        if self.book.limits.fits(card) or not any(text.changes for text in asked):
            return card
        return self._filled([_briefly(text) for text in asked], done, campaign, addressee)

    def _filled(
        self, asked: Sequence[AskedText], done: Sequence[DoneText], campaign: Campaign, addressee: cards.Addressee
    ) -> Outgoing:
        """The card for these texts: a campaign for one document keeps the card it always had."""
        head = self.book.context.headteacher
        if campaign.others:
            return documents_card(asked, done, campaign, head, addressee)
        (text,) = asked
        changed = replace(addressee, changes=text.changes)
        return cards.agreement_card(text.version, campaign, text.agreement, head, changed)

    async def _asked(self, item: CampaignItem, pseudonym: str = "") -> AskedText:
        """One document as it is asked of somebody, with what changed since they acknowledged it last."""
        version, agreement = await self.book.text(item.version), await self.book.agreement_to(item)
        last = (await self.book.projection()).last_receipt(item.document, pseudonym)
        before = await self.book.texts.version(last.version) if last else None
        return AskedText(version, agreement, differences(before, version) if before else ())

    async def _done(self, campaign: Campaign, pseudonym: str, left: Sequence[CampaignItem]) -> list[DoneText]:
        projection = await self.book.projection()
        items = [item for item in campaign.items if item not in left]
        receipts = [projection.item_receipt(campaign, item, pseudonym) for item in items]
        texts = [(await self.book.text(receipt.version), receipt) for receipt in receipts if receipt]
        return [DoneText(version.title, receipt) for version, receipt in texts]

    async def _receipts(self, done: Sequence[DoneText], pseudonym: str, *, is_complete: bool) -> Outgoing:
        names = await self.book.context.names([pseudonym])
        name = names.get(pseudonym, "")
        if len(done) == 1 and is_complete:
            return cards.receipt_card(done[0].receipt, name, done[0].title)
        return receipts_card(done, name, is_complete=is_complete)

    async def _show(self, incoming: Incoming, person: Person) -> Outgoing:
        projection = await self.book.projection()
        pseudonym = await self.book.context.pseudonym(person)
        wanted = incoming.inputs.get("campaign", "")
        asked = [c for c in projection.campaigns.values() if pseudonym in c.people and wanted in {"", c.id}]
        still_open = [c for c in asked if c.closed is None and not projection.receipt(c, pseudonym)]
        begun = [c for c in asked if len(projection.items_left(c, pseudonym)) < len(c.items)]
        if not still_open and not begun:
            return note(NOTHING_WAITS)
        return await self.card((still_open or begun)[-1], pseudonym)

    async def _acknowledge(self, incoming: Incoming, person: Person) -> Outgoing:
        if incoming.inputs.get("test"):
            return note(TEST)
        campaign = await self.book.campaign(incoming.inputs.get("campaign", "?"))
        pseudonym = await self.book.context.pseudonym(person)
        projection = await self.book.projection()
        if incoming.inputs.get("to") != pseudonym or pseudonym not in campaign.people:
            return await self._not_yours(campaign, pseudonym)
        if projection.receipt(campaign, pseudonym):
            return await self.card(campaign, pseudonym)
        if campaign.closed:
            return note(f"This closed on {written(campaign.closed)}, so nothing was recorded. Please ask the office.")
        notice = _replaced(incoming, campaign, projection)
        if notice:
            return await self.card(campaign, pseudonym, notice)
        ticked = _ticked(incoming, campaign)
        if not ticked:
            return note(TICK_ONE_FIRST if campaign.others else TICK_FIRST)
        if not _typed_name(incoming) and self.book.agreement.typed_name:
            return note(NAME_FIRST)
        await self._record(incoming, person, pseudonym, campaign, ticked)
        return await self.card(campaign, pseudonym)

    async def _not_yours(self, campaign: Campaign, pseudonym: str) -> Outgoing:
        if pseudonym in campaign.people:
            return await self.card(campaign, pseudonym, NOT_YOURS)
        return note(NOTHING_OF_YOURS)

    async def _record(
        self,
        incoming: Incoming,
        person: Person,
        pseudonym: str,
        campaign: Campaign,
        items: Sequence[CampaignItem],
    ) -> None:
        """One entry for each document. Pressing again, from anywhere, adds none and what an earlier press left out."""
        for_everybody = cards.Addressee("", campaign.due)
        asked = [await self._asked(item) for item in campaign.items]
        fingerprint = self.book.limits.fingerprint(
            self._filled(asked, (), campaign, for_everybody), incoming.caller.channel
        )
        typed = _typed_name(incoming) if self.book.agreement.typed_name else ""
        statements = {item.document: text.agreement.statement for item, text in zip(campaign.items, asked, strict=True)}
        for item in items:
            projection = await self.book.projection()
            if projection.item_receipt(campaign, item, pseudonym):
                continue
            await self.book.context.write(
                EventKind.ACKNOWLEDGE,
                projection.acknowledgement_key(campaign, pseudonym, item),
                subject=pseudonym,
                actor=pseudonym,
                campaign=campaign.id,
                facts={
                    "document": item.document,
                    "version": item.version,
                    "label": item.label,
                    "asked": item.asked,
                    "statement": statements[item.document],
                    "card": fingerprint,
                    "channel": incoming.caller.channel,
                },
                who=details(person, incoming.caller, incoming.conversation, typed=typed),
            )


def _briefly(text: AskedText) -> AskedText:
    """A text with its changes named and not quoted: the new words are in the text itself."""
    return replace(text, changes=tuple(replace(change, before="", now="") for change in text.changes))


def _ticked(incoming: Incoming, campaign: Campaign) -> tuple[CampaignItem, ...]:
    if campaign.others:
        return ticked_items(incoming.inputs, campaign)
    return campaign.items if incoming.inputs.get("agree") == "true" else ()


def _replaced(incoming: Incoming, campaign: Campaign, projection: CampaignProjection) -> str:
    """What to say to a press on a card whose text is not in force any more; empty if it is."""
    if campaign.others:
        return ONE_REPLACED if has_old_tick(incoming.inputs, campaign) else ""
    digest = incoming.inputs.get("version", "")
    if digest == campaign.version:
        return ""
    old = next((text.label for text in projection.publications if text.digest == digest), "that one")
    return REPLACED.format(old=old, new=campaign.label)


def _typed_name(incoming: Incoming) -> str:
    return written_text(incoming.inputs.get("typed", ""), MAX_TYPED_NAME_CHARS)
