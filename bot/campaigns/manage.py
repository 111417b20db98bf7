"""Runs a campaign: opens it, shows what would go out, releases it, moves its last day and closes it.

For the headteacher, and a deputy acting for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.campaigns import forms, schedule
from bot.campaigns.acknowledge import Acknowledge
from bot.campaigns.book import CampaignBook
from bot.campaigns.forms import chosen_day
from bot.campaigns.preview import preview, unreleased
from bot.campaigns.rules.campaign import EVERYBODY, Campaign, Publication, audience, usual_last_day
from bot.campaigns.rules.preview import Preview, people
from bot.campaigns.rules.standing import OUTSTANDING, counted
from bot.campaigns.rules.versions import frozen
from bot.desk.routing import Command
from bot.desk.rules.messages import Attachment, Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import written

UNPUBLISHED = "Nothing is published yet. The person who looks after Staffroom runs: python -m bot publish"
CHANGED = (
    "The policy's files have changed since they were published, so they are an unpublished draft and no campaign can "
    "open. Publish them first: python -m bot publish"
)
OVERDUE = (
    "This policy should have been reviewed by {day}. You can open the campaign anyway; that you did is kept in the "
    "evidence."
)
WHOLE_PREVIEW = "every message to come: to whom, when, in which words, and why not to others"
NOBODY_YET = "Nobody can be written to yet; I know of no working day of theirs."
HELD = 'Stopped. Nothing more goes out in this campaign until you look at "preview" and press Send.'


@dataclass(frozen=True, slots=True)
class ManageCampaign:
    """The part of the desk that runs campaigns."""

    book: CampaignBook
    acknowledge: Acknowledge

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        openers = ("campaign", "open campaign", "new campaign", "start campaign")
        return (
            Command("campaign", self._form, Permission.OPEN, openers),
            Command("test", self._test, Permission.TEST, ("send me a test",)),
            Command(
                "preview",
                self._preview,
                Permission.PREVIEW,
                ("preview", "nudge preview"),
                intents=("preview",),
                shows_only=True,
            ),
            Command("release", self._release, Permission.RELEASE),
            Command("hold", self._hold, Permission.HOLD, ("stop", "stop sending")),
            Command("open", self._open, Permission.OPEN),
            Command("extend", self._extend, Permission.EXTEND),
            Command(
                "closing", self._closing, Permission.CLOSE, ("close campaign",), intents=("close",), shows_only=True
            ),
            Command("close", self._close, Permission.CLOSE),
        )

    @property
    def _context(self) -> Context:
        return self.book.context

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.opening_form({})

    async def opening_form(self, inputs: Mapping[str, str], understood: str = "") -> Outgoing:
        """The form that opens a campaign, with what was chosen before; raises BadInput if nothing is published."""
        publication = await self._published()
        version = await self.book.text(publication.digest)
        is_overdue = version.is_overdue(self._context.today)
        return forms.opening_form(
            title=version.title,
            label=version.label,
            due=inputs.get("due") or self._usual_due().isoformat(),
            audience=inputs.get("audience") or ",".join(sorted(EVERYBODY)),
            warning=OVERDUE.format(day=written(version.review_due)) if version.review_due and is_overdue else "",
            anyway=is_overdue,
            understood=understood,
        )

    def _usual_due(self) -> date:
        return usual_last_day(self._context.today, self._context.calendar)

    async def _published(self) -> Publication:
        """The text in force; raises BadInput if there is none, or the files have changed since."""
        document = self.book.agreement.document
        publication = (await self.book.projection()).current(document)
        if publication is None:
            raise BadInput(UNPUBLISHED)
        if frozen(self._context.school.documents[document]).digest != publication.digest:
            raise BadInput(CHANGED)
        return publication

    async def _test(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running_or_draft(incoming)
        card = await self.acknowledge.card(campaign, await self._context.pseudonym(person), is_test=True)
        return replace(card, is_beside=True)

    async def _preview(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._shown(await preview(self.book, await self._running_or_draft(incoming)))

    async def _running_or_draft(self, incoming: Incoming) -> Campaign:
        running = (await self.book.projection()).open_campaigns()
        return running[-1] if running else await self._draft(incoming)

    async def _shown(self, shown: Preview) -> Outgoing:
        """The preview as a card; if that cannot hold everybody, with all of it as a file beside."""
        card = forms.preview_card(shown)
        if self.book.limits.fits(card):
            return card
        name, text = ("preview.txt", shown.text)
        if self._context.is_demo:
            name, text = f"DEMO-{name}", f"DEMO. {text}"
        attachment = Attachment(name, text.encode(), WHOLE_PREVIEW)
        return replace(forms.preview_card(shown, is_whole=False), attachment=attachment)

    async def _release(self, incoming: Incoming, person: Person) -> Outgoing:
        projection = await self.book.projection()
        head = projection.head  # before anything is decided: the projection moves on
        campaign = await self._running(incoming)
        shown = await preview(self.book, campaign)
        if incoming.inputs.get("digest") != shown.seal:  # something changed while the preview was open
            return await self._shown(shown)
        await self._context.write(
            EventKind.RELEASE,
            head,
            actor=await self._context.pseudonym(person),
            campaign=campaign.id,
            facts={"people": unreleased(projection, campaign)},
            who=details(person, incoming.caller, incoming.conversation),
        )
        await schedule.plan_cards(self.book)
        return note(_sent_to(shown.waiting))

    async def _hold(self, incoming: Incoming, person: Person) -> Outgoing:
        head = (await self.book.projection()).head
        campaign = await self._running(incoming)
        await self._context.write(
            EventKind.HOLD,
            head,
            actor=await self._context.pseudonym(person),
            campaign=campaign.id,
            who=details(person, incoming.caller, incoming.conversation),
        )
        return note(HELD)

    async def _draft(self, incoming: Incoming) -> Campaign:
        """The campaign as it would be with the form's inputs; raises BadInput naming what does not fit."""
        publication = await self._published()
        roles = _roles_in(incoming.inputs.get("audience") or ",".join(EVERYBODY))
        due = chosen_day(incoming.inputs.get("due") or self._usual_due().isoformat())
        today = self._context.today
        if due <= today:
            raise BadInput("The last day must be in the future. Nothing was opened.")
        asked = audience(self._context.roster.people(), roles, today)
        if not asked:
            raise BadInput("Nobody on the staff list has that role. Nothing was opened.")
        pseudonyms = await self._context.store.enrol(asked)
        campaigns = (await self.book.projection()).campaigns.values()
        number = 1 + sum(campaign.document == publication.document for campaign in campaigns)
        return Campaign(
            id=f"{publication.document}-{today.year}-{number}",
            document=publication.document,
            label=publication.label,
            version=publication.digest,
            asked=publication.asked,
            audience=roles,
            opened=today,
            due=due,
            people=frozenset(pseudonyms.values()),
        )

    async def _open(self, incoming: Incoming, person: Person) -> Outgoing:
        document = self.book.agreement.document
        if any(campaign.document == document for campaign in (await self.book.projection()).open_campaigns()):
            raise BadInput("A campaign for this policy is open already; it has to close first.")
        draft = await self._draft(incoming)
        is_overdue = (await self.book.text(draft.version)).is_overdue(self._context.today)
        if is_overdue and incoming.inputs.get("anyway") != "true":
            return await self.opening_form(incoming.inputs)
        await self._context.write(
            EventKind.OPEN,
            f"open/{draft.id}",
            actor=await self._context.pseudonym(person),
            campaign=draft.id,
            facts={
                "document": draft.document,
                "label": draft.label,
                "version": draft.version,
                "asked": draft.asked,
                "audience": sorted(draft.audience),
                "due": draft.due.isoformat(),
                "people": sorted(draft.people),
                "anyway": is_overdue,
            },
            who=details(person, incoming.caller, incoming.conversation),
        )
        return await self._shown(await preview(self.book, draft))

    async def _extend(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        due = chosen_day(incoming.inputs.get("due", ""))
        if due <= max(campaign.due, self._context.today):
            raise BadInput("The new last day must be later than the old one and in the future. Nothing was changed.")
        await self._context.write(
            EventKind.EXTEND,
            f"extend/{campaign.id}/{due.isoformat()}",
            actor=await self._context.pseudonym(person),
            campaign=campaign.id,
            facts={"due": due.isoformat(), "before": campaign.due.isoformat()},
            who=details(person, incoming.caller, incoming.conversation),
        )
        return note(f"The last day is now {written(due)}.")

    async def _closing(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        outstanding = [p for p in await self.book.signatories(campaign) if p.standing in OUTSTANDING]
        return forms.closing_form(campaign.id, campaign.label, len(outstanding))

    async def _close(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        asked = await self.book.signatories(campaign)
        outstanding = [p.pseudonym for p in asked if p.standing in OUTSTANDING]
        counts = {standing.value: number for standing, number in counted(asked).items()}
        await self._context.write(
            EventKind.CLOSE,
            f"close/{campaign.id}",
            actor=await self._context.pseudonym(person),
            campaign=campaign.id,
            facts={**counts, "outstanding": outstanding, "total": len(asked)},
            who=details(person, incoming.caller, incoming.conversation),
        )
        complete = len(asked) - len(outstanding)
        return note(f"The campaign is closed. {complete} of {len(asked)} are complete; {len(outstanding)} are not.")

    async def _running(self, incoming: Incoming) -> Campaign:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        if campaign.closed:
            raise BadInput(f"That campaign closed on {written(campaign.closed)}; nothing was changed.")
        return campaign


def _sent_to(number: int) -> str:
    if not number:
        return NOBODY_YET
    everybody = "1 person" if number == 1 else f"All {people(number)}"
    return f"Sent. {everybody} will get it during their working hours."


def _roles_in(text: str) -> frozenset[Role]:
    try:
        return frozenset(Role(role.strip()) for role in text.split(",") if role.strip())
    except ValueError:
        raise BadInput("One of those roles is not known here. Nothing was opened.") from None
