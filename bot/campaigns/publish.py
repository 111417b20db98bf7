"""Publishes a policy: its text becomes a version, word for word, that campaigns can ask for."""

from dataclasses import dataclass

from bot.campaigns.book import CampaignBook
from bot.campaigns.cards import Addressee, agreement_card, change_values
from bot.campaigns.rules.campaign import EVERYBODY, Campaign
from bot.campaigns.rules.versions import Difference, Version, Weight, differences, frozen
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, card_beside, note
from bot.errors import BadInput
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person

TOO_LONG = "This text is too long for a message in {channels}, so nobody could get it there. Nothing was published."
STATEMENT_IS_GONE = (
    "The words that people agree to are not in the text any more. Staffroom must start again with those of school.toml "
    "before it is published. Nothing was published."
)
ASK_WEIGHT = "Say whether this change is material (everybody is asked again) or minor (nobody is)."
ASKED_AGAIN = 'Everybody is asked again, once the headteacher has looked at "preview" and pressed Send.'


async def text_to_publish(book: CampaignBook) -> tuple[Version, tuple[Difference, ...] | None]:
    """The text as the files have it, and what changed since it was last published (None: it never was).

    Raises BadInput if nothing changed, or the text is without the words that people agree to.
    """
    version = frozen(book.context.school.documents[book.agreement.document])
    if not any(book.agreement.statement in passage.text for passage in version.passages):
        raise BadInput(STATEMENT_IS_GONE)
    before = (await book.projection()).current(version.document)
    if before is None:
        return version, None
    if before.digest == version.digest:
        raise BadInput(f"{version.title}, version {version.label}, is published already, word for word.")
    return version, differences(await book.text(before.digest), version)


async def publish(book: CampaignBook, person: Person, weight: Weight | None) -> Version:
    """Publishes what the files say now; raises NotAllowed, or BadInput if `weight` is needed or nothing changed.

    A first text is always material. Raises LedgerMoved if something else was recorded meanwhile.
    """
    context = book.context
    refuse_unless(person, Permission.PUBLISH, context.today)
    head = (await book.projection()).head  # before anything is decided
    version, changes = await text_to_publish(book)
    if changes is not None and weight is None:
        raise BadInput(ASK_WEIGHT)
    if too_small := book.limits.too_small_for(_card_of(version, book)):
        raise BadInput(TOO_LONG.format(channels=" and ".join(too_small)))
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
            "statement": book.agreement.statement,
        },
        who=details(person),
    )
    return version


def _card_of(version: Version, book: CampaignBook) -> Outgoing:
    """The agreement card as everybody would get it."""
    day, nobody = book.context.today, frozenset[str]()
    campaign = Campaign(
        version.document, version.document, version.label, version.digest, version.digest, EVERYBODY, day, day, nobody
    )
    return agreement_card(version, campaign, book.agreement, book.context.headteacher, Addressee("", day))


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
        version = await publish(self.book, person, weight)
        published = f"Published: {version.title}, version {version.label}. Text {version.digest[:12]}."
        return note(f"{published} {ASKED_AGAIN}" if await self._is_asked_again(version) else published)

    async def _is_asked_again(self, version: Version) -> bool:
        projection = await self.book.projection()
        running = [c for c in projection.open_campaigns() if c.document == version.document]
        return any(projection.is_asked_again(campaign) for campaign in running)

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        version, changes = await text_to_publish(self.book)
        says = f"{version.title}, version {version.label}, as it is in the policy folder now."
        values = {
            "fallback": says,
            "says": says,
            "changes": [change_values(difference) for difference in changes or ()],
            "is_first": changes is None,
            "is_change": changes is not None,
        }
        return card_beside("publishing", values, says)
