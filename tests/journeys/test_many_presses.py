"""A thousand people, each press delivered four times, in any order: a thousand records."""

import asyncio
import random
from pathlib import Path

import pytest

from bot.app import DEMO_STAFF, Channels, Staffroom, open_books
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.rules.ledger import EventKind, verify
from bot.people.rules.person import Caller, Proof
from bot.settings import Settings
from tests.journeys.school import MONDAY
from tests.journeys.test_stopping import nobody

PEOPLE = 1_000


@pytest.mark.long
async def test_a_thousand_acknowledgements_delivered_four_times_are_a_thousand_records(
    settings: Settings, understanding: Understanding, tmp_path: Path
):
    rows = "".join(f"t{number},account-{number},Person {number},,staff,,,,,\n" for number in range(PEOPLE))
    head = "he,head,The headteacher,,head,,,,,\n"
    file = tmp_path / "staff.csv"
    file.write_text(DEMO_STAFF.read_text().splitlines(keepends=True)[0] + rows + head)
    config = read_config(settings, MONDAY.date(), demo=True)
    async with open_books(settings, local=True, clock=lambda: MONDAY, staff_file=file, config=config) as books:
        staffroom = Staffroom(settings, books, understanding, Channels([], nobody))
        await press_four_times_each(staffroom, settings)


async def press_four_times_each(staffroom: Staffroom, settings: Settings) -> None:
    context = staffroom.books.context
    store, staff = context.store, [person for person in context.roster.people() if person.id != "he"]

    async def press(account: str, verb: str, **inputs: str) -> Outgoing:
        caller = Caller(settings.school, "web", "", account, Proof.DEMO)
        return await staffroom.desk(Incoming(caller, account, verb=verb, inputs=inputs))

    await press("head", "publish", weight="material")
    await press("head", "open", audience="staff", due="2026-09-28", anyway="true")
    (campaign,) = (await staffroom.books.campaigns.projection()).open_campaigns()
    who = await store.enrol(staff)
    inputs = {"campaign": campaign.id, "version": campaign.version, "agree": "true"}
    presses = [(person.account, who[person.id]) for person in staff for _ in range(4)]
    random.Random(7).shuffle(presses)

    reply = await asyncio.gather(*(press(account, "acknowledge", to=to, **inputs) for account, to in presses))

    entries = await store.entries()
    assert sum(entry.event.kind is EventKind.ACKNOWLEDGE for entry in entries) == PEOPLE
    assert {outgoing.card for outgoing in reply} == {"receipt"}
    assert len({outgoing.text for outgoing in reply}) == PEOPLE
    assert verify(entries).number == PEOPLE + 2
