"""Publishes a policy: its text becomes a version, word for word, that campaigns can ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.campaigns.book import CampaignBook
from bot.campaigns.cards import Addressee, agreement_card, change_values
from bot.campaigns.documents_card import AskedText, documents_card
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import EVERYBODY, Campaign, CampaignItem
from bot.campaigns.rules.versions import Difference, Version, Weight, differences, frozen
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, card_beside, note
from bot.errors import BadInput
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person
from bot.school.rules.documents import listed, short_title

TOO_LONG = "This text is too long for a message in {channels}, so nobody could get it there. Nothing was published."
TOO_LONG_TOGETHER = (
    "These documents together are too long for a message in {channels}, so nobody could get them there: {titles}. Ask "
    "for fewer at a time, under [agreement] in school.toml. Nothing was changed."
)
NOT_HELD = "The document {document!r}, which school.toml asks for, is not in the policy folder. Nothing was published."
STATEMENT_IS_GONE = (
    "The words that people agree to are not in the text any more. Staffroom must start again with those of school.toml "
    "before it is published. Nothing was published."
)
ASK_WEIGHT = "Say whether this change is material (everybody is asked again) or minor (nobody is)."
ASKED_AGAIN = 'Everybody is asked again, once the headteacher has looked at "preview" and pressed Send.'


def text_in_file(book: CampaignBook, document: str) -> Version:
    """A document's text as the files have it; raises BadInput if it is gone."""
    if document not in book.context.school.documents:
        raise BadInput(NOT_HELD.format(document=document))
    return frozen(book.context.school.documents[document])


async def documents_to_publish(book: CampaignBook) -> tuple[str, ...]:
    """The ids of the documents to acknowledge whose files are not what was published last, in order."""
    projection = await book.projection()
    published = {id: projection.current(id) for id in book.agreement.documents}
    digests = {id: text.digest if text else "" for id, text in published.items()}
    return tuple(id for id in book.agreement.documents if text_in_file(book, id).digest != digests[id])


async def text_to_publish(book: CampaignBook, document: str = "") -> tuple[Version, tuple[Difference, ...] | None]:
    """The text as the files have it, and what changed since it was last published (None: it never was).

    Of several documents it is the one that is named, or the first that waits. Raises BadInput if nothing changed, or
    the text is without the words that people agree to.
    """
    waiting = [] if document else await documents_to_publish(book)
    version = text_in_file(book, _known(book.agreement, document or next(iter(waiting), "")))
    statement = book.agreement.asked_document(version.document).statement
    if not any(statement in passage.text for passage in version.passages):
        raise BadInput(STATEMENT_IS_GONE)
    before = (await book.projection()).current(version.document)
    if before is None:
        return version, None
    if before.digest == version.digest:
        raise BadInput(f"{version.title}, version {version.label}, is published already, word for word.")
    return version, differences(await book.text(before.digest), version)


def _known(agreement: Agreement, document: str) -> str:
    """A document that is asked for: the one named, or the first if none is or another one was."""
    return document if document in agreement.documents else agreement.document


async def publish(book: CampaignBook, person: Person, weight: Weight | None, document: str = "") -> Version:
    """Publishes what the files say now; raises NotAllowed, or BadInput if `weight` is needed or nothing changed.

    A first text is always material. Of several documents it publishes the one that is named, or the first that waits.
    Raises LedgerMoved if something else was recorded meanwhile.
    """
    context = book.context
    refuse_unless(person, Permission.PUBLISH, context.today)
    head = (await book.projection()).head  # before anything is decided
    version, changes = await text_to_publish(book, document)
    if changes is not None and weight is None:
        raise BadInput(ASK_WEIGHT)
    refuse_unless_fits(book)
    await book.texts.keep_version(version)
    await context.write(
        EventKind.PUBLISH,
        head,
        actor=await context.pseudonym(person),
        facts={
            "document": version.document,
            "digest": version.digest,
            "label": version.label,
            "weight": (Weight.MATERIAL if changes is None else weight or Weight.MATERIAL).value,
            "title": version.title,
            "statement": book.agreement.asked_document(version.document).statement_for(version.title),
        },
        who=details(person),
    )
    return version


def refuse_unless_fits(book: CampaignBook) -> None:
    """Raises BadInput if the card with every document, as the files have them, is too long for a message."""
    versions = [text_in_file(book, id) for id in book.agreement.documents]
    too_small = book.limits.too_small_for(_card_of(versions, book))
    if too_small:
        titles = listed([short_title(version.title) for version in versions])
        sentence = TOO_LONG_TOGETHER if len(versions) > 1 else TOO_LONG
        raise BadInput(sentence.format(titles=titles, channels=" and ".join(too_small)))


def _card_of(versions: Sequence[Version], book: CampaignBook) -> Outgoing:
    """The agreement card as everybody would get it."""
    day, head, agreement = book.context.today, book.context.headteacher, book.agreement
    items = [CampaignItem(v.document, v.label, v.digest, v.digest) for v in versions]
    campaign = Campaign.asking_for(items, id=items[0].document, audience=EVERYBODY, opened=day, due=day)
    if not campaign.others:
        return agreement_card(versions[0], campaign, agreement, head, Addressee("", day))
    texts = [AskedText(version, _agreement_to(version, agreement)) for version in versions]
    return documents_card(texts, (), campaign, head, Addressee("", day))


def _agreement_to(version: Version, agreement: Agreement) -> Agreement:
    """How one document will be asked for once it is published."""
    asked = agreement.asked_document(version.document)
    return replace(agreement, clause=asked.clause, statement=asked.statement_for(version.title))


@dataclass(frozen=True, slots=True)
class Publish:
    """The part of the desk that publishes: the word shows the form, the button publishes."""

    book: CampaignBook

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("publish", self._publish, Permission.PUBLISH),
            Command(
                "publish_form",
                self._form,
                Permission.PUBLISH,
                words=("publish",),
                intents=("publish",),
                shows_only=True,
            ),
        )

    async def _publish(self, incoming: Incoming, person: Person) -> Outgoing:
        weight = Weight.MINOR if incoming.inputs.get("weight") == Weight.MINOR else Weight.MATERIAL
        version = await publish(self.book, person, weight, incoming.inputs.get("document", ""))
        published = f"Published: {version.title}, version {version.label}. Text {version.digest[:12]}."
        if await self._is_asked_again(version):
            published = f"{published} {ASKED_AGAIN}"
        waiting = await documents_to_publish(self.book)
        return await self._form_for(waiting[0], published) if waiting else note(published)

    async def _is_asked_again(self, version: Version) -> bool:
        projection = await self.book.projection()
        running = [c for c in projection.open_campaigns() if version.document in c.documents]
        return any(projection.is_asked_again(campaign) for campaign in running)

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._form_for("", "")

    async def _form_for(self, document: str, before: str) -> Outgoing:
        """The form that publishes a document, or the first that waits; `before` is what it says first."""
        version, changes = await text_to_publish(self.book, document)
        says = f"{before} {version.title}, version {version.label}, as it is in the policy folder now.".strip()
        values = {
            "fallback": says,
            "says": says,
            "document": version.document,
            "changes": [change_values(difference) for difference in changes or ()],
            "is_first": changes is None,
            "is_change": changes is not None,
        }
        return card_beside("publishing", values, says)
