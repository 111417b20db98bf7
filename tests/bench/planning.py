"""How long planning takes for two thousand people and ten campaigns, and comparing as many accounts: make bench."""

import resource
import time
from dataclasses import replace
from datetime import date, datetime

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import ReminderSettings, digests
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import KnownPerson, Person, Role
from bot.people.rules.staff import Staff
from bot.roster.rules.directory import Account, Directory, Sources, directory, doubts, people
from bot.school.rules.calendar import LONDON, Calendar, Period

PEOPLE, CAMPAIGNS = 2_000, 10
STAFF = frozenset({Role.STAFF})
OPENED, DUE = date(2026, 9, 7), date(2026, 10, 9)
TERMS = (Period(date(2026, 9, 2), date(2026, 10, 23)), Period(date(2026, 11, 2), date(2026, 12, 18)))
PATTERNS = (range(5), range(3), (0, 2, 4), (1, 3))


def plan() -> None:
    """Prints how long a day's reminders take, cold and warm."""
    pseudonyms = frozenset(f"p{number}" for number in range(PEOPLE))
    roster = {
        f"t{number}": Person(
            f"t{number}", f"Person {number}", "", f"a{number}", STAFF, days=frozenset(PATTERNS[number % 4])
        )
        for number in range(PEOPLE)
    }
    known = {f"p{number}": KnownPerson(f"p{number}", f"t{number}", "", "", "") for number in range(PEOPLE)}
    projection, cards = CampaignProjection(), []
    for number in range(CAMPAIGNS):
        campaign = Campaign(f"c{number}", "AUP", "1", "v", "v", STAFF, OPENED, DUE, pseudonyms)
        projection.campaigns[campaign.id] = campaign
        projection.released[campaign.subject] = pseudonyms
        cards += [Message(MessageKind.AGREEMENT, campaign.subject, pseudonym, OPENED) for pseudonym in pseudonyms]
    now = datetime(2026, 9, 30, 9, tzinfo=LONDON)
    staff = Staff(known, roster, Calendar(terms=TERMS), now.date())
    for name in ("cold", "warm"):
        began = time.perf_counter()
        reminders = digests(projection, staff, cards, ReminderSettings(), now)
        print(f"Plan for {PEOPLE} people and {CAMPAIGNS} campaigns, {name}: {time.perf_counter() - began:.2f} s")
    assert 0 < len(reminders) <= PEOPLE and all(len(reminder.campaigns) == CAMPAIGNS for reminder in reminders)


def diff() -> None:
    """Prints how long it takes to sort out two thousand accounts and join them with as many rows."""
    accounts = [Account(f"a{id}", f"Person {id}", f"p{id}@school.example", "") for id in range(PEOPLE)]
    rows = [Person(f"t{id}", "", f"p{id}@school.example", "", frozenset()) for id in range(PEOPLE)]
    sources = Sources(groups={Role.STAFF: ("g",)})
    before = directory({Role.STAFF: accounts}, Directory(), rows, sources)
    changed = [*accounts[3:], replace(accounts[0], is_guest=True)]
    began = time.perf_counter()
    after = directory({Role.STAFF: changed}, before, rows, sources)
    why = doubts(before, after, frozenset())
    joined = people(after, rows)
    print(f"Roster of {PEOPLE}, compared and joined with {PEOPLE} rows: {time.perf_counter() - began:.2f} s")
    assert (len(after.entries), why, len(after.left_out)) == (PEOPLE - 3, (), 1)
    assert len(joined) == PEOPLE


def main() -> None:
    plan()
    diff()
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
