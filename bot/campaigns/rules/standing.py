"""Where each person stands in a campaign, and figures that add up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.campaigns.rules.campaign import Campaign, KnownPerson, Receipt
from bot.campaigns.rules.projection import CampaignProjection
from bot.people.rules.person import Person
from bot.school.rules.calendar import Calendar

AFTER_A_PAUSE = 10  # working days until due
QUESTION_WAITS = 5  # school days in which an open question keeps reminders away


class Standing(StrEnum):
    """Where somebody stands; the first that applies counts."""

    ACKNOWLEDGED = "acknowledged"  # pressed Acknowledge
    PAPER = "paper"  # signed a sheet, which the office recorded
    LEFT = "left"  # does not work here any more, and never completed
    PAUSED = "paused"  # is left in peace until a day
    UNREACHABLE = "unreachable"  # has no account here, or the card cannot be delivered
    OVERDUE = "overdue"  # their day has passed
    PENDING = "pending"  # still has time


OUTSTANDING = (Standing.PAUSED, Standing.UNREACHABLE, Standing.OVERDUE, Standing.PENDING)


@dataclass(frozen=True, slots=True)
class Signatory:
    """One person in a campaign. `name` is empty once erased; `person` is None where the roster has nobody any more."""

    pseudonym: str
    name: str
    person: Person | None
    due: date
    standing: Standing
    receipt: Receipt | None
    is_asking: bool  # a question to the headteacher is open


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is who on a day: pseudonyms, the roster by id, whom no card can reach, and the calendar."""

    known: Mapping[str, KnownPerson]
    roster: Mapping[str, Person]
    unreachable: frozenset[str]
    calendar: Calendar
    today: date

    def person(self, pseudonym: str) -> Person | None:
        """Somebody on the roster, by pseudonym; None for whoever has gone."""
        known = self.known.get(pseudonym)
        return self.roster.get(known.id) if known else None


def signatories(campaign: Campaign, register: CampaignProjection, school: Staff) -> tuple[Signatory, ...]:
    """Everybody ever asked in a campaign, by name, each with their standing."""
    found = [signatory(pseudonym, campaign, register, school) for pseudonym in campaign.people]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.pseudonym)))


def signatory(pseudonym: str, campaign: Campaign, register: CampaignProjection, school: Staff) -> Signatory:
    """One person in a campaign, with their standing."""
    known = school.known.get(pseudonym)
    person = school.person(pseudonym)
    receipt = register.receipt(campaign, pseudonym)
    due = due_for(pseudonym, person, campaign, register, school.calendar)
    return Signatory(
        pseudonym=pseudonym,
        name=person.name if person else known.name if known else "",
        person=person,
        due=due,
        standing=_standing(pseudonym, person, receipt, due, register, school),
        receipt=receipt,
        is_asking=is_asking(pseudonym, register, school),
    )


def _standing(
    pseudonym: str,
    person: Person | None,
    receipt: Receipt | None,
    due: date,
    register: CampaignProjection,
    school: Staff,
) -> Standing:
    if receipt:
        return Standing.PAPER if receipt.signed else Standing.ACKNOWLEDGED
    if person is None or (person.ends and person.ends < school.today):
        return Standing.LEFT
    pause = register.pause(pseudonym)
    if pause and pause.covers(school.today):
        return Standing.PAUSED
    if pseudonym in school.unreachable:
        return Standing.UNREACHABLE
    return Standing.OVERDUE if school.today > due else Standing.PENDING


def due_for(
    pseudonym: str, person: Person | None, campaign: Campaign, register: CampaignProjection, calendar: Calendar
) -> date:
    """Somebody's own last day: the campaign's, or later for new starters, after a pause, or when time was asked for."""
    days = [campaign.due]
    own = register.own_due.get((campaign.id, pseudonym))
    asked = register.time_until.get((campaign.id, pseudonym))
    pause = register.pause(pseudonym)
    days += [day for day in (own, asked) if day]
    if pause and pause.until >= campaign.opened and person:
        after = calendar.working_days_after(person, pause.until, AFTER_A_PAUSE)
        days += [after] if after else []
    return max(days)


def is_asking(pseudonym: str, register: CampaignProjection, school: Staff) -> bool:
    """Whether a question to the headteacher is open and not older than five school days."""
    question = register.questions.get(pseudonym)
    return bool(question and school.today <= school.calendar.school_days_after(question.on, QUESTION_WAITS))


def counted(people: Sequence[Signatory]) -> dict[Standing, int]:
    """How many stand where; every standing is named, and together they are everybody."""
    held = Counter(one.standing for one in people)
    return {one: held[one] for one in Standing}
