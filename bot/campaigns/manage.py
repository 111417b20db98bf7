"""Runs a campaign: opens it, shows what would go out, releases it, moves its last day and closes it.

For the headteacher, and a deputy acting for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from bot.campaigns import forms, schedule
from bot.campaigns.acknowledge import Acknowledge
from bot.campaigns.book import CampaignBook
from bot.campaigns.forms import chosen_day
from bot.campaigns.preview import preview, unreleased
from bot.campaigns.publish import refuse_unless_fits, text_in_file
from bot.campaigns.rules.campaign import EVERYBODY, Campaign, CampaignItem, audience, usual_last_day
from bot.campaigns.rules.preview import Preview, people
from bot.campaigns.rules.standing import OUTSTANDING, counted
from bot.campaigns.rules.versions import Version
from bot.desk.routing import Command
from bot.desk.rules.messages import Attachment, Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import written
from bot.school.rules.documents import listed, short_title

UNPUBLISHED = "Nothing is published yet. The person who looks after Staffroom runs: python -m bot publish"
CHANGED = (
    "The policy's files have changed since they were published, so they are an unpublished draft and no campaign can "
    "open. Publish them first: python -m bot publish"
)
PARTLY_UNPUBLISHED = 'Not everything that is asked for is published yet: {titles}. Write "publish" first.'
ONE_IS_OVERDUE = (
    "These should have been reviewed: {titles}. You can open the campaign anyway; that you did is kept in the evidence."
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
        versions = [await self.book.text(item.version) for item in await self._published()]
        overdue = [version for version in versions if version.is_overdue(self._context.today)]
        return forms.opening_form(
            what=_in_words(versions),
            due=inputs.get("due") or self._usual_due().isoformat(),
            audience=inputs.get("audience") or ",".join(sorted(EVERYBODY)),
            warning=_overdue(overdue, len(versions)),
            anyway=bool(overdue),
            understood=understood,
        )

    def _usual_due(self) -> date:
        return usual_last_day(self._context.today, self._context.calendar)

    async def _published(self) -> tuple[CampaignItem, ...]:
        """Every text in force; raises BadInput if one is not published, or its file has changed since."""
        projection, documents = await self.book.projection(), self.book.agreement.documents
        texts = [projection.current(document) for document in documents]
        published = [text for text in texts if text]
        if not published:
            raise BadInput(UNPUBLISHED)
        if len(published) < len(documents):
            missing = [id for id, text in zip(documents, texts, strict=True) if text is None]
            titles = [short_title(text_in_file(self.book, id).title) for id in missing]
            raise BadInput(PARTLY_UNPUBLISHED.format(titles=listed(titles)))
        if any(text_in_file(self.book, text.document).digest != text.digest for text in published):
            raise BadInput(CHANGED)
        return tuple(CampaignItem(text.document, text.label, text.digest, text.asked) for text in published)

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
        items = await self._published()
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
        number = 1 + sum(campaign.document == items[0].document for campaign in campaigns)
        return Campaign.asking_for(
            items,
            id=f"{items[0].document}-{today.year}-{number}",
            audience=roles,
            opened=today,
            due=due,
            people=frozenset(pseudonyms.values()),
        )

    async def _open(self, incoming: Incoming, person: Person) -> Outgoing:
        documents = set(self.book.agreement.documents)
        if any(documents & set(campaign.documents) for campaign in (await self.book.projection()).open_campaigns()):
            raise BadInput("A campaign for this policy is open already; it has to close first.")
        draft = await self._draft(incoming)
        if draft.others:  # a list that has grown since its texts were published one by one
            refuse_unless_fits(self.book)
        versions = [await self.book.text(item.version) for item in draft.items]
        is_overdue = any(version.is_overdue(self._context.today) for version in versions)
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
                **({"documents": [asdict(item) for item in draft.items]} if draft.others else {}),
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
        return forms.closing_form(
            campaign.id, f"all {campaign.what}" if campaign.others else campaign.what, len(outstanding)
        )

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


def _in_words(versions: Sequence[Version]) -> str:
    """What is opened, each text with its version."""
    return listed([f"{version.title}, version {version.label}" for version in versions])


def _overdue(overdue: Sequence[Version], number: int) -> str:
    """The warning about texts past their review; empty if none is. `number` is how many texts there are in all."""
    days = [(version.title, version.review_due) for version in overdue if version.review_due]
    if not days:
        return ""
    if number == 1:
        return OVERDUE.format(day=written(days[0][1]))
    return ONE_IS_OVERDUE.format(titles="; ".join(f"{title} by {written(day)}" for title, day in days))


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
