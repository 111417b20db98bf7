"""Works out what must go out, and keeps it as slots; what is due is computed, never remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from bot.flows.records import Records, failed
from bot.rules.campaigns import Campaign
from bot.rules.dates import written
from bot.rules.deliveries import cards_of, deliveries, named_by, next_delivery
from bot.rules.preview import Line
from bot.rules.register import Register
from bot.rules.reminders import History, Reminder, coming
from bot.rules.slots import Slot, Sort, State
from bot.rules.standing import School, Signatory, Standing, signatories

SUMMARY_AT = time(8)
WEEK = timedelta(days=7)


async def plan_cards(records: Records) -> int:
    """Keeps a slot for every card that must go out and has none; says how many. Safe to repeat at any time."""
    register, school, slots = await records.register(), await records.school(), await records.store.slots()
    new = deliveries(register, school, slots, records.now())
    return await records.store.keep_slots(*new) if new else 0


async def plan_summaries(records: Records) -> int:
    """Keeps a slot for the weekly summary of each open campaign, and one for a campaign that has closed.

    They go to the headteacher; where the head's own day has passed, the chair of governors gets them as well.
    """
    register = await records.register()
    monday = records.today - timedelta(days=records.today.weekday())
    is_time = records.now().time() >= SUMMARY_AT and records.calendar.is_school_day(records.today)
    due = [(one, one.id, monday) for one in register.open_campaigns() if is_time and one.opened < monday]
    closed = [one for one in register.campaigns.values() if one.closed and one.closed > monday - WEEK]
    due += [(one, f"{one.id}.closed", one.closed) for one in closed if one.closed]
    slots = [
        Slot(Sort.SUMMARY, subject, recipient, on)
        for campaign, subject, on in due
        for recipient in await _told(records, campaign)
    ]
    return await records.store.keep_slots(*slots) if slots else 0


async def _told(records: Records, campaign: Campaign) -> list[str]:
    heads = await records.heads()
    late = {one.person for one in await records.signatories(campaign) if one.standing is Standing.OVERDUE}
    told = [*heads, *(one for one in records.chairs() if late & set(heads) and one not in heads)]
    return list((await records.store.enrol(told)).values())


async def preview(records: Records, campaign: Campaign) -> tuple[Line, ...]:
    """For everybody in a campaign: every message that will go to them and when, or why nothing will."""
    view = await _View.of(records, campaign)
    return tuple(Line(one.name, *view.what(one)) for one in view.people)


async def what_next(records: Records, campaign: Campaign) -> dict[str, str]:
    """By pseudonym, in words: the last message somebody had and the next they will get, or why none."""
    view = await _View.of(records, campaign)
    return {one.pseudonym: view.next(one) for one in view.people}


@dataclass(frozen=True, slots=True)
class _View:
    """What a preview is made from."""

    records: Records
    campaign: Campaign
    register: Register
    people: tuple[Signatory, ...]
    school: School
    cards: Mapping[tuple[str, str], Sequence[Slot]]
    history: History
    unreached: set[str]

    @classmethod
    async def of(cls, records: Records, campaign: Campaign) -> "_View":
        register, school, slots = await records.register(), await records.school(), await records.store.slots()
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

    def what(self, one: Signatory) -> tuple[bool, str]:
        """Whether anything will go to somebody, and what and when, or why not."""
        why = self._why_not(one)
        if why:
            return False, why
        card, since, ahead = self._ahead(one)
        days = ", ".join(_short(one.on) for one in ahead)
        words = f"{card}; while it is open, reminders on {days}" if days else card
        return bool(since and (ahead or since >= self.records.today)), words

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
        if slot.state is not State.DUE or slot.not_before is None:
            return f"has the card since {written(slot.on)}", slot.on
        is_first = all(one.state is State.DUE for one in had)
        by = f", to acknowledge by {written(one.due)}" if is_first else ""
        return f"the card on {written(slot.on)} at {slot.not_before:%H:%M}{by}", slot.on


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
