"""Where each person is in a campaign (their status), and figures that add up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.campaigns.rules.campaign import Campaign, CampaignItem, Receipt
from bot.campaigns.rules.projection import CampaignProjection
from bot.people.rules.person import Person
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import Calendar

DAYS_AFTER_A_PAUSE = 10  # working days until due
QUESTION_WAITS = 5  # school days in which an open question keeps reminders away


class Standing(StrEnum):
    """Where somebody is; the first that applies counts."""

    ACKNOWLEDGED = "acknowledged"  # pressed Acknowledge
    PAPER = "paper"  # signed a sheet, which the office recorded
    LEFT = "left"  # does not work here any more, and never completed
    PAUSED = "paused"  # is sent nothing until a day
    UNREACHABLE = "unreachable"  # has no account here, or the card cannot be delivered
    OVERDUE = "overdue"  # their day has passed
    PENDING = "pending"  # still has time


OUTSTANDING = (Standing.PAUSED, Standing.UNREACHABLE, Standing.OVERDUE, Standing.PENDING)
WAITING = frozenset({Standing.PENDING, Standing.OVERDUE})


@dataclass(frozen=True, slots=True)
class Signatory:
    """One person in a campaign. `name` is empty once erased; `person` is None if they are off the staff list."""

    pseudonym: str
    name: str
    person: Person | None
    due: date
    standing: Standing
    receipt: Receipt | None
    is_asking: bool  # a question to the headteacher is open
    left: tuple[CampaignItem, ...] = ()  # what they have still to acknowledge

    @property
    def is_waiting(self) -> bool:
        """Whether they still have to acknowledge and may be written to about it."""
        return self.standing in WAITING and not self.is_asking


def signatories(campaign: Campaign, projection: CampaignProjection, staff: Staff) -> tuple[Signatory, ...]:
    """Everybody ever asked in a campaign, by name, each with their standing."""
    people = [signatory(pseudonym, campaign, projection, staff) for pseudonym in campaign.people]
    return tuple(sorted(people, key=lambda person: (person.name.casefold(), person.pseudonym)))


def signatory(pseudonym: str, campaign: Campaign, projection: CampaignProjection, staff: Staff) -> Signatory:
    """One person in a campaign, with their standing."""
    person = staff.person(pseudonym)
    receipt = projection.receipt(campaign, pseudonym)
    due = due_for(pseudonym, person, campaign, projection, staff.calendar)
    return Signatory(
        pseudonym=pseudonym,
        name=staff.name(pseudonym),
        person=person,
        due=due,
        standing=_standing(pseudonym, receipt, due, projection, staff),
        receipt=receipt,
        is_asking=is_asking(pseudonym, projection, staff),
        left=projection.items_left(campaign, pseudonym),
    )


def _standing(
    pseudonym: str, receipt: Receipt | None, due: date, projection: CampaignProjection, staff: Staff
) -> Standing:
    if receipt:
        return Standing.PAPER if receipt.signed else Standing.ACKNOWLEDGED
    if staff.working_person(pseudonym) is None:
        return Standing.LEFT
    pause = projection.pauses.get(pseudonym)
    if pause and pause.covers(staff.today):
        return Standing.PAUSED
    if pseudonym in staff.unreachable:
        return Standing.UNREACHABLE
    return Standing.OVERDUE if staff.today > due else Standing.PENDING


def due_for(
    pseudonym: str, person: Person | None, campaign: Campaign, projection: CampaignProjection, calendar: Calendar
) -> date:
    """Somebody's own last day: the campaign's, or later for new starters, after a pause, or if they asked for time."""
    days = [campaign.due]
    own_due = projection.own_due.get((campaign.id, pseudonym))
    asked_for = projection.time_until.get((campaign.id, pseudonym))
    days += [day for day in (own_due, asked_for) if day]
    pause = projection.pauses.get(pseudonym)
    if pause and pause.until >= campaign.opened and person:
        after = calendar.working_days_after(person, pause.until, DAYS_AFTER_A_PAUSE)
        days += [after] if after else []
    return max(days)


def is_asking(pseudonym: str, projection: CampaignProjection, staff: Staff) -> bool:
    """Whether a question to the headteacher is open and not older than five school days."""
    return any(
        staff.today <= staff.calendar.school_days_after(question.on, QUESTION_WAITS)
        for question in projection.questions_of(pseudonym)
    )


def counted(people: Sequence[Signatory]) -> dict[Standing, int]:
    """How many are where; every standing is named, and together they are everybody."""
    counts = Counter(person.standing for person in people)
    return {standing: counts[standing] for standing in Standing}
