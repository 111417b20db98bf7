"""A thousand people, each press delivered four times, in any order: a thousand records."""

import asyncio
import random
from pathlib import Path

from bot.ask.ask import Understanding
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.rules.ledger import EventKind, verify
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.settings import Settings
from bot.stores.sqlite.store import SqliteStore
from tests.fakes import FakeRoster
from tests.journeys.school import MONDAY
from tests.working import working

PEOPLE = 1_000


async def test_a_thousand_acknowledgements_delivered_four_times_are_a_thousand_records(
    settings: Settings, mind: Understanding, tmp_path: Path
):
    staff = tuple(
        Person(f"t{number}", f"Person {number}", "", f"account-{number}", frozenset({Role.STAFF}))
        for number in range(PEOPLE)
    )
    head = Person("he", "The headteacher", "", "head", frozenset({Role.HEAD}))
    store = SqliteStore(tmp_path / "s.db", settings.school, demo=True)
    work = working(mind, FakeRoster((*staff, head)), store, lambda: MONDAY)

    async def press(account: str, verb: str, **inputs: str) -> Outgoing:
        caller = Caller(settings.school, "web", "", account, Proof.DEMO)
        return await work.desk(Incoming(caller, account, verb=verb, inputs=inputs))

    await press("head", "publish", weight="material")
    await press("head", "open", audience="staff", due="2026-09-28", anyway="true")
    (campaign,) = (await work.records.register()).open_campaigns()
    who = await store.enrol(staff)
    inputs = {"campaign": campaign.id, "version": campaign.version, "agree": "true"}
    presses = [(one.account, who[one.id]) for one in staff for _ in range(4)]
    random.Random(7).shuffle(presses)

    told = await asyncio.gather(*(press(account, "acknowledge", to=to, **inputs) for account, to in presses))

    entries = await store.entries()
    assert sum(one.event.kind is EventKind.ACKNOWLEDGE for one in entries) == PEOPLE
    assert {one.card for one in told} == {"receipt"}
    assert len({one.text for one in told}) == PEOPLE
    assert verify(entries).number == PEOPLE + 2
    await store.close()
