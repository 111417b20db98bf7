"""Foresees what will go out: to whom, when, in which words, and why not to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.campaigns import cards, reminders
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.first_cards import cards_of, named_by, next_delivery
from bot.campaigns.rules.preview import Line, Preview, seal
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import PAST, WAITING, History, Reminder, coming
from bot.campaigns.rules.standing import Signatory, Staff, Standing, signatories
from bot.evidence.records import Records, failed
from bot.outbox.rules.message import DeliveryState, Message
from bot.school.rules.calendar import written

ERASED = "Somebody whose details were erased"
AGAIN = "The policy has changed since the cards went out: version {label} is asked of everybody again."


async def preview(records: Records, campaign: Campaign) -> Preview:
    """Everything a campaign will send: what goes to whom and when, or why nothing does, and its very words."""
    view = await _View.of(records, campaign)
    title = cards.short_title(await records.text(campaign.version))
    heading, intro = cards.beginning(title, campaign, records.headteacher)
    words = {"The card begins": f"{heading}. {intro}", **reminders.wording(title, records.headteacher)}
    register = view.register
    return Preview(
        campaign=campaign.id if view.is_open else "",
        lines=tuple(view.line(one) for one in view.people),
        words=words,
        seal=seal(campaign, unreleased(register, campaign)),
        notice=AGAIN.format(label=campaign.label) if register.is_asked_again(campaign) else "",
        is_under_way=any(register.is_released(campaign, one) for one in campaign.people),
    )


def unreleased(register: CampaignProjection, campaign: Campaign) -> list[str]:
    """Pseudonyms of those to whom nothing goes before one press."""
    return sorted(one for one in campaign.people if not register.is_released(campaign, one))


async def what_next(records: Records, campaign: Campaign) -> dict[str, str]:
    """By pseudonym, in words: the last message somebody had and the next they will get, or why none."""
    view = await _View.of(records, campaign)
    return {one.pseudonym: view.next(one) for one in view.people}


@dataclass(frozen=True, slots=True)
class _View:
    """What a preview is made from."""

    records: Records
    campaign: Campaign
    register: CampaignProjection
    people: tuple[Signatory, ...]
    school: Staff
    cards: Mapping[tuple[str, str], Sequence[Message]]
    history: History
    unreached: set[str]

    @classmethod
    async def of(cls, records: Records, campaign: Campaign) -> "_View":
        register, school, slots = await records.register(), await records.school(), await records.store.slots(*PAST)
        return cls(
            records,
            campaign,
            register,
            signatories(campaign, register, school),
            school,
            cards_of(slots),
            History.of(slots),
            failed(slots),
        )

    @property
    def is_open(self) -> bool:
        """Whether the campaign runs, and is more than a form being filled in."""
        return self.campaign.id in self.register.campaigns

    def line(self, one: Signatory) -> Line:
        """What will go to somebody and when, or why nothing will."""
        waits = self.is_open and one.standing in WAITING and not self.register.is_released(self.campaign, one.pseudonym)
        name = one.name or ERASED
        why = self._why_not(one)
        if why:
            return Line(name, gets=False, what=why, waits=waits)
        card, since, ahead = self._ahead(one)
        days = ", ".join(_short(one.on) for one in ahead)
        words = f"{card}; while it is open, reminders on {days}" if days else f"{card}; no more reminders"
        return Line(name, bool(since and (ahead or since >= self.records.today)), words, waits)

    def next(self, one: Signatory) -> str:
        """What comes next for somebody, or why nothing will."""
        card, _, ahead = self._ahead(one)
        return self._why_not(one) or (f"{card}; next reminder on {_short(ahead[0].on)}" if ahead else card)

    def _ahead(self, one: Signatory) -> tuple[str, date | None, tuple[Reminder, ...]]:
        """The card in words, its day, and the reminders to come."""
        card, since = self._card(one)
        past = replace(self.history.of_one(self.campaign, one.pseudonym), card=since)
        records = self.records
        return card, since, coming(one, past, records.calendar, records.policy.rhythm, records.today)

    def _why_not(self, one: Signatory) -> str:
        match one.standing:
            case Standing.ACKNOWLEDGED | Standing.PAPER:
                return "has acknowledged already"
            case Standing.LEFT:
                return "does not work here any more"
            case Standing.PAUSED:
                return "is paused"
            case Standing.UNREACHABLE:
                is_unreached = one.pseudonym in self.unreached
                return "cannot be reached here" if is_unreached else "has no account here, so on paper"
        return "waits for an answer to a question" if one.is_asking else ""

    def _card(self, one: Signatory) -> tuple[str, date | None]:
        """The card in words, and its day."""
        had = self.cards.get((self.campaign.subject, one.pseudonym), ())
        named = named_by(self.campaign, one.pseudonym, self.register, had)
        new = next_delivery(self.campaign, one, had, named, self.records.calendar, self.records.now())
        slot = new or next(reversed(had), None)
        if slot is None or slot.is_over(self.records.now()):
            return "no day is known on which they may be written to, so on paper", None
        if slot.state is not DeliveryState.DUE or slot.not_before is None:
            return f"has the card since {written(slot.on)}", slot.on
        is_first = all(one.state is DeliveryState.DUE for one in had)
        by = f", to acknowledge by {written(one.due)}" if is_first else ""
        return f"the card on {written(slot.on)} at {slot.not_before:%H:%M}{by}", slot.on


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
