"""The demo's clock, moved while lessons are planned: everything happens in its time."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot import app
from bot.ask.understanding import Understanding
from bot.demo.clock import DemoClock
from bot.evidence.rules.ledger import EventKind
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.school import School, school

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)
CLASS = "class-year-4"


@pytest.fixture
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with school(settings, understanding, DemoClock(app.now, ahead=MONDAY - app.now(), seconds_a_day=0)) as opened:
        yield opened


async def when(at: School, kind: EventKind) -> list[str]:
    """When events of that kind happened, to the minute."""
    kept = [entry.event for entry in await at.store.entries() if entry.event.kind is kind]
    return [f"{item.at.astimezone(LONDON):%a %H:%M}" for item in kept]


async def test_a_notice_goes_up_at_its_minute_however_far_the_clock_is_moved(at: School):
    card = (await at.says("demo-teacher", "recording notice for Year 4 maths every Tuesday 10:05am"))["card"]
    await at.press_on("demo-teacher", card, "Post", place=CLASS)
    await at.asks("/demo/clock", {"to": "week"})

    ((_, reply),) = await at.staffroom.recordings.notices_in(CLASS)
    assert reply.values["says"].startswith("The lesson on Tuesday 8 September")  # Today's, on that day
    assert await when(at, EventKind.ANNOUNCE) == ["Tue 10:00"]  # it went up at 09:50; the next look found it there
    assert await when(at, EventKind.ASK) == ["Tue 12:00"]
