"""Publishes a policy: its text becomes a version, word for word, that campaigns can ask for."""

from dataclasses import dataclass

from bot.ask.answer_card import note
from bot.campaigns.cards import Addressed, agreement, change_shown
from bot.campaigns.rules.campaign import EVERYBODY, Campaign
from bot.campaigns.rules.versions import Difference, Version, Weight, differences, frozen
from bot.desk.rules.messages import Incoming, Outgoing, said_plainly
from bot.errors import BadInput
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person

TOO_LONG = "This text is too long for one message of Teams (28 kB), so nobody could get it. Nothing was published."
ASK = "Say whether this change is material (everybody is asked again) or minor (nobody is)."
AGAIN = 'Everybody is asked again, once the headteacher has looked at "preview" and pressed Send.'


async def to_publish(records: Records) -> tuple[Version, tuple[Difference, ...] | None]:
    """The text as the files have it, and what changed since it was last published (None: never was).

    Raises BadInput where nothing changed.
    """
    version = frozen(records.policy.documents[records.about.document])
    before = (await records.register()).current(version.document)
    if before is None:
        return version, None
    if before.digest == version.digest:
        raise BadInput(f"{version.title}, version {version.label}, is published already, word for word.")
    return version, differences(await records.text(before.digest), version)


async def publish(records: Records, person: Person, weight: Weight | None) -> Version:
    """Publishes what the files say now; raises NotAllowed, or BadInput where `weight` is needed or nothing changed.

    A first text is always material.
    """
    refuse_unless(person, Permission.PUBLISH, records.today)
    version, changed = await to_publish(records)
    if changed is not None and weight is None:
        raise BadInput(ASK)
    if not records.fits(_card_of(version, records)):
        raise BadInput(TOO_LONG)
    await records.store.keep_version(version)
    await records.write(
        EventKind.PUBLISH,
        actor=await records.pseudonym(person),
        facts={
            "document": version.document,
            "digest": version.digest,
            "label": version.label,
            "weight": (Weight.MATERIAL if changed is None else weight or Weight.MATERIAL).value,
            "title": version.title,
            "statement": records.about.statement,
        },
        who=who(person),
    )
    return version


def _card_of(version: Version, records: Records) -> Outgoing:
    """The agreement card as everybody would get it."""
    day, nobody = records.today, frozenset[str]()
    campaign = Campaign(
        version.document, version.document, version.label, version.digest, version.digest, EVERYBODY, day, day, nobody
    )
    return agreement(version, campaign, records.about, records.headteacher, Addressed("", day))


@dataclass(frozen=True, slots=True)
class Publish:
    """The part of the desk that publishes."""

    records: Records

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to our button or word; None for those of others."""
        if incoming.verb == "publish":
            refuse_unless(person, Permission.PUBLISH, self.records.today)
            weight = Weight.MINOR if incoming.inputs.get("weight") == Weight.MINOR else Weight.MATERIAL
            version = await publish(self.records, person, weight)
            said = f"Published: {version.title}, version {version.label}. Text {version.digest[:12]}."
            return note(f"{said} {AGAIN}" if await self._is_asked_again(version) else said)
        if incoming.verb or said_plainly(incoming) != "publish":
            return None
        refuse_unless(person, Permission.PUBLISH, self.records.today)
        return await self._form()

    async def _is_asked_again(self, version: Version) -> bool:
        register = await self.records.register()
        running = [one for one in register.open_campaigns() if one.document == version.document]
        return any(register.is_asked_again(one) for one in running)

    async def _form(self) -> Outgoing:
        version, changed = await to_publish(self.records)
        says = f"{version.title}, version {version.label}, as it stands in the policy folder now."
        values = {
            "fallback": says,
            "says": says,
            "has_changes": bool(changed),
            "changes": [change_shown(one) for one in changed or ()],
            "is_first": changed is None,
            "is_change": changed is not None,
        }
        return Outgoing("publishing", values, says, is_for_one=True, is_beside=True)
