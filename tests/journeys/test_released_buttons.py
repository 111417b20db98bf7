"""Cards that release 0.5.0 left in people's chats go on working over its store, brought up to date."""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.ask.understanding import Understanding
from bot.desk.rules.messages import ASK_AGAIN, NOTHING_CHANGED
from bot.evidence.rules.ledger import EventKind
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.school import School, school

RELEASED = Path(__file__).parents[1] / "stores" / "sqlite" / "released"
BUTTONS = json.loads((RELEASED / "buttons.json").read_text(encoding="utf-8"))
PRESSERS = {"names": "demo-head", "summary": "demo-head", "asked": "demo-head", "lesson": "demo-it"}
pytestmark = pytest.mark.long  # the store is brought up to date each time
TWO = datetime(2026, 10, 2, 14, tzinfo=LONDON)  # the store was left at ten


@pytest.fixture
async def upgraded(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    settings.data.mkdir(parents=True)
    (settings.data / "demo.db").write_bytes(gzip.decompress((RELEASED / "demo.db.gz").read_bytes()))
    async with school(settings, understanding, clock=lambda: TWO) as at:
        yield at


async def presser_of(at: School, card: str, data: dict[str, Any]) -> str:
    known = await at.store.everybody_known()
    return known[data["to"]].account if data.get("to") in known else PRESSERS.get(card, "demo-teacher")


async def test_every_button_is_answered_as_before(upgraded: School):
    for card, buttons in BUTTONS.items():
        for button in buttons:
            account = await presser_of(upgraded, card, button["data"])
            if account:
                reply = await upgraded.presses(account, button["verb"], **button["data"])
                assert reply["text"] not in {ASK_AGAIN, NOTHING_CHANGED}, button


async def test_an_agreement_that_was_sent_is_acknowledged_and_a_second_press_brings_the_same_receipt(upgraded: School):
    known = await upgraded.store.everybody_known()
    receipts = (await upgraded.campaigns.projection()).receipts
    done = {person for (_, person), of_person in receipts.items() if of_person}
    data = next(
        button["data"]
        for button in BUTTONS["agreement"]
        if button["verb"] == "acknowledge" and not button["data"]["test"] and button["data"]["to"] not in done
    )
    before = len(await upgraded.store.entries())

    first = await upgraded.presses(known[data["to"]].account, "acknowledge", **data, agree="true")
    again = await upgraded.presses(known[data["to"]].account, "acknowledge", **data, agree="true")

    assert first["card"]["id"] == "receipt" and again["card"] == first["card"]
    entries = (await upgraded.store.entries())[before:]
    assert [entry.event.kind for entry in entries].count(EventKind.ACKNOWLEDGE) == 1
