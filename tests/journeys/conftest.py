"""What the journeys share: a school in the demo's clothes."""

from collections.abc import AsyncIterator

import pytest

from bot.ask.understanding import Understanding
from bot.settings import Settings
from tests.journeys.school import School, school


@pytest.fixture
async def september(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with school(settings, understanding) as at:
        yield at
