"""The demo's clock, moved while lessons are planned: everything happens in its time."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot import app
from bot.ask.ask import Understanding
from bot.evidence.rules.ledger import EventKind
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.school import School, school

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)
CLASS = "class-year-4"


@pytest.fixture
async def at(settings: Settings, mind: Understanding) -> AsyncIterator[School]:
    async with school(settings, mind, app.DemoClock(MONDAY - app.now(), a_day=0)) as made:
        yield made


async def when(at: School, kind: EventKind) -> list[str]:
    """When events of that kind happened, to the minute."""
    held = [one.event for one in await at.work.records.store.entries() if one.event.kind is kind]
    return [f"{one.at.astimezone(LONDON):%a %H:%M}" for one in held]


async def test_a_notice_goes_up_at_its_minute_however_far_the_clock_is_moved(at: School):
    card = (await at.says("demo-teacher", "recording notice for Year 4 maths every Tuesday 10:05am"))["card"]
    await at.press_on("demo-teacher", card, "Post", place=CLASS)
    await at.asks("/demo/clock", {"to": "week"})

    ((_, told),) = await at.work.notices(CLASS)
    assert told.values["says"].startswith("The lesson on Tuesday 8 September")  # Today's, on that day
    assert await when(at, EventKind.ANNOUNCE) == ["Tue 10:00"]  # it went up at 09:50; the next look found it there
    assert await when(at, EventKind.ASK) == ["Tue 12:00"]
