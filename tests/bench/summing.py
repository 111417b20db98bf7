"""How long the summaries of ten campaigns with two thousand people take: python -m tests.bench.summing."""

import time
from datetime import datetime, timedelta

from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import signatories
from bot.campaigns.rules.summary import summary_of
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head, seal, verify
from bot.people.rules.person import KnownPerson, Person, Role
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import LONDON, Calendar

PEOPLE, CAMPAIGNS = 2_000, 10
NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
SALTS = ("0" * 32, "1" * 32)


def ledger() -> list[Entry]:
    """Ten campaigns, each acknowledged by nine in ten."""
    entries: list[Entry] = []
    last = Head()

    def add(kind: EventKind, subject: str, campaign: str, **facts: object) -> None:
        nonlocal last
        at = NINE + timedelta(seconds=len(entries))
        entry = seal(Event(kind, at, subject, subject, campaign, facts), last, SALTS)
        entries.append(entry)
        last = Head(entry.number, entry.hash)

    people = [f"p{number}" for number in range(PEOPLE)]
    for number in range(CAMPAIGNS):
        policy = {"document": f"D{number}", "label": "1", "version": "v1", "asked": "v1"}
        add(EventKind.OPEN, "", f"c{number}", audience=["staff"], due="2026-09-28", people=people, **policy)
        for subject in people[: PEOPLE * 9 // 10]:
            add(EventKind.ACKNOWLEDGE, subject, f"c{number}", **policy)
    return entries


def main() -> None:
    entries = ledger()
    began = time.perf_counter()
    verify(entries)
    verified = time.perf_counter() - began
    began = time.perf_counter()
    projection = CampaignProjection()
    for entry in entries:
        projection.add(entry, entry.event)
    folded = time.perf_counter() - began
    staff = frozenset({Role.STAFF})
    roster = {f"t{number}": Person(f"t{number}", f"Person {number}", "", "a", staff) for number in range(PEOPLE)}
    known = {f"p{number}": KnownPerson(f"p{number}", f"t{number}", "", "", "") for number in range(PEOPLE)}
    today = NINE.date() + timedelta(days=30)
    staff_today = Staff(known, roster, Calendar(), today)
    began = time.perf_counter()
    for campaign in projection.open_campaigns():
        people = signatories(campaign, projection, staff_today)
        summary = summary_of(campaign, "Policy", people, projection, (), today)
        assert summary.total == PEOPLE == sum(summary.counts.values())
        assert summary.sum and summary.governors and summary.picture_says
    took = time.perf_counter() - began
    print(f"{len(entries)} entries, once at start: verified in {verified:.2f} s, read in {folded:.2f} s")
    print(f"Summaries of {CAMPAIGNS} campaigns with {PEOPLE} people: {took:.2f} s (goal 1)")


if __name__ == "__main__":
    main()
