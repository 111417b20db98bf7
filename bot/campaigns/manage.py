"""Runs a campaign: opens it, shows what would go out, extends and closes it. For the head and whoever stands in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.ask.answer_card import note
from bot.campaigns import forms, schedule
from bot.campaigns.acknowledge import Acknowledge
from bot.campaigns.preview import preview, unreleased
from bot.campaigns.rules.campaign import EVERYBODY, TIME_TO_ACKNOWLEDGE, Campaign, Publication, audience
from bot.campaigns.rules.preview import Preview, people
from bot.campaigns.rules.standing import OUTSTANDING, counted
from bot.campaigns.rules.versions import frozen
from bot.desk.routing import Verbs, act_on, verb_of
from bot.desk.rules.messages import Attachment, Incoming, Outgoing
from bot.errors import BadInput
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import written

UNPUBLISHED = "Nothing is published yet. Whoever looks after Staffroom runs: python -m bot publish"
CHANGED = (
    "The policy's files have changed since they were published, so they are an unpublished draft and no campaign can "
    "open. Publish them first: python -m bot publish"
)
ALL = "every message to come: to whom, when, in which words, and why not to others"
WORDS = {
    "campaign": "campaign",
    "open campaign": "campaign",
    "new campaign": "campaign",
    "start campaign": "campaign",
    "send me a test": "test",
    "preview": "preview",
    "nudge preview": "preview",
    "stop": "hold",
    "stop sending": "hold",
    "close campaign": "closing",
}


@dataclass(frozen=True, slots=True)
class ManageCampaign:
    """The part of the desk that runs campaigns."""

    records: Records
    agree: Acknowledge

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        return await act_on(self, verb_of(incoming, WORDS), _VERBS, self.records, incoming, person)

    async def _campaign(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._form()

    async def _form(self, warning: str = "", inputs: Mapping[str, str] | None = None) -> Outgoing:
        given = inputs or {}
        publication = await self._published()
        version = await self.records.text(publication.digest)
        due = given.get("due") or (self.records.today + TIME_TO_ACKNOWLEDGE).isoformat()
        roles = given.get("audience") or ",".join(sorted(EVERYBODY))
        return forms.opening(
            title=version.title,
            label=version.label,
            due=due,
            audience=roles,
            warning=warning or (self._overdue(version.review_due) if self._is_overdue(version.review_due) else ""),
            anyway=self._is_overdue(version.review_due),
        )

    async def _published(self) -> Publication:
        about = self.records.about
        publication = (await self.records.register()).current(about.document)
        if publication is None:
            raise BadInput(UNPUBLISHED)
        if frozen(self.records.policy.documents[about.document]).digest != publication.digest:
            raise BadInput(CHANGED)
        return publication

    def _is_overdue(self, review_due: date) -> bool:
        return self.records.today > review_due

    def _overdue(self, review_due: date) -> str:
        return (
            f"This policy should have been reviewed by {written(review_due)}. You can open the campaign anyway; "
            "that you did is kept in the evidence."
        )

    async def _test(self, incoming: Incoming, person: Person) -> Outgoing:
        running = (await self.records.register()).open_campaigns()
        campaign = running[-1] if running else await self._draft(incoming)
        card = await self.agree.card(campaign, await self.records.pseudonym(person), is_test=True)
        return replace(card, is_beside=True)

    async def _preview(self, incoming: Incoming, person: Person) -> Outgoing:
        running = (await self.records.register()).open_campaigns()
        if running:
            return await self._what_goes(running[-1])
        return await self._what_goes(await self._draft(incoming))

    async def _what_goes(self, campaign: Campaign) -> Outgoing:
        return self._shown(await preview(self.records, campaign))

    def _shown(self, made: Preview) -> Outgoing:
        """The preview as a card; where that cannot hold everybody, with all of it as a file beside."""
        card = forms.preview(made)
        if self.records.fits(card):
            return card
        name, text = ("DEMO-preview.txt", f"DEMO. {made.text}") if self.records.is_demo else ("preview.txt", made.text)
        file = Attachment(name, text.encode(), ALL)
        return replace(forms.preview(made, is_whole=False), file=file)

    async def _release(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        made = await preview(self.records, campaign)
        if incoming.inputs.get("digest") != made.seal:  # something changed while the preview was open
            return self._shown(made)
        await self.records.write(
            EventKind.RELEASE,
            actor=await self.records.pseudonym(person),
            campaign=campaign.id,
            facts={"people": unreleased(await self.records.register(), campaign)},
            who=who(person, incoming.caller, incoming.conversation),
        )
        await schedule.plan_cards(self.records)
        them = "1 person is" if made.held == 1 else f"each of {people(made.held)} is"
        return note(f"Sent on their way: {them} written to when they work, from now on.")

    async def _hold(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        await self.records.write(
            EventKind.HOLD,
            actor=await self.records.pseudonym(person),
            campaign=campaign.id,
            who=who(person, incoming.caller, incoming.conversation),
        )
        return note('Stopped. Nothing more goes out in this campaign until you look at "preview" and press Send.')

    async def _draft(self, incoming: Incoming) -> Campaign:
        """The campaign as it would be with the form's inputs; raises BadInput naming what does not fit."""
        publication = await self._published()
        roles = _roles(incoming.inputs.get("audience") or ",".join(EVERYBODY))
        due = day_in(incoming.inputs.get("due") or (self.records.today + TIME_TO_ACKNOWLEDGE).isoformat())
        if due <= self.records.today:
            raise BadInput("The last day must lie ahead. Nothing was opened.")
        people = audience(self.records.roster.people(), roles, self.records.today)
        if not people:
            raise BadInput("Nobody on the staff list has that role. Nothing was opened.")
        pseudonyms = await self.records.store.enrol(people)
        register = await self.records.register()
        number = 1 + sum(one.document == publication.document for one in register.campaigns.values())
        return Campaign(
            id=f"{publication.document}-{self.records.today.year}-{number}",
            document=publication.document,
            label=publication.label,
            version=publication.digest,
            asked=publication.asked,
            audience=roles,
            opened=self.records.today,
            due=due,
            people=frozenset(pseudonyms.values()),
        )

    async def _open(self, incoming: Incoming, person: Person) -> Outgoing:
        about = self.records.about
        register = await self.records.register()
        if any(one.document == about.document for one in register.open_campaigns()):
            raise BadInput("A campaign for this policy is open already; it has to close first.")
        draft = await self._draft(incoming)
        review_due = (await self.records.text(draft.version)).review_due
        anyway = incoming.inputs.get("anyway") == "true"
        if self._is_overdue(review_due) and not anyway:
            return await self._form(self._overdue(review_due), incoming.inputs)
        await self.records.write(
            EventKind.OPEN,
            actor=await self.records.pseudonym(person),
            campaign=draft.id,
            facts={
                "document": draft.document,
                "label": draft.label,
                "version": draft.version,
                "asked": draft.asked,
                "audience": sorted(draft.audience),
                "due": draft.due.isoformat(),
                "people": sorted(draft.people),
                "anyway": self._is_overdue(review_due),
            },
            who=who(person, incoming.caller, incoming.conversation),
            key=f"open/{draft.id}",
        )
        return await self._what_goes(draft)

    async def _extend(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        due = day_in(incoming.inputs.get("due", ""))
        if due <= max(campaign.due, self.records.today):
            raise BadInput("The new last day must be later than the old one and lie ahead. Nothing was changed.")
        await self.records.write(
            EventKind.EXTEND,
            actor=await self.records.pseudonym(person),
            campaign=campaign.id,
            facts={"due": due.isoformat(), "before": campaign.due.isoformat()},
            who=who(person, incoming.caller, incoming.conversation),
            key=f"extend/{campaign.id}/{due.isoformat()}",
        )
        return note(f"The last day is now {written(due)}.")

    async def _closing(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        left = [one for one in await self.records.signatories(campaign) if one.standing in OUTSTANDING]
        return forms.closing(campaign.id, campaign.label, len(left))

    async def _close(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running(incoming)
        people = await self.records.signatories(campaign)
        left = [one.pseudonym for one in people if one.standing in OUTSTANDING]
        await self.records.write(
            EventKind.CLOSE,
            actor=await self.records.pseudonym(person),
            campaign=campaign.id,
            facts={
                **{standing.value: number for standing, number in counted(people).items()},
                "outstanding": left,
                "total": len(people),
            },
            who=who(person, incoming.caller, incoming.conversation),
            key=f"close/{campaign.id}",
        )
        return note(
            f"The campaign is closed. {len(people) - len(left)} of {len(people)} are complete; {len(left)} are not."
        )

    async def _running(self, incoming: Incoming) -> Campaign:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        if campaign.closed:
            raise BadInput(f"That campaign closed on {written(campaign.closed)}; nothing was changed.")
        return campaign


_VERBS: Verbs[ManageCampaign] = {
    "campaign": (Permission.OPEN, ManageCampaign._campaign),
    "test": (Permission.TEST, ManageCampaign._test),
    "preview": (Permission.PREVIEW, ManageCampaign._preview),
    "release": (Permission.RELEASE, ManageCampaign._release),
    "hold": (Permission.HOLD, ManageCampaign._hold),
    "open": (Permission.OPEN, ManageCampaign._open),
    "extend": (Permission.EXTEND, ManageCampaign._extend),
    "closing": (Permission.CLOSE, ManageCampaign._closing),
    "close": (Permission.CLOSE, ManageCampaign._close),
}


def day_in(text: str) -> date:
    """A day as a card's date input gives it; raises BadInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("Please choose a day. Nothing was changed.") from None


def _roles(text: str) -> frozenset[Role]:
    try:
        return frozenset(Role(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise BadInput("One of those roles is not known here. Nothing was opened.") from None
